"""The plan's files, read again when they change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from trackplan.model import Plan
from trackplan.watching import SECONDS, Watched


class Reading(NamedTuple):
    """What came of reading a plan."""

    plan: Plan | None
    trouble: str
    """Why there is no plan, as `trackplan check` prints it."""
    watched: Sequence[Path]
    """What was read, the plan and all it includes, and the folders it looked in."""


Read: TypeAlias = Callable[[], Reading]


async def watch(
    read: Read, paths: Sequence[Path], take: Callable[[Reading], Awaitable[None]]
) -> None:
    """Hand to `take` what `read` returns whenever the paths change; never return."""
    watched = Watched(paths)
    while True:
        await asyncio.sleep(SECONDS)
        if watched.have_changed():
            reading = await asyncio.to_thread(read)
            watched.turn_to(reading.watched)
            await take(reading)
