"""Common calls are proved valid by the generated condition, without the schema."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime import PlanViolation
from trackplan.runtime.contract import as_json
from trackplan.runtime.convert import to_json
from trackplan.runtime.values import Finding
from trackplan.testing import capture

NODE: dict[str, Any] = {
    "type": "object",
    "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
}
CARD: dict[str, Any] = {
    "type": "object",
    "properties": {"kind": {"const": "card"}, "last4": {"type": "string"}},
    "required": ["kind"],
}
WIRE: dict[str, Any] = {
    "type": "object",
    "properties": {"kind": {"const": "wire"}},
    "required": ["kind"],
}
PROVED: list[tuple[Any, Any]] = [
    ({"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^a"}, "ab"),
    ({"type": "string", "format": "email"}, "jane@example.com"),
    ({"type": ["number", "null"], "minimum": 0}, 1.5),
    ({"type": ["number", "null"], "minimum": 0}, None),
    ({"type": "integer", "multipleOf": 5}, 10),
    ({"enum": ["free", 1, None, True]}, 1),
    ({}, {"a": [1, "b", None]}),
    ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, [1, 2]),
    ({"prefixItems": [{"type": "string"}, {"type": "integer"}]}, ["a", 1, None]),
    ({"type": "array", "prefixItems": [{}], "items": False}, [1]),
    ({"type": "array", "contains": {"minimum": 5}}, [1, "a", 5]),
    ({"type": "array", "contains": {"const": 1}, "minContains": 2}, [1, 2, 1]),
    ({"type": "array", "contains": {"minimum": 5}, "maxContains": 1}, [1, 5]),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}),
    ({"type": "object", "patternProperties": {"^a": {"type": "integer"}}}, {"ab": 1}),
    (
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "patternProperties": {"^b": {"type": "integer"}},
            "additionalProperties": False,
        },
        {"a": "a", "bc": 1},
    ),
    ({"type": "object", "propertyNames": {"maxLength": 2}}, {"ab": 1}),
    ({"type": "object", "minProperties": 1, "maxProperties": 2}, {"ab": 1}),
    ({"type": "array", "items": CARD}, [{"kind": "card", "last4": "1234"}]),
    ({"oneOf": [CARD, WIRE]}, {"kind": "wire"}),
    ({"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, {"kids": [{}]}),
    ({"allOf": [{"type": "integer"}, {"minimum": 3}]}, 3),
    ({"not": {"type": "string"}}, 5),
    ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"const": 1}}, "ab"),
    ({"type": "object", "dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 2}),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 2}),
    ({"$ref": "#/$defs/node"}, {"kids": [{"kids": []}]}),
]


@pytest.fixture(scope="module")
def plan(generate: Callable[[str], ModuleType]) -> ModuleType:
    events = {
        f"Event {number}": {"properties": {"value": schema}, "required": ["value"]}
        for number, (schema, _) in enumerate(PROVED)
    }
    return generate(
        json.dumps({"trackplan": 1, "$defs": {"node": NODE}, "events": events})
    )


@pytest.mark.parametrize("number", range(len(PROVED)))
def test_a_valid_call_needs_no_schema(plan: ModuleType, number: int) -> None:
    events = importlib.import_module(f"{plan.__name__}.events")
    call = vars(events)[f"_track_event_{number}"]
    value = PROVED[number][1]
    with capture() as sent:
        vars(events)[f"track_event_{number}"]("user-123", value=value)
    assert [body["properties"] for body in sent] == [{"value": value}]
    assert "schema" not in vars(call)


class Colour(Enum):
    RED = "red"


WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=2)))
ID = "0123abcd-0123-4567-89ab-0123456789ab"
CONVERTED: list[tuple[Any, object, object]] = [
    ({"type": "string", "format": "date-time"}, WHEN, "2026-03-02T07:30:00Z"),
    ({"type": ["null", "string"], "format": "date"}, date(2026, 3, 2), "2026-03-02"),
    ({"type": "string", "format": "uuid"}, UUID(ID), ID),
    ({"type": "number", "maximum": 10}, Decimal("9.90"), 9.9),
    ({"type": ["number", "string"]}, Decimal(7), 7),
    ({"$ref": "#/$defs/moment"}, WHEN, "2026-03-02T07:30:00Z"),
    ({"$ref": "#/$defs/moment", "maxLength": 30}, WHEN, "2026-03-02T07:30:00Z"),
    (
        {"anyOf": [{"$ref": "#/$defs/moment"}, {"type": "null"}]},
        WHEN,
        "2026-03-02T07:30:00Z",
    ),
    ({"type": "array", "items": {"type": "string"}}, ("a", "b"), ["a", "b"]),
    ({"type": ["array", "null"], "items": {"type": "number"}}, [Decimal(7)], [7]),
    ({"type": ["array", "string"], "items": {"type": "number"}}, (Decimal(7),), [7]),
    ({"$ref": "#/$defs/lines"}, [{"price": Decimal("9.5")}], [{"price": 9.5}]),
    (
        {"type": "object", "properties": {"at": {"$ref": "#/$defs/moment"}}},
        {"at": WHEN},
        {"at": "2026-03-02T07:30:00Z"},
    ),
    (
        {
            "type": "object",
            "additionalProperties": {"type": "string", "format": "uuid"},
        },
        {"a": UUID(ID)},
        {"a": ID},
    ),
    (
        {"anyOf": [{"$ref": "#/$defs/lines"}, {"type": "null"}]},
        ({"price": Decimal(1)},),
        [{"price": 1}],
    ),
]
LINES = {
    "type": "array",
    "items": {"type": "object", "properties": {"price": {"type": "number"}}},
}


@pytest.mark.parametrize(("schema", "value", "json_"), CONVERTED)
@pytest.mark.parametrize("required", [["datetime"], []])
def test_what_stands_for_json_needs_no_schema(
    generate: Callable[[str], ModuleType],
    schema: dict[str, object],
    value: object,
    json_: object,
    required: list[str],
) -> None:
    event = {"properties": {"datetime": schema}, "required": required}
    shared = {"moment": {"type": "string", "format": "date-time"}, "lines": LINES}
    plan = {"trackplan": 1, "$defs": shared, "events": {"A Done": event}}
    events = importlib.import_module(f"{generate(json.dumps(plan)).__name__}.events")
    with capture() as sent:
        events.track_a_done("user-123", datetime=value)
    assert [body["properties"] for body in sent] == [{"datetime": json_}]
    assert "schema" not in vars(events._track_a_done)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.text()
        | st.decimals(allow_nan=False, allow_infinity=False, places=2)
        | st.datetimes(timezones=st.just(UTC))
        | st.dates()
        | st.uuids(),
        lambda inner: (
            st.lists(inner)
            | st.lists(inner).map(tuple)
            | st.dictionaries(st.text(), inner)
        ),
    )
)
def test_the_quick_conversion_is_the_one_that_judges(value: object) -> None:
    problems: list[Finding] = []
    assert repr(as_json(value)) == repr(to_json(value, problems))
    assert not problems


@pytest.mark.parametrize(
    "value", [[datetime(2026, 3, 2)], [Decimal("NaN")], [{1, 2}], [Colour.RED]]
)
def test_what_the_quick_conversion_does_not_know_stays(value: object) -> None:
    assert as_json(value) == value


@pytest.mark.parametrize("keyword", [{"enum": [{"m": "x"}]}, {"const": {"m": "x"}}])
def test_what_is_listed_for_the_whole_event_is_kept(
    generate: Callable[[str], ModuleType], keyword: dict[str, object]
) -> None:
    event = {"properties": {"m": {"type": "string"}}, **keyword}
    package = generate(json.dumps({"trackplan": 1, "events": {"A Done": event}}))
    with capture() as sent:
        package.track_a_done("u", m="x")
        with pytest.raises(PlanViolation, match="expected"):
            package.track_a_done("u", m="y")
    assert len(sent) == 1


def test_a_schema_is_read_for_what_was_not_proved(plan: ModuleType) -> None:
    events = importlib.import_module(f"{plan.__name__}.events")
    with capture():
        events.track_event_4("user-123", value=10.0)
    assert "schema" in vars(vars(events)["_track_event_4"])
