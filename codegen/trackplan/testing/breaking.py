"""Values that break a schema in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from trackplan.runtime.judging import Judge, Schema

from .plan import mapping

_ODD: Final[tuple[object, ...]] = (None, True, 0.5, "(\x00", [], {})
"""What stands in for a value whatever the schema: some of it is of another type."""
_DEEP = 8
"""How deep data is looked at; schemas that refer to themselves know no end."""
_MANY = 1000
"""How many items it is worth making to have one too many."""


class Breaker:
    """Puts something else in the place of each value, so that it may break the schema.

    Whether it does, and at one place only, is for `explain` to say.
    """

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._judge = Judge(definitions, {})

    def call(
        self, schema: Schema, data: Mapping[str, object]
    ) -> Iterator[dict[str, object]]:
        """Yield the data of a call with one of its properties changed.

        None is left out or added: Python would refuse such a call by itself.
        """
        for name, one in self._properties(schema, 0):
            if name in data:
                for other in self._others(one, data[name], 0):
                    yield {**data, name: other}

    def _others(self, schema: Schema, value: object, depth: int) -> Iterator[object]:
        yield from _ODD
        for one in self._all(schema, depth):
            yield from _beyond(one, value)
        if isinstance(value, dict):
            yield from self._in_object(schema, cast("dict[str, object]", value), depth)
        if isinstance(value, list) and value:
            first, *rest = cast("list[object]", value)
            for one in self._all(schema, depth):
                items = cast("Schema", one.get("items", True))
                for other in self._others(items, first, depth + 1):
                    yield [other, *rest]

    def _in_object(
        self, schema: Schema, value: dict[str, object], depth: int
    ) -> Iterator[object]:
        for key in value:
            yield {one: value[one] for one in value if one != key}
        yield {**value, "unplanned": True}
        for name, one in self._properties(schema, depth):
            if name in value:
                for other in self._others(one, value[name], depth + 1):
                    yield {**value, name: other}

    def _properties(self, schema: Schema, depth: int) -> Iterator[tuple[str, Schema]]:
        for one in self._all(schema, depth):
            found = one.get("properties", {})
            yield from cast("Mapping[str, Schema]", found).items()

    def _all(self, schema: Schema, depth: int) -> Iterator[Mapping[str, object]]:
        """Yield the schemas that hold at a place whatever the value."""
        if depth > _DEEP:
            return
        own = mapping(schema)
        yield own
        if "$ref" in own:
            target = self._judge.resolve(cast("str", own["$ref"]))
            yield from self._all(target, depth + 1)
        for one in cast("Sequence[Schema]", own.get("allOf", ())):
            yield from self._all(one, depth + 1)


def _beyond(schema: Mapping[str, object], value: object) -> Iterator[object]:
    """Yield values of the same type that are just out of bounds."""
    if isinstance(value, str):
        yield value[: _count(schema, "minLength", 1) - 1]
        yield value.ljust(_count(schema, "maxLength", 0) + 1, "x")
        yield f"{value}\x00"
    elif isinstance(value, list):
        items = cast("list[object]", value)
        most = _count(schema, "maxItems", 0)
        yield items[: _count(schema, "minItems", 1) - 1]
        yield [*items, *items[:1]]
        if items and most <= _MANY:
            yield (items * (most + 1))[: most + 1]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value + cast("float", schema.get("multipleOf", 1)) / 2
        for keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
            if keyword in schema:
                limit = cast("float", schema[keyword])
                yield from (limit, limit - 1, limit + 1)


def _count(schema: Mapping[str, object], keyword: str, default: int) -> int:
    return int(cast("float", schema.get(keyword, default)))
