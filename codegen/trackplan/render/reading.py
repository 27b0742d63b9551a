"""What schemas say, read in the way conditions are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard, cast

from trackplan.model import Definition, Json, Schema
from trackplan.render.hints import definition_name, kinds_of, values_of
from trackplan.render.layout import literal

PROVED_BY = {
    "null": ("None",),
    "boolean": ("bool",),
    "integer": ("int",),
    "number": ("int", "float"),
    "string": ("str",),
    "array": ("list",),
    "object": ("dict",),
}
"""The exact Python types that prove a JSON type. 2.0 is an integer for `validate`."""

EVERY = frozenset(kind for kinds in PROVED_BY.values() for kind in kinds)

RULES = frozenset(
    {"$ref", "allOf", "anyOf", "oneOf", "not", "if"}
    | {"dependentRequired", "dependentSchemas"}
)
"""Keywords that hold other schemas over the value as a whole."""

COMBINING = RULES | {"then", "else", "pii", "$defs"}

_SCALAR = frozenset(
    {"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum"}
    | {"exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format"}
)
_ARRAY = frozenset(
    {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}
    | {"contains", "minContains", "maxContains"}
)
_OBJECT = frozenset(
    {"properties", "required", "minProperties", "maxProperties"}
    | {"additionalProperties", "patternProperties", "propertyNames"}
)
CONTAINER = {"list": _ARRAY, "dict": _OBJECT}
"""The keywords that say something about arrays, and about objects."""

HANDLED = COMBINING | _SCALAR | _ARRAY | _OBJECT
"""What can be proved kept. A schema with another keyword goes to `validate`."""


def named(schema: Mapping[str, Json], keyword: str) -> Mapping[str, Schema]:
    """Return the schemas that a keyword holds by name."""
    return cast("Mapping[str, Schema]", schema.get(keyword, {}))


def listed(schema: Mapping[str, Json], keyword: str) -> Sequence[Schema]:
    """Return the schemas that a keyword holds in a row."""
    return cast("Sequence[Schema]", schema.get(keyword, ()))


def required(schema: Mapping[str, Json]) -> Sequence[str]:
    """Return the names of the properties that must be there."""
    return cast("Sequence[str]", schema.get("required", ()))


def dependent(schema: Mapping[str, Json]) -> Mapping[str, Sequence[str]]:
    """Return which properties must be there with which."""
    return cast("Mapping[str, Sequence[str]]", schema.get("dependentRequired", {}))


def branches(schema: Mapping[str, Json]) -> tuple[Schema, Schema, Schema]:
    """Return `if`, `then` and `else`."""
    then, other = schema.get("then", True), schema.get("else", True)
    return cast("tuple[Schema, Schema, Schema]", (schema["if"], then, other))


def limits(noun: str, schema: Mapping[str, Json]) -> tuple[int, int | None]:
    """Return the least and the greatest size, as in `minItems` and `maxItems`."""
    low, high = schema.get(f"min{noun}", 0), schema.get(f"max{noun}")
    most = None if high is None else int(cast("float", high))
    return int(cast("float", low)), most


def is_flat(schema: Schema) -> bool:
    """Tell whether a schema looks at scalars alone and refers to nothing."""
    if isinstance(schema, bool):
        return True
    inner = [*listed(schema, "allOf"), *listed(schema, "anyOf")]
    inner += listed(schema, "oneOf")
    inner += [
        cast("Schema", schema[k]) for k in ("not", "if", "then", "else") if k in schema
    ]
    known = _SCALAR | {"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "pii"}
    return schema.keys() <= known and all(is_flat(one) for one in inner)


def is_reference(schema: Schema) -> TypeGuard[Mapping[str, Json]]:
    """Tell whether a schema is a `$ref`, beside which nothing judges."""
    if isinstance(schema, bool):
        return False
    return "$ref" in schema and schema.keys() <= {"$ref", "pii", "$defs"}


def target(
    schema: Mapping[str, Json], definitions: Mapping[str, Definition]
) -> Definition | None:
    """Return the definition that `$ref` names, or None where it leads deeper."""
    return definitions.get(definition_name(schema))


def proved_kinds(
    schema: Schema, definitions: Mapping[str, Definition]
) -> frozenset[str]:
    """Return the exact types of values that `accept` proves valid for `schema`."""
    if isinstance(schema, bool):
        return EVERY
    kinds = EVERY
    if "enum" in schema or "const" in schema:
        kinds = frozenset(literals_by_kind(values_of(schema)))
    elif "type" in schema:
        kinds = frozenset(kind for one in kinds_of(schema) for kind in PROVED_BY[one])
    found = target(schema, definitions) if "$ref" in schema else None
    if found and (is_flat(found.schema) or not reaches_itself(found, definitions)):
        kinds &= proved_kinds(found.schema, definitions)
    for keyword in ("anyOf", "oneOf"):
        options = listed(schema, keyword)
        if options:
            kinds &= EVERY.intersection(
                kind for one in options for kind in proved_kinds(one, definitions)
            )
    return kinds


def possible_kinds(schema: Mapping[str, Json]) -> frozenset[str]:
    """Return the exact types that valid JSON data may have: 2.0 is an integer too."""
    if "type" not in schema:
        return EVERY
    kinds = {kind for one in kinds_of(schema) for kind in PROVED_BY[one]}
    return frozenset(kinds | {"float"} if "int" in kinds else kinds)


def in_order(kinds: Iterable[str]) -> list[str]:
    """Return types in the order in which generated code asks for them."""
    return sorted(kinds, key=_ORDER.index)


_ORDER = ("None", "str", "float", "int", "bool", "list", "dict")


def literals_by_kind(values: Iterable[Json]) -> dict[str, list[str]]:
    """Return literals of the values by their exact type."""
    result: dict[str, list[str]] = {}
    for value in values:
        kind = "None" if value is None else type(value).__name__
        kind = {"Object": "dict", "Array": "list"}.get(kind, kind)
        text = literal(value) if kind not in ("list", "dict") else kind
        if text not in result.setdefault(kind, []):
            result[kind].append(text)
    return result


def exclude_each_other(one: Schema, other: Schema) -> bool:
    """Tell whether a property that both require keeps their objects apart."""
    mine, theirs = _tags(one), _tags(other)
    return any(mine[key].isdisjoint(theirs[key]) for key in mine.keys() & theirs)


def _tags(schema: Schema) -> dict[str, frozenset[str]]:
    """Return the texts that required properties can have, where no other value fits."""
    if isinstance(schema, bool):
        return {}
    texts: dict[str, frozenset[str]] = {}
    for key in required(schema):
        child = named(schema, "properties").get(key, True)
        if not isinstance(child, bool) and ("enum" in child or "const" in child):
            values = values_of(child)
            if all(isinstance(value, str) for value in values):
                texts[key] = frozenset(map(str, values))
    return texts


def reaches_itself(
    definition: Definition, definitions: Mapping[str, Definition]
) -> bool:
    """Tell whether a definition refers, over whatever others, to itself."""
    seen: set[str] = set()
    open_ = [definition]
    while open_:
        for name in _referred(open_.pop().schema) - seen:
            seen.add(name)
            if name in definitions:
                open_.append(definitions[name])
    return definition.name in seen


def _referred(schema: Json) -> set[str]:
    if isinstance(schema, Mapping):
        has_reference = isinstance(schema.get("$ref"), str)
        own = {definition_name(schema)} if has_reference else set[str]()
        return own.union(*map(_referred, schema.values()))
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return set().union(*map(_referred, schema))
    return set()
