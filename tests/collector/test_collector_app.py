"""The collector over HTTP: what it answers, what it keeps, whom it lets in."""

from __future__ import annotations

import base64
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import httpx
import pytest
from starlette.routing import Route

from tests.collector.conftest import client_of
from trackplan.collector import Server, create_app
from trackplan.collector.app import MAX_BODY
from trackplan.collector.decode import MAX_DEPTH
from trackplan.model import Plan, Schema
from trackplan.runtime.errors import ConfigurationError

CODE = "fake-write-code-0001"
TRACK = {
    "type": "track",
    "userId": "user-123",
    "source": "userlens-restapi",
    "event": "Subscription Upgraded",
    "properties": {"toPlan": "pro", "revenue": 99.0},
}
IDENTIFY = {
    "type": "identify",
    "userId": "user-123",
    "source": "userlens-restapi",
    "traits": {"plan": "pro"},
}
GROUP = {
    "type": "group",
    "groupId": "company-456",
    "userId": "user-123",
    "source": "userlens-restapi",
}


def entries(client: httpx.Client) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", client.get("/api/events").json()["events"])


def basic(credentials: str) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


# --- Answers and entries ----------------------------------------------------------


def test_a_documented_body_is_taken(strict: httpx.Client) -> None:
    answer = strict.post("/event", json=TRACK)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_what_arrived_is_kept_as_it_came(lenient: httpx.Client) -> None:
    lenient.post("/event", json=TRACK)
    (entry,) = entries(lenient)
    del entry["received_at"]
    assert entry == {
        "id": 1,
        "endpoint": "/event",
        "status": 200,
        "type": "track",
        "event": "Subscription Upgraded",
        "user_id": "user-123",
        "body": TRACK,
        "verdict": "good",
        "violations": [],
        "problems": [],
        "write_code": "0001",
    }


def test_the_time_of_receipt_is_in_utc(lenient: httpx.Client) -> None:
    lenient.post("/event", json=TRACK)
    received_at = str(entries(lenient)[0]["received_at"])
    assert received_at.endswith("Z")
    assert datetime.fromisoformat(received_at).utcoffset() == timedelta(0)


def test_entries_stand_oldest_first(lenient: httpx.Client) -> None:
    lenient.post("/event", json=IDENTIFY)
    lenient.post("/event", json=TRACK)
    kept = [(entry["id"], entry["type"]) for entry in entries(lenient)]
    assert kept == [(1, "identify"), (2, "track")]


def test_only_the_last_are_kept_when_the_room_is_used_up() -> None:
    with client_of(create_app(None, strict=False, write_code=None, limit=2)) as client:
        for _ in range(3):
            client.post("/event", json=TRACK)
        assert [entry["id"] for entry in entries(client)] == [2, 3]


def test_concurrent_requests_are_all_numbered(lenient: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: lenient.post("/event", json=TRACK), range(80)))
    assert [entry["id"] for entry in entries(lenient)] == list(range(1, 81))


def test_health(lenient: httpx.Client) -> None:
    assert lenient.get("/healthz").json() == {"status": "ok"}


# --- Refusals ---------------------------------------------------------------------


def test_a_refusal_says_everything_that_is_wrong(strict: httpx.Client) -> None:
    answer = strict.post("/event", json={**TRACK, "userId": 42, "source": "x"})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "the request is refused",
        "problems": [
            "`userId` is 42; send it in quotes.",
            '`source` is "x"; send "userlens-restapi".',
        ],
    }


def test_a_refused_body_is_kept_with_its_problems(lenient: httpx.Client) -> None:
    answer = lenient.post("/event", json={**TRACK, "userId": ""})
    (entry,) = entries(lenient)
    assert (entry["status"], entry["verdict"]) == (400, "refused")
    assert entry["problems"] == answer.json()["problems"]


def test_what_is_not_json_is_kept_as_text(lenient: httpx.Client) -> None:
    answer = lenient.post("/event", content=b'{"revenue": NaN}')
    assert answer.status_code == 400
    assert entries(lenient)[0]["body"] == '{"revenue": NaN}'


def test_half_a_surrogate_pair_can_be_shown(lenient: httpx.Client) -> None:
    lenient.post("/event", content=b'{"type": "\\ud800"}')
    answer = lenient.get("/api/events")
    assert b'"type": "\\ud800"' in answer.content


def test_the_largest_body_is_taken(lenient: httpx.Client) -> None:
    start = b'{"events": []'
    body = start + b" " * (MAX_BODY - len(start) - 1) + b"}"
    assert lenient.post("/raw/event", content=body).status_code == 200


def test_a_larger_body_is_refused_and_noted(lenient: httpx.Client) -> None:
    answer = lenient.post("/event", content=b" " * (MAX_BODY + 1))
    (entry,) = entries(lenient)
    assert answer.status_code == 413
    assert (entry["status"], entry["verdict"], entry["body"]) == (413, "refused", None)


def test_a_larger_body_is_refused_without_a_length(lenient: httpx.Client) -> None:
    chunks = (b" " * 65536 for _ in range(64))
    assert lenient.post("/event", content=chunks).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/event/", 404), ("POST", "/v1/event", 404), ("GET", "/event", 405)],
)
def test_a_wrong_address_is_answered_in_json(
    lenient: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = lenient.request(method, path)
    assert answer.status_code == status
    assert answer.json()["problems"] == [
        f"`{method} {path}` is not served here; "
        "send `POST /event`, `POST /raw/event` or `GET /api/events`."
    ]


def test_a_client_that_leaves_early_does_no_harm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Server(create_app(None, strict=False, write_code=None)) as server:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port or 0)) as early:
            head = "POST /event HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"
            early.sendall(f"{head}Authorization: {basic('x:')}\r\n\r\n{{".encode())
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            assert entries(client) == []
    assert caplog.records == []


# --- The Write Code ---------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer fake",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff:").decode(),
        basic("no-colon"),
        basic(":"),
        basic(" :"),
        basic("fake:password"),
    ],
)
def test_a_request_without_a_write_code_is_unauthorized(
    lenient: httpx.Client, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    url = lenient.base_url.join("/event")
    answer = httpx.post(url, json=TRACK, headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert entries(lenient) == []


def test_a_wrong_write_code_is_unauthorized_and_leaves_no_trace() -> None:
    app = create_app(None, strict=False, write_code="fake-write-code-0002")
    with client_of(app) as client:
        assert client.post("/event", json=TRACK).status_code == 401
        assert entries(client) == []


def test_the_expected_write_code_is_taken() -> None:
    with client_of(create_app(None, strict=False, write_code=CODE)) as client:
        assert client.post("/event", json=TRACK).status_code == 200


def test_a_blank_expected_write_code_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="blank"):
        create_app(None, strict=False, write_code=" ")


def test_a_short_write_code_is_not_shown_at_all(lenient: httpx.Client) -> None:
    lenient.post("/event", json=TRACK, auth=("1234567", ""))
    assert entries(lenient)[0]["write_code"] is None


def test_the_write_code_is_neither_shown_nor_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", logger="uvicorn")
    app = create_app(None, strict=True, write_code=CODE)
    with client_of(app) as client:
        client.post("/event", json=TRACK)
        client.post("/event", content=b"{")
        shown = client.get("/api/events").text
    assert CODE not in shown + caplog.text
    assert basic(f"{CODE}:") not in shown + caplog.text


def test_the_write_code_is_not_in_the_repr_of_an_endpoint() -> None:
    app = create_app(None, strict=True, write_code=CODE)
    shown = [repr(route.endpoint) for route in app.routes if isinstance(route, Route)]
    assert CODE not in "".join(shown)


# --- The plan ---------------------------------------------------------------------


def test_an_event_as_planned_is_good(planned: httpx.Client) -> None:
    planned.post("/event", json=TRACK)
    assert entries(planned)[0]["verdict"] == "good"


def test_a_violation_is_taken_and_explained(planned: httpx.Client) -> None:
    properties = {"toPlan": "gold", "revenue": -1}
    answer = planned.post("/event", json={**TRACK, "properties": properties})
    (entry,) = entries(planned)
    assert (answer.status_code, entry["verdict"]) == (200, "violation")
    assert entry["violations"] == [
        {
            "path": "toPlan",
            "keyword": "enum",
            "expected": 'one of "free", "pro"',
            "got": '"gold"',
        },
        {
            "path": "revenue",
            "keyword": "minimum",
            "expected": "at least 0",
            "got": "-1",
        },
    ]


def test_properties_left_out_are_judged_as_empty(planned: httpx.Client) -> None:
    body = {name: value for name, value in TRACK.items() if name != "properties"}
    planned.post("/event", json=body)
    violations = cast("list[dict[str, str]]", entries(planned)[0]["violations"])
    assert [(each["path"], each["keyword"]) for each in violations] == [
        ("toPlan", "required")
    ]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({**TRACK, "event": "Subscription upgraded"}, "unplanned"),
        (IDENTIFY, "good"),
        ({**IDENTIFY, "traits": {"plan": "gold"}}, "violation"),
        (GROUP, "unplanned"),
    ],
    ids=["unknown event", "user traits", "wrong traits", "no group in the plan"],
)
def test_the_verdict_follows_the_plan(
    planned: httpx.Client, body: dict[str, object], verdict: str
) -> None:
    planned.post("/event", json=body)
    assert entries(planned)[0]["verdict"] == verdict


def test_a_recursive_schema_judges_the_deepest_body_taken(plan: Plan) -> None:
    recursive: Schema = {"properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}]}}}
    node = replace(plan.definitions[0], name="node", schema=recursive)
    report = replace(plan.events[0], schema={"$ref": "#/$defs/node"})
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH - 2):
        deep = {"next": deep}
    body = {**TRACK, "event": report.name, "properties": deep}
    planned = replace(plan, definitions=(node,), events=(report,))
    with client_of(create_app(planned, strict=False, write_code=None)) as client:
        assert client.post("/event", json=body).status_code == 200
        assert entries(client)[0]["verdict"] == "good"


def test_forwarded_events_are_kept_unjudged(planned: httpx.Client) -> None:
    body = {"events": [{"event": "$ul_pageview"}]}
    planned.post("/raw/event", json=body)
    (entry,) = entries(planned)
    assert (entry["endpoint"], entry["verdict"]) == ("/raw/event", "forwarded")
    assert entry["body"] == body


# --- The machine ------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:1"])
def test_a_local_host_header_is_taken(lenient: httpx.Client, host: str) -> None:
    assert lenient.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "[::1"]
)
def test_a_foreign_host_header_is_refused(lenient: httpx.Client, host: str) -> None:
    answer = lenient.get("/api/events", headers={"Host": host})
    assert answer.status_code == 400
    assert "`Host` is not this machine" in answer.json()["problems"][0]


def test_any_host_header_is_taken_when_asked() -> None:
    app = create_app(None, strict=False, write_code=None, any_host=True)
    with client_of(app) as client:
        headers = {"Host": "collector.example"}
        assert client.get("/healthz", headers=headers).status_code == 200


def test_no_other_site_may_read_the_answers(lenient: httpx.Client) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS"):
        answer = lenient.request(method, "/api/events", headers=headers)
        assert not [name for name in answer.headers if "access-control" in name]


def test_a_port_in_use_is_named_with_the_cure() -> None:
    app = create_app(None, strict=False, write_code=None)
    with Server(app) as first:
        port = httpx.URL(first.url).port or 0
        in_use = pytest.raises(ConfigurationError, match=f"{port}.*in use; stop")
        with in_use, Server(app, port):
            pass


@pytest.mark.parametrize(
    "signals", [[signal.SIGINT], [signal.SIGINT] * 2, [signal.SIGINT, signal.SIGTERM]]
)
def test_the_foreground_server_ends_quietly_on_ctrl_c(signals: list[int]) -> None:
    program = (
        "from trackplan.collector import create_app, serve\n"
        "app = create_app(None, strict=False, write_code=None)\n"
        "serve(app, '127.0.0.1', 0, lambda url: print(url, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
        for one in signals:
            process.send_signal(one)
        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0
