"""A repository that keeps a tracking plan, with git and the environment of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PLAN = """\
trackplan: 1
events:
  Signed Up:
    description: A person created an account.
    owner: growth
    properties: {method: {type: string}}
"""


def clean_environment() -> dict[str, str]:
    """The environment without what whoever runs the tests has set for git and Python."""
    kept = (name for name in os.environ if not name.startswith(("GIT_", "PYTHON")))
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    quick = {"PIP_NO_COMPILE": "1"}
    return {**{name: os.environ[name] for name in kept}, **nothing, **quick}


def git(folder: Path, *arguments: str) -> str:
    """Run git, as nobody in particular."""
    settings = ("user.name=test", "user.email=test@localhost", "commit.gpgsign=false")
    options = [part for setting in settings for part in ("-c", setting)]
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder,
        env=clean_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", "a state")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, of a plan."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "tracking_plan.yaml").write_text(PLAN, encoding="utf-8")
    commit(folder)
    return folder
