"""Whether a parameter takes the Python types that it took, as type checkers see it."""

from __future__ import annotations

from collections.abc import Mapping

from trackplan.model import Definition, Path, Schema
from trackplan.render.hints import Hints

_COVERED = {"int": "float", "Literal": "str"}
"""What another type takes too."""


def taken_before(
    old: Schema,
    new: Schema,
    path: Path,
    before: Mapping[str, Definition],
    after: Mapping[str, Definition],
) -> list[str]:
    """Return the types that a parameter took and takes no more; literals apart."""
    was, now = Hints(before, set()), Hints(after, set())
    olds, news = (hints.hint(one, path) for hints, one in ((was, old), (now, new)))
    kept = set(news.split(" | "))
    if "object" in kept:
        return []
    return [
        one
        for one in olds.split(" | ")
        if one.isidentifier() and one not in kept and _COVERED.get(one) not in kept
    ]
