"""Findings that are known: a file with a line for each, without line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from trackplan.diagnostic import Diagnostic
from trackplan.model import Place
from trackplan.rules import usage as rules
from trackplan.usage.judge import Finding
from trackplan.write import MARK

_HEAD = (
    f"# {MARK}what `usage` found: these findings are known, and only new ones count.\n"
)


def render(findings: Iterable[Finding]) -> str:
    """Return the file that knows these findings; notes need none."""
    known = sorted(
        _line(one) for one in findings if one.diagnostic.rule.level != "note"
    )
    return _HEAD + "".join(f"{line}\n" for line in known)


def apply(findings: Sequence[Finding], text: str, file: str) -> list[Finding]:
    """Return the findings that a baseline does not know, and its stale entries."""
    lines = text.splitlines()
    entries = Counter(line for line in lines if line and not line.startswith("#"))
    new: list[Finding] = []
    for one in findings:
        line = _line(one)
        if entries[line] > 0:
            entries[line] -= 1
        else:
            new.append(one)
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        if entries[line] > 0:
            entries[line] -= 1
            new.append(_stale(Place(file, number, 1, len(line)), line))
    return sorted(new, key=lambda one: one.diagnostic.sort_key)


def _line(one: Finding) -> str:
    diagnostic = one.diagnostic
    return f"{diagnostic.rule.name} {diagnostic.place.file} {one.subject}"


def _stale(place: Place, line: str) -> Finding:
    message = f"nothing fits `{line}` any more"
    cure = "remove the line, or write the baseline again"
    return Finding(Diagnostic(rules.STALE_BASELINE, place, message, cure), line)
