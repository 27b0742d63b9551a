"""What a generated function takes, sends and refuses; one thing each."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, ItemsView, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from trackplan.runtime import PlanViolation, Violation
from trackplan.runtime.client import current
from trackplan.testing import capture

PLAN = """
trackplan: 1
$defs:
  word: {type: string}
  node:
    type: object
    properties: {next: {$ref: '#/$defs/node'}, kids: {type: array, items: {$ref: '#/$defs/node'}}}
    additionalProperties: false
traits:
  user: {properties: {email: {type: string, format: email, pii: true}, home: {type: object, pii: true, properties: {street: {type: string, minLength: 2}, rooms: {type: array, items: {type: integer}}}}, contacts: {type: object, pii: true, additionalProperties: {type: string, maxLength: 3}}}}
  group: {properties: {name: {type: string}}, required: [name]}
events:
  Everything:
    properties:
      text: {type: string, minLength: 2, maxLength: 3}
      whole: {type: integer, minimum: 1}
      number: {type: number}
      flag: {type: boolean}
      nullable: {type: [string, 'null']}
      level: {enum: [1, two, null, 2.5]}
      fixed: {const: 1}
      moment: {type: string, format: date-time}
      day: {type: string, format: date}
      id: {type: string, format: uuid}
      unique: {type: array, uniqueItems: true}
      tags: {type: array, items: {type: string}}
      lines: {type: array, items: {type: object, properties: {sku: {type: string}}, required: [sku], additionalProperties: false}}
      map: {type: object, additionalProperties: {type: integer}}
      any: {}
      node: {$ref: '#/$defs/node'}
      either: {anyOf: [{type: integer}, {type: array, items: {$ref: '#/$defs/node'}}]}
      short: {$ref: '#/$defs/word', maxLength: 3}
      narrow: {type: [string, number], oneOf: [{type: string}]}
      nested: {type: [string, number], anyOf: [{type: string, maxLength: 3}, {type: 'null'}]}
  Two Needed:
    properties: {a: {type: string}, b: {type: integer}}
    required: [a, b]
    if: {properties: {a: {const: x}}, required: [a]}
    then: {properties: {b: {minimum: 5}}}
  Patterned:
    properties: {known: {type: integer}}
    patternProperties: {"^x-": {type: string}}
  Open:
    properties: {known: {type: integer}}
    additionalProperties: {type: string}
    propertyNames: {maxLength: 10}
"""


@pytest.fixture(scope="module")
def plan(generate: Callable[[str], ModuleType]) -> ModuleType:
    return generate(PLAN)


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    with capture() as bodies:
        yield bodies


def everything(plan: ModuleType, **given: object) -> Any:
    """Return the one property that was sent, or the violations."""
    try:
        with capture() as sent:
            plan.track_everything("user-123", **given)
    except PlanViolation as violation:
        return list(violation.violations)
    assert len(sent) == 1
    properties: Any = sent[0]["properties"]
    return properties[next(iter(given))] if given else properties


def refused(result: object, keyword: str) -> bool:
    return isinstance(result, list) and [v.keyword for v in result] == [keyword]


class Colour(Enum):
    TWO = "two"


class Word(StrEnum):
    TWO = "two"


class Number(IntEnum):
    ONE = 1


class Text(str):
    __slots__ = ()


# --- Numbers ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["whole", "number", "fixed", "level"])
def test_true_is_no_number(plan: ModuleType, name: str) -> None:
    result = everything(plan, **{name: True})
    assert [violation.path for violation in result] == [name]


def test_a_number_is_no_boolean(plan: ModuleType) -> None:
    assert refused(everything(plan, flag=1), "type")


@pytest.mark.parametrize("name", ["whole", "fixed", "level"])
def test_1_0_is_the_integer_1(plan: ModuleType, name: str) -> None:
    assert everything(plan, **{name: 1.0}) == 1


def test_1_and_1_0_are_equal_items_and_true_is_another(plan: ModuleType) -> None:
    assert refused(everything(plan, unique=[1, 1.0]), "uniqueItems")
    assert everything(plan, unique=[1, True, [1], [True]]) == [1, True, [1], [True]]


@pytest.mark.parametrize("name", ["number", "any", "whole"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("sNaN")])
def test_what_is_not_finite_is_refused(
    plan: ModuleType, name: str, value: object
) -> None:
    assert refused(everything(plan, **{name: value}), "type")


def test_a_nested_nan_is_refused(plan: ModuleType) -> None:
    [violation] = everything(plan, any={"a": [float("nan")]})
    assert violation.path == "any.a[0]"


def test_integers_have_no_upper_end(plan: ModuleType) -> None:
    assert everything(plan, whole=10**40) == 10**40
    assert refused(everything(plan, whole=-(10**5000)), "minimum")


def test_a_decimal_is_a_number(plan: ModuleType) -> None:
    assert everything(plan, number=Decimal("9.90")) == 9.9
    assert repr(everything(plan, whole=Decimal("7"))) == "7"


# --- Texts and what stands for them -----------------------------------------------


def test_lengths_count_code_points(plan: ModuleType) -> None:
    assert everything(plan, text="\U0001f600" * 3) == "\U0001f600" * 3
    assert refused(everything(plan, text="e\u0301" * 2), "maxLength")


@pytest.mark.parametrize("value", [Colour.TWO, Word.TWO, Text("two")])
def test_enums_and_subclasses_of_str_are_their_text(
    plan: ModuleType, value: object
) -> None:
    assert everything(plan, level=value) == "two"


@pytest.mark.parametrize("name", ["short", "narrow", "nested"])
def test_a_type_is_asked_for_where_another_schema_names_it(
    plan: ModuleType, name: str
) -> None:
    assert everything(plan, **{name: "two"}) == "two"
    assert isinstance(everything(plan, **{name: 1.5})[0], Violation)


def test_an_int_enum_is_its_number(plan: ModuleType) -> None:
    assert everything(plan, whole=Number.ONE) == 1


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("moment", datetime(2024, 2, 29, 12, tzinfo=UTC), "2024-02-29T12:00:00Z"),
        (
            "moment",
            datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=2))),
            "2024-02-29T10:00:00Z",
        ),
        ("day", date(2024, 2, 29), "2024-02-29"),
        ("id", UUID(int=0), "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_dates_and_uuids_become_text(
    plan: ModuleType, name: str, value: object, text: str
) -> None:
    assert everything(plan, **{name: value}) == text


def test_a_datetime_needs_a_zone(plan: ModuleType) -> None:
    assert refused(everything(plan, moment=datetime(2024, 1, 1)), "format")


class BrokenZone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        raise ZeroDivisionError


class NoTime(datetime):
    """As pandas.NaT, which is a datetime and has no zone to ask for."""

    def utcoffset(self) -> timedelta:
        raise ValueError


@pytest.mark.parametrize("name", ["moment", "timestamp"])
@pytest.mark.parametrize(
    "value", [datetime(2024, 1, 1, tzinfo=BrokenZone()), NoTime(2024, 1, 1)]
)
def test_a_zone_that_cannot_be_asked_for_is_none(
    plan: ModuleType, name: str, value: datetime
) -> None:
    with pytest.raises(PlanViolation, match=f"{name}: expected a datetime with a time"):
        plan.track_everything("user-123", **{name: value})


class BrokenMapping(dict[str, object]):
    def items(self) -> ItemsView[str, object]:
        raise ZeroDivisionError


def test_what_cannot_be_judged_is_counted(plan: ModuleType) -> None:
    before = current().stats()
    outcome = plan.track_everything("user-123", any=BrokenMapping())
    assert outcome.reason == "not_judged"
    assert current().stats().set_aside == before.set_aside + 1


def test_a_datetime_before_the_year_1_is_refused(plan: ModuleType) -> None:
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=3)))
    assert refused(everything(plan, moment=early), "format")


# --- Containers -------------------------------------------------------------------


def test_a_tuple_is_an_array(plan: ModuleType) -> None:
    assert everything(plan, tags=("a", "b")) == ["a", "b"]


def test_a_mapping_is_an_object(plan: ModuleType) -> None:
    assert everything(plan, map=OrderedDict(a=1)) == {"a": 1}
    assert everything(plan, map={Text("a"): 1}) == {"a": 1}


@pytest.mark.parametrize("value", [{1}, b"a", bytearray(b"a"), object(), len, 1j])
@pytest.mark.parametrize("name", ["any", "tags", "text"])
def test_what_is_not_json_is_refused(
    plan: ModuleType, name: str, value: object
) -> None:
    assert refused(everything(plan, **{name: value}), "type")


def test_keys_must_be_text(plan: ModuleType) -> None:
    assert refused(everything(plan, map={1: 1}), "type")
    assert refused(everything(plan, any={None: 1}), "type")


def deep(levels: int, key: str) -> dict[str, Any]:
    node: dict[str, Any] = {}
    for _ in range(levels):
        node = {key: [node] if key == "kids" else node}
    return node


@pytest.mark.parametrize("name", ["any", "node"])
@pytest.mark.parametrize("key", ["next", "kids"])
@pytest.mark.parametrize("levels", [130, 300, 2000, 100_000])
def test_data_nested_too_deep_is_refused(
    plan: ModuleType, name: str, key: str, levels: int
) -> None:
    assert refused(everything(plan, **{name: deep(levels, key)}), "type")


@pytest.mark.parametrize("name", ["any", "node"])
def test_data_nested_fifty_deep_is_sent(plan: ModuleType, name: str) -> None:
    assert everything(plan, **{name: deep(50, "next")}) == deep(50, "next")


def test_a_full_stack_refuses_and_does_not_raise(plan: ModuleType) -> None:
    def call(frames: int) -> Any:
        return call(frames - 1) if frames else everything(plan, node=deep(100, "next"))

    results = [call(frames) for frames in range(500, 800, 50)]
    assert all(isinstance(result, dict | list) for result in results)


@pytest.mark.parametrize("name", ["any", "node", "either", "unique"])
def test_circular_data_is_refused(plan: ModuleType, name: str) -> None:
    node: dict[str, Any] = {}
    node["next"] = node
    node["kids"] = [node]
    value = [node] if name in ("either", "unique") else node
    result = everything(plan, **{name: value})
    assert {violation.got for violation in result} == {"a circular reference"}


def test_a_class_named_as_a_builtin_is_told_from_it(plan: ModuleType) -> None:
    numpy_s = type("bool", (), {"__module__": "numpy"})
    (violation,) = everything(plan, flag=numpy_s())
    assert violation.got == "a numpy.bool"


def test_the_payload_shares_nothing_with_the_caller(plan: ModuleType) -> None:
    given: dict[str, Any] = {
        "tags": ["a"],
        "lines": [{"sku": "a"}],
        "map": {"a": 1},
        "any": {"a": [{"b": []}]},
        "node": {"kids": [{}]},
        "either": [{"next": {}}],
        "unique": [[1]],
    }
    before = json.dumps(given)
    records: list[Any] = []
    with current().diverted(records.append):
        plan.track_everything("user-123", **given)
    given["tags"].append("b")
    given["lines"][0]["sku"] = "b"
    given["map"]["a"] = 2
    given["any"]["a"][0]["b"].append(1)
    given["node"]["kids"][0]["next"] = {}
    given["either"][0]["next"]["next"] = {}
    given["unique"][0].append(2)
    assert records[0].data == json.loads(before)


# --- Omitted and null -------------------------------------------------------------


def test_omitted_is_not_sent_and_none_is_null(plan: ModuleType) -> None:
    assert everything(plan) == {}
    assert everything(plan, nullable=None) is None
    assert everything(plan, level=None) is None
    assert refused(everything(plan, text=None), "type")


def test_unset_is_omitted(plan: ModuleType) -> None:
    with capture() as sent:
        plan.track_everything("user-123", text=plan.UNSET, whole=1)
    assert [body["properties"] for body in sent] == [{"whole": 1}]


def test_unset_for_a_required_property_is_a_violation(plan: ModuleType) -> None:
    with capture(), pytest.raises(PlanViolation) as caught:
        plan.track_two_needed("user-123", a="a", b=plan.UNSET)
    assert [v.keyword for v in caught.value.violations] == ["required"]


def test_unset_inside_data_is_refused(plan: ModuleType) -> None:
    assert refused(everything(plan, any=[plan.UNSET]), "type")


# --- Who, when, and what else -----------------------------------------------------


@pytest.mark.parametrize("user", ["", "  ", 5, None, b"u"])
def test_a_user_id_is_text_that_is_not_blank(plan: ModuleType, user: object) -> None:
    with capture() as sent, pytest.raises(PlanViolation, match="userId"):
        plan.track_everything(user)
    assert sent == []


def test_a_group_has_an_id_of_its_own(
    plan: ModuleType, sent: list[dict[str, Any]]
) -> None:
    plan.group_user("user-123", "company-456", name="Acme")
    assert (sent[0]["groupId"], sent[0]["traits"]) == ("company-456", {"name": "Acme"})
    with pytest.raises(PlanViolation, match="groupId"):
        plan.group_user("user-123", " ", name="Acme")


def test_a_timestamp_has_a_zone(plan: ModuleType, sent: list[dict[str, Any]]) -> None:
    plan.track_everything("user-123", timestamp=datetime(2024, 2, 29, tzinfo=UTC))
    assert sent[0]["timestamp"] == "2024-02-29T00:00:00.000Z"
    for wrong in (datetime(2024, 2, 29), "2024-02-29T00:00:00Z", 0):
        with pytest.raises(PlanViolation, match="timestamp"):
            plan.track_everything("user-123", timestamp=wrong)
    assert len(sent) == 1


def test_additional_properties_are_validated(
    plan: ModuleType, sent: list[dict[str, Any]]
) -> None:
    plan.track_open("user-123", known=1, additional_properties={"other": "x"})
    assert sent[0]["properties"] == {"other": "x", "known": 1}
    wrong: list[Any] = [{"other": 1}, {"a name too long": "x"}, {"known": "x"}, "text"]
    for additional in wrong:
        with pytest.raises(PlanViolation):
            plan.track_open("user-123", known=1, additional_properties=additional)
    assert len(sent) == 1


def test_additional_properties_of_a_closed_event_fit_a_pattern(
    plan: ModuleType, sent: list[dict[str, Any]]
) -> None:
    plan.track_patterned("user-123", known=1, additional_properties={"x-a": "y"})
    assert sent[0]["properties"] == {"x-a": "y", "known": 1}
    for wrong in ({"x-a": 1}, {"other": "y"}):
        with pytest.raises(PlanViolation):
            plan.track_patterned("user-123", additional_properties=wrong)


# --- Violations -------------------------------------------------------------------


def test_a_violation_names_everything_that_is_wrong(plan: ModuleType) -> None:
    result = everything(plan, text="x", whole=0, lines=[{"sku": 1}, {"other": 1}])
    assert [(v.path, v.keyword) for v in result] == [
        ("text", "minLength"),
        ("whole", "minimum"),
        ("lines[0].sku", "type"),
        ("lines[1].sku", "required"),
        ("lines[1].other", "additionalProperties"),
    ]
    assert result[1] == Violation("Everything", "whole", "minimum", "at least 1", "0")


def test_rules_over_several_properties_hold(plan: ModuleType) -> None:
    with capture() as sent:
        plan.track_two_needed("user-123", a="y", b=1)
        plan.track_two_needed("user-123", a="x", b=5)
        with pytest.raises(PlanViolation, match="b: expected at least 5, got 1"):
            plan.track_two_needed("user-123", a="x", b=1)
    assert len(sent) == 2


@pytest.mark.parametrize(
    "traits",
    [
        {"email": "SECRET"},
        {"email": ["SECRET"]},
        {"email": {"SECRET"}},
        {"contacts": {"SECRET": "SECRET"}},
        {"contacts": {"SECRET": 5}},
        {"contacts": {"SECRET": float("nan")}},
        {"contacts": "SECRET"},
    ],
)
def test_personal_data_is_never_in_a_message(
    plan: ModuleType, traits: dict[str, Any]
) -> None:
    with capture(), pytest.raises(PlanViolation) as caught:
        plan.identify_user("user-123", **traits)
    assert "SECRET" not in str(caught.value) + repr(caught.value.violations)


def test_a_place_below_personal_data_is_named(plan: ModuleType) -> None:
    with capture(), pytest.raises(PlanViolation) as caught:
        plan.identify_user("user-123", home={"street": "", "rooms": [1, "x"]})
    paths = [violation.path for violation in caught.value.violations]
    assert paths == ["home.street", "home.rooms[1]"]


@pytest.fixture
def on_violation() -> Iterator[Callable[[Any], None]]:
    """Return what sets the shared client's `on_violation`, outside `capture()`."""
    client = current()
    before = client.settings.on_violation

    def set_to(mode: Any) -> None:
        client.configure(on_violation=mode, deliver=False)

    yield set_to
    client.configure(on_violation=before)


@pytest.mark.parametrize(("mode", "set_aside"), [("log", "violation"), ("send", "")])
def test_a_violation_is_logged_and_the_caller_goes_on(
    plan: ModuleType,
    on_violation: Callable[[Any], None],
    caplog: pytest.LogCaptureFixture,
    mode: str,
    set_aside: str,
) -> None:
    on_violation(mode)
    before = current().stats()
    plan.track_everything("user-123", text="x", whole=0)
    after = current().stats()
    assert caplog.record_tuples == [
        (
            "trackplan",
            logging.ERROR,
            "Everything: 2 violations\n"
            "  text: expected at least 2 characters, got 1 character\n"
            "  whole: expected at least 1, got 0",
        )
    ]
    assert after.violations - before.violations == 1
    reason = set_aside or "not_delivering"
    assert after.reasons[reason] - before.reasons.get(reason, 0) == 1


def test_a_violation_without_a_user_is_never_sent(
    plan: ModuleType, on_violation: Callable[[Any], None]
) -> None:
    on_violation("send")
    before = current().stats().reasons.get("violation", 0)
    plan.track_everything("")
    assert current().stats().reasons["violation"] - before == 1


def test_a_violation_without_a_moment_is_not_dated_today(
    plan: ModuleType, on_violation: Callable[[Any], None]
) -> None:
    on_violation("send")
    before = current().stats().reasons.get("violation", 0)
    plan.track_everything("user-123", timestamp=datetime(2020, 1, 1))
    assert current().stats().reasons["violation"] - before == 1


def test_a_violation_raises_where_that_is_asked_for(
    plan: ModuleType, on_violation: Callable[[Any], None]
) -> None:
    on_violation("raise")
    with pytest.raises(PlanViolation):
        plan.track_everything("user-123", whole=0)


def test_a_violation_is_handed_to_a_callable(
    plan: ModuleType, on_violation: Callable[[Any], None]
) -> None:
    handed: list[PlanViolation] = []
    on_violation(handed.append)
    plan.track_everything("user-123", whole=0)
    assert [one.violations[0].path for one in handed] == ["whole"]


def test_what_a_callable_raises_never_reaches_the_caller(
    plan: ModuleType,
    on_violation: Callable[[Any], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_: PlanViolation) -> None:
        raise KeyError("x")

    on_violation(broken)
    plan.track_everything("user-123", whole=0)
    assert "on_violation raised KeyError for Everything: 1 violation" in caplog.text
