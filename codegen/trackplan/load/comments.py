"""Comments that speak to trackplan. YAML's events leave comments out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from trackplan.load import surrogates
from trackplan.load.syntax import marks

_MARKED = re.compile(r"#(?<!\S#)[ \t]*trackplan:[ \t]*(\S.*)$", re.MULTILINE)
"""It begins with the `#` itself: that, `re` looks for at the speed of `find`."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What follows `# trackplan:`, where it stands and the line it speaks of."""

    text: str
    line: int
    column: int
    length: int
    about: int


def comments(text: str) -> Iterator[Comment]:
    """Yield the comments `# trackplan: …` of a text that `parse` could read.

    One on a line of its own speaks of the next line that is neither blank nor comment.
    """
    found = list(_MARKED.finditer(text))
    if not found:
        return
    lines = text.split("\n")
    inside = list(_quoted(text))
    for match in found:
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        if not any(start <= (line, column) < end for start, end in inside):
            length = match.end() - match.start()
            about = _about(lines, line)
            yield Comment(match[1].strip(), line, column, length, about)


def _about(lines: list[str], line: int) -> int:
    if not lines[line - 1].lstrip().startswith("#"):
        return line
    for number in range(line, len(lines)):
        content = lines[number].strip()
        if content and not content.startswith("#"):
            return number + 1
    return line


def _quoted(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the spans of text in which `#` begins no comment."""
    for event in surrogates.events(text):
        if isinstance(event, yaml.ScalarEvent) and event.style is not None:
            start, end = marks(event)
            first = (start.line + 1, start.column + 1)
            if event.style in "|>":  # its first line may end in a comment
                first = (start.line + 2, 1)
            yield first, (end.line + 1, end.column + 1)
