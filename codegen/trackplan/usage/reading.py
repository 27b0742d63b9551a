"""Files → summaries: from the cache, or scanned, in as many processes as there are."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from trackplan.usage import cache
from trackplan.usage.summarize import summarize
from trackplan.usage.summary import Problem, Summary, dump, load

_CHUNK = 16
"""Files a process is given at a time."""
_FEW = 64
"""So few files are read sooner than another process starts."""


class Read(NamedTuple):
    """What was read: summaries in the order of the files."""

    summaries: list[Summary]
    lines: int


def read_files(
    paths: Sequence[str], kept: Path | None, progress: Callable[[int], object]
) -> Read:
    """Return the summary of each file, and keep them in the file `kept`, if any.

    `progress` is told how many more files are done.
    """
    known = cache.read(kept) if kept else {}
    digests: dict[str, str] = {}
    unread: dict[str, Summary] = {}
    lines = 0
    for path in paths:
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            unread[path] = _unreadable(error)
            continue
        lines += content.count(b"\n")
        digests[path] = cache.digest(content)
    missing = [path for path, digest in digests.items() if digest not in known]
    progress(len(paths) - len(missing))
    for path, digest, summary in _scan_all(missing):
        digests[path] = digest
        known[digest] = summary
        progress(1)
    if kept and missing:
        cache.write(kept, {digest: known[digest] for digest in digests.values()})
    found = [unread.get(path) or load(known[digests[path]]) for path in paths]
    return Read(found, lines)


def _unreadable(error: OSError) -> Summary:
    message = f"the file cannot be read: {(error.strerror or 'error').lower()}"
    problem = Problem(1, 1, 1, message, "make it readable, or exclude it")
    return Summary([], {}, [], None, [], [], [problem], "[]")


_Scanned: TypeAlias = tuple[str, str, str]


def _scan_all(paths: Sequence[str]) -> Iterator[_Scanned]:
    """Yield path, digest and summary of each file, in any order."""
    chunks = [paths[at : at + _CHUNK] for at in range(0, len(paths), _CHUNK)]
    if len(paths) < _FEW:
        for chunk in chunks:
            yield from _scan(chunk)
        return
    with multiprocessing.Pool(os.cpu_count(), _ignore_interrupt) as pool:
        for scanned in pool.imap_unordered(_scan, chunks):
            yield from scanned


def _ignore_interrupt() -> None:
    """Leave Ctrl-C to the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _scan(paths: Sequence[str]) -> list[_Scanned]:
    gc.disable()  # trees are large, and hold no cycles
    try:
        return [_scan_one(path) for path in paths]
    finally:
        gc.enable()
        gc.collect()


def _scan_one(path: str) -> _Scanned:
    content = Path(path).read_bytes()
    return path, cache.digest(content), dump(summarize(content))
