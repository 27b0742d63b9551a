"""Whether a parameter takes the Python types that it took, as type checkers see it."""

from __future__ import annotations

from collections.abc import Mapping

from trackplan.model import Definition, Path, Schema
from trackplan.render.hints import Hints

_PLAIN = frozenset(
    {"str", "int", "float", "bool", "None", "object"}
    | {"Decimal", "datetime", "date", "UUID", "Mapping"}
)
"""Types whose place another takes only where it is named; records fit by their keys."""


def taken_before(
    old: Schema,
    new: Schema,
    path: Path,
    before: Mapping[str, Definition],
    after: Mapping[str, Definition],
) -> list[str]:
    """Return the types that a parameter took and takes no more; literals apart."""
    was, now = Hints(before, set()), Hints(after, set())
    olds, news = was.members(old, path), now.members(new, path)
    kept = {_name(one) for one in news}
    if "object" in kept:
        return []
    return [
        one
        for one in dict.fromkeys(map(_name, olds))
        if one in _PLAIN - kept and not (one == "int" and "float" in kept)
    ]


def _name(hint: str) -> str:
    """Return the name of a type without what it holds."""
    return hint.partition("[")[0]
