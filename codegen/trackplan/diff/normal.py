"""Schemas in one spelling: what is written otherwise and means the same is equal.

What a spelling alone cannot show is left to `prove`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor
from typing import TypeAlias, cast

from trackplan.model import (
    ASKED_OF,
    HOLDS_MANY,
    HOLDS_NAMED,
    HOLDS_ONE,
    Json,
    Schema,
)
from trackplan.runtime.values import equality_key, is_number

Object: TypeAlias = Mapping[str, Json]

KINDS = ("null", "boolean", "number", "string", "array", "object")
NEVER: Object = {"type": []}
"""What no value fits; `false` where a mapping is wanted."""
IN_PLACE = ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas")
"""Keywords whose schemas judge the same value and may look at its members."""

_TRIVIAL = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), "0"),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), "{}"),
    "dependentRequired": "{}",
    "required": "[]",
    "uniqueItems": "False",
    "propertyNames": "True",
    "not": "False",
}
"""What a keyword says where it asks nothing."""


def map_schemas(schema: Object, change: Callable[[Schema], Schema]) -> dict[str, Json]:
    """Return `schema` with each schema directly inside it changed."""
    return {key: _mapped(key, value, change) for key, value in schema.items()}


def _mapped(key: str, value: Json, change: Callable[[Schema], Schema]) -> Json:
    if key in HOLDS_ONE:
        return change(cast("Schema", value))
    if key in HOLDS_MANY:
        return [change(one) for one in cast("Sequence[Schema]", value)]
    if key in HOLDS_NAMED:
        named = cast("Mapping[str, Schema]", value)
        return {name: change(one) for name, one in named.items()}
    return value


def normal(schema: Schema) -> Schema:
    """Return `schema` in its one spelling.

    What sees members stays where it asks nothing of them: `unevaluated…` may look.
    """
    if isinstance(schema, bool):
        return schema
    plain = {k: v for k, v in schema.items() if k not in ("pii", "$defs")}
    made = map_schemas(plain, normal)
    _plain_values(made)
    if made.get("not") is True:
        return False
    for step in (_one_of_each, _typed, _bounded, _closed):
        step(made)
    if made.get("enum") == [] or made.get("type") == []:
        return False
    for key in [key for key in made if _says_nothing(key, made)]:
        del made[key]
    return {key: made[key] for key in sorted(made)} or True


_EXACT = 2**53
"""Below it a whole float is the integer that it is written as."""


def _plain_values(made: dict[str, Json]) -> None:
    for key, value in made.items():
        if key in ("const", "enum") or is_number(value):
            made[key] = _plain(value)
    if isinstance(required := made.get("required"), list):
        made["required"] = sorted(set(cast("list[str]", required)))
    if isinstance(by_name := made.get("dependentRequired"), dict):
        rules = cast("dict[str, list[str]]", by_name)
        made["dependentRequired"] = {k: sorted(set(v)) for k, v in rules.items()}
    for key in HOLDS_NAMED | {"dependentRequired"}:
        if isinstance(named := made.get(key), dict):
            made[key] = {name: named[name] for name in sorted(named)}


def _plain(value: Json) -> Json:
    """Return a value with whole numbers as int, and keys in order."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    return value


def _one_of_each(made: dict[str, Json]) -> None:
    """Write a choice between values as `enum`, between types as `type`."""
    for keyword in ("anyOf", "oneOf"):
        options = cast("Sequence[Schema]", made.get(keyword, ()))
        if not options or not all(isinstance(one, Mapping) for one in options):
            continue
        maps = cast("Sequence[Object]", options)
        if all(one.keys() == {"type"} for one in maps) and "type" not in made:
            kinds = [kind for one in maps for kind in types_of(one)]
            if keyword == "oneOf" and not _are_apart(kinds):
                continue
            made["type"] = cast("list[Json]", list(dict.fromkeys(kinds)))
            del made[keyword]
        elif all(one.keys() in ({"enum"}, {"const"}) for one in maps):
            values = [value for one in maps for value in values_of(one) or ()]
            is_apart = len({equality_key(v) for v in values}) == len(values)
            if values_of(made) is None and (keyword == "anyOf" or is_apart):
                made["enum"] = values
                del made[keyword]


def _are_apart(kinds: Sequence[str]) -> bool:
    apart = len(set(kinds)) == len(kinds)
    return apart and not {"integer", "number"} <= set(kinds)


def types_of(schema: Object) -> tuple[str, ...]:
    """Return the types that `type` names, all of them where there is none."""
    kinds = schema.get("type", KINDS)
    return (kinds,) if isinstance(kinds, str) else tuple(cast("Sequence[str]", kinds))


def values_of(schema: Object) -> list[Json] | None:
    """Return the values that `const` and `enum` leave, or None."""
    values = cast("Sequence[Json] | None", schema.get("enum"))
    if "const" not in schema:
        return None if values is None else list(values)
    only = schema["const"]
    listed = [only] if values is None else values
    return [only] if equality_key(only) in map(equality_key, listed) else []


def atoms_of(value: Json) -> str:
    """Return the narrowest type of a value; a number is an integer or a fraction."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    for name, kind in (("fraction", float), ("string", str), ("array", list)):
        if isinstance(value, kind):
            return name
    return "object" if isinstance(value, dict) else "null"


def atoms(kinds: Sequence[str]) -> frozenset[str]:
    """Return the narrowest types that types stand for."""
    more = {"integer", "fraction"} if "number" in kinds else set[str]()
    return frozenset((set(kinds) - {"number"}) | more)


def _typed(made: dict[str, Json]) -> None:
    """Let listed values say the type; order types, and drop what other types ask."""
    kinds = set(types_of(made)) - ({"integer"} if "number" in types_of(made) else set())
    values = values_of(made)
    if values is not None:
        wanted = atoms(tuple(kinds))
        unique = {equality_key(v): v for v in values if atoms_of(v) in wanted}
        kept = sorted(unique.values(), key=repr)
        made.pop("const", None)
        made["enum"] = kept
        made.pop("type", None)
        if len(kept) == 1:
            made["const"] = kept[0]
            del made["enum"]
        kinds = {_KIND.get(atoms_of(value), atoms_of(value)) for value in kept}
    elif kinds == set(KINDS):
        made.pop("type", None)
    else:
        named: list[Json] = [*sorted(kinds)]
        made["type"] = named[0] if len(named) == 1 else named
    have = {_KIND.get(kind, kind) for kind in kinds}
    for kind, keywords in ASKED_OF.items():
        if kind not in have:
            for keyword in keywords:
                made.pop(keyword, None)


_KIND = {"integer": "number", "fraction": "number"}


def _bounded(made: dict[str, Json]) -> None:
    """Write bounds of integers as whole and inclusive."""
    if made.get("type") not in ("integer", ["integer", "null"]):
        return
    if made.get("multipleOf") == 1:
        del made["multipleOf"]
    lows = [ceil(_number(made, "minimum"))] if "minimum" in made else []
    highs = [floor(_number(made, "maximum"))] if "maximum" in made else []
    if "exclusiveMinimum" in made:
        lows.append(floor(_number(made, "exclusiveMinimum")) + 1)
        del made["exclusiveMinimum"]
    if "exclusiveMaximum" in made:
        highs.append(ceil(_number(made, "exclusiveMaximum")) - 1)
        del made["exclusiveMaximum"]
    if lows:
        made["minimum"] = max(lows)
    if highs:
        made["maximum"] = min(highs)


def _number(schema: Object, keyword: str) -> int | float:
    return cast("float", schema[keyword])


def _closed(made: dict[str, Json]) -> None:
    """Let `additional…` say what `unevaluated…` does where nothing else looks."""
    if not made.keys().isdisjoint(IN_PLACE):
        return
    if "unevaluatedProperties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = made.pop("unevaluatedProperties")
    if "unevaluatedItems" in made and made.keys().isdisjoint(("items", "contains")):
        made["items"] = made.pop("unevaluatedItems")


def _says_nothing(key: str, made: Object) -> bool:
    if key in ("minContains", "maxContains"):
        return "contains" not in made
    if key in ("then", "else"):
        return "if" not in made or made[key] is True
    return repr(made[key]) == _TRIVIAL.get(key)
