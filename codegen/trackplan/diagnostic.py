"""What is wrong with a plan, as data: the rule that was broken, the place, the cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trackplan.model import Place

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a plan can get wrong. `bad` and `good` are whole plans, and tests."""

    code: str
    name: str
    level: Level
    summary: str
    why: str
    bad: str
    good: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: the fact, at most one guess, one act."""

    rule: Rule
    place: Place
    message: str
    help: str
    guess: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        place = self.place
        return (place.file, place.line, place.column, self.rule.code, self.message)
