"""Programs run as their users run them, and a server slow enough to be overtaken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.runtime.conftest import NO_FORK_WARNING, Received, Reply, Server

ROOT = Path(__file__).parents[2]


class SlowServer(Server):
    """Takes its time for each event, so that most wait when their program has to end."""

    seconds = 0.05

    def take(self, received: Received) -> Reply:
        time.sleep(self.seconds)
        return super().take(received)

    def reports(self) -> dict[object, list[object]]:
        """The reports that each user exported, in the order of their arrival."""
        reports: dict[object, list[object]] = defaultdict(list)
        for request in self.requests:
            properties = request.body["properties"]
            assert isinstance(properties, dict)
            reports[request.body["userId"]].append(properties["reportId"])
        return reports


class Program:
    """A process, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.printed = ""

    def read_until(self, pattern: str) -> str:
        """Wait for a line that matches; what its last group, or the whole, matches."""
        assert self._process.stdout
        for line in self._process.stdout:
            self.printed += line
            if found := re.search(pattern, line):
                return found[found.re.groups]
        raise AssertionError(f"it ended before {pattern}:\n{self.printed}")

    def terminate(self) -> int:
        """Send it SIGTERM; its exit code."""
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Let it end; its exit code."""
        self.printed += self._process.communicate(timeout=30)[0]
        return self._process.returncode


Run = Callable[..., Program]


@pytest.fixture
def server() -> Iterator[SlowServer]:
    server = SlowServer()
    yield server
    server.close()


@pytest.fixture
def run(server: SlowServer, tmp_path: Path) -> Iterator[Run]:
    """Runs Python with these arguments, beside modules of these names."""
    unlike_production = ("PYTEST_", "USERLENS_", "TRACKPLAN_")
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(unlike_production)
    }
    environ |= {
        "PYTHONPATH": str(ROOT),  # where `generated` is
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": f"default,{NO_FORK_WARNING}",
        "USERLENS_WRITE_CODE": "wc-0123456789",
        "USERLENS_EVENTS_URL": server.url,
    }
    with ExitStack() as stack:

        def run(*arguments: str, **modules: str) -> Program:
            for name, text in modules.items():
                (tmp_path / f"{name}.py").write_text(text, "utf-8")
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=tmp_path,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return Program(process)

        yield run
