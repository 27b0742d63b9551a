"""A line of text in which codes and links are told from words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias


class Code(NamedTuple):
    """A name, a value or a pattern, as it is."""

    text: str


class Link(NamedTuple):
    """The name of a shared definition, and its anchor."""

    anchor: str
    text: str


Piece: TypeAlias = str | Code | Link
Line: TypeAlias = tuple[Piece, ...]


def joined(separator: str, lines: Iterable[Line]) -> Line:
    """Return lines as one; empty ones are left out."""
    return tuple(_between(separator, [line for line in lines if line]))


def _between(separator: str, lines: Sequence[Line]) -> Iterator[Piece]:
    for index, line in enumerate(lines):
        if index:
            yield separator
        yield from line


def listed(lines: Sequence[Line]) -> Line:
    """Return lines as `a, b and c`."""
    if len(lines) < 2:
        return joined("", lines)
    return (*joined(", ", lines[:-1]), " and ", *lines[-1])


def plain(line: Line) -> str:
    """Return a line as text, codes in backticks."""
    return "".join(
        f"`{piece.text}`"
        if isinstance(piece, Code)
        else piece.text
        if isinstance(piece, Link)
        else piece
        for piece in line
    )
