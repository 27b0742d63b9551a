from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from trackplan import runtime
from trackplan.runtime import client as clients
from trackplan.runtime.calls import Call, Definitions
from trackplan.runtime.client import Client
from trackplan.runtime.delivery.transport import MemoryTransport
from trackplan.runtime.errors import PlanViolation

Call(
    "track",
    "Forward Tested",
    '{"required": ["n"], "properties": {"n": {"type": "integer"}}, "additionalProperties": false}',
    Definitions({}),
)
for property_ in ("a", "b"):  # as two packages with an event of one name make them
    Call(
        "track",
        "Twice Planned",
        f'{{"properties": {{"{property_}": true}}, "additionalProperties": false}}',
        Definitions({}),
    )
Configure = Callable[..., None]
PAGE_VIEW = {"event": "$ul_pageview", "properties": {"$ul_url": "/pricing"}}


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryTransport]:
    transport = MemoryTransport()
    client = Client(write_code="wc-0123456789", transport=transport, on_violation="log")
    monkeypatch.setitem(clients._shared, "client", client)
    yield transport
    client.shutdown(0)


def custom(**properties: object) -> dict[str, object]:
    return {"event": "Forward Tested", "is_raw": False, "properties": properties}


def sent(memory: MemoryTransport) -> list[object]:
    assert runtime.flush(10)
    return [e for r in memory.requests for e in json.loads(r.body)["events"]]


def test_events_arrive_as_the_sdk_made_them(memory: MemoryTransport) -> None:
    runtime.forward_sdk_events([PAGE_VIEW, custom(n="x")])
    assert sent(memory) == [PAGE_VIEW, custom(n="x")]


def test_a_user_is_named_where_the_sdk_named_none(memory: MemoryTransport) -> None:
    named = {**PAGE_VIEW, "userId": "jane"}
    blank = {**PAGE_VIEW, "userId": None}
    runtime.forward_sdk_events([PAGE_VIEW, named, blank], user_id="user-123")
    given = {**PAGE_VIEW, "userId": "user-123"}
    assert sent(memory) == [given, named, given]


def test_the_given_events_are_not_changed(memory: MemoryTransport) -> None:
    event = dict(PAGE_VIEW)
    runtime.forward_sdk_events([event], user_id="user-123")
    assert event == PAGE_VIEW


def test_what_is_no_event_is_set_aside(memory: MemoryTransport) -> None:
    wrong: Any = [{"event": 1}, {"event": "A", "x": object()}, None]
    outcomes = runtime.forward_sdk_events(wrong)
    assert {outcome.reason for outcome in outcomes} == {"not_an_event"}


def test_the_plans_events_can_be_validated(memory: MemoryTransport) -> None:
    events = [custom(n=1, **{"$ul_url": "/"}), custom(n="x"), PAGE_VIEW]
    outcomes = runtime.forward_sdk_events(events, validate=True)
    assert [outcome.reason for outcome in outcomes] == [None, "violation", None]
    assert sent(memory) == [events[0], PAGE_VIEW]


def test_an_event_of_several_plans_has_to_fit_one(memory: MemoryTransport) -> None:
    wanted = [{"event": "Twice Planned", "properties": {name: 1}} for name in "abc"]
    outcomes = runtime.forward_sdk_events(wanted, validate=True)
    assert [outcome.reason for outcome in outcomes] == [None, None, "violation"]


def test_a_browser_does_not_decide_what_is_validated(memory: MemoryTransport) -> None:
    raw = {**custom(n="x"), "is_raw": True}
    garbage = {"event": "Forward Tested", "properties": "garbage"}
    outcomes = runtime.forward_sdk_events([raw, garbage], validate=True)
    assert [outcome.reason for outcome in outcomes] == ["violation", "not_an_event"]


def test_a_violation_raises_after_the_last_event(memory: MemoryTransport) -> None:
    runtime.configure(on_violation="raise")
    with pytest.raises(PlanViolation, match="n: expected"):
        runtime.forward_sdk_events([custom(n="x"), PAGE_VIEW], validate=True)
    assert sent(memory) == [PAGE_VIEW]
