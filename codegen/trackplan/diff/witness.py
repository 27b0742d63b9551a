"""A value that one schema takes and another refuses, looked for at their edges.

What is found was judged by the validator itself, so it is always true; nothing found
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import cast

from trackplan.diff.facts import Facts, item_schemas, member_schemas
from trackplan.diff.normal import Object, types_of, values_of
from trackplan.diff.world import World
from trackplan.model import Json, Schema
from trackplan.runtime.values import equality_key, is_number
from trackplan.texts import FORMATS, matching

MOST = 40
"""How many values are tried for one part of a value."""
DEPTH = 4
LONGEST = 3_000
"""Longer texts and arrays are not made."""

_PLAIN: tuple[Json, ...] = (
    *("", "a", "A", "ab", "abc", "1", "a b", "é", "ABC", "AB", "12", "123", "0.1"),
    *("1.0.0", "a" * 40, "0" * 64, "a-b", "a_b", "pkg:a/b@1", "other"),
)
_ANY: list[Json] = ["a", 1, True, None]
_SCALARS: tuple[Json, ...] = (None, True, False, 0, 1, 0.5, "a", [], {})
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_BRANCHES = ("allOf", "anyOf", "oneOf")


class Search:
    """Looks for values in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._served: dict[tuple[str, str, int], list[Json]] = {}

    def between(self, taking: Schema, refusing: Schema) -> tuple[Json] | None:
        """Return a value that only the first takes, in a tuple, or None."""
        near = self._near([taking, refusing])
        for value in self._values(self._facts(taking), near, DEPTH):
            if self._takes(taking, value) and not self._takes(refusing, value):
                return (value,)
        return None

    def around(
        self, root: Schema, steps: Sequence[str | int], value: Json
    ) -> Json | None:
        """Return an object that `root` takes, with `value` where the steps lead."""
        made = self._around(self._facts(root), steps, value)
        return made if self._takes(root, made) else None

    def _around(self, facts: Facts, steps: Sequence[str | int], value: Json) -> Json:
        if not steps:
            return value
        base = self._good(facts, self._near_parts(facts.parts), DEPTH)
        step, rest = steps[0], steps[1:]
        if isinstance(step, str):
            made = dict(base) if isinstance(base, dict) else {}
            made[step] = self._around(facts.member(step), rest, value)
            return made
        inner = self._around(facts.item(step), rest, value)
        made_items = list(base) if isinstance(base, list) else []
        return [*made_items[:step], inner, *made_items[step + 1 :]]

    def _takes(self, schema: Schema, value: Json) -> bool:
        return self._world.accepts(schema, value)

    def _facts(self, *schemas: Schema) -> Facts:
        return Facts(self._world, []).also(*schemas)

    def _near(self, schemas: Iterable[Schema], depth: int = 3) -> list[Object]:
        """Return all parts of the schemas, those of their alternatives too."""
        parts = [part for one in schemas for part in self._world.parts(one)]
        return self._near_parts(parts, depth)

    def _near_parts(self, parts: Sequence[Object], depth: int = 3) -> list[Object]:
        inner = [one for part in parts for one in _inner(part)]
        return [*parts, *(self._near(inner, depth - 1) if inner and depth else ())]

    def _good(self, facts: Facts, near: Sequence[Object], depth: int) -> Json:
        """Return a value of `facts`, as far as one is found."""
        first: Json = None
        for at, value in enumerate(self._values(facts, near, depth)):
            first = value if at == 0 else first
            if self._fits(facts, value):
                return value
        return first

    def _values(
        self, facts: Facts, near: Sequence[Object], depth: int
    ) -> Iterator[Json]:
        seen: set[object] = set()
        kinds = {kind for part in near if "type" in part for kind in types_of(part)}
        for value in self._any(facts, near, kinds, depth):
            key = equality_key(value)
            if key not in seen:
                seen.add(key)
                yield value

    def _any(
        self, facts: Facts, near: Sequence[Object], kinds: set[str], depth: int
    ) -> Iterator[Json]:
        for part in near:
            yield from values_of(part) or ()
        for option in (one for part in facts.parts for one in _options(part)):
            taken = self._facts(option)
            inner = self._values(taken, self._near_parts(taken.parts), depth)
            yield from islice(inner, MOST)
        if "string" in kinds or any(_asks(part, _OF_TEXT) for part in near):
            yield from _texts(near)
        if {"number", "integer"} & kinds or any(_asks(part, _LIMITS) for part in near):
            yield from _numbers(near)
        if depth and ("object" in kinds or any(_asks(p, _OF_OBJECT) for p in near)):
            yield from islice(self._objects(facts, near, depth), 6 * MOST)
        if depth and ("array" in kinds or any(_asks(p, _OF_ARRAY) for p in near)):
            yield from islice(self._arrays(facts, near, depth), 3 * MOST)
        yield from _SCALARS

    def _member(
        self, facts: Facts, near: Sequence[Object], name: str, depth: int
    ) -> list[Json]:
        """Return values for a property, one that serves first."""
        schemas = [one for part in near for one in member_schemas(part, name)]
        return self._serving(facts.member(name), schemas, depth)

    def _serving(self, facts: Facts, schemas: list[Schema], depth: int) -> list[Json]:
        key = facts.key, repr(schemas), depth
        if key not in self._served:
            near = self._near(schemas)
            found = list(islice(self._values(facts, near, depth - 1), MOST))
            fits = (one for one in found if self._fits(facts, one))
            self._served[key] = [*islice(fits, 1), *found] if near else _ANY
        return self._served[key]

    def _fits(self, facts: Facts, value: Json) -> bool:
        return all(self._takes(part, value) for part in facts.parts)

    def _objects(
        self, facts: Facts, near: Sequence[Object], depth: int
    ) -> Iterator[Json]:
        names = sorted({name for part in near for name in _names(part)})
        values = {name: self._member(facts, near, name, depth) for name in names}
        required = {name for name in facts.required() if name in values}
        base = {name: values[name][0] for name in sorted(required)}
        most, least = facts.most("maxProperties"), facts.least("minProperties")
        for name in [*names, *(f"x{i}" for i in range(min(least, MOST)))]:
            if len(base) < least and facts.member(name).kinds:
                base.setdefault(name, values.get(name, ["a"])[0])
        yield base
        allowed = [name for name in names if facts.member(name).kinds]
        full = {name: values[name][0] for name in allowed}
        yield full
        for name in names:
            yield {key: one for key, one in full.items() if key != name}
            yield {key: one for key, one in base.items() if key != name}
            yield base | {name: values[name][0]}
        for name in names:
            yield from (base | {name: value} for value in values[name])
        for extra in ("other", "x", "a", "long" * 10, "é"):
            yield from (base | {extra: value} for value in ("a", 1, None))
            yield {extra: "a"}
        for size in {int(n) for n in (least - 1, least, most, most + 1) if 0 < n < 99}:
            yield base | {f"x{i}": "a" for i in range(size - len(base))}
        yield {}

    def _arrays(
        self, facts: Facts, near: Sequence[Object], depth: int
    ) -> Iterator[Json]:
        limits = [
            int(cast("float", part[key])) + more
            for part in near
            for key in ("minItems", "maxItems", "minContains", "maxContains")
            if key in part
            for more in (-1, 0, 1)
        ]
        least = min(max(facts.least("minItems"), 0), MOST)
        spread = [self._item(facts, near, index, depth) for index in range(least + 3)]
        for size in sorted({least, 0, 1, 2, *limits}):
            if 0 <= size < LONGEST:
                yield [spread[min(i, len(spread) - 1)][0] for i in range(size)]
                varied = spread[-1]
                yield [
                    varied[i % len(varied)] if i >= len(spread) else spread[i][0]
                    for i in range(size)
                ]
                yield [varied[i % len(varied)] for i in range(size)]
        for index in range(len(spread)):
            before = [one[0] for one in spread[:index]]
            after = [one[0] for one in spread[index + 1 : least]]
            yield from ([*before, value, *after] for value in spread[index])

    def _item(
        self, facts: Facts, near: Sequence[Object], index: int, depth: int
    ) -> list[Json]:
        schemas = [one for part in near for one in item_schemas(part, index)]
        schemas += [cast("Schema", p["contains"]) for p in near if "contains" in p]
        return self._serving(facts.item(index), schemas, depth)


_OF_TEXT = ("minLength", "maxLength", "pattern", "format")
_OF_ARRAY = ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")
_OF_OBJECT = (
    *("properties", "required", "additionalProperties", "patternProperties"),
    *("propertyNames", "minProperties", "maxProperties", "dependentRequired"),
    "dependentSchemas",
)


def _asks(part: Object, keywords: Sequence[str]) -> bool:
    return not part.keys().isdisjoint(keywords)


def _options(part: Object) -> Iterator[Schema]:
    for keyword in ("anyOf", "oneOf"):
        yield from cast("Sequence[Schema]", part.get(keyword, ()))


def _inner(part: Object) -> Iterator[Schema]:
    """Yield the schemas that a part holds for the same value."""
    for keyword in _BRANCHES:
        yield from cast("Sequence[Schema]", part.get(keyword, ()))
    for keyword in ("not", "if", "then", "else"):
        if keyword in part:
            yield cast("Schema", part[keyword])
    yield from cast("dict[str, Schema]", part.get("dependentSchemas", {})).values()


def _names(part: Object) -> Iterator[str]:
    yield from cast("Object", part.get("properties", {}))
    yield from cast("Sequence[str]", part.get("required", ()))
    for name, others in cast("Object", part.get("dependentRequired", {})).items():
        yield from (name, *cast("Sequence[str]", others))
    yield from cast("Object", part.get("dependentSchemas", {}))


def _texts(near: Sequence[Object]) -> Iterator[Json]:
    for part in near:
        if "format" in part:
            yield matching(FORMATS[str(part["format"])], lambda _: 0)
    limits = [p[key] for p in near for key in ("minLength", "maxLength") if key in p]
    for limit in limits:
        for size in (int(cast("float", limit)) + more for more in (0, 1, -1)):
            if 0 <= size < LONGEST:
                yield "a" * size
    for part in near:
        if "pattern" in part:
            yield from _matches(str(part["pattern"]))
    yield from _PLAIN


def _matches(pattern: str) -> Iterator[str]:
    """Yield the shortest text for a pattern, and longer ones."""
    for most in range(3):
        yield matching(pattern, partial(_at_most, most))


def _at_most(most: int, count: int) -> int:
    return min(most, count - 1)


def _numbers(near: Sequence[Object]) -> Iterator[Json]:
    limits = [p[key] for p in near for key in _LIMITS if is_number(p.get(key))]
    for limit in cast("list[float]", limits):
        yield from (limit, limit - 1, limit + 1, limit - 0.5, limit + 0.5, 2 * limit)
    yield from (0, 1, -1, 0.5, 1.5, 10**6)
