"""What can be seen of the collector: pages of events, one event, coverage, counts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest

from tests.collector.conftest import client_of, group, identify, track
from trackplan.check import check_file
from trackplan.collector import create_app
from trackplan.collector.store import MAX_BYTES

ROOT = Path(__file__).parents[2]
UPGRADE = {"fromPlan": "free", "toPlan": "pro", "revenue": 99.0}
HOSTILE = '\'; echo "$HOME" `id` \\n !! ✓ \u2028 <img src=x onerror=alert(1)>'


@pytest.fixture
def acme() -> Iterator[httpx.Client]:
    """A client of a collector that judges by the plan of this repository."""
    plan = check_file(ROOT / "tracking_plan.yaml").plan
    with client_of(create_app(plan, strict=False, write_code=None)) as client:
        yield client


def sent(client: httpx.Client, body: object) -> dict[str, object]:
    """Send `body`, and return what is shown of it."""
    client.post("/event", json=body)
    number = client.get("/api/summary").json()["count"]
    return cast("dict[str, object]", client.get(f"/api/events/{number}").json())


def ids(client: httpx.Client, query: str) -> list[int]:
    found = client.get(f"/api/events?{query}").json()["events"]
    return [one["id"] for one in found]


# --- Pages of events --------------------------------------------------------------


def test_pages_follow_each_other_by_their_cursor(lenient: httpx.Client) -> None:
    for _ in range(5):
        lenient.post("/event", json=track("Signed Up"))
    first = lenient.get("/api/events?limit=3").json()
    rest = lenient.get(f"/api/events?limit=3&after={first['next']}").json()
    assert [one["id"] for one in first["events"] + rest["events"]] == [1, 2, 3, 4, 5]
    assert rest["next"] is None


def test_a_page_ends_where_its_bodies_are_large(lenient: httpx.Client) -> None:
    for _ in range(6):
        lenient.post("/event", json=track("Signed Up", note="x" * 1_000_000))
    page = lenient.get("/api/events").json()
    assert len(page["events"]) < 6
    assert page["next"] == page["events"][-1]["id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verdict=violation", [2]),
        ("verdict=good,unplanned", [1, 3, 4]),
        ("verdict=good&verdict=forwarded", [1, 4, 5]),
        ("type=identify", [4]),
        ("type=raw", [5]),
        ("event=SUBSCRIPTION", [2]),
        ("user=user-9", [3]),
        ("q=gold", [2]),
        ("q=é", [3]),
        ("type=track&user=user-99&q=gold", []),
    ],
)
def test_events_are_filtered(
    planned: httpx.Client, query: str, found: list[int]
) -> None:
    planned.post("/event", json=track("Report Exported"))
    planned.post("/event", json=track("Subscription Upgraded", toPlan="gold"))
    planned.post("/event", json=track("Café Opened", "user-99", note="Émile"))
    planned.post("/event", json=identify())
    planned.post("/raw/event", json={"events": [{"event": "$ul_pageview"}]})
    assert ids(planned, query) == found


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "after=-1", "verdict=fine", "type=page"]
)
def test_a_query_that_cannot_be_answered_is_refused(
    lenient: httpx.Client, query: str
) -> None:
    answer = lenient.get(f"/api/events?{query}")
    assert answer.status_code == 400
    assert f"`{query.split('=')[0]}`" in answer.json()["problems"][0]


def test_the_kept_bodies_are_bounded_in_sum(lenient: httpx.Client) -> None:
    for _ in range(MAX_BYTES // 1_000_000 + 3):
        lenient.post("/event", content=b'"' + b"x" * 1_000_000 + b'"')
    found = lenient.get("/api/summary").json()
    assert found["kept"] < found["count"]
    assert found["kept"] * 1_000_000 <= MAX_BYTES


def test_of_countless_violations_the_first_hundred_are_kept(
    planned: httpx.Client,
) -> None:
    properties = {f"unknown{i}": i for i in range(5000)}
    shown = sent(planned, track("Subscription Upgraded", toPlan="pro", **properties))
    assert len(cast("list[object]", shown["violations"])) == 100


# --- One event --------------------------------------------------------------------


def test_each_property_is_marked_good_or_bad_with_its_place(
    acme: httpx.Client,
) -> None:
    shown = sent(acme, track("Subscription Upgraded", **{**UPGRADE, "toPlan": "gold"}))
    lines = (ROOT / "tracking_plan.yaml").read_text("utf-8").splitlines()
    parts = cast("list[dict[str, object]]", shown["parts"])
    marks = {str(one["name"]): one["mark"] for one in parts}
    assert marks == {"fromPlan": "good", "toPlan": "bad", "revenue": "good"}
    for one in parts:
        place = cast("dict[str, int]", one["place"])
        assert f"{one['name']}:" in lines[place["line"] - 1]


def test_a_wrong_property_says_what_was_expected_and_what_came(
    acme: httpx.Client,
) -> None:
    shown = sent(acme, track("Subscription Upgraded", **{**UPGRADE, "revenue": -1}))
    (wrong,) = [one for one in shown["parts"] if one["mark"] == "bad"]  # type: ignore[attr-defined]
    assert wrong["problems"] == [
        {"keyword": "minimum", "expected": "at least 0", "got": "-1"}
    ]


def test_what_is_wrong_inside_a_property_is_marked_there(acme: httpx.Client) -> None:
    address = {"city": "Berlin", "country": "de"}
    shown = sent(acme, track("Invoice Paid", billingAddress=address))
    parts = cast("list[dict[str, object]]", shown["parts"])
    marks = {one["path"]: one["mark"] for one in parts}
    assert marks.get("billingAddress.city", "good") == "good"


def test_a_missing_property_is_shown_as_bad(acme: httpx.Client) -> None:
    shown = sent(acme, track("Subscription Upgraded", fromPlan="free", toPlan="pro"))
    (wrong,) = [one for one in shown["parts"] if one["mark"] == "bad"]  # type: ignore[attr-defined]
    assert (wrong["path"], wrong["value"]) == ("revenue", "")


def test_an_event_that_is_not_kept_is_not_found(lenient: httpx.Client) -> None:
    for number in ("1", "x", "-1", "9" * 50):
        assert lenient.get(f"/api/events/{number}").status_code == 404


# --- To paste ---------------------------------------------------------------------


COPIED = [
    track("Subscription Upgraded", **UPGRADE),
    track("Signed Up", method="google", referrer=None, invited=True),
    track("Signed Up", method=HOSTILE),
    track("Subscription Upgraded", **{**UPGRADE, "toPlan": "gold"}),
    track("Subscription Upgraded", fromPlan="free"),
    track("Subscription Upgraded", **UPGRADE, **{"not a name": HOSTILE}),
    identify(email="jane@example.com", createdAt="2026-03-02T09:30:00Z"),
    identify(HOSTILE, email="nobody"),
    group(name="Acme", employees=150),
    group(employees=0),
]


def test_copied_tests_run_and_pass(acme: httpx.Client, tmp_path: Path) -> None:
    for number, body in enumerate(COPIED):
        test = cast("str", sent(acme, body)["test"])
        (tmp_path / f"test_{number}.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{len(COPIED)} passed" in done.stdout, done.stdout


def test_what_the_plan_does_not_know_has_no_test(acme: httpx.Client) -> None:
    assert sent(acme, track("Checkout Started"))["test"] is None


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(track(HOSTILE), ensure_ascii=False).encode(),
        json.dumps(track("Signed Up", note="x" * 500_000)).encode(),
        b"\x00\xff\x1b[201~ not JSON\r\n'",
        b"",
    ],
    ids=["hostile", "large", "bytes", "empty"],
)
def test_a_copied_curl_command_sends_the_same_once_more(
    lenient: httpx.Client, content: bytes
) -> None:
    assert shutil.which("curl"), "install curl"
    lenient.post("/event", content=content)
    command = lenient.get("/api/events/1").json()["curl"]
    variables = {**os.environ, "USERLENS_WRITE_CODE": "fake-write-code-0002"}
    subprocess.run(
        ["bash", "-s"],
        input=command,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    first, second = lenient.get("/api/events").json()["events"]
    assert second["body"] == first["body"]
    assert second["write_code"] == "0002"


def test_a_copied_curl_command_holds_no_write_code(lenient: httpx.Client) -> None:
    command = cast("str", sent(lenient, track("Signed Up"))["curl"])
    assert '"$USERLENS_WRITE_CODE:"' in command
    assert "0001" not in command


# --- Coverage ---------------------------------------------------------------------


def test_coverage_tells_what_arrived_from_what_never_did(
    planned: httpx.Client,
) -> None:
    for plan in ("pro", "gold"):
        planned.post("/event", json=track("Subscription Upgraded", toPlan=plan))
    found = planned.get("/api/coverage").json()
    never, seen = found["events"]
    assert (found["planned"], found["seen"]) == (2, 1)
    assert (never["name"], never["count"], never["first_seen"]) == (
        "Report Exported",
        0,
        None,
    )
    assert (seen["count"], seen["violations"]) == (2, 1)
    assert seen["first_seen"] <= seen["last_seen"]


def test_coverage_counts_traits_too(planned: httpx.Client) -> None:
    planned.post("/event", json=identify(plan="pro"))
    (traits,) = planned.get("/api/coverage").json()["traits"]
    assert (traits["name"], traits["count"]) == ("identify", 1)


def test_coverage_lists_what_is_not_in_the_plan(planned: httpx.Client) -> None:
    planned.post("/event", json=track("Checkout Started"))
    (other,) = planned.get("/api/coverage").json()["others"]
    assert (other["event"], other["count"]) == ("Checkout Started", 1)


def test_coverage_names_users_with_calls_before_their_identify(
    planned: httpx.Client,
) -> None:
    bodies = [
        track("Report Exported", "early"),
        group("early"),
        identify("early"),
        track("Report Exported", "early"),
        identify("punctual"),
        track("Report Exported", "punctual"),
    ]
    for body in bodies:
        planned.post("/event", json=body)
    assert planned.get("/api/coverage").json()["before_identify"] == [
        {"user_id": "early", "calls": 2, "number": 1, "title": "Report Exported"}
    ]


def test_what_the_ring_has_dropped_still_counts() -> None:
    with client_of(create_app(None, strict=False, write_code=None, limit=1)) as client:
        for _ in range(3):
            client.post("/event", json=track("Signed Up"))
        summary = client.get("/api/summary").json()
    assert (summary["kept"], summary["verdicts"]["good"]) == (1, 3)


# --- Reset ------------------------------------------------------------------------


def test_a_reset_forgets_events_and_counts(planned: httpx.Client) -> None:
    planned.post("/event", json=track("Report Exported"))
    planned.post("/api/reset")
    assert planned.get("/api/events").json()["events"] == []
    assert planned.get("/api/coverage").json()["seen"] == 0


def test_a_page_of_another_site_cannot_reset(lenient: httpx.Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert lenient.post("/api/reset", headers=headers).status_code == 403


def test_the_page_lets_nothing_run_but_its_own_files(lenient: httpx.Client) -> None:
    policy = lenient.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
