"""What is wrong with a plan, as data: the rule that was broken, the place, the cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trackplan.model import Place

Level: TypeAlias = Literal["error", "warning", "note"]
"""A `note` says something and never fails a command."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be found: `bad` breaks it, and `good` does not.

    Both are a plan: of a change (TP6) the one before and the one after, of what `usage`
    finds (TP7) with the other files of a project, of generated code (TP8) with a remark
    on that.
    """

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

    def __post_init__(self) -> None:
        for name in ("message", "help", "guess"):
            text: str | None = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, visible(text))

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        place = self.place
        return (place.file, place.line, place.column, self.rule.code, self.message)


def visible(text: str) -> str:
    """Return `text` on one line: what cannot be seen is escaped, as in Python."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
