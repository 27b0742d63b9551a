"""The files of a plan, looked at again and again to see whether they have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

SECONDS = 0.5
"""How often the files are looked at."""
_TICK = 50_000_000
"""Nanoseconds that the time of a file may lag behind the clock."""

_Stamp: TypeAlias = "tuple[int, int] | tuple[str, ...] | None"


class Watched:
    """Files and folders, as they were when last looked at.

    Their own folders are looked at too: an `include` may name files to come.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._looked_at = time.time_ns()
        self._stamps = _stamps(paths)

    def have_changed(self) -> bool:
        """Tell whether a file is another, came or went since the last look."""
        self._looked_at = time.time_ns()
        before, self._stamps = self._stamps, {one: _stamp(one) for one in self._stamps}
        return self._stamps != before

    def turn_to(self, paths: Iterable[Path]) -> None:
        """Watch `paths` from now on, which were read after the last look.

        What changed since then counts as changed, and so does what is new here and too
        young to tell: it may have changed after it was read.
        """
        known, self._stamps = self._stamps, _stamps(paths)
        for path in self._stamps:
            if path in known:
                self._stamps[path] = known[path]
            elif _is_younger(path, self._looked_at - _TICK):
                self._stamps[path] = None


def _stamps(paths: Iterable[Path]) -> dict[Path, _Stamp]:
    paths = set(paths)
    return {path: _stamp(path) for path in paths | {one.parent for one in paths}}


def _is_younger(path: Path, time_ns: int) -> bool:
    try:
        return path.stat().st_mtime_ns > time_ns
    except OSError:
        return False


def _stamp(path: Path) -> _Stamp:
    """Return what a change would change; of a folder, which files it shows."""
    try:
        if path.is_dir():
            found = (one.name for one in os.scandir(path) if one.is_file())
            return tuple(sorted(name for name in found if not name.startswith(".")))
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
