from __future__ import annotations

import threading

import pytest

from trackplan import pytest_plugin
from trackplan.runtime.client import Client, current
from trackplan.runtime.wire import Record
from trackplan.testing import capture

tracked = pytest_plugin.tracked


def call(event: str = "Report Exported", **properties: object) -> None:
    current().accept(Record("track", "user-123", None, event, properties, 0.0))


def test_capture_collects_wire_bodies() -> None:
    with capture() as sent:
        call(format="csv")
    assert sent == [
        {
            "type": "track",
            "userId": "user-123",
            "source": "userlens-restapi",
            "event": "Report Exported",
            "properties": {"format": "csv"},
            "timestamp": "1970-01-01T00:00:00.000Z",
        }
    ]


def test_capture_keeps_what_was_sent_when_the_caller_changes_it_later() -> None:
    seats = [1]
    with capture() as sent:
        call(seats=seats)
        seats.append(2)
    assert sent[0]["properties"] == {"seats": [1]}


def test_the_inner_capture_collects() -> None:
    with capture() as outer, capture() as inner:
        call()
    assert (len(outer), len(inner)) == (0, 1)


def test_the_outer_capture_goes_on_after_the_inner() -> None:
    with capture() as outer:
        with capture():
            pass
        call()
    assert len(outer) == 1


def test_capture_ends_with_its_block() -> None:
    with capture() as sent:
        pass
    call()
    assert sent == []


def test_capture_ends_when_its_block_raises() -> None:
    with pytest.raises(RuntimeError), capture() as sent:
        raise RuntimeError
    call()
    assert sent == []


def test_capture_collects_from_every_thread() -> None:
    with capture() as sent:
        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(sent) == 8


def test_inside_a_capture_violations_raise() -> None:
    client = Client(on_violation="log")
    with client.diverted(lambda _record: None):
        assert client.settings.on_violation == "raise"


def test_after_a_capture_violations_are_handled_as_before() -> None:
    client = Client(on_violation="log")
    with client.diverted(lambda _record: None):
        pass
    assert client.settings.on_violation == "log"


def test_captured_calls_are_not_counted() -> None:
    before = current().stats()
    with capture():
        call()
    assert current().stats() == before


def test_the_fixture_collects(tracked: list[dict[str, object]]) -> None:
    call()
    assert [body["event"] for body in tracked] == ["Report Exported"]
