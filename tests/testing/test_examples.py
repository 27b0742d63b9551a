"""Examples and strategies made from a plan: what they give is what the plan says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, Unsatisfiable
from jsonschema import Draft202012Validator, FormatChecker

import generated
from tests.generated.test_schema_meaning import checker, definitions
from trackplan.runtime import PlanViolation
from trackplan.runtime.calls import Call, Definitions
from trackplan.runtime.formats import FORMATS
from trackplan.runtime.patterns import matcher
from trackplan.runtime.values import join
from trackplan.testing import NoExampleError, capture, examples, strategies
from trackplan.testing.examples import valid
from trackplan.testing.plan import calls_of, wire_names
from trackplan.texts import FORMATS as MADE
from trackplan.texts import matching

PLAN = r"""
trackplan: 1
$defs:
  node:
    type: object
    properties: {name: {type: string}, next: {$ref: '#/$defs/node'}}
    required: [name]
    additionalProperties: false
  code: {type: string, pattern: '^[A-Z]{3}-[0-9]+$'}
events:
  Given:
    properties: {itemCount: {type: integer}, note: {type: string}}
    additionalProperties: {type: string}
    examples: [{itemCount: 3, colour: red}, {note: hello}]
  Nested:
    properties: {seats: {type: array}}
    examples: [{seats: [1]}]
  Derived:
    properties:
      text: {type: string, examples: [a text of the plan]}
      code: {$ref: '#/$defs/code'}
      count: {type: integer, minimum: 1, maximum: 10, multipleOf: 3}
      share: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}
      lines: {type: array, items: {$ref: '#/$defs/node'}, minItems: 1, uniqueItems: true}
      tuple: {type: array, prefixItems: [{type: string}, {type: integer}], items: false}
      held: {type: array, contains: {const: x}}
      map: {type: object, additionalProperties: {type: integer}, minProperties: 1, propertyNames: {pattern: '^[a-z]+$'}}
      either: {oneOf: [{type: string, maxLength: 3}, {type: 'null'}]}
      secret: {type: string, pii: true, minLength: 2}
    required: [code, lines]
    dependentRequired: {count: [share]}
    if: {properties: {either: {type: 'null'}}, required: [either]}
    then: {required: [text]}
  Bare: {}
  Hard:
    properties: {id: {type: string, minLength: 1}}
    required: [id]
    not: {properties: {id: {pattern: '^[\s\S]{1,40}$'}}}
    examples: [{id: an identifier that has more than forty characters}]
  Impossible:
    properties: {count: {type: integer, minimum: 3, maximum: 2}}
    required: [count]
"""

BRIEFLY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
EVENTS = [name for name in generated.__all__ if name.startswith("track_")]


@pytest.fixture(scope="module")
def plan(generate: Callable[[str], ModuleType]) -> Any:
    return generate(PLAN)


def sent_by(function: Callable[..., object], arguments: Mapping[str, Any]) -> Any:
    with capture() as sent:
        function("user-123", **arguments)
    return sent[0]["properties"]


def oracle(function: Callable[..., Any]) -> Draft202012Validator:
    """What jsonschema makes of the schema of a generated function."""
    (call,) = calls_of(function)
    schema = {**dict(call.schema), "$defs": call.definitions.schemas}
    formats: FormatChecker = checker()
    return Draft202012Validator(schema, format_checker=formats)


# --- Examples ---------------------------------------------------------------------


def test_the_examples_of_the_plan_come_first(plan: Any) -> None:
    assert examples(plan.track_given) == [
        {"item_count": 3, "additional_properties": {"colour": "red"}},
        {"note": "hello"},
    ]


def test_an_event_is_known_by_its_name(plan: Any) -> None:
    assert examples("Given") == examples(plan.track_given)


def test_without_examples_the_least_and_the_most_are_derived(plan: Any) -> None:
    least, most = examples(plan.track_derived)
    assert least == {"code": "AAA-0", "lines": [{"name": "text"}]}
    assert list(most) == [
        *("text", "code", "count", "share", "lines", "tuple", "held", "map"),
        *("either", "secret"),
    ]
    assert most["text"] == "a text of the plan"


def test_an_event_without_properties_has_one_example(plan: Any) -> None:
    assert examples(plan.track_bare) == [{}]


def test_examples_are_the_same_each_time(plan: Any) -> None:
    assert examples(plan.track_derived) == examples(plan.track_derived)


def test_an_example_may_be_changed(plan: Any) -> None:
    examples(plan.track_nested)[0]["seats"].append(2)
    assert examples(plan.track_nested) == [{"seats": [1]}]


@pytest.mark.parametrize("make", [examples, strategies.calls, strategies.broken_calls])
def test_where_nothing_is_valid_it_is_said_at_once(
    plan: Any, make: Callable[[Any], object]
) -> None:
    with pytest.raises(NoExampleError, match="no valid call of `Impossible` was found"):
        make(plan.track_impossible)


def test_what_would_be_too_large_is_not_made(
    generate: Callable[[str], ModuleType],
) -> None:
    large = (
        {"type": "string", "minLength": 10**9},
        {"type": "string", "pattern": "^(a{1000000000})$"},
        {"type": "array", "minItems": 10**9},
        {"contains": {}, "minContains": 10**9},
    )
    events = {
        f"Large {number}": {"properties": {"a": one}, "required": ["a"]}
        for number, one in enumerate(large)
    }
    package = generate(json.dumps({"trackplan": 1, "events": events}))
    for number in range(len(large)):
        with pytest.raises(NoExampleError):
            examples(getattr(package, f"track_large_{number}"))


def test_where_nothing_can_be_broken_it_is_said_at_once(plan: Any) -> None:
    with pytest.raises(NoExampleError, match="no way was found to break"):
        strategies.broken_calls(plan.track_bare)


def test_an_event_that_is_not_there_is_guessed(plan: Any) -> None:
    with pytest.raises(LookupError, match=r"has the event `Derivd`; did you mean `Der"):
        examples("Derivd")


@settings(BRIEFLY, max_examples=100, suppress_health_check=list(HealthCheck))
@given(definitions())
def test_whatever_the_schema_an_example_fits_it(defs: dict[str, Any]) -> None:
    schema = {"properties": {"subject": {"$ref": "#/$defs/subject"}}}
    texts = {name: json.dumps(one) for name, one in defs.items()}
    call = Call("track", "Any Schema", json.dumps(schema), Definitions(texts))
    judge = Draft202012Validator({**schema, "$defs": defs}, format_checker=checker())
    for example in valid(call):
        assert judge.is_valid(example), example


# --- Strategies -------------------------------------------------------------------


@pytest.mark.parametrize("name", [*EVENTS, "track_derived", "track_given"])
def test_what_is_drawn_is_valid(plan: Any, name: str) -> None:
    function = getattr(plan, name, None) or getattr(generated, name)
    judge = oracle(function)

    @BRIEFLY
    @given(strategies.calls(function))
    def check(arguments: dict[str, Any]) -> None:
        assert judge.is_valid(sent_by(function, arguments))

    check()


@pytest.mark.parametrize("name", [*EVENTS, "track_derived", "track_given"])
def test_what_is_drawn_broken_is_broken_in_that_place(plan: Any, name: str) -> None:
    function = getattr(plan, name, None) or getattr(generated, name)
    judge = oracle(function)

    @BRIEFLY
    @given(strategies.broken_calls(function))
    def check(broken: strategies.BrokenCall) -> None:
        with capture(), pytest.raises(PlanViolation) as caught:
            function("user-123", **broken.arguments)
        places = [(one.path, one.keyword) for one in caught.value.violations]
        assert places == [(broken.path, broken.keyword)]
        (error,) = judge.iter_errors(wire(function, broken.arguments))
        # `items: false` is to jsonschema a rule of the array, to us one of the item.
        is_false_item = (error.validator, error.validator_value) == ("items", False)
        assert ("false" if is_false_item else error.validator) == broken.keyword
        # What is required or too much, jsonschema finds in the object around it.
        assert broken.path.startswith(place(error.absolute_path))

    check()


def wire(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a function would send if it did not judge."""
    given = dict(arguments)
    others = given.pop("additional_properties", {})
    (call,) = calls_of(function)
    return {**others, **{wire_names(call)[key]: value for key, value in given.items()}}


def place(path: Iterable[str | int]) -> str:
    found = ""
    for step in path:
        found = f"{found}[{step}]" if isinstance(step, int) else join(found, step)
    return found


def test_every_keyword_of_an_event_is_broken_sooner_or_later(plan: Any) -> None:
    seen: set[tuple[str, str]] = set()

    @settings(BRIEFLY, max_examples=250)
    @given(strategies.broken_calls(generated.track_invitation_sent))
    def collect(broken: strategies.BrokenCall) -> None:
        seen.add((broken.path, broken.keyword))

    collect()
    assert seen == {
        ("inviteCount", "maximum"),
        ("inviteCount", "minimum"),
        ("inviteCount", "type"),
        ("inviteeRole", "enum"),
    }


def test_where_hardly_any_choice_fits_hypothesis_says_so(plan: Any) -> None:
    @settings(BRIEFLY, suppress_health_check=[])
    @given(strategies.calls(plan.track_hard))
    def check(arguments: dict[str, Any]) -> None: ...

    with pytest.raises((FailedHealthCheck, Unsatisfiable)):
        check()


# --- Texts ------------------------------------------------------------------------


@BRIEFLY
@given(st.data())
@pytest.mark.parametrize("name", FORMATS)
def test_the_text_of_a_format_is_one(name: str, data: st.DataObject) -> None:
    text = matching(MADE[name], lambda n: data.draw(st.integers(0, n - 1)))
    assert FORMATS[name](text)


PATTERNS = [
    "^[A-Z]{2,3}$",
    "^(a|b+|[^x-z]?)c*$",
    r"^\d{4}-\w+\s?\.$",
    r"^\u{1F600}\x41\cJ\/$",
    r"^\p{Lu}[\p{L}\d_]*$",
    "(?:ab){2,}|(?<name>x)y",
    r"^.{5,}?\bz$",
]


@BRIEFLY
@given(st.data())
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_text_of_a_pattern_fits_it(pattern: str, data: st.DataObject) -> None:
    text = matching(pattern, lambda n: data.draw(st.integers(0, n - 1)))
    assert matcher(pattern)(text) or r"\b" in pattern
