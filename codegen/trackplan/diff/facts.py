"""What is known of every value of a schema: the conjunction of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, inf
from typing import NamedTuple, cast

from trackplan.diff.normal import Object, atoms, atoms_of, types_of, values_of
from trackplan.diff.world import World
from trackplan.model import Json, Schema
from trackplan.runtime.keywords import undeclared
from trackplan.runtime.patterns import matcher

MAX_LISTED = 64
"""How many integers are judged one by one."""
_ALL = atoms(("null", "boolean", "number", "string", "array", "object"))
_NUMBERS = frozenset({"integer", "fraction"})


class Range(NamedTuple):
    """Bounds of a number; an exclusive one is not in it."""

    low: float
    low_is_out: bool
    high: float
    high_is_out: bool

    @property
    def is_empty(self) -> bool:
        is_out = self.low_is_out or self.high_is_out
        return self.low > self.high or (self.low == self.high and is_out)

    def is_in(self, other: Range) -> bool:
        """Tell whether `other` takes every number of this range."""
        low = (other.low, other.low_is_out) <= (self.low, self.low_is_out)
        high = (-other.high, other.high_is_out) <= (-self.high, self.high_is_out)
        return low and high


class Facts:
    """Parts that hold together for a value, and what follows from them."""

    def __init__(self, world: World, parts: Sequence[Object]) -> None:
        self.world = world
        self.parts = list({repr(part): part for part in parts}.values())
        self.key = "\n".join(sorted(map(repr, self.parts)))
        self.kinds = self._kinds()

    def also(self, *schemas: Schema, without: Object | None = None) -> Facts:
        """Return these facts and those of more schemas."""
        kept = [part for part in self.parts if part is not without]
        more = [part for one in schemas for part in self.world.parts(one)]
        return Facts(self.world, [*kept, *more])

    def _kinds(self) -> frozenset[str]:
        kinds = _ALL
        for part in self.parts:
            kinds &= atoms(types_of(part))
            values = values_of(part)
            if values is not None:
                kinds &= {atoms_of(value) for value in values}
            if isinstance(factor := part.get("multipleOf"), int) and factor:
                kinds -= {"fraction"}
        return kinds

    def have(self, keyword: str) -> list[Json]:
        """Return what the parts say under a keyword."""
        return [part[keyword] for part in self.parts if keyword in part]

    def least(self, keyword: str) -> int:
        """Return the highest of the lower limits on a size."""
        return max((ceil(cast("float", one)) for one in self.have(keyword)), default=0)

    def most(self, keyword: str) -> float:
        """Return the lowest of the upper limits on a size."""
        limits = (floor(cast("float", one)) for one in self.have(keyword))
        return min(limits, default=inf)

    def values(self) -> list[Json] | None:
        """Return all values there can be, where they are few."""
        lists = [found for part in self.parts if (found := values_of(part)) is not None]
        found = min(lists, key=len, default=None)
        if found is None:
            found = self._listed()
        if found is None:
            return None
        sure = [part for part in self.parts if "unevaluated" not in repr(part)]
        accepts = self.world.accepts
        return [v for v in found if all(accepts(part, v) for part in sure)]

    def _listed(self) -> list[Json] | None:
        if not self.kinds <= {"null", "boolean", "integer"}:
            return None
        found: list[Json] = [None] if "null" in self.kinds else []
        found += [True, False] if "boolean" in self.kinds else []
        if "integer" in self.kinds:
            limits = self.range()
            if not limits.high - limits.low < MAX_LISTED:
                return None
            found += range(int(limits.low), int(limits.high) + 1)
        return found

    def range(self) -> Range:
        """Return the bounds of a number, whole where it has to be an integer."""
        lows = [(cast("float", one), False) for one in self.have("minimum")]
        lows += [(cast("float", one), True) for one in self.have("exclusiveMinimum")]
        highs = [(cast("float", one), False) for one in self.have("maximum")]
        highs += [(cast("float", one), True) for one in self.have("exclusiveMaximum")]
        if "fraction" not in self.kinds:
            lows = [(floor(n) + 1 if out else ceil(n), False) for n, out in lows]
            highs = [(ceil(n) - 1 if out else floor(n), False) for n, out in highs]
        low = max(lows, default=(-inf, False))
        high = min(highs, default=(inf, False), key=lambda one: (one[0], not one[1]))
        return Range(*low, *high)

    # --- Members of objects -------------------------------------------------------

    def required(self, *given: str) -> set[str]:
        """Return the properties that are there, at least when those given are."""
        found = {*given}
        for names in self.have("required"):
            found |= set(cast("list[str]", names))
        rules = cast("list[dict[str, list[str]]]", self.have("dependentRequired"))
        before = -1
        while before != len(found):
            before = len(found)
            for rule in rules:
                found.update(*(rule[name] for name in found & rule.keys()))
        return found

    def names(self) -> set[str]:
        """Return the properties that the parts declare."""
        return {n for one in self.have("properties") for n in cast("Object", one)}

    def patterns(self) -> set[str]:
        """Return the patterns of names that the parts declare."""
        named = self.have("patternProperties")
        return {pattern for one in named for pattern in cast("Object", one)}

    def member(self, name: str) -> Facts:
        """Return what is known of a property that is there."""
        schemas = [one for part in self.parts for one in member_schemas(part, name)]
        for rule in self.have("propertyNames"):
            if "unevaluated" not in repr(rule):
                takes = self.world.accepts(cast("Schema", rule), name)
                schemas += [] if takes else [False]
        return Facts(self.world, []).also(*schemas)

    def other(self, fitting: frozenset[str]) -> Facts:
        """Return what is known of a property without a name here, by what it fits."""
        schemas = [one for part in self.parts for one in other_schemas(part, fitting)]
        return Facts(self.world, []).also(*schemas)

    # --- Items of arrays ----------------------------------------------------------

    def item(self, index: int) -> Facts:
        """Return what is known of an item."""
        schemas = [one for part in self.parts for one in item_schemas(part, index)]
        return Facts(self.world, []).also(*schemas)

    def firsts(self) -> int:
        """Return how many items have a schema of their own."""
        lists = (cast("list[Schema]", one) for one in self.have("prefixItems"))
        return max(map(len, lists), default=0)

    def longest(self) -> float:
        """Return how many items there can be."""
        most = self.most("maxItems")
        for index in range(self.firsts() + 1):
            if index < most and not self.item(index).kinds:
                return index
        return most


def member_schemas(part: Object, name: str) -> Iterable[Schema]:
    """Yield what a schema's own keywords ask of the property `name`."""
    named = cast("dict[str, Schema]", part.get("properties", {}))
    if name in named:
        yield named[name]
    patterns = cast("dict[str, Schema]", part.get("patternProperties", {}))
    yield from (one for pattern, one in patterns.items() if matcher(pattern)(name))
    if "additionalProperties" in part and undeclared(part, {name: None}):
        yield cast("Schema", part["additionalProperties"])


def other_schemas(part: Object, fitting: frozenset[str]) -> Iterable[Schema]:
    """Yield what they ask of a property that fits these patterns and has no name."""
    patterns = cast("dict[str, Schema]", part.get("patternProperties", {}))
    yield from (one for pattern, one in patterns.items() if pattern in fitting)
    if "additionalProperties" in part and fitting.isdisjoint(patterns):
        yield cast("Schema", part["additionalProperties"])


def item_schemas(part: Object, index: int) -> Iterable[Schema]:
    """Yield what a schema's own keywords ask of an item."""
    first = cast("list[Schema]", part.get("prefixItems", []))
    if index < len(first):
        yield first[index]
    elif "items" in part:
        yield cast("Schema", part["items"])
