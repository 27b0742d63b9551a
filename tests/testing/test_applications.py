"""A Django and a FastAPI application, tested as their authors would test them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.testing.conftest import Pytest

APPLICATIONS = Path(__file__).parent / "applications"

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

UPGRADED = """\
`Subscription Upgraded` was not sent with userId="user-1", toPlan="pro", revenue=99.
  3. Subscription Upgraded of user-1: fromPlan="free", toPlan="free", revenue=99.0
       toPlan: wanted "pro", sent "free"
Sent besides:
  1. identify of user-1: email="ann@example.com", plan="free"
  2. Signed Up of user-1: method="password", invited=false
"""
UNPLANNED = """\
`Data Export Complete` is no event of the plan; did you mean `Data Export Completed`?
"""
EXPORTED = """\
`Report Exported` was sent twice with format="csv", and should not be.
  1. Report Exported of user-1: reportId="monthly", format="csv"
  2. Report Exported of user-1: reportId="weekly", format="csv"
"""


@pytest.fixture(scope="module", params=["shop_django", "shop_fastapi"])
def application(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    run_pytest: Pytest,
) -> tuple[str, str]:
    """The name of an application, and what its test run printed."""
    folder = tmp_path_factory.mktemp("application")
    shutil.copytree(APPLICATIONS / request.param, folder, dirs_exist_ok=True)
    return request.param, run_pytest(folder).stdout


def test_the_tests_of_an_application_pass(application: tuple[str, str]) -> None:
    _, printed = application
    assert "4 passed" in printed, printed
    assert "tracking plan coverage" not in printed  # nobody asked


def test_a_failure_says_what_was_sent_instead(application: tuple[str, str]) -> None:
    name, printed = application
    failures = {
        "shop_django": [(UPGRADED, 11)],
        "shop_fastapi": [(UNPLANNED, 10), (EXPORTED, 17)],
    }
    for message, line in failures[name]:
        shown = "".join(f"E       {one}" for one in message.splitlines(keepends=True))
        shown = shown.replace("E       ", "E       AssertionError: ", 1)
        # What follows is the line of the test: nothing of ours stands between.
        assert f"{shown}\ntest_mistakes.py:{line}: AssertionError\n" in printed, printed


def test_the_failure_that_is_documented_is_the_one_that_is_printed() -> None:
    assert f"```\n{UPGRADED}```\n" in README
