"""Patterns whose time may grow much faster than the text.

A backtracking search tries every way to read a text. There are exponentially many where
a state can come back to itself by two ways over the same text: `(a+)+`, `(a|a)*`,
`(a|ab|b)*`; quadratically many where neighbours can take the same characters: `a*a*`.
Left alone, since they are common and texts short: repeats that share characters with
something between them, `\\d+\\.?\\d*`, and the search for a start, `\\s+$`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count, product
from typing import NamedTuple, TypeAlias

from trackplan.check.automaton import Automaton, TooLargeError

MAX_STEPS = 200_000
_Pair: TypeAlias = tuple[int, int, bool]
"""Two states after the same text, and whether they came there by different ways."""


class Slow(NamedTuple):
    """Why a pattern is slow: the offset of the repeat, and how fast time grows."""

    at: int
    is_exponential: bool


@cache
def slow(pattern: str) -> Slow | None:
    """Return what makes an ECMA-262 pattern slow, or None; large ones are let pass."""
    try:
        automaton = Automaton(pattern)
    except TooLargeError:
        return None
    steps = count()
    for state in range(len(automaton.takes)):
        if (state, state, True) in _reached(automaton, state, steps):
            return Slow(automaton.starts[state], is_exponential=True)
    if automaton.neighbour is not None:
        return Slow(automaton.neighbour, is_exponential=False)
    return None


def _reached(automaton: Automaton, state: int, steps: Iterator[int]) -> set[_Pair]:
    """Return the pairs that follow `state`; what takes too many steps is left out."""
    seen: set[_Pair] = set()
    open_: list[_Pair] = [(state, state, False)]
    while open_:
        for pair in _next(automaton, open_.pop(), steps):
            if pair not in seen:
                seen.add(pair)
                open_.append(pair)
    return seen


def _next(automaton: Automaton, pair: _Pair, steps: Iterator[int]) -> Iterator[_Pair]:
    one, two, is_apart = pair
    takes, ways = automaton.takes, automaton.ways
    for mine, its in product(ways[one], ways[two]):
        if next(steps) > MAX_STEPS:
            return
        if not takes[mine].isdisjoint(takes[its]):
            parts = mine != its or (one == two and ways[one][mine] > 1)
            yield min(mine, its), max(mine, its), is_apart or parts
