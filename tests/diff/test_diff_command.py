"""`trackplan diff` as people and CI run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command.conftest import GOOD
from trackplan import report

OTHER = GOOD.replace("type: string", "type: integer").replace("google", "1")


@pytest.fixture
def before(project: Path) -> str:
    (project / "before.yaml").write_text(OTHER, encoding="utf-8")
    return "before.yaml"


def test_it_exits_1_where_something_breaks(run, before: str) -> None:
    done = run("diff", "--against", before)
    assert "breaks: TP633 property `method` is string, and was integer" in done.stdout
    assert done.returncode == 1


def test_it_exits_0_where_nothing_changed(run) -> None:
    done = run("diff", "--against", "tracking_plan.yaml")
    assert (done.returncode, done.stdout) == (
        0,
        "No change: both plans mean the same.\n",
    )


@pytest.mark.parametrize("allowed", ["TP633", "tp633", "type-changed", "Type-Changed"])
def test_an_allowed_kind_of_change_does_not_fail(
    run, before: str, allowed: str
) -> None:
    done = run("diff", "--against", before, "--allow", allowed)
    assert "breaks, allowed: TP633" in done.stdout
    assert done.returncode == 0


def test_an_unknown_kind_of_change_is_refused_with_a_guess(run, before: str) -> None:
    done = run("diff", "--against", before, "--allow", "type-change")
    assert "did you mean `type-changed`?" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("format_", ["text", "markdown", *report.FORMATS])
def test_every_format_prints_the_change_and_exits_1(
    run, before: str, format_: str
) -> None:
    done = run("diff", "--against", before, "--format", format_)
    assert "TP633" in done.stdout
    assert done.returncode == 1


def test_what_was_removed_is_annotated_in_the_plan_that_is_there(
    run, project: Path
) -> None:
    plan = project / "tracking_plan.yaml"
    text = plan.read_text("utf-8")
    (project / "before.yaml").write_text(
        text.replace("method: {", "via: {type: string}\n      method: {"),
        encoding="utf-8",
    )
    (project / ".git").mkdir()
    summary = project / "summary.md"
    done = run(
        *("diff", "--against", "before.yaml", "--format", "github"),
        GITHUB_STEP_SUMMARY=str(summary),
    )
    line = text[: text.index("properties:")].count("\n") + 1
    assert f"::error file=tracking_plan.yaml,line={line}," in done.stdout
    assert "`via`" in summary.read_text("utf-8").replace("\\", "")


def test_the_json_names_both_plans(run, before: str) -> None:
    done = run("diff", "--against", before, "--format", "json")
    document = json.loads(done.stdout)
    assert (document["before"], document["after"]) == (
        "before.yaml",
        "tracking_plan.yaml",
    )


def test_a_plan_before_with_errors_is_refused(run, project: Path) -> None:
    (project / "before.yaml").write_text("trackplan: 1\nevnts: {}\n", encoding="utf-8")
    done = run("diff", "--against", "before.yaml")
    assert "unknown key `evnts`" in done.stderr
    assert "before.yaml has errors" in done.stderr
    assert done.stdout == ""
    assert done.returncode == 2


def test_lints_that_the_project_made_errors_do_not_refuse_a_plan(
    run, project: Path
) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.trackplan.levels]\nTP506 = "error"\n'
    )
    (project / "before.yaml").write_text("trackplan: 1\nevents: {signed up: {}}\n")
    done = run("diff", "--against", "before.yaml")
    assert done.returncode == 1, done.stderr
