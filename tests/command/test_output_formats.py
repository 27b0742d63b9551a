"""The formats of findings for CI, as commands print them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

BAD = """\
trackplan: 1
events:
  Seats Added:
    properties:
      seats: {type: interger}
"""


@pytest.fixture
def bad(project: Path) -> Path:
    """A plan with one error, in a folder of a repository."""
    (project / ".git").mkdir()
    (project / "plans").mkdir()
    (project / "plans" / "bad.yaml").write_text(BAD, encoding="utf-8")
    return project / "plans" / "bad.yaml"


def test_github_is_told_of_each_finding_by_its_path_in_the_repository(run, bad) -> None:
    done = run("check", str(bad), "--format", "github")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=plans/bad.yaml,line=5,col=21,")


def test_the_summary_of_a_github_step_gathers_all_commands(run, project, bad) -> None:
    path = project / "summary.md"
    for plan in ("tracking_plan.yaml", "plans/bad.yaml"):
        run("check", plan, "--format", "github", GITHUB_STEP_SUMMARY=str(path))
    text = path.read_text("utf-8")
    assert text.index("All good.") < text.index("Found 1 error") < text.index("TP301")


def test_other_formats_leave_the_summary_alone(run, project, bad) -> None:
    path = project / "summary.md"
    run("check", str(bad), "--format", "full", GITHUB_STEP_SUMMARY=str(path))
    assert not path.exists()


def test_a_summary_that_is_full_stays_as_it_is(run, project, bad) -> None:
    path = project / "summary.md"
    path.write_text("x" * 1024 * 1024, encoding="utf-8")
    run("check", str(bad), "--format", "github", GITHUB_STEP_SUMMARY=str(path))
    assert path.stat().st_size == 1024 * 1024


def test_a_summary_that_cannot_be_written_changes_nothing(run, project, bad) -> None:
    done = run("check", str(bad), "--format", "github", GITHUB_STEP_SUMMARY=os.devnull)
    same = run(
        "check", str(bad), "--format", "github", GITHUB_STEP_SUMMARY=str(project)
    )
    assert (same.returncode, same.stdout) == (done.returncode, done.stdout)
    assert (same.returncode, same.stderr) == (1, "")


@pytest.mark.parametrize("name", ["json", "gitlab", "sarif"])
@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_document_is_there_where_nothing_was_found(run, command, name) -> None:
    done = run(command, "--format", name)
    assert done.returncode == 0
    assert "TP" not in json.dumps(json.loads(done.stdout))


@pytest.mark.parametrize("name", ["github", "gitlab", "sarif"])
def test_a_plan_that_is_not_there_is_said_on_stderr_alone(run, name) -> None:
    done = run("check", "none.yaml", "--format", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no plan at none.yaml" in done.stderr
