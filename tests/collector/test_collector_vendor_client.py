"""The vendor's own last Python client against the collector."""

from __future__ import annotations

from typing import Protocol, cast

import httpx
import pytest
from userlens.event_tracker import (  # type: ignore[import-untyped]  # it has no types
    EventTracker,
)

# The client calls datetime.utcnow(), which Python 3.12 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

SOURCE_IS_MISSING = '`source` is missing; send "userlens-restapi".'
SOURCE_IS_WRONG = '`source` is "userlens-sdk-py"; send "userlens-restapi".'


class Tracker(Protocol):
    """What the vendor's client offers; None means that a call failed."""

    INGESTOR_URL: str

    def identify(self, user_id: object, traits: object) -> str | None: ...
    def track(self, user_id: object, event_name: str, traits: object) -> str | None: ...


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def tracker_for(collector: httpx.Client) -> Tracker:
    tracker = cast("Tracker", EventTracker("fake-write-code-0001"))
    tracker.INGESTOR_URL = str(collector.base_url).rstrip("/")
    return tracker


def problems(collector: httpx.Client) -> list[list[str]]:
    events = collector.get("/api/events").json()["events"]
    return [cast("list[str]", entry["problems"]) for entry in events]


def test_lenient_takes_identify(lenient: httpx.Client) -> None:
    tracker = tracker_for(lenient)
    assert tracker.identify("user-123", {"plan": "pro"}) is not None


def test_lenient_notes_the_source_that_identify_leaves_out(
    lenient: httpx.Client,
) -> None:
    tracker_for(lenient).identify("user-123", {"plan": "pro"})
    assert problems(lenient) == [[SOURCE_IS_MISSING]]


def test_lenient_takes_track(lenient: httpx.Client) -> None:
    tracker = tracker_for(lenient)
    assert tracker.track("user-123", "Report Exported", {}) is not None


def test_lenient_notes_what_is_wrong_with_track_and_the_identify_it_sends(
    lenient: httpx.Client,
) -> None:
    tracker_for(lenient).track(42, "Report Exported", {})
    number = "`userId` is 42; send it in quotes."
    no_traits = "`traits` is missing; send an object, {} if empty."
    assert problems(lenient) == [
        [number, SOURCE_IS_WRONG],
        [number, SOURCE_IS_MISSING, no_traits],
    ]


def test_strict_refuses_identify(strict: httpx.Client) -> None:
    assert tracker_for(strict).identify("user-123", {"plan": "pro"}) is None


def test_strict_refuses_track_and_says_exactly_why(
    strict: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tracker_for(strict).track("user-123", "Report Exported", {}) is None
    answer = {"error": "the request is refused", "problems": [SOURCE_IS_WRONG]}
    assert str(answer) in capsys.readouterr().out


def test_the_plan_judges_what_the_client_sends(planned: httpx.Client) -> None:
    tracker_for(planned).track("user-123", "Subscription Upgraded", {"plan": "pro"})
    events = planned.get("/api/events").json()["events"]
    assert [entry["verdict"] for entry in events] == ["violation", "good"]
