"""The files of a plan, looked at again and again to see whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

SECONDS = 0.5
"""How often the files are looked at."""

_Stamp: TypeAlias = "tuple[int, int] | tuple[str, ...] | None"


class Watched:
    """The plan and all it includes, as they were when last looked at.

    Their folders are looked at too: an `include` may name files to come.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._stamps = _stamps(files)

    def have_changed(self) -> bool:
        """Tell whether a file is another, came or went since the last look."""
        before, self._stamps = self._stamps, {one: _stamp(one) for one in self._stamps}
        return self._stamps != before

    def turn_to(self, files: Iterable[Path]) -> None:
        """Watch `files` from now on, which were read after the last look.

        What was watched already, and changed since then, counts as changed.
        """
        self._stamps = {
            one: self._stamps.get(one, stamp) for one, stamp in _stamps(files).items()
        }


def _stamps(files: Iterable[Path]) -> dict[Path, _Stamp]:
    files = list(files)
    watched = {*files, *(path.parent for path in files)}
    return {path: _stamp(path) for path in watched}


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
