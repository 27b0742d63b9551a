"""Faults on request: what befalls requests, and what cannot be asked for."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.collector.conftest import client_of, track
from trackplan.collector import create_app, read_faults
from trackplan.collector.faults import Fault, Faults
from trackplan.runtime.errors import ConfigurationError

BODY = track("Signed Up")


def answer(faults: Faults) -> tuple[httpx.Response, dict[str, object]]:
    """Return the answer to one call, and the summary then."""
    app = create_app(None, strict=False, write_code=None, faults=faults)
    with client_of(app) as client:
        return client.post("/event", json=BODY), client.get("/api/summary").json()


def test_what_the_command_line_takes_is_read() -> None:
    faults = read_faults(["500:10%", "429:2.5%:2s"], "200ms", "5%")
    answers = (Fault(0.1, 500), Fault(0.025, 429, 2), Fault(0.05, None))
    assert faults == Faults(answers, 0.2)


def test_an_injected_answer_keeps_nothing_and_is_counted() -> None:
    got, summary = answer(read_faults(["503:100%"], None, None))
    assert got.status_code == 503
    assert (summary["count"], summary["faults"]) == (0, {"503": 1})


def test_an_injected_429_says_when_to_try_again() -> None:
    got, _ = answer(read_faults(["429:100%:2s"], None, None))
    assert (got.status_code, got.headers["Retry-After"]) == (429, "2")


def test_a_reset_ends_the_connection_without_an_answer() -> None:
    app = create_app(
        None, strict=False, write_code=None, faults=read_faults([], None, "100%")
    )
    with client_of(app) as client:
        with pytest.raises(httpx.ReadError):
            client.post("/event", json=BODY)
        assert client.get("/api/summary").json()["faults"] == {"reset": 1}


def test_latency_delays_an_answer() -> None:
    start = time.monotonic()
    answer(read_faults([], "300ms", None))
    assert time.monotonic() - start >= 0.3


def test_a_share_befalls_about_so_many() -> None:
    faults = read_faults(["500:50%"], None, None)
    app = create_app(None, strict=False, write_code=None, faults=faults)
    with client_of(app) as client:
        statuses = [client.post("/event", json=BODY).status_code for _ in range(100)]
    assert {200, 500} == set(statuses)


def test_faults_leave_the_page_alone() -> None:
    faults = read_faults(["500:100%"], None, None)
    app = create_app(None, strict=False, write_code=None, faults=faults)
    with client_of(app) as client:
        assert client.post("/raw/event", json={"events": []}).status_code == 500
        for path in ("/", "/api/events", "/healthz"):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("inject", "latency", "reset", "message"),
    [
        (["500"], None, None, "`--inject 500` lacks a share from 0% to 100%"),
        (["500:10"], None, None, "lacks a share"),
        (["500:101%"], None, None, "lacks a share"),
        (["200:10%"], None, None, "lacks a status from 400 to 599"),
        (["429:5%:soon"], None, None, "lacks a time in ms or s"),
        (["429:5%:1500ms"], None, None, "lacks whole seconds for Retry-After"),
        ([], "200", None, "`--latency 200` lacks a time in ms or s"),
        ([], None, "often", "`--reset often` lacks a share"),
        (["500:60%"], None, "50%", "come to 110% of the requests"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    inject: list[str], latency: str | None, reset: str | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_faults(inject, latency, reset)


# --- Browsers ---------------------------------------------------------------------

PREFLIGHT = {
    "Origin": "http://localhost:3000",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def test_a_site_that_is_named_may_send_from_a_browser() -> None:
    app = create_app(
        None, strict=False, write_code=None, cors=["http://localhost:3000"]
    )
    with client_of(app) as client:
        allowed = client.options("/raw/event", headers=PREFLIGHT)
        got = client.post("/raw/event", json={"events": []}, headers=PREFLIGHT)
    assert allowed.status_code == 200
    assert got.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


def test_no_other_site_may_and_none_may_read() -> None:
    app = create_app(None, strict=False, write_code=None, cors=["http://localhost:1"])
    with client_of(app) as client:
        answers = [
            client.options("/raw/event", headers=PREFLIGHT),
            client.get("/api/events", headers={"Origin": "http://localhost:1"}),
        ]
    for got in answers:
        assert "Access-Control-Allow-Origin" not in got.headers


@pytest.mark.parametrize("site", ["localhost", "http://localhost/", "null", ""])
def test_a_site_that_is_no_origin_is_an_error(site: str) -> None:
    with pytest.raises(ConfigurationError, match="is no origin"):
        create_app(None, strict=False, write_code=None, cors=[site])
