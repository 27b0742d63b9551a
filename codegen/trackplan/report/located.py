"""Findings as CI sees them: by their path in the repository, known from run to run."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from trackplan.diagnostic import Diagnostic

_WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


class Located(NamedTuple):
    """One finding with what CI knows it by."""

    finding: Diagnostic
    path: str
    """With forward slashes, from the root of the repository; absolute where the file
    stands outside it, and empty where the finding is in no file."""
    fingerprint: str
    """32 hexadecimal digits, which stay when lines move."""


def located(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]
) -> list[Located]:
    """Return the findings in order of place; reads the environment and the disk."""
    found = sorted(diagnostics, key=lambda one: one.sort_key)
    paths = {name: _path(name) for name in {one.place.file for one in found}}
    lines = {name: sources.get(name, "").split("\n") for name in paths}
    seen: Counter[tuple[str, ...]] = Counter()
    located = []
    for one in found:
        path = paths[one.place.file]
        traits = (one.rule.code, path, *_names(one), _line(one, lines))
        seen[traits] += 1
        located.append(Located(one, path, _digest(*traits, str(seen[traits]))))
    return located


def advice(one: Diagnostic) -> str:
    """Return the fact with its guess, and the help on a line of its own."""
    guess = f": did you mean `{one.guess}`?" if one.guess else ""
    return f"{one.message}{guess}\nhelp: {one.help}"


def readable(text: str) -> str:
    """Replace what UTF-8 cannot say: the odd bytes of a path."""
    return text.encode("utf-8", "replace").decode()


def _path(file: str) -> str:
    if not file:
        return ""
    path = Path(file).resolve()
    root = _root(path)
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _root(path: Path) -> Path:
    """Return the repository that `path` stands in, or else the current folder."""
    names = [os.environ[name] for name in _WORKSPACES if os.environ.get(name)]
    workspaces = {Path(name).resolve() for name in names}
    for folder in path.parents:
        if folder in workspaces or (folder / ".git").exists():
            return folder
    return Path.cwd()


def _names(one: Diagnostic) -> list[str]:
    """Return what a message names; its other words may count lines."""
    return re.findall(r"`([^`]*)`", one.message)


def _line(one: Diagnostic, lines: Mapping[str, list[str]]) -> str:
    text = lines[one.place.file]
    return text[one.place.line - 1].strip() if 0 < one.place.line <= len(text) else ""


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
