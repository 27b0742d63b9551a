"""Counts of what arrived: by verdict, by call of the plan, by user."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .examine import Label, Labels, Outcome
from .judge import VERDICTS, Judgement, Verdict

MOST_NAMES = 10_000
"""How many different names, and how many users, are told apart."""


@dataclass(slots=True)
class Seen:
    """How often a call arrived, and when."""

    first: datetime
    last: datetime
    count: int = 0
    violations: int = 0


class Early(NamedTuple):
    """A user whose calls began before any identify."""

    calls: int
    """Up to the first identify."""
    number: int
    """Of the first of them."""
    title: str


class Tally:
    """Counts arrivals of any number; bounded, whatever their names are."""

    def __init__(self) -> None:
        self.verdicts: Counter[Verdict] = Counter(dict.fromkeys(VERDICTS, 0))
        self.calls: dict[tuple[Label, Label], Seen] = {}
        """By type, and by name where that is `track`; what was refused left out."""
        self.early: dict[Label, Early] = {}
        self._identified: set[Label] = set()

    def add(self, number: int, moment: datetime, outcome: Outcome) -> None:
        """Count an arrival."""
        verdict, labels = outcome.judgement.verdict, outcome.labels
        self.verdicts[verdict] += 1
        if verdict in ("refused", "forwarded"):
            return
        key = _key(labels)
        if key in self.calls or len(self.calls) < MOST_NAMES:
            seen = self.calls.setdefault(key, Seen(moment, moment))
            seen.last = moment
            seen.count += 1
            seen.violations += verdict == "violation"
        self._follow(number, labels)

    def judge_anew(self, outcome: Outcome, judgement: Judgement) -> None:
        """Count an arrival under another verdict than before."""
        old, new = outcome.judgement.verdict, judgement.verdict
        self.verdicts[old] -= 1
        self.verdicts[new] += 1
        seen = self.calls.get(_key(outcome.labels))
        if seen is not None:
            seen.violations += (new == "violation") - (old == "violation")

    def _follow(self, number: int, labels: Labels) -> None:
        user = labels.user_id
        has_room = len(self._identified) < MOST_NAMES > len(self.early)
        if labels.type == "identify":
            if has_room:
                self._identified.add(user)
        elif user in self.early and user not in self._identified:
            early = self.early[user]
            self.early[user] = early._replace(calls=early.calls + 1)
        elif user not in self._identified and has_room:
            title = labels.title if labels.type == "track" else str(labels.type)
            self.early[user] = Early(1, number, title)


def _key(labels: Labels) -> tuple[Label, Label]:
    return labels.type, labels.event if labels.type == "track" else None
