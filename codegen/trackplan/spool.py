"""The folder of a spool, for those who look after it: counted, delivered, emptied."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

from trackplan.runtime.delivery.attempt import Setup
from trackplan.runtime.delivery.folder import SET_ASIDE, abandoned, export, status
from trackplan.runtime.delivery.http import HttpxTransport
from trackplan.runtime.delivery.journal import NAME, can_lock
from trackplan.runtime.delivery.sender import Sender
from trackplan.runtime.delivery.spool import Spool
from trackplan.runtime.settings import Settings

GRACE = 1.0
"""Seconds beyond its time in which a flush ends what is under way."""


class Summary(NamedTuple):
    """What a spool holds, in numbers alone."""

    queued: int
    abandoned: int
    """How many of the queued wait for another process to deliver them."""
    set_aside: int
    reasons: dict[str, int]
    """How many were set aside, and why."""
    damaged: int
    bytes: int
    living: int
    """Journals of processes that live."""
    dead: int

    def __str__(self) -> str:
        reasons = "".join(f"\n  {why:9}{n}" for why, n in self.reasons.items())
        return (
            f"queued     {self.queued} ({self.abandoned} left by dead processes)\n"
            f"set aside  {self.set_aside}{reasons}\n"
            f"damaged    {self.damaged}\n"
            f"bytes      {self.bytes}\n"
            f"journals   {self.living} of living processes, {self.dead} of dead ones"
        )


class Flushed(NamedTuple):
    """What became of the events that dead processes left."""

    delivered: int
    reasons: dict[str, int]
    left: int

    def __str__(self) -> str:
        why = f" ({', '.join(self.reasons)})" if self.reasons else ""
        aside = f"{sum(self.reasons.values())} set aside{why}"
        return f"{self.delivered} delivered, {aside}, {self.left} left"


def trouble(folder: str) -> str | None:
    """Why `folder` cannot be worked with, and the cure; None when it can."""
    if not can_lock():
        return "a spool needs a POSIX system, for its `flock`"
    if not os.path.isdir(folder):
        return f"there is no folder {folder}: name the one that TRACKPLAN_SPOOL names"
    names = os.listdir(folder)
    ours = [name for name in names if NAME.fullmatch(name) or name == SET_ASIDE]
    if names and not ours:
        return f"{folder} is not a spool: it holds other files; name another folder"
    if not all(os.access(f"{folder}/{name}", os.R_OK) for name in ours):
        return f"the files in {folder} are not yours: become the user that owns them"
    return None


def summary(folder: str) -> Summary:
    """Count what is there; changes nothing, and shows nobody's data."""
    found = status(folder)
    reasons = Counter(_reasons(folder))
    return Summary(
        queued=found.queued,
        abandoned=abandoned(folder),
        set_aside=reasons.total(),
        reasons=dict(reasons.most_common()),
        damaged=found.corrupt,
        bytes=found.bytes,
        living=found.alive,
        dead=found.dead,
    )


def flush(folder: str, settings: Settings, timeout: float) -> Flushed:
    """Deliver what dead processes left, for `timeout` seconds at most."""
    end = monotonic() + timeout
    transport = HttpxTransport(settings.proxy, settings.ca_file)
    outcomes: list[str | None] = []
    # Again and again, since only so many journals are adopted at a time.
    while (seconds := end - monotonic()) > 0:
        spool = _spool(folder, settings)
        if not spool.adopt():
            spool.close()
            break
        # A list, since threads append to it without a lock.
        sender = Sender(
            Setup(settings, transport), spool, lambda _, why: outcomes.append(why)
        )
        sender.rouse()
        sender.flush(seconds)
        sender.shutdown(GRACE)
    transport.close()
    reasons = Counter(outcomes)
    delivered = reasons.pop(None, 0)
    aside = {str(why): n for why, n in reasons.most_common()}
    return Flushed(delivered, aside, abandoned(folder))


def _spool(folder: str, settings: Settings) -> Spool:
    return Spool(
        folder,
        size=settings.spool_size,
        fsync=settings.spool_fsync,
        memory_limit=settings.queue_size,
    )


def _reasons(folder: str) -> Iterator[str]:
    for event in export(folder):
        if event["state"] == "set_aside":
            reason = str(event.get("reason"))
            # Anything else is not ours, and may be a piece of somebody's data.
            yield reason if re.fullmatch(r"[a-z_0-9]{1,30}", reason) else "unknown"
