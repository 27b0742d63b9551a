"""The plan behind the collector: read anew when it changes, and never in the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.collector.conftest import client_of, track
from trackplan import report
from trackplan.check import check_file
from trackplan.collector import Reading, Source, bench, create_app
from trackplan.model import Plan, Schema

PLAN = """\
trackplan: 1
include: [more/*.yaml]
events:
  Signed Up:
    properties: {method: {type: string}}
"""
MORE = "events: {Report Exported: {}}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "one.yaml").write_text(MORE, "utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    return tmp_path / "plan.yaml"


def source_of(path: Path) -> Source:
    def read() -> Reading:
        checked = check_file(path)
        trouble = report.full(checked.diagnostics, checked.sources)
        return Reading(checked.plan, "" if checked.plan else trouble, checked.watched)

    return Source(read, read().watched)


def verdict(client: httpx.Client) -> str:
    return str(client.get("/api/events/1").json()["verdict"])


def trouble(client: httpx.Client) -> str | None:
    found = client.get("/api/summary").json()["plan_trouble"]
    return None if found is None else str(found)


def eventually(tells: Callable[[], bool]) -> None:
    """Wait until it is so; ten seconds are far more than it takes."""
    end = time.monotonic() + 10
    while not tells():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_is_kept_is_judged_anew_when_the_plan_changes(path: Path) -> None:
    source = source_of(path)
    app = create_app(source.read().plan, strict=False, write_code=None, source=source)
    with client_of(app) as client:
        client.post("/event", json=track("Signed Up", method=1))
        assert verdict(client) == "violation"
        path.write_text(PLAN.replace("string", "integer"), "utf-8")
        eventually(lambda: verdict(client) == "good")
        summary = client.get("/api/summary").json()
        (_, seen) = client.get("/api/coverage").json()["events"]
    assert (summary["verdicts"]["good"], summary["verdicts"]["violation"]) == (1, 0)
    assert (seen["count"], seen["violations"]) == (1, 0)


def test_a_new_verdict_is_told_to_whoever_listens(path: Path) -> None:
    source = source_of(path)
    app = create_app(source.read().plan, strict=False, write_code=None, source=source)
    with client_of(app) as client:
        client.post("/event", json=track("Signed Up", method=1))
        with client.stream("GET", "/api/stream", timeout=20) as stream:
            lines = stream.iter_lines()
            next(line for line in lines if '"verdict": "violation"' in line)
            next(line for line in lines if line.startswith("event: summary"))
            next(line for line in lines if line == "")
            path.write_text(PLAN.replace("string", "integer"), "utf-8")
            told = next(
                one for one in lines if '"verdict": "' in one or one == ": alive"
            )
    assert '"verdict": "good"' in told


def test_a_file_that_joins_an_include_is_read(path: Path) -> None:
    source = source_of(path)
    app = create_app(source.read().plan, strict=False, write_code=None, source=source)
    with client_of(app) as client:
        client.post("/event", json=track("Seats Added"))
        assert verdict(client) == "unplanned"
        more = MORE.replace("Report Exported", "Seats Added")
        (path.parent / "more" / "two.yaml").write_text(more, "utf-8")
        eventually(lambda: verdict(client) == "good")


def test_a_broken_plan_leaves_the_last_good_one_and_is_told(path: Path) -> None:
    source = source_of(path)
    app = create_app(source.read().plan, strict=False, write_code=None, source=source)
    with client_of(app) as client:
        path.write_text(PLAN.replace("string", "strung"), "utf-8")
        eventually(lambda: trouble(client) is not None)
        assert "unknown type `strung`" in str(trouble(client))
        client.post("/event", json=track("Signed Up", method="google"))
        assert verdict(client) == "good"
        path.write_text(PLAN, "utf-8")
        eventually(lambda: trouble(client) is None)


def test_a_slow_pattern_stalls_nobody_and_comes_to_an_end(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "SECONDS", 2.0)
    slow: Schema = {"properties": {"note": {"pattern": "^(a+)+$"}}}
    report = replace(plan.events[0], schema=slow)
    app = create_app(replace(plan, events=(report,)), strict=False, write_code=None)
    with client_of(app) as client, ThreadPoolExecutor(1) as pool:
        body = track(report.name, note="a" * 50 + "b")
        posting = pool.submit(client.post, "/event", json=body)
        for _ in range(20):
            assert client.get("/healthz").status_code == 200
        assert not posting.done()
        assert posting.result().status_code == 200
        shown = client.get("/api/events/1").json()
        client.post("/event", json=track(report.name, note="aaa"))
        after = client.get("/api/events/2").json()
    assert "can judge within" in shown["violations"][0]["expected"]
    assert after["verdict"] == "good"
