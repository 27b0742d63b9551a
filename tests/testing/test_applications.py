"""A Django and a FastAPI application, tested as their authors would test them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.testing.conftest import Pytest

APPLICATIONS = Path(__file__).parent / "applications"

UPGRADED = """\
E       AssertionError: `Subscription Upgraded` was not sent with userId="user-1", toPlan="pro", revenue=99.
E         3. Subscription Upgraded of user-1: fromPlan="free", toPlan="free", revenue=99.0
E              toPlan: wanted "pro", sent "free"
E       Sent besides:
E         1. identify of user-1: email="ann@example.com", plan="free"
E         2. Signed Up of user-1: method="password", invited=false

test_mistakes.py:11: AssertionError
"""
UNPLANNED = """\
E       AssertionError: `Data Export Complete` is no event of the plan; did you mean `Data Export Completed`?

test_mistakes.py:10: AssertionError
"""
EXPORTED = """\
E       AssertionError: `Report Exported` was sent twice with format="csv", and should not be.
E         1. Report Exported of user-1: reportId="monthly", format="csv"
E         2. Report Exported of user-1: reportId="weekly", format="csv"

test_mistakes.py:17: AssertionError
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
    messages = {"shop_django": [UPGRADED], "shop_fastapi": [UNPLANNED, EXPORTED]}
    for message in messages[name]:
        assert message in printed, printed
