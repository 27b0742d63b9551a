"""Which files are read, and which of them are tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")
"""What a virtual environment and a cache have in them."""


def find_files(
    sources: Sequence[Path], excluded: Sequence[str], output: Path
) -> list[str]:
    """Return the Python files in `sources`, sorted, each once and as it is shown.

    Hidden folders, caches, virtual environments, the folder of the generated package
    and links to folders are left out, and what a glob of `excluded` fits: a path as it
    is shown, or a name in it. Raises OSError for a source that is not there.
    """
    found: dict[str, str] = {}
    for source in sources:
        source.stat()
        paths = _walk(source, excluded, output) if source.is_dir() else [source]
        for path in paths:
            found.setdefault(os.path.realpath(path), shown(path))
    return sorted(path for path in found.values() if not _fits(path, excluded))


def shown(path: Path) -> str:
    """Return a path as it is shown: from the current folder where it stands in it."""
    path = Path(os.path.abspath(path))
    base = Path.cwd()
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()


def _walk(source: Path, excluded: Sequence[str], output: Path) -> Iterator[Path]:
    generated = os.path.realpath(output)
    for folder, folders, names in os.walk(source):
        here = Path(folder)
        folders[:] = [
            name for name in folders if _is_read(here / name, excluded, generated)
        ]
        paths = (here / name for name in names if name.endswith((".py", ".pyw")))
        yield from (path for path in paths if path.is_file())


def _is_read(folder: Path, excluded: Sequence[str], generated: str) -> bool:
    return not (
        folder.name in _SKIPPED
        or folder.name.startswith(".")
        or folder.is_symlink()
        or os.path.realpath(folder) == generated
        or any((folder / mark).exists() for mark in _MARKS)
        or _fits(shown(folder), excluded)
    )


def _fits(path: str, globs: Sequence[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(fnmatch(one, glob.rstrip("/")) for glob in globs for one in (path, name))


def is_test(path: str) -> bool:
    """Tell whether pytest would take a file for a test, or for part of the tests."""
    name = PurePosixPath(path).name
    is_named = (
        name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    )
    return is_named or "tests" in PurePosixPath(path).parts[:-1]
