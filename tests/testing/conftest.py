"""Runs of pytest as an application's authors start them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generated.conftest import generate

__all__ = ["generate"]

ROOT = Path(__file__).parents[2]

collect_ignore = ["applications"]  # run by test_applications, and meant to fail

# Plugins of others, and rewriting the asserts of all, take most of the time of a run.
_OTHERS = ("schemathesis", "hypothesispytest", "cacheprovider")
_QUICKLY = ("-q", "--assert=plain", *(f"-pno:{name}" for name in _OTHERS))

Pytest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run_pytest() -> Pytest:
    """Runs pytest in a folder, with arguments, beside modules of these names."""
    unlike_others = ("PYTEST_", "PYTHONDONT", "USERLENS_", "TRACKPLAN_")
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(unlike_others)
    }
    environ["PYTHONPATH"] = str(ROOT)  # where `generated` is

    def run(
        folder: Path, *arguments: str, **modules: str
    ) -> subprocess.CompletedProcess[str]:
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text, "utf-8")
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                *arguments,
            ],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
