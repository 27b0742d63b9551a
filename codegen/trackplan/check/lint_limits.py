"""Lint: limits that leave no value, or refuse one that is listed."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import cast

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.lint_types import json_kind
from trackplan.check.schemas import is_closed, is_declared
from trackplan.check.tree import Path
from trackplan.load import Array, Data, Object
from trackplan.naming import closest
from trackplan.runtime.validate import explain
from trackplan.runtime.values import shown

_CORRECT = "correct one of the two"
_PAIRS = (
    ("minimum", "maximum", "number"),
    ("exclusiveMinimum", "maximum", "number"),
    ("minimum", "exclusiveMaximum", "number"),
    ("exclusiveMinimum", "exclusiveMaximum", "number"),
    ("minLength", "maxLength", "text"),
    ("minItems", "maxItems", "list"),
    ("minProperties", "maxProperties", "object"),
    ("minContains", "maxContains", "list"),
    ("minContains", "maxItems", "list"),
)
LOCAL = (
    *("type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "minLength", "maxLength", "pattern", "format"),
    *("minItems", "maxItems", "minProperties", "maxProperties", "required"),
)
"""The keywords by which a value can be judged without a look at other schemas."""


def lint_limits(found: Findings, path: Path, schema: Object) -> None:
    """Find what no value, or not one of those listed, can satisfy."""
    if not _pairs(found, path, schema):
        _steps(found, path, schema)
    _objects(found, path, schema)
    _listed(found, path, schema)


def _pairs(found: Findings, path: Path, schema: Object) -> bool:
    for low_name, high_name, noun in _PAIRS:
        low, high = schema.get(low_name), schema.get(high_name)
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            continue
        is_exclusive = "exclusive" in low_name + high_name
        if low > high or (is_exclusive and low == high):
            fact = f"`{low_name}` {low} and `{high_name}` {high} leave no {noun}"
            _report(found, (*path, low_name), path, fact)
            return True
    return False


def _report(found: Findings, place: Path, path: Path, fact: str) -> None:
    fact = f"{fact} for {describe(path)}"
    found.at_value(place, rules.UNSATISFIABLE, fact, _CORRECT)


def _steps(found: Findings, path: Path, schema: Object) -> None:
    """Find bounds between which no integer, or no multiple, lies."""
    factor = schema.get("multipleOf", 1)
    is_whole = schema.get("type") in ("integer", ["integer"], ["integer", "null"])
    lows = _numbers(schema, "minimum", "exclusiveMinimum")
    highs = _numbers(schema, "maximum", "exclusiveMaximum")
    if not (is_whole or "multipleOf" in schema) or not (lows and highs):
        return
    step = Fraction(str(factor))
    step = Fraction(step.numerator) if is_whole else step
    first = ceil(max(lows.values()) / step) * step
    if first == lows.get("exclusiveMinimum"):
        first += step
    if first > min(highs.values()) or first == highs.get("exclusiveMaximum"):
        noun = f"multiple of {factor}" if "multipleOf" in schema else "integer"
        keyword = next(iter(lows))
        _report(found, (*path, keyword), path, f"the bounds leave no {noun}")


def _numbers(schema: Object, *keywords: str) -> dict[str, Fraction]:
    """Return the decimal numbers that stand under the keywords, exactly."""
    return {key: Fraction(str(schema[key])) for key in keywords if key in schema}


def _objects(found: Findings, path: Path, schema: Object) -> None:
    required = cast("list[str]", schema.get("required", []))
    most = schema.get("maxProperties")
    if isinstance(most, int | float) and len(required) > most:
        fact = f"`maxProperties` {most} and {len(required)} required leave no object"
        _report(found, (*path, "maxProperties"), path, fact)
    least, count = schema.get("minProperties"), _most(path, schema)
    if isinstance(least, int | float) and count is not None and least > count:
        fact = f"`minProperties` {least} and {count} declared leave no object"
        _report(found, (*path, "minProperties"), path, fact)
    for index, name in enumerate(required):
        refuses_others = schema.get("additionalProperties") is False
        if refuses_others and not is_declared(name, schema):
            fact = f"`{name}` is required in {describe(path)}, which refuses it"
            cure = "declare it under `properties`, or correct the name"
            guess = closest(name, cast("Object", schema.get("properties", {})))
            place = (*path, "required", index)
            found.at_value(place, rules.UNSATISFIABLE, fact, cure, guess)


def _most(path: Path, schema: Object) -> int | None:
    """Return how many properties there can be, where only declared ones can."""
    if not is_closed(path, schema) or "patternProperties" in schema:
        return None
    return len(cast("Object", schema.get("properties", {})))


def _listed(found: Findings, path: Path, schema: Object) -> None:
    """Judge the values of `enum` or `const` by what stands beside them."""
    local = {key: schema[key] for key in LOCAL if key in schema}
    keyword = "enum" if "enum" in schema else "const"
    if keyword == "enum" and "const" in schema:
        local["const"] = schema["const"]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if not local or not isinstance(values, list):
        return
    refused = {
        index: problems[0].keyword
        for index, value in enumerate(values)
        if (problems := explain(local, value, {}))
    }
    if len(refused) == len(values) > 0:
        fact = f"`{keyword}` of {describe(path)} leaves no value: `{refused[0]}`"
        fact += " refuses all it allows"
        found.at_value((*path, keyword), rules.UNSATISFIABLE, fact, _CORRECT)
    else:
        for index, why in refused.items():
            value = values[index]
            fact = f"`enum` of {describe(path)} lists {in_short(value)}, "
            fact += f"which `{why}` refuses"
            cure = _TYPED[value is None] if why == "type" else _CORRECT
            place = (*path, "enum", index)
            found.at_value(place, rules.UNSATISFIABLE, fact, cure)


def in_short(value: Data) -> str:
    """Return a scalar as JSON, and the type of a list or an object."""
    return json_kind(value) if isinstance(value, Array | Object) else shown(value)


_TYPED = ("put it in quotes if it is text, or allow its type", 'add "null" to `type`')
