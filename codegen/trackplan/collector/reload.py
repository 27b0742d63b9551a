"""The plan's files, read again when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

from trackplan.model import Plan
from trackplan.watching import SECONDS, Watched


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
    """Hand to `take` what `read` returns whenever the files change; never return."""
    watched = Watched(files)
    while True:
        await asyncio.sleep(SECONDS)
        if watched.have_changed():
            reading = await asyncio.to_thread(read)
            watched.turn_to(reading.files)
            await take(reading)
