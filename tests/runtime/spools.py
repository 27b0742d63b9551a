"""Spools, records and processes for the tests of the durable queue."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from trackplan.runtime.delivery.journal import SUFFIX
from trackplan.runtime.delivery.queue import Item
from trackplan.runtime.delivery.spool import SEGMENT, Spool
from trackplan.runtime.wire import Record

MEGABYTE = 2**20


def spool(
    path: Path,
    *,
    size: int = 64 * MEGABYTE,
    fsync: bool = False,
    memory_limit: int = 1000,
    segment: int = SEGMENT,
) -> Spool:
    return Spool(
        str(path),
        size=size,
        fsync=fsync,
        memory_limit=memory_limit,
        segment=segment,
    )


def record(number: int, user: str = "u", **more: object) -> Record:
    data: dict[str, object] = {"number": number, **more}
    return Record("track", user, None, "Tested", data, 1700000000.0)


def number_of(item: Item) -> int:
    properties = item.content()["properties"]
    assert isinstance(properties, dict)
    number = properties["number"]
    assert isinstance(number, int)
    return number


def drain(queue: Spool, at_once: int = 100) -> list[int]:
    """The numbers of all that waits, which is settled as if it were delivered."""
    numbers: list[int] = []
    while items := queue.lease(at_once):
        for item in items:
            numbers.append(number_of(item))
            queue.settle(item, None)
    return numbers


def journals(path: Path) -> list[Path]:
    return sorted(path.glob(f"*{SUFFIX}"))


def run(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start `script` in an interpreter that can import this module, with two pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
