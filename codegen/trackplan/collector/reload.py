"""The plan's files, read again when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

from trackplan.model import Plan

SECONDS = 0.5
"""How often the files are looked at."""

Stamps: TypeAlias = "dict[Path, tuple[int, int] | None]"


class Reading(NamedTuple):
    """What came of reading a plan."""

    plan: Plan | None
    trouble: str
    """Why there is no plan, as `trackplan check` prints it."""
    files: tuple[Path, ...]
    """What was read: the plan and all it includes."""


Read: TypeAlias = Callable[[], Reading]


async def watch(
    read: Read, files: tuple[Path, ...], take: Callable[[Reading], Awaitable[None]]
) -> None:
    """Hand to `take` what `read` returns whenever the files change; never return.

    Looks at the folders of the files too: an `include` may name files to come.
    """
    stamps = _stamps(files)
    while True:
        await asyncio.sleep(SECONDS)
        now = _stamps(files)
        if now != stamps:
            reading = await asyncio.to_thread(read)
            files = reading.files
            # The stamps from before the reading: what changed since is read again.
            stamps = {**_stamps(files), **now}
            stamps = {path: stamps[path] for path in _watched(files)}
            await take(reading)


def _stamps(files: tuple[Path, ...]) -> Stamps:
    return {path: _stamp(path) for path in _watched(files)}


def _watched(files: tuple[Path, ...]) -> set[Path]:
    return {*files, *(path.parent for path in files)}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
