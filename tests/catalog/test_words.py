"""What schemas ask for, in words."""

from __future__ import annotations

import pytest

from trackplan.catalog.line import Link, plain
from trackplan.catalog.words import Describer, Words
from trackplan.model import Definition, Note, Place, Schema
from trackplan.runtime.formats import FORMATS

PLACE = Place("plan.yaml", 1, 1)
TIER: Schema = {"type": "string", "enum": ["free", "pro"]}
NODE: Schema = {
    "type": "object",
    "properties": {"next": {"$ref": "#/$defs/node"}},
    "additionalProperties": False,
}
DEFINITIONS = [
    Definition("tier", "Tier", TIER, None, PLACE),
    Definition("node", "Node", NODE, None, PLACE),
    Definition("a/b", "AB", {"const": 1}, None, PLACE),
]


def words(schema: Schema, notes: dict | None = None) -> Words:
    return Describer(DEFINITIONS, notes or {}).words(schema, ())


def outline(words: Words) -> list[str]:
    """Return words as indented lines."""
    lines = [plain(words.line)] if words.line else []
    for field in words.fields:
        mark = "!" if field.required else "?"
        first, *rest = outline(field.words) or [""]
        lines += [f"  {field.name}{mark} {first}", *(f"  {one}" for one in rest)]
    for part in words.parts:
        label = plain(part.label)
        first, *rest = outline(part.words) or [""]
        lines += [f"  {label} | {first}", *(f"  {one}" for one in rest)]
    return lines


LINES: list[tuple[Schema, str]] = [
    (True, "any value"),
    (False, "no value"),
    ({}, "any value"),
    ({"type": "boolean"}, "boolean"),
    ({"type": "integer", "minimum": 1, "maximum": 10}, "integer, 1 to 10"),
    ({"type": "number", "exclusiveMinimum": 0}, "number, more than 0"),
    (
        {"type": "number", "exclusiveMaximum": 1.5, "multipleOf": 0.5},
        "number, less than 1.5, a multiple of 0.5",
    ),
    ({"type": "string", "minLength": 1}, "string, at least 1 character"),
    (
        {"type": "string", "minLength": 2, "maxLength": 2},
        "string, exactly 2 characters",
    ),
    ({"type": "string", "pattern": "^a`b$"}, "string, matching `^a`b$`"),
    ({"type": "string", "format": "email"}, "string, an email address"),
    (
        {"type": ["string", "null"], "maxLength": 9},
        "string (at most 9 characters) or null",
    ),
    ({"enum": ["a", 1, None, True]}, 'one of `"a"`, `1`, `null`, `true`'),
    ({"type": "string", "enum": ["a", None]}, 'always `"a"`'),
    ({"enum": []}, "no value"),
    ({"const": {"a": "\u202e"}}, 'always `{"a": "\\u202e"}`'),
    (
        {"minLength": 3, "maximum": 5},
        "strings: at least 3 characters; numbers: at most 5",
    ),
    ({"$ref": "#/$defs/tier"}, 'tier: one of `"free"`, `"pro"`'),
    ({"$ref": "#/$defs/a~1b"}, "a/b: always `1`"),
    ({"$ref": "#/$defs/node"}, "node: object"),
    ({"$ref": "#/$defs/node/properties/next"}, "node/properties/next"),
    (
        {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
        },
        "array, at least 1 item, all different; each item: string",
    ),
    ({"type": "array", "items": False}, "array, no items"),
    (
        {"type": "array", "contains": {"const": 1}, "maxContains": 2},
        "array; 1 to 2 items: always `1`",
    ),
    ({"type": "object", "additionalProperties": False}, "object, no properties"),
    (
        {"type": "object", "additionalProperties": {"type": "string"}},
        "object; each property: string",
    ),
    ({"type": "object", "required": ["a"]}, "object, with `a`"),
    (
        {"type": "object", "propertyNames": {"maxLength": 3}},
        "object; each name: strings: at most 3 characters",
    ),
    (
        {"type": "object", "unevaluatedProperties": False},
        "object, no properties but those described",
    ),
    ({"not": {"required": ["a", "b"]}}, "never: `a` and `b` are given"),
]


@pytest.mark.parametrize(("schema", "line"), LINES, ids=[line for _, line in LINES])
def test_a_simple_schema_is_one_line(schema: Schema, line: str) -> None:
    assert outline(words(schema)) == [line]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_words(name: str) -> None:
    assert outline(words({"type": "string", "format": name}))[0].startswith("string, a")


def test_a_nested_object_says_which_properties_are_required() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
        "required": ["b"],
    }
    assert outline(words(schema)) == [
        "object, other properties allowed",
        "  a? integer",
        "  b! string",
    ]


def test_a_nested_object_requires_what_its_parts_require() -> None:
    schema: Schema = {
        "properties": {"a": {}, "b": {}, "c": {}},
        "allOf": [{"required": ["a"]}],
        "$ref": "#/$defs/some",
    }
    some = Definition("some", "Some", {"required": ["b"]}, None, PLACE)
    found = Describer([some], {}).words(schema, ())
    assert [one.required for one in found.fields] == [True, True, False]


def test_properties_beside_a_pattern_are_the_others() -> None:
    schema: Schema = {
        "type": "object",
        "patternProperties": {"^x-": {"type": "string"}},
        "additionalProperties": {"type": "integer"},
    }
    assert outline(words(schema)) == [
        "object",
        "  properties with a name matching `^x-` | string",
        "  each other property | integer",
    ]


def test_alternatives_are_listed() -> None:
    schema: Schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert outline(words(schema)) == [
        "at least one of these",
        "   | string",
        "   | null",
    ]


def test_a_tuple_says_what_each_item_is() -> None:
    schema: Schema = {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "null"}],
        "items": {"type": "boolean"},
    }
    assert outline(words(schema)) == [
        "array",
        "  item 1 | string",
        "  item 2 | null",
        "  each further item | boolean",
    ]


def test_a_condition_is_a_sentence() -> None:
    schema: Schema = {
        "required": ["plan"],
        "if": {"properties": {"plan": {"const": "pro"}}},
        "then": {"required": ["seats"]},
        "else": {"properties": {"seats": {"maximum": 1}}},
    }
    assert outline(words(schema)) == [
        "objects: with `plan`",
        '  if `plan` is `"pro"` | `seats` is required',
        "  otherwise | `seats`, where given, is numbers: at most 1",
    ]


def test_an_option_of_described_properties_is_no_sentence() -> None:
    schema: Schema = {"oneOf": [{"properties": {"a": {"const": 1}}}]}
    notes = {("oneOf", 0, "properties", "a"): Note("The first.")}
    assert outline(words(schema))[-1] == "   | `a`, where given, is `1`"
    assert outline(words(schema, notes))[-1] == "   |   a? always `1`"


def test_what_depends_on_a_property_is_a_sentence() -> None:
    schema: Schema = {"dependentRequired": {"a": ["b", "c"]}}
    assert outline(words(schema)) == ["where `a` is given, `b` and `c` are too"]


def test_the_description_of_an_option_is_told() -> None:
    schema: Schema = {"oneOf": [{"type": "string"}, {"type": "null"}]}
    notes = {("oneOf", 1): Note("Not known.")}
    assert outline(words(schema, notes))[-1] == "   | null. Not known."


def test_what_a_definition_calls_personal_is_personal_where_it_is_used() -> None:
    mail = Definition("mail", "Mail", {"type": "string", "pii": True}, None, PLACE)
    schema: Schema = {
        "properties": {"to": {"$ref": "#/$defs/mail"}, "n": {"type": "string"}},
        "additionalProperties": {"$ref": "#/$defs/mail"},
    }
    found = Describer([mail], {}).words(schema, ())
    assert [one.personal for one in found.fields] == [True, False]
    assert plain(found.parts[0].words.line) == "mail: string, personal data"


def test_a_reference_is_a_link_to_the_definition() -> None:
    assert words({"$ref": "#/$defs/tier"}).line[0] == Link("definition-tier", "tier")


def test_a_definition_that_refers_to_itself_ends() -> None:
    assert outline(words(NODE)) == [
        "object, no other properties",
        "  next? node: object",
    ]
