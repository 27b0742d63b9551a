"""The plan before, read from a git revision as git would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command.conftest import GOOD
from tests.diff.conftest import Repository

OTHER = GOOD.replace("type: string", "type: integer").replace("google", "1")
CHANGED = "TP633 property `method` is integer, and was string"


def test_the_plan_of_a_revision_is_compared(run, repository: Repository) -> None:
    repository.write("tracking_plan.yaml", OTHER)
    for against in ("HEAD:", "main:tracking_plan.yaml", "HEAD:./tracking_plan.yaml"):
        done = run("diff", "--against", against)
        assert CHANGED in done.stdout, done.stderr
        assert done.returncode == 1


def test_a_removed_event_is_shown_at_its_place_in_the_revision(
    run, repository: Repository
) -> None:
    repository.write("tracking_plan.yaml", GOOD.replace("Signed Up", "Invoice Paid"))
    done = run("diff", "--against", "HEAD:")
    assert "event `Signed Up` was removed (HEAD:tracking_plan.yaml:3:3)" in done.stdout


def test_paths_lead_from_the_root_and_with_a_dot_from_here(
    repository: Repository,
) -> None:
    repository.write("sub/plan.yaml", OTHER)
    repository.commit()
    for against in ("HEAD:tracking_plan.yaml", "HEAD:../tracking_plan.yaml"):
        done = repository.diff("plan.yaml", "--against", against, folder="sub")
        assert CHANGED in done.stdout, done.stderr
    for against in ("HEAD:", "HEAD:sub/plan.yaml", "HEAD:./plan.yaml"):
        done = repository.diff("plan.yaml", "--against", against, folder="sub")
        assert "No change" in done.stdout, done.stderr


def test_includes_are_read_from_the_same_revision(run, repository: Repository) -> None:
    head = "trackplan: 1\ninclude: [plan/**/*.yaml, ./defs/../more.yaml]\n"
    repository.write("tracking_plan.yaml", head)
    repository.write("plan/a.yaml", "events:\n  Seats Added: {}\n")
    repository.write("plan/deep/b.yaml", "events:\n  Invoice Paid: {}\n")
    repository.write("more.yaml", "events:\n  Signed Up: {}\n")
    repository.commit()
    (repository.folder / "plan" / "deep" / "b.yaml").write_text("events: {}\n")
    repository.write("plan/c.yaml", "events:\n  Report Shared: {}\n")
    done = run("diff", "--against", "HEAD:")
    assert "event `Invoice Paid` was removed (HEAD:plan/deep/b.yaml:2:3)" in done.stdout
    assert "event `Report Shared` was added (plan/c.yaml:2:3)" in done.stdout
    assert "2 changes" in done.stdout


def test_a_link_is_followed_as_git_follows_it(run, repository: Repository) -> None:
    os.symlink("tracking_plan.yaml", repository.folder / "link.yaml")
    repository.commit()
    done = run("diff", "--against", "HEAD:link.yaml")
    assert "No change" in done.stdout, done.stderr


def test_a_file_whose_name_has_a_colon_is_a_file(run, repository: Repository) -> None:
    repository.write("HEAD:tracking_plan.yaml", OTHER)
    done = run("diff", "--against", "HEAD:tracking_plan.yaml")
    assert "TP633" in done.stdout


def test_where_there_was_no_plan_all_is_new(run, repository: Repository) -> None:
    repository.write("first.yaml", GOOD)
    done = run("diff", "first.yaml", "--against", "HEAD:")
    assert "There is no plan at HEAD:first.yaml: all is new." in done.stderr
    assert "event `Signed Up` was added (first.yaml:3:3)" in done.stdout
    assert done.returncode == 0


REFUSED = {
    "an unknown revision": ("nowhere:", "git knows no revision `nowhere`"),
    "an absent path": (
        "HEAD:plan.yaml",
        "HEAD:plan.yaml: no such file in that revision",
    ),
    "a folder": ("HEAD:sub", "HEAD:sub: is a folder"),
    "no revision": (":plan.yaml", "names no revision"),
    "an option": ("--all:plan.yaml", "names no revision"),
    "a path outside": ("HEAD:../../plan.yaml", "is outside the repository"),
    "a revision without a colon": (
        "main",
        "write `main:` for the plan at that revision",
    ),
    "an absent file": ("absent.yaml", "there is no plan at absent.yaml"),
    "the folder of a plan": ("HEAD:sub/", "HEAD:sub: is a folder"),
    "a submodule": ("HEAD:part/plan.yaml", "`part` is a submodule"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_said_and_exits_2(
    name: str, run, repository: Repository
) -> None:
    repository.write("sub/plan.yaml", GOOD)
    repository.git("add", "--all")
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},part")
    repository.git("commit", "--quiet", "--message", "a submodule")
    against, said = REFUSED[name]
    done = run("diff", f"--against={against}")
    assert said in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


def test_outside_a_repository_git_says_so(run, project: Path) -> None:
    done = run("diff", "--against", "HEAD:")
    assert "not a git repository" in done.stderr
    assert done.returncode == 2


def test_without_git_the_cure_is_named(run, repository: Repository) -> None:
    done = run("diff", "--against", "HEAD:", PATH="")
    assert "git is not installed" in done.stderr
    assert done.returncode == 2
