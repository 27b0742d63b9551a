"""The command as a process of its own, and repositories to run it in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command.conftest import _clean_environment, project, run, server

__all__ = ["_clean_environment", "project", "run", "server"]


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.email", "jane@example.com")
        self.git("config", "user.name", "Jane")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def diff(
        self, *arguments: str, folder: str = "."
    ) -> subprocess.CompletedProcess[str]:
        """Run `trackplan diff` in a folder of it."""
        return subprocess.run(
            [sys.executable, "-m", "trackplan", "diff", *arguments],
            cwd=self.folder / folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a step")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(project: Path) -> Repository:
    """The project as a repository, its plan committed."""
    made = Repository(project)
    made.commit()
    return made
