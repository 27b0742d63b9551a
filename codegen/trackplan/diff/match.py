"""What was renamed: of what is gone and what is new, which belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import NamedTuple, TypeVar

from trackplan.naming import words

ALIKE = 0.7
"""How much of two names has to be the same for likeness alone to say so."""
T = TypeVar("T")


class Renamed(NamedTuple):
    """The name before and after, and what says that they belong together."""

    old: str
    new: str
    is_kept: bool
    """Whether the Python name stayed, and with it the code that calls."""
    because: str


def renamed(
    gone: dict[str, T],
    come: dict[str, T],
    python_name: Callable[[T], str | None],
    replaced_by: Callable[[T], str | None],
    is_alike: Callable[[T, T], bool],
) -> list[Renamed]:
    """Return the pairs, each name in one at most; the surest reason first."""
    by_python = {python_name(one): name for name, one in come.items()}
    pairs: list[Renamed] = []
    for name, one in gone.items():
        kept, told = by_python.get(python_name(one)), replaced_by(one)
        if kept is not None and python_name(one) is not None:
            why = f"`python_name` {python_name(one)} was kept"
            pairs.append(Renamed(name, kept, True, why))
        elif told in come:
            why = "as `replaced_by` said"
            pairs.append(Renamed(name, str(told), False, why))
    likely = [
        (likeness(old, new), old, new)
        for old, new in ((o, n) for o in gone for n in come)
        if is_alike(gone[old], come[new])
    ]
    for ratio, old, new in sorted(likely, reverse=True):
        if ratio >= ALIKE:
            pairs.append(Renamed(old, new, False, "judged by likeness"))
    return list(_once(pairs))


def _once(pairs: Iterable[Renamed]) -> Iterable[Renamed]:
    old, new = set[str](), set[str]()
    for pair in pairs:
        if pair.old not in old and pair.new not in new:
            old.add(pair.old)
            new.add(pair.new)
            yield pair


def likeness(one: str, two: str) -> float:
    """Return how much two names share, from 0 to 1, case and separators aside."""
    texts = [" ".join(words(name)).lower() for name in (one, two)]
    return SequenceMatcher(None, texts[0], texts[1]).ratio()
