"""Patterns as automata: which character can be followed by which, in how many ways.

Glushkov's construction: each character or class of the pattern is a state, entered by
reading it. Two ways from one state to another are two ways to read the same text.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import NamedTuple

from trackplan.runtime.patterns import matcher
from trackplan.scanner import ATOM, COUNTS, EMPTY, GROUP, Scanner

MAX_FACTORS = 500
_MANY = 10
"""A repeat that may be made so many times is taken for one without bound."""
_SAMPLE = "".join(map(chr, range(128))) + "\x85\xa0é\u0301ßЖ中\u2028€😀"
"""The characters by which classes are compared, beside those of the pattern."""


class TooLargeError(Exception):
    """The pattern is longer, its repeats written out, than is worth a look."""


class Part(NamedTuple):
    """A piece of the pattern: the states it can begin and end with."""

    first: frozenset[int]
    last: frozenset[int]
    is_optional: bool


_NOTHING = Part(frozenset(), frozenset(), is_optional=True)


class Automaton(Scanner):
    """The states of a pattern that `translate` takes. Raises TooLargeError."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.takes: list[frozenset[str]] = []
        """The characters that enter a state."""
        self.starts: list[int] = []
        """Where the outermost repeat around a state begins in the pattern."""
        self.ways: list[Counter[int]] = []
        """In how many ways a state is followed by which others."""
        self.neighbour: int | None = None
        """Where a repeat begins that could take over what the one before it takes."""
        self._factors = 0
        self._alternatives()

    def _alternatives(self) -> Part:
        start, state = self._at, len(self.takes)
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        texts = self._pattern[start : self._at].split("|")
        if len(set(texts)) > 1 and self._is_class(parts, texts, state):
            self.takes[state] = frozenset().union(*self.takes[state:])
            for states in (self.takes, self.starts, self.ways):
                del states[state + 1 :]
            return parts[0]
        first = frozenset[int]().union(*(part.first for part in parts))
        last = frozenset[int]().union(*(part.last for part in parts))
        return Part(first, last, any(part.is_optional for part in parts))

    def _is_class(self, parts: list[Part], texts: list[str], state: int) -> bool:
        """Tell whether `re` makes one class of the alternatives, as of `\\d|_|-`."""
        is_each_a_state = len(parts) == len(self.takes) - state and not any(
            part.is_optional or self.ways[index][index]
            for index, part in enumerate(parts, state)
        )
        is_plain = not any(text.lstrip("(?:").startswith((".", "[^")) for text in texts)
        return is_each_a_state and is_plain

    def _sequence(self) -> Part:
        part = before = _NOTHING
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            start = self._at
            term = self._term()
            if self._overlap(before, term) and self.neighbour is None:
                self.neighbour = start
            part, before = self._joined(part, term), term
        return part

    def _overlap(self, before: Part, after: Part) -> bool:
        """Tell whether both repeat one character each, and may share it."""
        if len(before.first) != 1 or len(after.first) != 1:
            return False
        (one,), (two,) = before.first, after.first
        is_repeated = self.ways[one][one] and self.ways[two][two]
        is_simple = before.last == before.first and after.last == after.first
        return bool(
            is_repeated
            and is_simple
            and not self.takes[one].isdisjoint(self.takes[two])
        )

    def _term(self) -> Part:
        start, first_state = self._at, len(self.takes)
        part = self._factor()
        low, high = self._counts()
        end, copies = self._at, [part]
        while len(copies) < (low if high is None else high):
            self._at = start
            copies.append(self._factor())
        self._at = end
        if high is None:
            self._follow(copies[-1], copies[-1])
            states = range(first_state, len(self.takes))
            self.starts[first_state:] = [start for _ in states]
        return self._in_a_row(copies, low) if high != 0 else _NOTHING

    def _in_a_row(self, copies: list[Part], low: int) -> Part:
        """Join the copies of a repeated part; those after `low` may be absent."""
        whole = _NOTHING
        for index in reversed(range(len(copies))):
            whole = self._joined(copies[index], whole)
            whole = whole._replace(is_optional=whole.is_optional or index >= low)
        return whole

    def _factor(self) -> Part:
        """Read a group, an assertion or a character."""
        self._factors += 1
        if self._factors > MAX_FACTORS:
            raise TooLargeError
        if group := self._scan(GROUP):
            part = self._alternatives()
            self._skip(")")
            return _NOTHING if group[1] else part
        if self._scan(EMPTY):
            return _NOTHING
        atom = self._scan(ATOM)
        if atom is None:
            raise TooLargeError
        state = frozenset({len(self.takes)})
        self.takes.append(_characters(atom[0], "".join(sorted(set(self._pattern)))))
        self.starts.append(atom.start())
        self.ways.append(Counter())
        return Part(state, state, is_optional=False)

    def _counts(self) -> tuple[int, int | None]:
        found = self._scan(COUNTS)
        if found is None:
            return 1, 1
        if found[1]:
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[found[1]]
        low = min(int(found[2][:9]), MAX_FACTORS + 1)
        high = int(found[4][:9] or MAX_FACTORS) if found[3] else low
        return low, None if high > max(low, _MANY) else high

    def _joined(self, one: Part, two: Part) -> Part:
        self._follow(one, two)
        return Part(
            one.first | two.first if one.is_optional else one.first,
            two.last | one.last if two.is_optional else two.last,
            one.is_optional and two.is_optional,
        )

    def _follow(self, one: Part, two: Part) -> None:
        for state in one.last:
            self.ways[state].update(two.first)


@cache
def _characters(atom: str, more: str) -> frozenset[str]:
    matches = matcher(atom)
    return frozenset(char for char in _SAMPLE + more if matches(char))
