"""A generated function decides as JSON Schema does, whatever the schema and value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any, TypeAlias

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from trackplan.runtime import PlanViolation
from trackplan.runtime.formats import FORMATS
from trackplan.runtime.validate import explain
from trackplan.testing import capture

Json: TypeAlias = Any
Schema: TypeAlias = Any
"""Drawn from strategies, which no type checker follows."""
Draw: TypeAlias = st.DrawFn

# --- Schemas ----------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "ab", "kids", "é"])
PATTERNS = st.sampled_from(["^a", "b$", "^[a-c]*$", "é"])
COUNTS = st.integers(0, 3)
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 1.0, 2.0, 0.5, 1.5, -0.0, 10**20, 1e20])
TEXTS = st.sampled_from(
    (
        "",
        "a",
        "b",
        "ab",
        "abca",
        "é",
        "é",
        "😀",
        "1",
        "true",
        "2024-02-30",
        "2024-02-29",
        "a@b.co",
    )
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=5,
)
TYPES = st.sampled_from(
    ["null", "boolean", "integer", "number", "string", "array", "object"]
)
SCALAR_KEYWORDS: dict[str, Any] = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(VALUES, min_size=1, max_size=4),
    "const": VALUES,
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "exclusiveMinimum": NUMBERS,
    "exclusiveMaximum": NUMBERS,
    "multipleOf": st.sampled_from([1, 2, 3, 0.5, 2.0]),
    "minLength": COUNTS,
    "maxLength": COUNTS,
    "pattern": PATTERNS,
    "format": st.sampled_from(["date", "email"]),
}


def counted(noun: str) -> dict[str, Any]:
    return {f"min{noun}": COUNTS, f"max{noun}": COUNTS}


def array_keywords(inner: st.SearchStrategy[Schema]) -> dict[str, Any]:
    return {
        **counted("Items"),
        **counted("Contains"),
        "items": inner,
        "prefixItems": st.lists(inner, min_size=1, max_size=2),
        "contains": inner,
        "uniqueItems": st.booleans(),
        "unevaluatedItems": inner,
    }


def object_keywords(inner: st.SearchStrategy[Schema]) -> dict[str, Any]:
    names = st.lists(KEYS, max_size=2, unique=True)
    return {
        **counted("Properties"),
        "properties": st.dictionaries(KEYS, inner, min_size=1, max_size=3),
        "required": names,
        "additionalProperties": inner | st.just(False),
        "patternProperties": st.dictionaries(PATTERNS, inner, min_size=1, max_size=2),
        "propertyNames": st.fixed_dictionaries({"maxLength": COUNTS}) | inner,
        "dependentRequired": st.dictionaries(KEYS, names, min_size=1, max_size=2),
        "dependentSchemas": st.dictionaries(KEYS, inner, min_size=1, max_size=1),
        "unevaluatedProperties": inner,
    }


def combining_keywords(inner: st.SearchStrategy[Schema]) -> dict[str, Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return {
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
    }


@st.composite
def keyword_sets(draw: Draw, keywords: Mapping[str, Any], most: int) -> Schema:
    names = draw(
        st.lists(st.sampled_from(sorted(keywords)), max_size=most, unique=True)
    )
    return {name: draw(keywords[name]) for name in names}


@st.composite
def typed(draw: Draw, kind: str, keywords: Mapping[str, Any]) -> Schema:
    chosen = draw(keyword_sets(keywords, 4))
    return {"type": draw(st.sampled_from([kind, [kind, "null"]])), **chosen}


def deeper(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    every = {
        **SCALAR_KEYWORDS,
        **array_keywords(inner),
        **object_keywords(inner),
        **combining_keywords(inner),
    }
    return st.one_of(
        typed("array", array_keywords(inner)),
        typed("object", object_keywords(inner)),
        keyword_sets(combining_keywords(inner), 3),
        keyword_sets(every, 4),
    )


LEAVES = st.booleans() | keyword_sets(SCALAR_KEYWORDS, 3)
CLOSED = st.recursive(LEAVES, deeper, max_leaves=6)
REFERENCES: st.SearchStrategy[Schema] = st.sampled_from(
    [{"$ref": "#/$defs/leaf"}, {"$ref": "#/$defs/tree"}]
)
SUBJECTS = st.recursive(LEAVES | REFERENCES, deeper, max_leaves=8)


@st.composite
def definitions(draw: Draw) -> dict[str, Schema]:
    kids: dict[str, Json] = {"type": "array", "items": {"$ref": "#/$defs/tree"}}
    tree = draw(typed("object", object_keywords(CLOSED)))
    named = tree.get("properties", {})
    tree["properties"] = {**named, "kids": kids, "é": {"$ref": "#/$defs/leaf"}}
    return {"leaf": draw(CLOSED), "tree": tree, "subject": draw(SUBJECTS)}


# --- Values at the boundaries of a schema -----------------------------------------


@st.composite
def near(draw: Draw, schema: Schema, defs: Mapping[str, Schema], depth: int) -> Json:
    """Draw a value that is about to fit: most often something is just off."""
    if isinstance(schema, bool) or depth == 0 or draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return draw(near(defs[name], defs, depth - 1))
    if "const" in schema:
        return schema["const"]
    if isinstance(values := schema.get("enum"), list):
        return draw(st.sampled_from(values) | VALUES)
    branches: list[Schema] = []
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches += schema.get(keyword, [])
    branches += [schema[k] for k in ("if", "then", "else", "not") if k in schema]
    if branches and draw(st.booleans()):
        return draw(near(draw(st.sampled_from(branches)), defs, depth - 1))
    kinds = schema.get("type", draw(TYPES))
    kind = draw(st.sampled_from(kinds)) if isinstance(kinds, list) else kinds
    return draw(_of_kind(str(kind), schema, defs, depth))


@st.composite
def _of_kind(
    draw: Draw,
    kind: str,
    schema: dict[str, Json],
    defs: Mapping[str, Schema],
    depth: int,
) -> Json:
    if kind == "array":
        first = schema.get("prefixItems", [])
        rest = schema.get("items", schema.get("contains", True))
        size = draw(st.integers(0, 4))
        schemas = [*first, *[rest] * size][:size]
        return [draw(near(one, defs, depth - 1)) for one in schemas]
    if kind == "object":
        return draw(_objects(schema, defs, depth))
    if kind in ("number", "integer"):
        limits = [schema.get(k) for k in SCALAR_KEYWORDS if "imum" in k]
        close = [
            n + d for n in limits if isinstance(n, int | float) for d in (-1, 0, 1)
        ]
        return draw(st.sampled_from(close) if close else NUMBERS)
    return draw({"null": st.none(), "boolean": st.booleans()}.get(kind, TEXTS))


@st.composite
def _objects(
    draw: Draw, schema: dict[str, Json], defs: Mapping[str, Schema], depth: int
) -> Json:
    named = schema.get("properties", {})
    required = schema.get("required", [])
    rest = schema.get("additionalProperties", True)
    keys = {k for k in [*named, *required] if draw(st.integers(0, 4))}
    keys |= draw(st.sets(KEYS, max_size=1))
    return {
        str(key): draw(near(named.get(str(key), rest), defs, depth - 1))
        for key in sorted(map(str, keys))
    }


@st.composite
def cases(draw: Draw) -> tuple[dict[str, Schema], list[Json]]:
    defs = draw(definitions())
    return defs, draw(st.lists(near(defs["subject"], defs, 5), min_size=4, max_size=8))


# --- The three verdicts -----------------------------------------------------------


def checker() -> FormatChecker:
    formats = FormatChecker(formats=())
    for name, holds in FORMATS.items():
        formats.checks(name)(
            lambda value, holds=holds: not isinstance(value, str) or holds(value)
        )
    return formats


def accepted(package: ModuleType, value: Json) -> bool:
    before = json.dumps(value)
    with capture() as sent:
        try:
            package.track_case("user-123", subject=value)
        except PlanViolation:
            assert sent == []
            return False
    assert [body["properties"] for body in sent] == [{"subject": value}]
    assert json.dumps(value) == before
    return True


BOUNDED = settings(
    max_examples=120,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@BOUNDED
@given(cases())
def test_a_function_decides_as_explain_and_jsonschema_do(
    generate: Callable[[str], ModuleType], case: tuple[dict[str, Schema], list[Json]]
) -> None:
    defs, values = case
    reference: Schema = {"$ref": "#/$defs/subject"}
    event = {"properties": {"subject": reference}, "required": ["subject"]}
    plan = {"trackplan": 1, "$defs": defs, "events": {"Case": event}}
    package = generate(json.dumps(plan, ensure_ascii=False))
    oracle = Draft202012Validator(
        {"$defs": defs, **reference}, format_checker=checker()
    )
    for value in values:
        problems = explain(reference, value, defs)
        assert (problems == []) is oracle.is_valid(value), (value, problems)
        assert accepted(package, value) is (problems == []), (value, problems)


# --- Scalars, combined ------------------------------------------------------------

PLAIN = keyword_sets(SCALAR_KEYWORDS, 2)
NAMED_PLAIN = {"text": {"type": "string"}, "email": {"format": "email"}}


@st.composite
def combined(draw: Draw) -> Schema:
    """Draw keywords beside those that hand the value on to other schemas."""
    names = st.sampled_from(sorted(NAMED_PLAIN))
    references = names.map(lambda name: {"$ref": f"#/$defs/{name}"})
    inner = PLAIN | references
    handing_on = {
        **combining_keywords(inner),
        "$ref": references.map(lambda r: r["$ref"]),
    }
    return draw(PLAIN) | draw(keyword_sets(handing_on, 2))


@BOUNDED
@given(st.lists(combined(), min_size=20, max_size=20), st.lists(SCALARS, min_size=12))
def test_keywords_of_a_scalar_prove_nothing_for_each_other(
    generate: Callable[[str], ModuleType], schemas: list[Schema], values: list[Json]
) -> None:
    subjects = {f"case{number}": schema for number, schema in enumerate(schemas)}
    plan = {
        "trackplan": 1,
        "$defs": NAMED_PLAIN,
        "events": {"Case": {"properties": subjects}},
    }
    package = generate(json.dumps(plan, ensure_ascii=False))
    for name, schema in subjects.items():
        for value in values:
            expected = explain(schema, value, NAMED_PLAIN) == []
            with capture() as sent, suppress(PlanViolation):
                package.track_case("user-123", **{name: value})
            assert (sent != []) is expected, (schema, value)


def test_what_a_refused_part_names_is_no_fault_besides() -> None:
    named: Any = {"properties": {"a": {"type": "string"}, "b": {}}}
    schema: Any = {"allOf": [named], "unevaluatedProperties": False}
    problems = explain(schema, {"a": 1, "b": 2, "c": 3}, {})
    assert [(one.path, one.keyword) for one in problems] == [
        ("a", "type"),
        ("c", "unevaluatedProperties"),
    ]
