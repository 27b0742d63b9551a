"""What is shown of two schemas is true: held against values, by two judges."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from tests.diff.schemas import Schema, pairs
from tests.generated.test_schema_meaning import checker
from trackplan.diff.prove import Prover
from trackplan.diff.witness import Search
from trackplan.diff.world import World
from trackplan.model import Definition, Place

BOUNDED = settings(
    max_examples=200,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
NOWHERE = Place("plan.yaml", 1, 1)


def world(defs: dict[str, Schema]) -> World:
    entries = [Definition(name, name, one, None, NOWHERE) for name, one in defs.items()]
    return World(entries, entries)


@BOUNDED
@given(pairs())
def test_no_value_leaves_a_schema_that_is_shown_to_include_another(
    case: tuple[dict[str, Schema], Schema, Schema, list[Any]],
) -> None:
    defs, old, new, values = case
    here = world(defs)
    found = Search(here).between(old, new)
    if found is not None:  # the sharper test of the two: it looks at the edges
        assert here.accepts(old, found[0]) > here.accepts(new, found[0])
    if Prover(here).shows(old, new):
        assert found is None
        document = {"$defs": defs, **as_map(new)}
        judge = Draft202012Validator(document, format_checker=checker())
        for value in values:
            if here.accepts(old, value):
                assert here.accepts(new, value)
                assert judge.is_valid(value)


def as_map(schema: Schema) -> Schema:
    return {} if schema is True else {"not": {}} if schema is False else schema


CLOSED = {"properties": {"a": {"type": "string"}}, "additionalProperties": False}
# Each shows that the first includes the second, and not the other way round.
STRICTLY: list[tuple[Schema, Schema]] = [
    ({"type": "number"}, {"type": "integer"}),
    ({"minimum": 1}, {"exclusiveMinimum": 1}),
    ({"maximum": 1.5}, {"exclusiveMaximum": 1.5}),
    ({"multipleOf": 0.5}, {"multipleOf": 1.5}),
    ({"type": "number", "multipleOf": 1}, {"type": "integer", "multipleOf": 2}),
    ({"minLength": 1}, {"minLength": 2}),
    ({"maxLength": 2}, {"maxLength": 1}),
    ({"type": "string"}, {"type": "string", "pattern": "^a"}),
    ({"type": "string"}, {"type": "string", "format": "date"}),
    ({"enum": [1, 2]}, {"const": 1}),
    ({"enum": [1, "a"]}, {"const": 1.0}),
    ({"type": "integer", "minimum": 0}, {"enum": [0, 1]}),
    ({"type": "array"}, {"type": "array", "uniqueItems": True}),
    ({"uniqueItems": True}, {"maxItems": 1}),
    ({"items": {"type": "number"}}, {"items": {"type": "integer"}}),
    ({"prefixItems": [{}, {"type": "string"}]}, {"items": {"type": "string"}}),
    ({"maxItems": 2}, {"prefixItems": [{}], "items": False}),
    ({"contains": {"type": "number"}}, {"contains": {"type": "integer"}}),
    ({"contains": {}, "minContains": 1}, {"contains": {}, "minContains": 2}),
    ({"contains": {"type": "string"}}, {"items": {"type": "string"}, "minItems": 1}),
    ({"required": ["a"]}, {"required": ["a", "b"]}),
    ({"dependentRequired": {"a": ["b"]}}, {"required": ["b"]}),
    ({"dependentRequired": {"a": ["b"]}}, {"properties": {"a": False}}),
    ({"minProperties": 1}, {"required": ["a"]}),
    ({"maxProperties": 1}, CLOSED),
    ({"properties": {"a": {}}}, {"properties": {"a": {"type": "string"}}}),
    ({"properties": {"a": {"type": "string"}}}, CLOSED),
    ({"patternProperties": {"^b": {"minimum": 1}}}, CLOSED),
    ({"additionalProperties": {"type": "string"}}, CLOSED),
    ({"propertyNames": {"maxLength": 1}}, CLOSED),
    ({"dependentSchemas": {"b": {"minProperties": 9}}}, CLOSED),
    ({"anyOf": [{"type": "string"}, {"minimum": 1}]}, {"type": "string"}),
    ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"type": "null"}),
    ({"not": {"type": "string"}}, {"type": ["null", "integer"]}),
    ({"if": {"type": "string"}, "then": {"minLength": 1}}, {"type": "null"}),
    ({"allOf": [{"minimum": 1}]}, {"allOf": [{"minimum": 1}, {"maximum": 3}]}),
    ({}, {"not": {"const": None}}),
]


@pytest.mark.parametrize(("large", "small"), STRICTLY, ids=str)
def test_a_stricter_schema_is_shown_to_be_included_and_not_to_include(
    large: Schema, small: Schema
) -> None:
    here = world({})
    assert Prover(here).shows(small, large)
    assert not Prover(here).shows(large, small)
    assert Search(here).between(large, small) is not None


APART: list[tuple[Schema, Schema]] = [
    ({"type": "string"}, {"oneOf": [{"type": "string"}, {"minLength": 0}]}),
    ({"type": "array"}, {"unevaluatedItems": False, "allOf": [{}]}),
    ({"const": 1}, {"const": True}),
    ({"const": [0]}, {"const": [False]}),
    ({"anyOf": [True], "not": {"const": None}}, False),
    ({"type": "object", "additionalProperties": False}, {"required": ["a"]}),
]


@pytest.mark.parametrize(("small", "large"), APART, ids=str)
def test_what_is_not_included_is_not_shown_to_be(small: Schema, large: Schema) -> None:
    assert not Prover(world({})).shows(small, large)


def test_the_trees_of_two_definitions_are_compared_at_every_depth() -> None:
    def tree(name: str, leaf: Schema) -> Schema:
        kids = {"items": {"$ref": f"#/$defs/{name}"}}
        return {"properties": {"kids": kids, "leaf": leaf}}

    defs = {"wide": tree("wide", {}), "thin": tree("thin", {"type": "string"})}
    wide, thin = ({"$ref": f"#/$defs/{name}"} for name in defs)
    assert Prover(world(defs)).shows(thin, wide)
    assert not Prover(world(defs)).shows(wide, thin)


def test_what_only_leads_back_to_itself_shows_nothing() -> None:
    """A step must go into the value before what is asked may be taken for shown."""
    ring = {"required": ["a"], "properties": {"a": {"$ref": "#/$defs/ring"}}}
    defs = {"ring": {"type": "object", **ring}}
    assert not Prover(world(defs)).shows({"type": "object"}, {"$ref": "#/$defs/ring"})
