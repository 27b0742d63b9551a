"""What is written otherwise and means the same is no change."""

from __future__ import annotations

import pytest

from tests.diff.plans import changes, of_property

SAME = {
    "const for an enum of one": ("{enum: [a]}", "{const: a}"),
    "a type in a list": ("{type: string}", "{type: [string]}"),
    "other order of types": ("{type: [string, 'null']}", "{type: ['null', string]}"),
    "other order of keywords": (
        "{type: object, properties: {a: {}, b: {}}}",
        "{properties: {b: {}, a: {}}, type: object}",
    ),
    "other order of values": ("{enum: [a, b]}", "{enum: [b, a]}"),
    "a value listed in its type": ("{enum: [a, b]}", "{type: string, enum: [a, b]}"),
    "a whole number with a point": ("{minimum: 1}", "{minimum: 1.0}"),
    "bounds of an integer": (
        "{type: integer, exclusiveMinimum: 0}",
        "{type: integer, minimum: 1}",
    ),
    "a bound between integers": (
        "{type: integer, minimum: 1}",
        "{type: integer, minimum: 0.5}",
    ),
    "what is always true": (
        "{type: string}",
        "{type: string, minLength: 0, not: false}",
    ),
    "what another type is asked": ("{type: string}", "{type: string, minimum: 3}"),
    "an allOf of parts": (
        "{type: string, minLength: 1, maxLength: 5}",
        "{allOf: [{type: string, minLength: 1}, {type: string, maxLength: 5}]}",
    ),
    "alternatives of types": (
        "{type: [string, integer]}",
        "{anyOf: [{type: string}, {type: integer}]}",
    ),
    "alternatives with null": (
        "{type: [string, 'null'], maxLength: 5}",
        "{oneOf: [{type: string, maxLength: 5}, {type: 'null'}]}",
    ),
    "alternatives of values": ("{enum: [a, b]}", "{oneOf: [{const: a}, {const: b}]}"),
    "a list of all integers between": (
        "{type: integer, minimum: 1, maximum: 3}",
        "{enum: [1, 2, 3]}",
    ),
    "other order of what is required": (
        "{type: object, required: [a, b]}",
        "{type: object, required: [b, a]}",
    ),
    "a rule that another implies": (
        "{type: object, required: [a, b]}",
        "{type: object, required: [a, b], minProperties: 2}",
    ),
    "a sum of a condition": (
        "{if: {type: string}, then: {maxLength: 5}, else: true}",
        "{anyOf: [{type: string, maxLength: 5}, {not: {type: string}}]}",
    ),
    "an object closed in other words": (
        "{type: object, properties: {a: {}}, additionalProperties: false}",
        "{type: object, properties: {a: {}}, unevaluatedProperties: false}",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_other_words_for_the_same_are_no_change(name: str) -> None:
    for before, after in (SAME[name], SAME[name][::-1]):
        found = of_property(before, after)
        assert [one for one in found if one.rule.name != "parameter-type"] == []


def test_a_schema_moved_into_defs_changes_nothing_but_defs() -> None:
    tier = "{type: string, enum: [free, pro]}"
    before = f"events:\n  Signed Up: {{properties: {{plan: {tier}}}}}\n"
    after = f"$defs: {{tier: {tier}}}\n" + before.replace(
        tier, "{$ref: '#/$defs/tier'}"
    )
    assert [one.rule.name for one in changes(before, after)] == ["definition-added"]


def test_a_recursive_schema_written_twice_over_is_the_same() -> None:
    tree = (
        "{type: object, properties: {kids: {type: array, items: {$ref: '#/$defs/%s'}}}}"
    )
    head = "$defs:\n  tree: " + tree % "tree" + "\n  twig: " + tree % "tree" + "\n"
    before, after = "{$ref: '#/$defs/tree'}", "{$ref: '#/$defs/twig'}"
    assert of_property(before, after, head) == []


def test_a_change_is_named_once_where_many_events_refer_to_it() -> None:
    events = "".join(
        f"  E{i} Sent: {{properties: {{p: {{$ref: '#/$defs/t'}}}}}}\n" for i in range(9)
    )
    before = f"$defs: {{t: {{enum: [a, b]}}}}\nevents:\n{events}"
    found = changes(before, before.replace("[a, b]", "[a]"))
    assert [(one.rule.name, one.path) for one in found] == [
        ("value-removed", ("$defs", "t", "enum"))
    ]


def test_moving_lines_is_no_change() -> None:
    before = "events:\n  Seats Added: {}\n  Invoice Paid: {}\n"
    after = "# a remark\n\nevents:\n  Invoice Paid: {}\n\n  Seats Added: {}\n"
    assert changes(before, after) == []
