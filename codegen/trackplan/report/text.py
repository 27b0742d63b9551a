"""Findings as text: `full` for people, `concise` for editors."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from trackplan.diagnostic import Diagnostic, Level

_RED, _YELLOW, _BLUE, _BOLD, _END = (f"\x1b[{code}m" for code in (31, 33, 34, 1, 0))
_COLORS: dict[Level, str] = {"error": _RED, "warning": _YELLOW, "note": _BLUE}
_WIDTH = 120
"""How much of a line of the plan is shown."""


def full(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], color: bool = False
) -> str:
    """Return every finding with its line of the plan, a caret and the help."""
    blocks = [_full(one, sources, color) for one in diagnostics]
    return "".join(f"{block}\n\n" for block in blocks) + summary(diagnostics)


def concise(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str] | None = None,
    color: bool = False,
) -> str:
    """Return one line a finding, as editors and grep read it."""
    lines = [_headline(one, color) + guess(one, ": ") for one in diagnostics]
    return "".join(f"{line}\n" for line in lines) + summary(diagnostics)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the last line: how many of what, in how many files."""
    if not diagnostics:
        return "All good."
    counts = Counter(one.rule.level for one in diagnostics)
    found = [_count(counts[noun], noun) for noun in _COLORS if counts[noun]]
    files = len({one.place.file for one in diagnostics})
    return f"Found {' and '.join(found)} in {_count(files, 'file')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _full(one: Diagnostic, sources: Mapping[str, str], color: bool) -> str:
    lines = [_headline(one, color)]
    line = _line(sources.get(one.place.file, ""), one.place.line)
    number = str(one.place.line)
    gutter = " " * len(number)
    if line is not None:
        lines += _excerpt(one, line, number, color)
    elif one.guess:
        lines.append(f"{gutter} = did you mean `{one.guess}`?")
    lines.append(f"{gutter} = help: {one.help}")
    return "\n".join(lines)


def _headline(one: Diagnostic, color: bool) -> str:
    place = f"{_printable(one.place.file)}:{one.place.line}:{one.place.column}"
    level = f"{one.rule.level} {one.rule.code}"
    if color:
        level = f"{_COLORS[one.rule.level]}{level}{_END}"
        place = f"{_BOLD}{place}{_END}"
    return f"{place}: {level} {_printable(one.message)}"


def guess(one: Diagnostic, before: str) -> str:
    """Return `before` and the guess of a finding, or nothing."""
    return f"{before}did you mean `{_printable(one.guess)}`?" if one.guess else ""


def _line(source: str, number: int) -> str | None:
    lines = source.split("\n", number)
    return lines[number - 1].rstrip("\r") if number <= len(lines) and source else None


def _excerpt(one: Diagnostic, line: str, number: str, color: bool) -> list[str]:
    column = one.place.column - 1
    start = max(0, column - _WIDTH // 2) if column > _WIDTH - 20 else 0
    shown = _printable(line[start : start + _WIDTH])
    before = _width(line[start:column])
    marked = line[column : min(column + one.place.length, start + _WIDTH)]
    carets = "^" * max(1, _width(marked))
    bar = f"{_BLUE}|{_END}" if color else "|"
    pointer = f"{_RED}{carets}{_END}" if color else carets
    gutter = " " * len(number)
    return [
        f"{number} {bar} {shown}",
        f"{gutter} {bar} {' ' * before}{pointer}{guess(one, ' ')}",
    ]


def _printable(text: str) -> str:
    """Show control and bidirectional characters, which could disguise the rest."""
    text = text.replace("\t", "    ")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    """Return the columns a terminal uses: wide characters take two, a tab four here."""
    widths = {"W": 2, "F": 2}
    return sum(
        4
        if c == "\t"
        else 0
        if unicodedata.combining(c)
        else widths.get(unicodedata.east_asian_width(c), 1)
        for c in text
    )
