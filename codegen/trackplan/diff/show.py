"""Changes → text, Markdown, JSON, or findings as every command has them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from trackplan.diagnostic import Diagnostic, Level, visible
from trackplan.diff.change import VERDICTS, Change, Judgement, Verdict
from trackplan.model import Path, Place
from trackplan.rules.changes import REMARK_CHANGED

Bump: TypeAlias = Literal["major", "minor", "patch", "none"]

MARKDOWN_LIMIT = 60_000
"""The most characters of Markdown: a comment on GitHub takes 65,536."""
_COLORS: dict[Verdict, int] = {"breaks": 31, "may break": 33, "safe": 32}
_LEVELS: dict[Verdict, Level] = {
    "breaks": "error",
    "may break": "warning",
    "safe": "note",
}


class Shown(NamedTuple):
    """A change with the place of it, and whether it was allowed."""

    change: Change
    place: Place
    is_allowed: bool

    @property
    def fails(self) -> bool:
        return self.change.verdict != "safe" and not self.is_allowed


def placed(
    changes: Sequence[Change],
    before: Callable[[Path], Place],
    after: Callable[[Path], Place],
    allowed: Collection[str],
) -> list[Shown]:
    """Return the changes with their places in the one plan or the other."""
    return [
        Shown(
            one,
            (before if one.is_old else after)(one.path),
            one.rule.code in allowed,
        )
        for one in changes
    ]


def bump(changes: Sequence[Change]) -> Bump:
    """Return which part of a version number the changes ask to raise."""
    if any(one.verdict != "safe" for one in changes):
        return "major"
    if any(one.rule is not REMARK_CHANGED for one in changes):
        return "minor"
    return "patch" if changes else "none"


def diagnostics(changes: Sequence[Shown]) -> list[Diagnostic]:
    """Return the changes as findings: what breaks is an error, what may a warning."""
    return sorted(map(_diagnostic, changes), key=lambda one: one.sort_key)


def _diagnostic(one: Shown) -> Diagnostic:
    change = one.change
    level = _LEVELS[change.verdict if not one.is_allowed else "safe"]
    is_said = change.subject in change.message
    fact = change.message if is_said else f"{change.subject}: {change.message}"
    sides = f"callers: {_said(change.callers)}; consumers: {_said(change.consumers)}"
    more = " (allowed)" if one.is_allowed else ""
    return Diagnostic(replace(change.rule, level=level), one.place, fact, sides + more)


def _said(judged: Judgement) -> str:
    return f"{judged.verdict}, {judged.why}"


def as_text(changes: Sequence[Shown], *, color: bool = False) -> str:
    """Return the changes for people, under the event that each belongs to."""
    blocks = [
        "\n".join([subject, *(_lines(one, color=color) for one in group)])
        for subject, group in _by_subject(changes)
    ]
    return "\n\n".join([*blocks, summary(changes)])


def _by_subject(changes: Sequence[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    for subject, group in groupby(changes, lambda one: one.change.subject):
        yield visible(subject), list(group)


def _lines(one: Shown, *, color: bool) -> str:
    change, place = one.change, one.place
    verdict = f"{change.verdict}{', allowed' if one.is_allowed else ''}"
    if color:
        verdict = f"\x1b[{_COLORS[change.verdict]}m{verdict}\x1b[0m"
    where = f"{place.file}:{place.line}:{place.column}"
    lines = [f"  {verdict}: {change.rule.code} {change.message} ({where})"]
    for side, judged in (("callers", change.callers), ("consumers", change.consumers)):
        if judged.verdict != "safe":
            lines.append(f"    {side}: {_said(judged)}")
    return "\n".join(map(_visible, lines))


def _visible(line: str) -> str:
    """Escape what cannot be seen, but for our own colours."""
    parts = line.split("\x1b")
    return "\x1b".join(map(visible, parts)) if len(parts) == 3 else visible(line)


def summary(changes: Sequence[Shown]) -> str:
    """Return the last line: how many changes, what they break, the version to raise."""
    if not changes:
        return "No change: both plans mean the same."
    counts = Counter(one.change.verdict for one in changes)
    found = ", ".join(f"{counts[v]} {_WORDS[v]}" for v in VERDICTS[::-1] if counts[v])
    noun = "change" if len(changes) == 1 else "changes"
    allowed = sum(one.is_allowed for one in changes)
    more = f" ({allowed} allowed)" if allowed else ""
    raised = bump([one.change for one in changes])
    return f"{len(changes)} {noun}: {found}{more}. Version to raise: {raised}."


_WORDS: dict[Verdict, str] = {
    "breaks": "breaking",
    "may break": "that may break",
    "safe": "safe",
}


def as_markdown(changes: Sequence[Shown]) -> str:
    """Return the changes as a comment on a pull request, an event a fold."""
    title = f"### Tracking plan\n\n{_escaped(summary(changes))}\n"
    parts, left = [title], MARKDOWN_LIMIT
    groups = list(_by_subject(changes))
    for number, (subject, group) in enumerate(groups):
        fold = _fold(subject, group)
        left -= len(fold)
        if left < 0:
            parts.append(f"\n{len(groups) - number} more do not fit here.\n")
            break
        parts.append(fold)
    return "".join(parts)


def _fold(subject: str, group: Sequence[Shown]) -> str:
    worst = max((one.change.verdict for one in group), key=VERDICTS.index)
    is_open = " open" if any(one.fails for one in group) else ""
    head = f"\n<details{is_open}><summary>{_escaped(subject)}: {worst}</summary>\n\n"
    rows = "".join(map(_row, group))
    return (
        f"{head}| change | callers | consumers |\n|---|---|---|\n{rows}\n</details>\n"
    )


def _row(one: Shown) -> str:
    change = one.change
    more = " (allowed)" if one.is_allowed else ""
    cells = [f"{change.rule.code} {_escaped(change.message)}{more}"]
    for judged in (change.callers, change.consumers):
        verdict = (
            judged.verdict if judged.verdict == "safe" else f"**{judged.verdict}**"
        )
        cells.append(f"{verdict}: {_escaped(judged.why)}")
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    """Return text that Markdown and HTML leave alone, its names as code."""
    pieces = visible(text).split("`")
    escaped = ["".join(map(_entity, piece)) for piece in pieces]
    if len(pieces) % 2 == 0:
        return "&#96;".join(escaped)
    return "".join(
        f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(escaped)
    )


def _entity(char: str) -> str:
    is_plain = char.isalnum() or char in " .,;()'=/"
    return char if is_plain else f"&#{ord(char)};"


def as_json(changes: Sequence[Shown], before: str, after: str) -> str:
    """Return the changes for programs; `diff: 1` is the version of this format."""
    document = {
        "diff": 1,
        "before": before,
        "after": after,
        "bump": bump([one.change for one in changes]),
        "fails": any(one.fails for one in changes),
        "changes": list(map(_object, changes)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _object(one: Shown) -> dict[str, object]:
    change, place = one.change, one.place
    return {
        "code": change.rule.code,
        "name": change.rule.name,
        "subject": change.subject,
        "path": list(change.path),
        "message": change.message,
        "verdict": change.verdict,
        "callers": change.callers._asdict(),
        "consumers": change.consumers._asdict(),
        "allowed": one.is_allowed,
        "plan": "before" if change.is_old else "after",
        "file": place.file,
        "line": place.line,
        "column": place.column,
    }
