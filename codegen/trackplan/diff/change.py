"""One difference between two plans, and what it means to either side."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from trackplan.diagnostic import Rule
from trackplan.model import Path

Verdict: TypeAlias = Literal["safe", "may break", "breaks"]


VERDICTS: tuple[Verdict, ...] = ("safe", "may break", "breaks")
"""From good to bad."""


class Judgement(NamedTuple):
    """What a change means to one side, and why."""

    verdict: Verdict
    why: str


def worse(one: Judgement, two: Judgement) -> Judgement:
    """Return the worse of two judgements."""
    return max(one, two, key=lambda judged: VERDICTS.index(judged.verdict))


class Change(NamedTuple):
    """One difference: named once, at its place, judged for both sides."""

    rule: Rule
    subject: str
    """The event, traits or definition: event `Signed Up`."""
    message: str
    callers: Judgement
    """Whether code that calls today still type-checks and passes."""
    consumers: Judgement
    """Whether data may arrive that could not before, or stops to."""
    path: Path
    """Where it stands: in the plan after, or in the one before if `is_old`."""
    is_old: bool = False

    @property
    def verdict(self) -> Verdict:
        """The worse of the two."""
        return worse(self.callers, self.consumers).verdict


SAME = Judgement("safe", "nothing changes")
