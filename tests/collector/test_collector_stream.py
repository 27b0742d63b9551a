"""The live feed over a real socket: what is told, from where it goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, cast

import httpx
import pytest

from tests.collector.conftest import client_of, track
from trackplan.collector import Server, create_app, feed


class Message(NamedTuple):
    event: str
    id: str
    data: object


def messages(lines: Iterator[str]) -> Iterator[Message]:
    """Read server-sent events as browsers do; comments come as the event `:`."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            data = json.loads(fields.get("data", "null"))
            event = (
                ":" if line == "" and set(fields) == {""} else fields.get("event", "")
            )
            yield Message(event, fields.get("id", ""), data)
            fields = {}


@contextmanager
def listening(
    client: httpx.Client, query: str = "", last: str = ""
) -> Iterator[Iterator[Message]]:
    headers = {"Last-Event-ID": last} if last else {}
    url = f"/api/stream?{query}"
    with client.stream("GET", url, headers=headers, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield messages(answer.iter_lines())


def rows(stream: Iterator[Message]) -> Message:
    return next(one for one in stream if one.event == "rows")


def ids(message: Message) -> list[object]:
    return [one["id"] for one in cast("list[dict[str, object]]", message.data)]


def test_what_is_kept_is_told_first(lenient: httpx.Client) -> None:
    lenient.post("/event", json=track("Signed Up"))
    with listening(lenient) as stream:
        assert ids(rows(stream)) == [1]


def test_what_arrives_is_told_as_it_arrives(lenient: httpx.Client) -> None:
    with listening(lenient) as stream:
        next(one for one in stream if one.event == "summary")
        lenient.post("/event", json=track("Signed Up"))
        (row,) = cast("list[dict[str, object]]", rows(stream).data)
    del row["received_at"]
    assert row == {
        "id": 1,
        "endpoint": "/event",
        "status": 200,
        "type": "track",
        "event": "Signed Up",
        "user_id": "user-123",
        "title": "Signed Up",
        "verdict": "good",
    }


def test_a_listener_goes_on_after_the_last_it_has(lenient: httpx.Client) -> None:
    for _ in range(2):
        lenient.post("/event", json=track("Signed Up"))
    with listening(lenient) as stream:
        place = rows(stream).id
    lenient.post("/event", json=track("Signed Up"))
    with listening(lenient, last=place) as stream:
        told = next(one for one in stream if one.event in ("rows", "renewed"))
    assert (told.event, ids(told)) == ("rows", [3])


@pytest.mark.parametrize("last", ["nonsense", "999999.1", "-1.-1"])
def test_a_listener_from_another_time_is_told_all_anew(
    lenient: httpx.Client, last: str
) -> None:
    lenient.post("/event", json=track("Signed Up"))
    with listening(lenient, last=last) as stream:
        told = [next(stream).event for _ in range(3)]
    assert told == ["", "renewed", "rows"]


def test_a_reset_is_told(lenient: httpx.Client) -> None:
    with listening(lenient) as stream:
        next(one for one in stream if one.event == "summary")
        lenient.post("/api/reset")
        assert next(one for one in stream if one.event).event == "renewed"


def test_only_what_is_asked_for_is_told(planned: httpx.Client) -> None:
    planned.post("/event", json=track("Report Exported"))
    planned.post("/event", json=track("Checkout Started"))
    with listening(planned, "verdict=unplanned") as stream:
        assert ids(rows(stream)) == [2]


def test_a_silent_stream_says_that_it_is_alive(
    lenient: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT", 0.01)
    with listening(lenient) as stream:
        assert next(one for one in stream if one.event == ":")


def test_a_filter_that_is_none_is_refused(lenient: httpx.Client) -> None:
    assert lenient.get("/api/stream?verdict=fine").status_code == 400


def test_there_is_no_room_for_countless_listeners(lenient: httpx.Client) -> None:
    with ExitStack() as open_streams:
        streams = [
            open_streams.enter_context(listening(lenient))
            for _ in range(feed.MOST_LISTENERS)
        ]
        assert [next(one).event for one in streams] == [""] * len(streams)
        assert lenient.get("/api/stream").status_code == 503


def test_one_that_never_reads_stops_nobody(lenient: httpx.Client) -> None:
    url = lenient.base_url
    with socket.create_connection((url.host, url.port or 0)) as slow:
        slow.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(50):
            lenient.post("/event", json=track("x" * 200))
        assert lenient.get("/api/summary").json()["count"] == 50


def test_an_open_stream_does_not_keep_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ExitStack() as stack:
        app = create_app(None, strict=False, write_code=None)
        with Server(app) as server:
            client = stack.enter_context(
                httpx.Client(base_url=server.url, trust_env=False)
            )
            stream = stack.enter_context(listening(client))
            next(stream)
        assert list(stream)[-1].event == "summary"
    assert caplog.records == []


def test_ten_thousand_are_told_whole() -> None:
    app = create_app(None, strict=False, write_code=None)
    with client_of(app) as client:
        client.post("/event", json=track("Signed Up"))
        store = app.state.collected.store
        arrival = store.get(1)
        for _ in range(9_999):
            store.add(arrival)
        told: list[object] = []
        with listening(client) as stream:
            while len(told) < 10_000:
                told += ids(rows(stream))
    assert told == list(range(1, 10_001))
