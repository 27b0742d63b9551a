"""What is found wrong with a request body, in the words of the API's documentation."""

from __future__ import annotations

import pytest

from trackplan.collector.decode import MAX_DEPTH, decode
from trackplan.collector.protocol import Finding, event_findings, raw_findings
from trackplan.runtime.values import Json

SOURCE = "userlens-restapi"
IDENTIFY: dict[str, Json] = {
    "type": "identify",
    "userId": "user-123",
    "source": SOURCE,
    "traits": {"plan": "pro"},
}
GROUP: dict[str, Json] = {
    "type": "group",
    "groupId": "company-456",
    "userId": "user-123",
    "source": SOURCE,
    "traits": {"name": "Acme"},
}
TRACK: dict[str, Json] = {
    "type": "track",
    "userId": "user-123",
    "source": SOURCE,
    "event": "Subscription Upgraded",
    "properties": {"revenue": 99.0},
    "timestamp": "2025-01-31T12:00:00.000Z",
}


def without(body: dict[str, Json], *fields: str) -> dict[str, Json]:
    return {name: value for name, value in body.items() if name not in fields}


@pytest.mark.parametrize("body", [IDENTIFY, GROUP, TRACK], ids=lambda b: b["type"])
def test_a_documented_body_has_no_finding(body: Json) -> None:
    assert event_findings(body) == []


@pytest.mark.parametrize(
    "body",
    [without(GROUP, "traits"), without(TRACK, "properties", "timestamp")],
    ids=["group", "track"],
)
def test_what_is_optional_may_be_left_out(body: Json) -> None:
    assert event_findings(body) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([IDENTIFY], "The body is an array of 1; send one JSON object."),
        ("text", "The body is a string; send one JSON object."),
        (
            {**TRACK, "type": "page"},
            '`type` is "page"; send one of "identify", "group", "track".',
        ),
        (
            without(TRACK, "type"),
            '`type` is missing; send one of "identify", "group", "track".',
        ),
        (
            {**TRACK, "userId": " "},
            "`userId` is blank; send a string that is not blank.",
        ),
        (
            without(TRACK, "userId"),
            "`userId` is missing; send a string that is not blank.",
        ),
        (
            {**TRACK, "userId": True},
            "`userId` is true; send a string that is not blank.",
        ),
        (
            without(GROUP, "groupId"),
            "`groupId` is missing; send a string that is not blank.",
        ),
        (
            {**TRACK, "event": ""},
            "`event` is blank; send the name of the event as a string.",
        ),
        (
            without(TRACK, "event"),
            "`event` is missing; send the name of the event as a string.",
        ),
        (
            {**TRACK, "properties": None},
            "`properties` is null; send an object, {} if empty.",
        ),
        (
            {**IDENTIFY, "traits": [1, 2]},
            "`traits` is an array of 2; send an object, {} if empty.",
        ),
    ],
)
def test_a_body_the_api_cannot_take_is_refused_in_any_mode(
    body: Json, text: str
) -> None:
    assert event_findings(body) == [Finding(text, fatal=True)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (without(IDENTIFY, "source"), f'`source` is missing; send "{SOURCE}".'),
        (
            {**TRACK, "source": "userlens-sdk-py"},
            f'`source` is "userlens-sdk-py"; send "{SOURCE}".',
        ),
        (
            without(IDENTIFY, "traits"),
            "`traits` is missing; send an object, {} if empty.",
        ),
        ({**TRACK, "userId": 42}, "`userId` is 42; send it in quotes."),
        (
            {**TRACK, "timestamp": "2025-01-31T13:00:00+01:00"},
            '`timestamp` is "2025-01-31T13:00:00+01:00"; '
            "send UTC as in 2025-01-31T12:00:00.000Z, or leave it out.",
        ),
        (
            {**TRACK, "colour": "red"},
            '"colour" is not a field of `track`; '
            "leave it out, or move it into `properties`.",
        ),
        (
            {**IDENTIFY, "email": "jane@example.com"},
            '"email" is not a field of `identify`; '
            "leave it out, or move it into `traits`.",
        ),
    ],
)
def test_a_habit_of_clients_is_refused_in_strict_mode_only(
    body: Json, text: str
) -> None:
    assert event_findings(body) == [Finding(text, fatal=False)]


def test_every_field_that_falls_short_is_found() -> None:
    assert len(event_findings({"type": "group", "traits": 1, "extra": 1})) == 5


@pytest.mark.parametrize(
    "timestamp",
    ["2025-02-30T12:00:00Z", "2025-01-31", "now", 1738324800],
)
def test_a_timestamp_that_is_no_utc_time_is_found(timestamp: Json) -> None:
    assert len(event_findings({**TRACK, "timestamp": timestamp})) == 1


def test_what_the_browser_sdk_sends_has_no_finding() -> None:
    events: Json = [
        {"event": "/html/a", "is_raw": True, "snapshot": [{}], "properties": {}},
        {"event": "Report Exported", "is_raw": False, "userId": "user-123"},
        {"event": "$ul_pageview", "properties": {"$ul_page": "/"}},
    ]
    assert raw_findings({"events": events}) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], 'The body is a bare array; send it as {"events": [...]}.'),
        (None, 'The body is null; send {"events": [...]}.'),
        ({}, "`events` is missing; send an array of events."),
        ({"events": ["click"]}, '`events[0]` is "click"; send an object.'),
        (
            {"events": [{"event": "a"}, {"event": "  "}]},
            "`events[1].event` is blank; send the name of the event as a string.",
        ),
        (
            {"events": [{"event": "a", "is_raw": "yes"}]},
            '`events[0].is_raw` is "yes"; send true or false.',
        ),
        (
            {"events": [{"event": "a", "snapshot": {}}]},
            "`events[0].snapshot` is an object with 0 properties; send an array.",
        ),
        (
            {"events": [{"event": "a", "userId": ""}]},
            "`events[0].userId` is blank; send a string that is not blank.",
        ),
    ],
)
def test_forwarded_events_that_fall_short_are_refused(body: Json, text: str) -> None:
    assert raw_findings(body) == [Finding(text)]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b'{"a" 1}',
            "The body is not JSON (Expecting ':' delimiter, line 1, column 6); "
            "send one JSON object.",
        ),
        (b'"\xff"', "Byte 2 of the body is not UTF-8; send JSON as UTF-8."),
        (
            b'{"a": NaN}',
            "The body holds the number `NaN`; send null or a finite number.",
        ),
        (
            b"[-1e999]",
            "The body holds the number `-1e999`; send null or a finite number.",
        ),
        (
            b"9" * 5000,
            "The body holds the number `99999999999999999999…`; "
            "send null or a finite number.",
        ),
        (
            b"[" * 200_000,
            f"The body nests deeper than {MAX_DEPTH} levels; send flatter data.",
        ),
        (
            b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
            f"The body nests deeper than {MAX_DEPTH} levels; send flatter data.",
        ),
    ],
    ids=["syntax", "utf-8", "nan", "infinite", "digits", "recursion", "depth"],
)
def test_bytes_that_are_not_usable_json_are_refused(data: bytes, text: str) -> None:
    assert decode(data) == (data.decode(errors="replace"), [Finding(text)])


def test_json_may_nest_as_deep_as_allowed() -> None:
    _, findings = decode(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert findings == []
