"""The schemas of a plan as a tree: which keywords hold schemas, and a walk over all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, cast

from trackplan.load import Array, Data, Object
from trackplan.model import HOLDS_MANY, HOLDS_NAMED, HOLDS_ONE

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the top of the plan: ("events", "Signed Up", "tags", 0)."""

IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
"""Keywords whose schemas judge the same value, not a part of it."""


def at(data: Data, path: Path) -> Data:
    """Return what stands at `path`. Raises LookupError where nothing does."""
    for step in path:
        if isinstance(data, Object) and isinstance(step, str):
            data = data[step]
        elif isinstance(data, Array) and isinstance(step, int):
            data = cast("list[Data]", data)[step]
        else:
            raise LookupError
    return data


def children(schema: Object) -> Iterator[tuple[Path, Data]]:
    """Yield the path and the data of every schema directly inside `schema`."""
    for keyword, value in schema.items():
        if keyword in HOLDS_ONE:
            yield (keyword,), value
        elif keyword in HOLDS_MANY and isinstance(value, Array):
            for index, item in enumerate(value):
                yield (keyword, index), item
        elif keyword in HOLDS_NAMED and isinstance(value, Object):
            for name, item in value.items():
                yield (keyword, name), item


_HOLDING = HOLDS_ONE | HOLDS_MANY | HOLDS_NAMED


def walk(schema: Data, path: Path) -> list[tuple[Path, Object]]:
    """Return `schema` and every schema inside it, with their paths."""
    found: list[tuple[Path, Object]] = []
    _collect(schema, path, found)
    return found


def _collect(schema: Data, path: Path, into: list[tuple[Path, Object]]) -> None:
    """Not a generator: each step would pass through one of every level above it."""
    if isinstance(schema, Object):
        into.append((path, schema))
        if not schema.keys().isdisjoint(_HOLDING):  # most hold none
            for step, child in children(schema):
                _collect(child, (*path, *step), into)


def roots(plan: Object) -> Iterator[tuple[Path, Data]]:
    """Yield every top-level schema: `$defs` entries, traits, events."""
    for section in ("$defs", "traits", "events"):
        entries = plan.get(section)
        if isinstance(entries, Object):
            for name, schema in entries.items():
                yield (section, name), schema


def walk_all(plan: Object) -> Iterator[tuple[Path, Object]]:
    """Yield every schema of the plan, with its path."""
    for path, root in roots(plan):
        yield from walk(root, path)


def declared(schema: Data, path: Path) -> list[tuple[Path, Data]]:
    """Return every property that `schema` declares, nested ones too."""
    found: list[tuple[Path, Data]] = []
    _declared(schema, path, found)
    return found


def _declared(schema: Data, path: Path, into: list[tuple[Path, Data]]) -> None:
    if isinstance(schema, Object) and not schema.keys().isdisjoint(_DECLARING):
        for step, child in children(schema):
            if step[0] == "properties":
                into.append(((*path, *step), child))
            if step[0] in _DECLARING:
                _declared(child, (*path, *step), into)


_DECLARING = ("properties", "items", "prefixItems", "additionalProperties")
