"""The command, run as a process of its own, as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.runtime.conftest import Server, _clean_environment, server

__all__ = ["Server", "_clean_environment", "server"]

Run: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"

GOOD = """\
trackplan: 1
events:
  Signed Up:
    description: A person created an account.
    owner: growth
    properties:
      method: {type: string}
    required: [method]
    examples: [{method: google}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a good plan in it."""
    (tmp_path / "tracking_plan.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    """Run `trackplan …` in the project."""

    def run(
        *arguments: str, cwd: Path = project, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "trackplan", *arguments],
            cwd=cwd,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
