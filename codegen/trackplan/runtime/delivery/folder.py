"""The folder of a spool, seen from outside: what lies in it, counted, read, emptied."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from time import time
from typing import NamedTuple

from trackplan.runtime.wire import body

from .framing import lines, parse, settled, unsettled
from .journal import NAME, Journal, is_owned
from .queue import Item

SET_ASIDE = "set-aside.jsonl"

_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Status(NamedTuple):
    """What a spool's folder holds."""

    queued: int
    set_aside: int
    corrupt: int
    """Lines that were torn or damaged."""
    bytes: int
    alive: int
    """Journals whose process lives."""
    dead: int
    """Journals that wait for a process to adopt them."""


def journals(folder: str) -> list[str]:
    """The paths of the journals, oldest first; none when there is no folder."""
    return [f"{folder}/{entry}" for entry in _names(folder) if NAME.fullmatch(entry)]


def size(folder: str) -> int:
    """The bytes in all files of the spool."""
    total = 0
    for path in (*journals(folder), f"{folder}/{SET_ASIDE}"):
        with suppress(OSError):
            total += os.lstat(path).st_size
    return total


def set_aside_line(item: Item, reason: str) -> bytes:
    """How an item stands in `set-aside.jsonl`; what is not JSON stands as text."""
    start = {"reason": reason, "time": round(time(), 3)}
    try:
        content = body(item.record, send_timestamp=True)
        line = json.dumps({**start, "body": content}, allow_nan=False)
    except Exception:
        line = json.dumps({**start, "body": {"not_json": _text(item)}})
    return line.encode() + b"\n"


def set_aside(folder: str, line: bytes, limit: int) -> None:
    """Add `line`, unless the file would grow past `limit` bytes. May raise OSError."""
    os.makedirs(folder, 0o700, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | _FLAGS
    fd = os.open(f"{folder}/{SET_ASIDE}", flags, 0o600)
    try:
        end = os.fstat(fd).st_size
        if end + len(line) > limit:
            raise OSError(errno.EDQUOT, f"{SET_ASIDE} has reached its size")
        if end and os.pread(fd, 1, end - 1) != b"\n":
            line = b"\n" + line  # ends what was torn off
        if os.write(fd, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(fd)


def status(folder: str) -> Status:
    """Count what is there. Changes nothing, and may run beside living processes."""
    queued = corrupt = alive = dead = 0
    for fd in _opened(journals(folder)):
        queued += sum(1 for _ in unsettled(fd, settled(fd)))
        corrupt += sum(parse(line) is None and line != b"\n" for line in lines(fd))
        owned = is_owned(fd)
        alive += owned
        dead += not owned
    aside = sum(1 for _ in _aside(folder))
    return Status(queued, aside, corrupt, size(folder), alive, dead)


def abandoned(folder: str) -> int:
    """How many events wait in the journals of dead processes. Changes nothing."""
    return sum(
        sum(1 for _ in unsettled(fd, settled(fd)))
        for fd in _opened(journals(folder))
        if not is_owned(fd)
    )


def export(folder: str) -> Iterator[dict[str, object]]:
    """Each event there is, with its `state`, `queued` or `set_aside`, and `body`.

    Changes nothing, and may run beside living processes.
    """
    for fd in _opened(journals(folder)):
        for entry in unsettled(fd, settled(fd)):
            item = Item(entry.lane, entry.record)
            yield {"state": "queued", "body": item.content()}
    for event in _aside(folder):
        yield {"state": "set_aside", **event}


def purge(folder: str) -> int:
    """Delete what no living process holds; how many events that was."""
    purged = sum(1 for _ in _aside(folder))
    with suppress(FileNotFoundError):
        os.unlink(f"{folder}/{SET_ASIDE}")
    for path in journals(folder):
        with suppress(OSError):
            if journal := Journal.adopt(path):
                purged += journal.waiting()
                os.unlink(path)
                journal.abandon()
    return purged


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _opened(paths: list[str]) -> Iterator[int]:
    """A descriptor to read each file that there still is, open until the next."""
    for path in paths:
        try:
            fd = os.open(path, os.O_RDONLY | _FLAGS)
        except OSError:
            continue
        try:
            yield fd
        finally:
            os.close(fd)


def _aside(folder: str) -> Iterator[dict[str, object]]:
    for fd in _opened([f"{folder}/{SET_ASIDE}"]):
        for line in lines(fd):
            with suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    yield event


def _text(item: Item) -> str:
    try:
        return repr(item.record.data)
    except Exception:
        return str(item.source, "ascii") if isinstance(item.source, bytes) else "?"
