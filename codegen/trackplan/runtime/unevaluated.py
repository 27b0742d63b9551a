"""`unevaluatedProperties` and `unevaluatedItems`: what no other keyword looked at.

https://json-schema.org/draft/2020-12/json-schema-core#section-11
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from .judging import At
from .keywords import undeclared
from .values import Finding


def unevaluated_properties(at: At, value: object, schema: object) -> Iterator[Finding]:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        evaluated = _evaluated_keys(at, at.schema, given)
        for key in given:
            if key not in evaluated:
                yield from at.extra("unevaluatedProperties", schema, given[key], key)


def unevaluated_items(at: At, value: object, schema: object) -> Iterator[Finding]:
    if isinstance(value, list):
        every = cast("list[object]", value)
        evaluated = _evaluated_items(at, at.schema, every)
        for index, item in enumerate(every):
            if index not in evaluated:
                yield from at.below(schema, item, index)


def _evaluated_keys(
    at: At, schema: Mapping[str, object], value: dict[str, object]
) -> set[str]:
    is_inner = schema is not at.schema
    if "additionalProperties" in schema:
        return set(value)
    if is_inner and "unevaluatedProperties" in schema:
        return set(value)
    found = set(value) - set(undeclared(schema, value))
    for inner in _applied(at, schema, value):
        found |= _evaluated_keys(at, inner, value)
    return found


def _evaluated_items(
    at: At, schema: Mapping[str, object], value: list[object]
) -> set[int]:
    is_inner = schema is not at.schema
    if "items" in schema or (is_inner and "unevaluatedItems" in schema):
        return set(range(len(value)))
    found = set(range(len(cast("list[object]", schema.get("prefixItems", [])))))
    if "contains" in schema:
        wanted = schema["contains"]
        found |= {i for i, item in enumerate(value) if at.accepts(wanted, item)}
    for inner in _applied(at, schema, value):
        found |= _evaluated_items(at, inner, value)
    return found


def _applied(
    at: At, schema: Mapping[str, object], value: object
) -> Iterator[Mapping[str, object]]:
    """Yield the schemas in the same place that apply to `value`.

    Those that accept it, and those that must: where one of these does not, the value is
    refused by that one alone, and what it names is no fault besides.
    """
    for candidate in (*_needed(at, schema, value), *_optional(at, schema, value)):
        if isinstance(candidate, Mapping):
            yield cast("Mapping[str, object]", candidate)


def _needed(at: At, schema: Mapping[str, object], value: object) -> Iterator[object]:
    if "$ref" in schema:
        yield at.resolve(schema["$ref"])
    yield from cast("list[object]", schema.get("allOf", []))
    if "if" in schema:
        yield schema.get("then" if at.accepts(schema["if"], value) else "else")
    if isinstance(value, dict):
        dependent = cast("Mapping[str, object]", schema.get("dependentSchemas", {}))
        yield from (dependent[key] for key in dependent if key in value)


def _optional(at: At, schema: Mapping[str, object], value: object) -> Iterator[object]:
    if "if" in schema and at.accepts(schema["if"], value):
        yield schema["if"]
    for keyword in ("anyOf", "oneOf"):
        options = cast("list[object]", schema.get(keyword, []))
        yield from [one for one in options if at.accepts(one, value)] or options
