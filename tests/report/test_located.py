"""How CI knows a finding: its path, and a fingerprint that stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.conftest import FINDINGS, finding
from trackplan.report.located import located


def path(file: str) -> str:
    return located([finding(file)], {})[0].path


def prints(text: str, *lines: int, message: str = "`a`") -> list[str]:
    found = [finding(line=line, message=message) for line in lines]
    return [one.fingerprint for one in located(found, {"plan.yaml": text})]


def test_a_path_starts_at_the_repository_from_a_folder_below(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "app").mkdir()
    monkeypatch.chdir(workspace / "app")
    assert path("plan.yaml") == "app/plan.yaml"
    assert path("../plan.yaml") == "plan.yaml"


def test_an_absolute_path_starts_at_the_repository_too(workspace: Path) -> None:
    assert path(str(workspace / "plans" / "plan.yaml")) == "plans/plan.yaml"


@pytest.mark.parametrize("name", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_without_a_repository_the_workspace_of_ci_is_the_root(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(tmp_path))
    assert path(str(tmp_path / "plans" / "plan.yaml")) == "plans/plan.yaml"


def test_a_path_outside_stays_absolute(tmp_path: Path) -> None:
    assert path(str(tmp_path / "plan.yaml")) == str(tmp_path.resolve() / "plan.yaml")


def test_a_finding_in_no_file_has_no_path() -> None:
    assert path("") == ""


def test_a_fingerprint_stays_when_lines_move() -> None:
    assert prints("x: 1", 1) == prints("# new\n\n  x: 1", 3)


def test_a_fingerprint_does_not_count_the_lines_that_a_message_counts() -> None:
    before = prints("x: 1", 1, message="`a` is `b` (line 3)")
    assert before == prints("x: 1", 1, message="`a` is `b` (line 4)")


def test_a_fingerprint_changes_with_its_line_and_its_names() -> None:
    first = prints("x: 1", 1)
    assert first != prints("x: 2", 1)
    assert first != prints("x: 1", 1, message="`b`")


def test_findings_that_are_alike_are_told_apart() -> None:
    assert len({*prints("x\nx\nx", 1, 2, 3)}) == 3


@given(st.lists(FINDINGS, max_size=5))
def test_findings_are_in_order_of_place_and_their_fingerprints_differ(found) -> None:
    shown = located(reversed(found), {})
    keys = [one.finding.sort_key for one in shown]
    assert keys == sorted(one.sort_key for one in found)
    assert len({one.fingerprint for one in shown}) == len(found)
