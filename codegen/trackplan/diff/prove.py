"""Is every value of one schema a value of another? Yes, or not shown.

A yes is a proof; that there is none says nothing. Each rule below holds by what JSON
Schema says of a keyword, and none relies on what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import inf
from typing import cast

from trackplan.diff.facts import (
    Facts,
    Range,
    item_schemas,
    member_schemas,
    other_schemas,
)
from trackplan.diff.normal import Object, atoms, types_of
from trackplan.diff.world import World, looks
from trackplan.model import Schema
from trackplan.runtime.keywords import is_multiple

MAX_STEPS = 5_000
"""How many goals one question may take; what takes more is not shown."""
MAX_PATTERNS = 4
"""Names that nobody declares are told apart by which of so many patterns they fit."""
_SPLIT = (("null",), ("boolean",), ("number",), ("string",), ("array",), ("object",))

_MEMBERS = ("properties", "patternProperties", "additionalProperties")
_GROUPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_MEMBERS, _MEMBERS),
    **dict.fromkeys(("prefixItems", "items"), ("prefixItems", "items")),
    **dict.fromkeys(
        ("contains", "minContains", "maxContains"),
        ("contains", "minContains", "maxContains"),
    ),
    **dict.fromkeys(("if", "then", "else"), ("if", "then", "else")),
}


def group_of(keyword: str) -> tuple[str, ...]:
    """Return the keywords that mean something together with `keyword`."""
    return _GROUPS.get(keyword, (keyword,))


class Prover:
    """Proves inclusions between the schemas of one world; remembers what it found."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._shown: set[tuple[str, str]] = set()
        self._not_shown: set[tuple[str, str]] = set()
        self._open: dict[tuple[str, str], int] = {}
        self._assumed: set[tuple[str, str]] = set()
        self._depth = 0
        self._steps = 0

    def shows(self, small: Schema, large: Schema) -> bool:
        """Tell whether it can show that `large` takes every value of `small`."""
        self._steps = 0
        try:
            return self._includes(Facts(self.world, self.world.parts(small)), large)
        except RecursionError:
            self._open.clear()
            self._assumed.clear()
            self._depth = 0
            return False

    def _includes(self, facts: Facts, large: Schema) -> bool:
        goal = facts.key, repr(self.world.normal(large))
        if goal in self._shown or goal in self._not_shown:
            return goal in self._shown
        if goal in self._open:  # a smaller value asks what a larger one does
            self._assumed.add(goal)
            return self._depth > self._open[goal]
        self._steps += 1
        if self._steps > MAX_STEPS:
            return False
        self._open[goal] = self._depth
        shown = self._attempt(facts, large)
        del self._open[goal]
        self._assumed.discard(goal)
        if not shown and self._steps <= MAX_STEPS:
            self._not_shown.add(goal)
        elif shown and not self._assumed:
            self._shown.add(goal)
        return shown

    def _below(self, facts: Facts, large: Schema) -> bool:
        """Ask of a part of the value."""
        self._depth += 1
        shown = self._includes(facts, large)
        self._depth -= 1
        return shown

    def _attempt(self, facts: Facts, large: Schema) -> bool:
        values = facts.values()
        if values is not None:
            return all(self.world.accepts(large, value) for value in values)
        if self._is_empty(facts):
            return True
        parts = self.world.parts(large)
        if all(self._fits(facts, part) for part in parts):
            return True
        return any(
            all(self._includes(one, large) for one in cases)
            for cases in self._cases(facts, large)
        )

    def _cases(self, facts: Facts, large: Schema) -> Iterator[list[Facts]]:
        """Yield a way to split the values, and so the question."""
        if large is False:
            return  # that the values are none was looked at
        for part in facts.parts:
            for keyword in ("anyOf", "oneOf"):
                if keyword in part and not looks(part):
                    options = cast("Sequence[Schema]", part[keyword])
                    rest = {k: v for k, v in part.items() if k != keyword}
                    yield [facts.also(rest, one, without=part) for one in options]
                    return
            if "if" in part:
                condition = cast("Schema", part["if"])
                if not _has(facts, condition) and not _has(facts, {"not": condition}):
                    then = cast("Schema", part.get("then", True))
                    other = cast("Schema", part.get("else", True))
                    sides = (condition, then), ({"not": condition}, other)
                    yield [facts.also(*one) for one in sides]
                    return
        kinds = [one for one in _SPLIT if atoms(one) & facts.kinds]
        if len(kinds) > 1:
            yield [facts.also({"type": list(one)}) for one in kinds]

    # --- That there are no values -------------------------------------------------

    def _is_empty(self, facts: Facts) -> bool:
        goal = facts.key, ""
        self._steps += 1
        if goal in self._open or self._steps > MAX_STEPS:
            return False
        self._open[goal] = self._depth
        try:
            return self._is_refused(facts) or all(
                self._none_of_kind(facts, kind) for kind in facts.kinds
            )
        finally:
            del self._open[goal]

    def _is_refused(self, facts: Facts) -> bool:
        """Tell whether one part refuses all that the others take."""
        if facts.values() == []:
            return True
        for part in facts.parts:
            if "not" in part:
                kept = {k: v for k, v in part.items() if k != "not"}
                rest = facts.also(kept, without=part)
                if not looks(part) and self._includes(
                    rest, cast("Schema", part["not"])
                ):
                    return True
            for keyword in ("anyOf", "oneOf"):
                options = cast("Sequence[Schema]", part.get(keyword, ()))
                rest = facts.also(without=part) if options else facts
                if options and all(self._is_empty(rest.also(one)) for one in options):
                    return True
        return False

    def _none_of_kind(self, facts: Facts, kind: str) -> bool:
        if kind in ("integer", "fraction"):
            return facts.range().is_empty
        if kind == "string":
            return facts.least("minLength") > facts.most("maxLength")
        if kind == "array":
            least = facts.least("minItems")
            seen = range(min(least, facts.firsts() + 1))
            return least > facts.longest() or any(
                self._is_empty(facts.item(index)) for index in seen
            )
        if kind == "object":
            required = facts.required()
            least = max(facts.least("minProperties"), len(required))
            if least > facts.most("maxProperties"):
                return True
            return any(self._is_empty(facts.member(name)) for name in required)
        return False

    # --- That values fit a part ---------------------------------------------------

    def _fits(self, facts: Facts, part: Object) -> bool:
        if any(repr(one) == repr(part) for one in facts.parts):
            return True
        if looks(part):  # what it means depends on the whole of it
            return False
        done: set[str] = set()
        for keyword in part:
            if keyword in done:
                continue
            group = group_of(keyword)
            done |= {*group}
            if not _has_group(facts, part, group):
                judge = _JUDGES.get(keyword)
                if judge is None or not judge(self, facts, part):
                    return False
        return True

    def _type(self, facts: Facts, part: Object) -> bool:
        return facts.kinds <= atoms(types_of(part))

    def _number(self, facts: Facts, part: Object) -> bool:
        if facts.kinds.isdisjoint(("integer", "fraction")):
            return True
        keys = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        wanted = Facts(self.world, [{k: part[k] for k in keys if k in part}])
        limits = wanted.range()
        return limits == Range(-inf, False, inf, False) or facts.range().is_in(limits)

    def _multiple(self, facts: Facts, part: Object) -> bool:
        if facts.kinds.isdisjoint(("integer", "fraction")):
            return True
        factors = cast("list[float]", facts.have("multipleOf"))
        if "fraction" not in facts.kinds:
            factors = [*factors, 1]
        wanted = cast("float", part["multipleOf"])
        return any(is_multiple(one, wanted) for one in factors)

    def _none(self, facts: Facts, part: Object) -> bool:
        return False

    def _text(self, facts: Facts, part: Object) -> bool:
        return "string" not in facts.kinds

    def _pairs(self, facts: Facts, part: Object) -> bool:
        if "array" not in facts.kinds:
            return True
        return facts.longest() <= 1 or True in facts.have("uniqueItems")

    def _items(self, facts: Facts, part: Object) -> bool:
        if "array" not in facts.kinds:
            return True
        first = cast("Sequence[Schema]", part.get("prefixItems", ()))
        last = max(len(first), facts.firsts())
        return all(
            self._below(facts.item(index), one)
            for index in range(last + 1)
            if index < facts.longest()
            for one in item_schemas(part, index)
        )

    def _contains(self, facts: Facts, part: Object) -> bool:
        if "array" not in facts.kinds:
            return True
        least = cast("float", part.get("minContains", 1))
        most = cast("float", part.get("maxContains", inf))
        wanted = cast("Schema", part["contains"])
        if most < facts.longest():
            return False
        if least <= 0:
            return True
        every = range(facts.firsts() + 1)
        if facts.least("minItems") >= least and all(
            self._below(facts.item(index), wanted) for index in every
        ):
            return True
        return any(
            cast("float", one.get("minContains", 1)) >= least
            and self._below(Facts(self.world, self.world.parts(schema)), wanted)
            for one in facts.parts
            if "contains" in one
            for schema in [cast("Schema", one["contains"])]
        )

    def _members(self, facts: Facts, part: Object) -> bool:
        if "object" not in facts.kinds:
            return True
        names = facts.names() | set(cast("Object", part.get("properties", {})))
        for name in sorted(names):
            for one in member_schemas(part, name):
                if not self._below(facts.member(name), one):
                    return False
        return all(
            self._below(facts.other(fitting), one)
            for fitting in _fittings(facts, part)
            for one in other_schemas(part, fitting)
        )

    def _required(self, facts: Facts, part: Object) -> bool:
        wanted = set(cast("Sequence[str]", part["required"]))
        return "object" not in facts.kinds or wanted <= facts.required()

    def _dependent_required(self, facts: Facts, part: Object) -> bool:
        rules = cast("Mapping[str, Sequence[str]]", part["dependentRequired"])
        return "object" not in facts.kinds or all(
            set(names) <= facts.required(name) or not facts.member(name).kinds
            for name, names in rules.items()
        )

    def _dependent_schemas(self, facts: Facts, part: Object) -> bool:
        rules = cast("Mapping[str, Schema]", part["dependentSchemas"])
        return "object" not in facts.kinds or all(
            self._includes(facts.also({"required": [name]}), one)
            for name, one in rules.items()
        )

    def _names(self, facts: Facts, part: Object) -> bool:
        if "object" not in facts.kinds:
            return True
        wanted = cast("Schema", part["propertyNames"])
        named = [name for name in facts.names() if facts.member(name).kinds]
        if not all(self.world.accepts(wanted, name) for name in named):
            return False
        rules = cast("list[Schema]", facts.have("propertyNames"))
        text = Facts(self.world, [{"type": "string"}]).also(*rules)
        is_closed = not any(
            facts.other(fitting).kinds for fitting in _fittings(facts, part)
        )
        return is_closed or self._below(text, wanted)

    def _most_members(self, facts: Facts, part: Object) -> bool:
        if "object" not in facts.kinds:
            return True
        most = cast("float", part["maxProperties"])
        if facts.most("maxProperties") <= most:
            return True
        if any(facts.other(fitting).kinds for fitting in _fittings(facts, part)):
            return False
        return sum(bool(facts.member(name).kinds) for name in facts.names()) <= most

    def _least_members(self, facts: Facts, part: Object) -> bool:
        if "object" not in facts.kinds:
            return True
        least = max(facts.least("minProperties"), len(facts.required()))
        return least >= cast("float", part["minProperties"])

    # --- Combinations -------------------------------------------------------------

    def _any(self, facts: Facts, part: Object) -> bool:
        options = cast("Sequence[Schema]", part["anyOf"])
        return any(self._includes(facts, one) for one in options)

    def _one(self, facts: Facts, part: Object) -> bool:
        options = cast("Sequence[Schema]", part["oneOf"])
        return any(
            self._includes(facts, one)
            and all(
                self._are_apart(facts, other)
                for place, other in enumerate(options)
                if place != at
            )
            for at, one in enumerate(options)
        )

    def _not(self, facts: Facts, part: Object) -> bool:
        return self._are_apart(facts, cast("Schema", part["not"]))

    def _are_apart(self, facts: Facts, other: Schema) -> bool:
        return self._includes(facts.also(other), False)

    def _if(self, facts: Facts, part: Object) -> bool:
        condition = cast("Schema", part["if"])
        then = cast("Schema", part.get("then", True))
        other = cast("Schema", part.get("else", True))
        return self._includes(facts.also(condition), then) and (
            self._includes(facts, condition)
            or self._includes(facts.also({"not": condition}), other)
        )


def _size(kind: str, most: str | None = None, least: str | None = None) -> Judge:
    def judge(prover: Prover, facts: Facts, part: Object) -> bool:
        if kind not in facts.kinds:
            return True
        if least is not None:
            return facts.least(least) >= cast("float", part[least])
        longest = facts.longest() if most == "maxItems" else facts.most(str(most))
        return longest <= cast("float", part[str(most)])

    return judge


Judge = Callable[[Prover, Facts, Object], bool]
_JUDGES: dict[str, Judge] = {
    "type": Prover._type,
    **dict.fromkeys(("enum", "const"), Prover._none),
    **dict.fromkeys(("minimum", "maximum"), Prover._number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), Prover._number),
    "multipleOf": Prover._multiple,
    "minLength": _size("string", least="minLength"),
    "maxLength": _size("string", most="maxLength"),
    **dict.fromkeys(("pattern", "format"), Prover._text),
    "minItems": _size("array", least="minItems"),
    "maxItems": _size("array", most="maxItems"),
    "uniqueItems": Prover._pairs,
    **dict.fromkeys(("prefixItems", "items"), Prover._items),
    **dict.fromkeys(("contains", "minContains", "maxContains"), Prover._contains),
    **dict.fromkeys(_MEMBERS, Prover._members),
    "required": Prover._required,
    "dependentRequired": Prover._dependent_required,
    "dependentSchemas": Prover._dependent_schemas,
    "propertyNames": Prover._names,
    "minProperties": Prover._least_members,
    "maxProperties": Prover._most_members,
    "anyOf": Prover._any,
    "oneOf": Prover._one,
    "not": Prover._not,
    **dict.fromkeys(("if", "then", "else"), Prover._if),
}
"""How each keyword is shown; one that is missing here is shown by equality alone."""


def _has(facts: Facts, schema: Schema) -> bool:
    """Tell whether a case was made already."""
    return set(map(repr, facts.world.parts(schema))) <= set(map(repr, facts.parts))


def _has_group(facts: Facts, wanted: Object, group: Sequence[str]) -> bool:
    """Tell whether one of the parts says the same under these keywords."""
    asked = repr({key: wanted[key] for key in group if key in wanted})
    return any(
        repr({key: part[key] for key in group if key in part}) == asked
        for part in facts.parts
    )


def _fittings(facts: Facts, part: Object) -> Iterator[frozenset[str]]:
    """Yield each choice of patterns that a name which nobody declares might fit."""
    own = cast("Object", part.get("patternProperties", {}))
    patterns = sorted(facts.patterns() | own.keys())
    if len(patterns) > MAX_PATTERNS:
        raise RecursionError  # too many cases: not shown
    sizes = range(len(patterns) + 1)
    choices = chain.from_iterable(combinations(patterns, size) for size in sizes)
    yield from map(frozenset, choices)
