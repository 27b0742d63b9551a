"""JSON Schema, draft 2020-12, decided exactly: what is wrong with a value, all of it.

This is the one definition of what a schema means. Generated functions decide the
common case by themselves and ask here about the rest; `trackplan check` judges
examples with it, the collector what arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Final

from . import keywords
from .judging import Judge, Rule, Schema
from .unevaluated import unevaluated_items, unevaluated_properties
from .values import Finding, Path, Problem

__all__ = ["ASSERTED", "Schema", "explain"]


def explain(
    schema: Schema,
    value: object,
    definitions: Mapping[str, Schema],
    unconverted: Sequence[Finding] = (),
) -> list[Problem]:
    """Return everything that is wrong with `value`; an empty list means it is valid.

    `value` is plain JSON data (exact types, as `json.loads` gives them), `definitions`
    what `#/$defs/…` points into. `unconverted` is what `to_json` found: it comes first,
    and what is wrong for the null that it left is not reported. Nothing of what stands
    where a schema says `pii` is shown. Raises RecursionError for data nested too deep.
    Pure and thread-safe.
    """
    judge = Judge(definitions, _RULES)
    places = {finding.path for finding in unconverted}
    findings = [
        finding
        for finding in judge.findings(schema, value, ())
        if not places or _is_apart(finding, places)
    ]
    return [one.shown(judge.personal) for one in (*unconverted, *findings)]


def _is_apart(finding: Finding, places: set[Path]) -> bool:
    """Tell whether a finding has another cause than the nulls at `places`."""
    path = finding.path
    if any(path[:length] in places for length in range(len(path) + 1)):
        return False
    is_above = any(place[: len(path)] == path for place in places)
    return not (is_above and finding.keyword in _LOOK_INSIDE)


_LOOK_INSIDE = frozenset(
    {"enum", "const", "anyOf", "oneOf", "not", "uniqueItems"}
    | {"contains", "minContains", "maxContains"}
)


_ITEMS = ("item", "items")
_PROPERTIES = ("property", "properties")

_RULES: Final[Mapping[str, Rule]] = {
    "$ref": keywords.ref,
    "type": keywords.type_,
    "enum": keywords.enum,
    "const": keywords.const,
    "minimum": keywords.bound("minimum", "at least", ge),
    "maximum": keywords.bound("maximum", "at most", le),
    "exclusiveMinimum": keywords.bound("exclusiveMinimum", "more than", gt),
    "exclusiveMaximum": keywords.bound("exclusiveMaximum", "less than", lt),
    "multipleOf": keywords.bound("multipleOf", "a multiple of", keywords.is_multiple),
    "minLength": keywords.length("minLength", "at least", ge),
    "maxLength": keywords.length("maxLength", "at most", le),
    "pattern": keywords.pattern,
    "format": keywords.format_,
    "minItems": keywords.size("minItems", list, "at least", _ITEMS, ge),
    "maxItems": keywords.size("maxItems", list, "at most", _ITEMS, le),
    "prefixItems": keywords.prefix_items,
    "items": keywords.items,
    "uniqueItems": keywords.unique_items,
    "contains": keywords.contains,
    "required": keywords.required,
    "minProperties": keywords.size("minProperties", dict, "at least", _PROPERTIES, ge),
    "maxProperties": keywords.size("maxProperties", dict, "at most", _PROPERTIES, le),
    "properties": keywords.properties,
    "patternProperties": keywords.pattern_properties,
    "additionalProperties": keywords.additional_properties,
    "propertyNames": keywords.property_names,
    "dependentRequired": keywords.dependent_required,
    "dependentSchemas": keywords.dependent_schemas,
    "allOf": keywords.all_of,
    "anyOf": keywords.any_of,
    "oneOf": keywords.one_of,
    "not": keywords.not_,
    "if": keywords.if_,
    "unevaluatedItems": unevaluated_items,
    "unevaluatedProperties": unevaluated_properties,
}

ASSERTED = (*_RULES, "minContains", "maxContains", "then", "else")
"""Every keyword that can make a value invalid, in the order they are judged."""
