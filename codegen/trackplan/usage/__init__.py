"""Which events the code calls, which never, and what goes past the plan.

Files are read to a summary each (`reading`, `summarize`: pure, cached by content), the
summaries are resolved together (`modules`, `resolve`), and what they use is held
against the plan (`judge`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from trackplan.cache import FOLDER
from trackplan.model import Plan
from trackplan.usage.files import find_files
from trackplan.usage.judge import Judge, Usage
from trackplan.usage.modules import Modules
from trackplan.usage.reading import read_files
from trackplan.usage.resolve import Resolver


class Examined(NamedTuple):
    """The usage of a plan, and how much was read for it."""

    usage: Usage
    files: int
    lines: int


class Sources(NamedTuple):
    """What is read."""

    paths: Sequence[Path]
    """Files and folders."""
    excluded: Sequence[str]
    """Globs of what is left out."""
    output: Path
    """The folder of the generated package."""


def examine(
    plan: Plan,
    sources: Sources,
    *,
    keep: bool = True,
    progress: Callable[[int, int], object] = lambda done, all_: None,
) -> Examined:
    """Return how the code in `sources` uses the plan.

    Reads files and, unless not to `keep`, keeps what it learnt in `.trackplan_cache` of
    the current folder.
    `progress` is told how many files are done, of how many. Raises OSError for a source
    that is not there.
    """
    files = find_files(sources.paths, sources.excluded, sources.output)
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(done, len(files))

    kept = Path(FOLDER, f"usage-{_key(sources)}") if keep else None
    read = read_files(files, kept, count)
    paths = [os.path.abspath(file) for file in files]
    modules = Modules(paths, _bases(sources.paths), os.path.abspath(sources.output))
    resolver = Resolver(paths, read.summaries, modules)
    usage = Judge(plan, files, read.summaries, resolver).usage()
    return Examined(usage, len(files), read.lines)


def _key(sources: Sources) -> str:
    """Return a name for what is kept of these sources: others do not push it out."""
    named = [*map(os.path.abspath, sources.paths), *sources.excluded]
    return blake2b("\n".join(named).encode(), digest_size=8).hexdigest()


def _bases(paths: Sequence[Path]) -> set[str]:
    """Return where modules can be imported from: here, and sources elsewhere."""
    here = os.getcwd()
    found = {here}
    for path in map(os.path.abspath, paths):
        if os.path.commonpath([path, here]) != here:
            found.add(path if os.path.isdir(path) else os.path.dirname(path))
    return found
