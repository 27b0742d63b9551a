"""`# trackplan: ignore[TP501] reason`: lints silenced on their line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trackplan import rules
from trackplan.diagnostic import Diagnostic, Rule
from trackplan.load.comments import Comment, comments
from trackplan.model import Place
from trackplan.naming import closest

_IGNORE = re.compile(r"ignore\b\s*(?:\[([^\]]*)\])?\s*(.*)")
_FORM = "write `# trackplan: ignore[TP501] the reason`"


@dataclass(frozen=True, slots=True)
class _Silence:
    code: str
    reason: str
    about: tuple[str, int]
    place: Place


def silence(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]
) -> list[Diagnostic]:
    """Drop the lints that the plan silences; add what is wrong with its silences."""
    silences = [one for file in sources for one in _silences(sources[file], file)]
    if not silences:
        return list(diagnostics)
    valid = {(*one.about, one.code) for one in silences if one.reason and one.code}
    silenced = {_key(one) for one in diagnostics if _may_be_silenced(one.rule)} & valid
    kept = [one for one in diagnostics if _key(one) not in silenced]
    if all(
        one.rule.level == "warning" for one in diagnostics
    ):  # else lints are missing
        kept += _objections(silences, {_key(one) for one in diagnostics}, silenced)
    return kept


def _key(one: Diagnostic) -> tuple[str, int, str]:
    return (one.place.file, one.place.line, one.rule.code)


def _may_be_silenced(rule: Rule) -> bool:
    return rule.level == "warning"


def _silences(text: str, file: str) -> Iterator[_Silence]:
    if "trackplan:" not in text:
        return
    for comment in comments(text):
        match = _IGNORE.fullmatch(comment.text)
        if match is not None:
            place = _place(comment, file)
            for code in (match[1] or "").split(","):
                about = (file, comment.about)
                yield _Silence(code.strip(), match[2].strip(), about, place)


def _place(comment: Comment, file: str) -> Place:
    return Place(file, comment.line, comment.column, comment.length)


def _objections(
    silences: Sequence[_Silence],
    found: set[tuple[str, int, str]],
    silenced: set[tuple[str, int, str]],
) -> Iterator[Diagnostic]:
    for one in silences:
        key = (*one.about, one.code)
        if key in silenced:
            continue
        if key in found and not one.reason:
            fact = f"`{one.code}` is to be ignored, and no reason is given"
            yield Diagnostic(rules.SILENCE_WITHOUT_REASON, one.place, fact, _FORM)
        else:
            fact, cure, guess = _idle(one)
            yield Diagnostic(rules.IDLE_SILENCE, one.place, fact, cure, guess)


def _idle(one: _Silence) -> tuple[str, str, str | None]:
    rule = rules.ALL.get(one.code)
    if not one.code:
        return "`trackplan: ignore` names no rule", _FORM, None
    if rule is None:
        fact = f"`{one.code}` is the code of no rule"
        return fact, _FORM, closest(one.code, rules.ALL)
    if not _may_be_silenced(rule):
        fact = f"`{one.code}` is an error, which cannot be ignored"
        return fact, "mend the error, and remove the comment", None
    fact = f"there is no `{one.code}` on line {one.about[1]} to ignore"
    return fact, "remove the comment", None
