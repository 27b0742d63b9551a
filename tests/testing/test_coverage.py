"""How much of the plan a run of pytest says it has covered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tests.generated.conftest import write_package
from trackplan.runtime import forward_sdk_events
from trackplan.runtime.client import observed
from trackplan.testing import capture
from trackplan.testing.coverage import Coverage

if TYPE_CHECKING:
    from tests.testing.conftest import Pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

PLAN = """
trackplan: 1
traits:
  user: {properties: {plan: {$ref: '#/$defs/tier'}}}
$defs:
  tier: {type: string, enum: [free, pro]}
events:
  Signed Up: {properties: {method: {enum: [google, password, 1]}, referrer: {type: string}}, required: [method]}
  Report Exported: {properties: {format: {type: string}}}
  Invoice Paid: {}
"""
TESTS = """
from plan import identify_user, track_report_exported, track_signed_up
from trackplan.testing import capture

def test_by_the_fixture(tracked):
    track_signed_up("ann", method="google")

def test_by_capture():
    with capture():
        identify_user("ann", plan="pro")

def test_without_either():
    track_report_exported("ann", format="csv")
"""
SECTION = """
============================ tracking plan coverage ============================
3 of 4 were called (75 %).
Never called:
  Invoice Paid
Called, but never with:
  Signed Up: referrer, method "password" or 1
  identify: plan "free"
"""


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, run_pytest: Pytest) -> Run:
    """Runs the tests beside the package of the plan: the exit code, what it printed."""
    write_package(PLAN, tmp_path / "plan")

    def run(*arguments: str, **modules: str) -> tuple[int, str]:
        done = run_pytest(tmp_path, *arguments, **({"test_plan": TESTS} | modules))
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_run_says_what_no_test_has_called(run: Run, tmp_path: Path) -> None:
    code, printed = run(
        "--trackplan-coverage-fail-under=75",
        "--trackplan-coverage-json=coverage.json",
    )
    assert (code, SECTION in printed) == (0, True), printed
    report = json.loads((tmp_path / "coverage.json").read_text("utf-8"))
    assert {**report, "events": report["events"][2:]} == {
        "called": 3,
        "total": 4,
        "percent": 75.0,
        "events": [
            {
                "name": "Signed Up",
                "called": True,
                "properties_missed": ["referrer"],
                "values_missed": {"method": ["password", 1]},
            },
            {
                "name": "identify",
                "called": True,
                "properties_missed": [],
                "values_missed": {"plan": ["free"]},
            },
        ],
    }


def test_the_section_that_is_documented_is_the_one_that_is_printed() -> None:
    assert f"```{SECTION}```" in README


def test_a_report_that_cannot_be_written_costs_pytest_nothing(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    code, printed = run("--trackplan-coverage-json=file/coverage.json")
    assert "coverage.json cannot be written" in printed
    assert (code, " passed" in printed) == (0, True)
    run("--trackplan-coverage-json=new/folder/coverage.json")
    assert (tmp_path / "new" / "folder" / "coverage.json").exists()


def test_the_workers_of_xdist_report_together(run: Run) -> None:
    code, printed = run("--trackplan-coverage", "-n2")
    assert (code, SECTION in printed) == (0, True), printed


def test_too_little_fails_the_run(run: Run) -> None:
    code, printed = run("--trackplan-coverage-fail-under=75.1")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "That is less than the 75.1 % asked for." in printed


def test_to_collect_tests_asks_for_no_coverage(run: Run) -> None:
    code, printed = run("--trackplan-coverage-fail-under=75.1", "--collect-only")
    assert (code, SECTION in printed) == (0, False), printed


def test_a_call_that_breaks_the_plan_covers_nothing(run: Run) -> None:
    wrong = """
import pytest
from plan import track_signed_up

def test_it():
    with pytest.raises(ValueError):
        track_signed_up("ann", method="fax")
"""
    _, printed = run("--override-ini=trackplan_coverage=true", test_plan=wrong)
    assert "0 of 4 were called (0 %)." in printed


def test_without_a_plan_nothing_is_covered(run: Run) -> None:
    code, printed = run(
        "--trackplan-coverage-fail-under=1", test_plan="def test_it(): ..."
    )
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "No generated package was imported, so there is no plan to cover." in printed


def test_what_the_environment_says_at_the_first_call_counts(run: Run) -> None:
    late = """
import os
from plan import track_signed_up
from trackplan.runtime.client import current

def test_it():
    os.environ["TRACKPLAN_MAX_ATTEMPTS"] = "3"
    track_signed_up("ann", method="google")
    assert current().settings.max_attempts == 3
"""
    code, printed = run("--trackplan-coverage", test_plan=late)
    assert code == 0, printed


def test_an_event_that_is_forwarded_is_covered(
    generate: Callable[[str], ModuleType],
) -> None:
    generate(PLAN.replace("Invoice Paid", "Page Forwarded"))
    coverage = Coverage()
    with observed(coverage.observe), capture():
        forward_sdk_events([{"event": "Page Forwarded"}, {"event": "$ul_click"}])
    called = [row.name for row in coverage.report().rows if row.is_called]
    assert called == ["Page Forwarded"]
