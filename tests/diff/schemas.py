"""Pairs of schemas for Hypothesis: the second most often a little off the first."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.generated.test_schema_meaning import (
    SCALAR_KEYWORDS,
    SUBJECTS,
    array_keywords,
    combining_keywords,
    definitions,
    near,
    object_keywords,
)

Draw = st.DrawFn
Schema = Any


@st.composite
def changed(draw: Draw, schema: Schema) -> Schema:
    """Draw a schema that differs from another here or there."""
    if isinstance(schema, bool) or draw(st.integers(0, 5)) == 0:
        return draw(SUBJECTS)
    made = dict(schema)
    every = {
        **SCALAR_KEYWORDS,
        **array_keywords(SUBJECTS),
        **object_keywords(SUBJECTS),
        **combining_keywords(SUBJECTS),
    }
    if draw(st.booleans()) and made:
        del made[draw(st.sampled_from(sorted(made)))]
    if draw(st.booleans()):
        keys = sorted({*made} & {*every}) or sorted(every)
        key = draw(st.sampled_from(keys) | st.sampled_from(sorted(every)))
        made[key] = draw(every[key])
    if draw(st.booleans()):
        key = draw(st.sampled_from(sorted(made))) if made else ""
        made = _inside(draw, made, key)
    return made


def _inside(draw: Draw, made: Schema, key: str) -> Schema:
    value = made.get(key)
    if isinstance(value, dict) and key in ("properties", "patternProperties"):
        name = draw(st.sampled_from(sorted(value)))
        return {**made, key: {**value, name: draw(changed(value[name]))}}
    if isinstance(value, dict):
        return {**made, key: draw(changed(value))} if key in SCHEMAS else made
    if isinstance(value, list) and key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        at = draw(st.integers(0, len(value) - 1))
        return {**made, key: [*value[:at], draw(changed(value[at])), *value[at + 1 :]]}
    return made


SCHEMAS = (
    *("items", "contains", "additionalProperties", "propertyNames", "not", "if"),
    *("then", "else", "unevaluatedItems", "unevaluatedProperties"),
)


@st.composite
def wrapped(draw: Draw, schema: Schema) -> Schema:
    """Draw a schema that says the same in other words."""
    form = draw(st.sampled_from(["same", "allOf", "anyOf", "oneOf", "typed", "not"]))
    if form in ("allOf", "anyOf", "oneOf"):
        return {form: [schema]}
    if form == "not":
        return {"not": {"not": schema}}
    if form == "typed":
        kinds = ["null", "boolean", "number", "string", "array", "object"]
        return {"anyOf": [{"allOf": [schema], "type": kind} for kind in kinds]}
    return schema


@st.composite
def pairs(draw: Draw) -> tuple[Schema, Schema, Schema, list[Any]]:
    """Draw shared definitions, two schemas, and values near both."""
    defs = draw(definitions())
    old = defs.pop("subject")
    new = draw(changed(old) | wrapped(old))
    if draw(st.booleans()):
        old, new = new, old
    values = st.lists(near(old, defs, 5), min_size=2, max_size=5)
    return defs, old, new, draw(values) + draw(st.lists(near(new, defs, 5), max_size=3))
