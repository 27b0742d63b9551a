"""Each kind of change as callers and as consumers meet it."""

from __future__ import annotations

import pytest

from tests.diff.plans import EVENT, changes, of_property, summary

# Before, after, then what it is called, for callers, for consumers.
VALUES = {
    "type widened": (
        "{type: integer}",
        "{type: number}",
        "type-widened",
        "safe",
        "breaks",
    ),
    "null allowed": (
        *("{type: string}", "{type: [string, 'null']}"),
        *("type-widened", "safe", "breaks"),
    ),
    "type narrowed": (
        "{type: number}",
        "{type: integer}",
        "type-narrowed",
        "breaks",
        "safe",
    ),
    "type changed": (
        "{type: integer}",
        "{type: string}",
        "type-changed",
        "breaks",
        "breaks",
    ),
    "any text to few": (
        *("{type: string}", "{type: string, enum: [a, b]}"),
        *("type-narrowed", "breaks", "safe"),
    ),
    "few to any text": (
        "{enum: [a, b]}",
        "{type: string}",
        "type-widened",
        "safe",
        "breaks",
    ),
    "bound tightened": (
        *("{type: number, minimum: 0}", "{type: number, exclusiveMinimum: 0}"),
        *("limit-tightened", "breaks", "safe"),
    ),
    "bound dropped": (
        *("{type: string, maxLength: 5}", "{type: string}"),
        *("limit-loosened", "safe", "breaks"),
    ),
    "multiple of more": (
        *("{type: integer, multipleOf: 2}", "{type: integer, multipleOf: 6}"),
        *("limit-tightened", "breaks", "safe"),
    ),
    "format added": (
        *("{type: string}", "{type: string, format: email}"),
        *("format-changed", "breaks", "safe"),
    ),
    "format dropped, and with it a Python type": (
        *("{type: string, format: date}", "{type: string}"),
        *("format-changed", "may break", "breaks"),
    ),
    "list loosened": (
        *("{type: array, maxItems: 2}", "{type: array, maxItems: 3}"),
        *("limit-loosened", "safe", "breaks"),
    ),
    "items tightened": (
        *("{type: array, items: {enum: [a, b]}}", "{type: array, items: {enum: [a]}}"),
        *("value-removed", "breaks", "safe"),
    ),
    "nested object closed": (
        *("{type: object}", "{type: object, additionalProperties: false}"),
        *("closed", "breaks", "safe"),
    ),
    "an alternative added": (
        "{anyOf: [{type: integer}, {type: string, maxLength: 1}]}",
        "{anyOf: [{type: integer}, {type: string, maxLength: 2}]}",
        *("rule-changed", "safe", "breaks"),
    ),
    "a pattern nobody can compare": (
        *(
            "{type: string, pattern: '^(qz)+$'}",
            "{type: string, pattern: '^(qz){1,9}$'}",
        ),
        *("pattern-changed", "may break", "may break"),
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_change_of_values_is_judged_for_both_sides(name: str) -> None:
    before, after, *expected = VALUES[name]
    assert summary(of_property(before, after)) == [tuple(expected)]


def test_values_that_came_and_values_that_went_are_two_changes() -> None:
    found = of_property("{enum: [a, b]}", "{enum: [b, c]}")
    assert summary(found) == [
        ("value-removed", "breaks", "safe"),
        ("value-added", "safe", "breaks"),
    ]


def test_a_required_property_added_breaks_callers_alone() -> None:
    before = EVENT + "      a: {type: integer}\n"
    after = before + "      b: {type: string}\n    required: [b]\n"
    assert summary(changes(before, after)) == [("property-added", "breaks", "safe")]


def test_a_property_added_to_an_open_event_may_have_been_passed_otherwise() -> None:
    before = "events:\n  Seats Added: {additionalProperties: true}\n"
    after = "events:\n  Seats Added: {additionalProperties: true, properties: {a: {type: integer}}}\n"
    assert summary(changes(before, after)) == [("property-added", "breaks", "safe")]


GONE = {
    "a property that the rest covers": (
        "additionalProperties: {type: string}, properties: {a: {type: string}}",
        "additionalProperties: {type: string}",
        "property-removed",
    ),
    "a property that a pattern covers": (
        "patternProperties: {^a: {type: string}}, properties: {a: {type: string}}",
        "patternProperties: {^a: {type: string}}",
        "property-removed",
    ),
    "a property that moves": (
        "additionalProperties: true, properties: {a: {type: string}}",
        "additionalProperties: true, allOf: [{properties: {a: {type: string}}}]",
        "property-removed",
    ),
    "the rest, of which nothing was taken": (
        "unevaluatedProperties: false, properties: {a: {type: string}}",
        "properties: {a: {type: string}}",
        "closed",
    ),
}


@pytest.mark.parametrize("name", GONE)
def test_a_parameter_that_goes_breaks_callers_though_nothing_else_changes(
    name: str,
) -> None:
    before, after, rule = GONE[name]
    plans = (f"events:\n  Seats Added: {{{one}}}\n" for one in (before, after))
    assert summary(changes(*plans)) == [(rule, "breaks", "safe")]


@pytest.mark.parametrize("before", ["true", "{type: string}", "{enum: [a, b]}"])
def test_a_property_that_can_be_nothing_any_more_no_longer_arrives(before: str) -> None:
    (change,) = of_property(before, "false")
    assert change.consumers == ("breaks", "it no longer arrives")


COME = {
    "a property that the rest covers": (
        "additionalProperties: {type: string}",
        "additionalProperties: {type: string}, properties: {a: {type: string}}",
    ),
    "a property of any value, as the rest": (
        "additionalProperties: true, properties: {b: {type: string}}",
        "additionalProperties: true, properties: {b: {type: string}, a: true}",
    ),
    "a property that a pattern covers": (
        "patternProperties: {^a: {type: string}}",
        "patternProperties: {^a: {type: string}}, properties: {a: {type: string}}",
    ),
}


@pytest.mark.parametrize("name", COME)
def test_a_parameter_that_comes_is_said_though_nothing_else_changes(name: str) -> None:
    plans = (f"events:\n  Seats Added: {{{one}}}\n" for one in COME[name])
    (change,) = changes(*plans)
    assert summary([change]) == [("property-added", "safe", "safe")]
    assert change.message == "property `a` was added, optional"


def test_a_parameter_for_what_was_required_already_has_to_be_given() -> None:
    before = "events:\n  Seats Added: {additionalProperties: true, required: [a]}\n"
    after = before.replace("required", "properties: {a: true}, required")
    assert summary(changes(before, after)) == [("property-added", "breaks", "safe")]


def test_the_last_pattern_takes_the_parameter_with_it() -> None:
    before = "events:\n  Seats Added: {patternProperties: {^a: {type: string}}}\n"
    found = changes(before, "events:\n  Seats Added: {}\n")
    assert ("closed", "breaks", "safe") in summary(found)


def test_a_breaking_change_shows_a_value_that_it_breaks() -> None:
    (change,) = of_property(
        "{type: integer, maximum: 9}", "{type: integer, maximum: 7}"
    )
    assert change.callers.why == "`9` passed, and fails now"


def test_an_object_that_says_no_more_that_it_is_open_may_break_type_checks() -> None:
    said = "{type: object, properties: {a: {type: string}}, additionalProperties: true}"
    found = of_property(said, said.replace(", additionalProperties: true", ""))
    assert summary(found) == [("parameter-type", "may break", "safe")]
    assert found[0].callers.why == "type checkers refuse `Mapping`"


def test_a_type_inside_another_is_none_that_the_parameter_takes() -> None:
    before = "{type: array, items: {type: [string, integer, boolean]}}"
    (change,) = of_property(before, "{type: array, items: {}}")
    assert change.callers.verdict == "safe"


def test_a_value_that_no_whole_event_can_carry_is_not_called_breaking() -> None:
    rest = "    not: {required: [seats]}\n"
    before = EVENT + "      seats: {type: integer}\n" + rest
    after = before.replace("integer", "boolean")
    assert [one.callers.verdict for one in changes(before, after)] == ["may break"]


def test_an_enum_that_refuses_the_const_leaves_nothing() -> None:
    before = EVENT + "      seats: {const: b}\n"
    after = before.replace("{const: b}", "{enum: [a], const: b}")
    (change,) = changes(before, after)
    assert change.callers.verdict == "breaks"


@pytest.mark.parametrize(
    "pattern", [r"^(a|b)\1$", r"^(?<x>a|b)\k<x>$", r"^\ud83d\ude00$"]
)
def test_a_pattern_of_any_kind_is_judged(pattern: str) -> None:
    before = EVENT + f"      seats: {{type: string, pattern: '{pattern}'}}\n"
    found = changes(before, before.replace("^", "^-"))
    assert [one.rule.name for one in found] == ["pattern-changed"]


def test_a_remark_is_no_change_of_meaning() -> None:
    before = "events:\n  Seats Added: {x-team: a, properties: {a: {pii: true}}}\n"
    after = (
        "events:\n  Seats Added: {owner: b, tags: [c], x-team: b, when: Now., usage: {external: us},"
        " properties: {a: {description: A.}}}\n"
    )
    found = changes(before, after)
    assert summary(found) == [("remark-changed", "safe", "safe")] * 2
    assert (
        found[0].message
        == "`owner` and `tags` and `usage` and `when` and `x-team` of it changed"
    )
    assert found[1].message == "`description` and `pii` of property `a` changed"


@pytest.mark.parametrize("said", ["pii: true", "description: A.", "default: a"])
def test_a_remark_on_a_definition_in_a_definition_is_seen(said: str) -> None:
    before = "$defs: {a: {$defs: {b: {type: string}}, $ref: '#/$defs/a/$defs/b'}}\n"
    before += EVENT + "      seats: {$ref: '#/$defs/a'}\n"
    found = changes(before, before.replace("type: string", f"type: string, {said}"))
    assert summary(found) == [("remark-changed", "safe", "safe")]


def test_the_name_of_the_plan_is_a_remark() -> None:
    (change,) = changes("name: Acme\n", "name: Acme Inc\n")
    assert change.message == "`name` of the plan changed"


TURNED = {
    "below not": "{not: {$ref: '#/$defs/t'}}",
    "in a condition": "{if: {$ref: '#/$defs/t'}, then: false}",
    "in oneOf": "{oneOf: [{$ref: '#/$defs/t'}, {type: string}]}",
    "in a count": "{contains: {$ref: '#/$defs/t'}, minContains: 0, maxContains: 0}",
    "behind another definition": "{$ref: '#/$defs/u'}",
}


@pytest.mark.parametrize("name", TURNED)
def test_a_definition_that_takes_more_may_let_a_schema_take_less(name: str) -> None:
    other = "u: {not: {$ref: '#/$defs/t'}}, " if "u'" in TURNED[name] else ""
    before = f"$defs: {{{other}t: {{enum: [a]}}}}\n{EVENT}      seats: {TURNED[name]}\n"
    found = changes(before, before.replace("[a]", "[a, b]"))
    first, second = found if found[0].path[1] == "t" else found[::-1]
    assert summary([first]) == [("value-added", "safe", "breaks")]
    assert second.callers.verdict == "breaks"


def test_a_reference_into_a_definition_is_followed() -> None:
    before = (
        "$defs: {t: {not: {}, $defs: {u: {type: integer}}}}\n"
        f"{EVENT}      seats: {{$ref: '#/$defs/t/$defs/u'}}\n"
    )
    found = changes(before, before.replace("integer", "string"))
    assert summary(found) == [("type-changed", "breaks", "breaks")]


def test_what_unevaluated_looks_at_is_judged_with_it() -> None:
    before = (
        "$defs: {t: {type: object, patternProperties: {'^x': {type: string}}}}\n"
        f"{EVENT}      seats: {{$ref: '#/$defs/t', unevaluatedProperties: false}}\n"
    )
    found = changes(
        before, before.replace(", patternProperties: {'^x': {type: string}}", "")
    )
    assert "breaks" in {one.callers.verdict for one in found}


def test_what_a_definition_says_is_not_said_again_by_alternatives() -> None:
    kinds = "\n".join(
        f"  k{i}: {{type: object, properties: {{kind: {{const: k{i}}}, n: {{maximum: 1}}}},"
        " required: [kind, n]}"
        for i in range(3)
    )
    options = ", ".join(f"{{$ref: '#/$defs/k{i}'}}" for i in range(3))
    before = f"$defs:\n{kinds}\n{EVENT}      seats: {{oneOf: [{options}]}}\n"
    found = changes(before, before.replace("maximum: 1", "maximum: 2", 1))
    assert summary(found) == [("limit-loosened", "safe", "breaks")]


def test_an_option_added_to_a_union_is_safe_for_callers() -> None:
    kinds = [
        f"{{type: object, properties: {{k: {{const: {i}}}}}, required: [k]}}"
        for i in "abc"
    ]
    before, after = (f"{{oneOf: [{', '.join(one)}]}}" for one in (kinds[:2], kinds))
    assert summary(of_property(before, after)) == [("rule-changed", "safe", "breaks")]
