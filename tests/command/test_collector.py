"""`trackplan collector` as a step of CI, and what it refuses to start with."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.collector.conftest import track
from tests.command.conftest import Run


@contextmanager
def collecting(
    project: Path, *arguments: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the collector in the project; its URL, and its process."""
    with subprocess.Popen(
        [sys.executable, "-m", "trackplan", "collector", "--port", "0", *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[2].rstrip(";"), process
        process.kill()


def post(url: str, body: object) -> None:
    auth = ("fake-write-code-0001", "")
    answer = httpx.post(f"{url}/event", json=body, auth=auth, trust_env=False)
    answer.raise_for_status()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_what_it_is_to_fail_on_is_reported_at_the_end(
    project: Path, ending: signal.Signals
) -> None:
    options = ("--fail-on", "violation", "--fail-on", "unplanned")
    with collecting(project, *options) as (url, process):
        post(url, track("Signed Up", method="google"))
        post(url, track("Signed Up", method=1))
        post(url, track("Signed Up", method=1))
        post(url, track("Checkout Started"))
        process.send_signal(ending)
        out, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == (
        "4 received: 1 good, 2 against the plan, 1 not in the plan, 0 refused, "
        "0 forwarded.\n"
        "2 x Signed Up: method: expected a string, got an integer, 1 "
        "(tracking_plan.yaml:7)\n"
        "1 x Checkout Started: not in the plan\n"
    )
    assert "Traceback" not in errors


def test_what_it_is_not_to_fail_on_does_not_fail(project: Path) -> None:
    with collecting(project, "--fail-on", "violation") as (url, process):
        post(url, track("Checkout Started"))
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out.startswith("1 received: 0 good, 0 against the plan, 1 not in the plan")


def test_the_plan_is_read_again_when_it_changes(project: Path) -> None:
    with (
        collecting(project) as (url, _),
        httpx.stream("GET", f"{url}/api/stream", trust_env=False, timeout=20) as stream,
    ):
        lines = stream.iter_lines()
        next(line for line in lines if line.startswith("event: summary"))
        plan = project / "tracking_plan.yaml"
        plan.write_text(plan.read_text("utf-8").replace("string", "strung"), "utf-8")
        next(line for line in lines if "unknown type `strung`" in line)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--inject", "500"), "`--inject 500` lacks a share"),
        (("--latency", "soon"), "`--latency soon` lacks a time"),
        (("--reset", "200%"), "`--reset 200%` lacks a share"),
        (("--cors", "localhost"), "`localhost` is no origin"),
    ],
)
def test_a_wrong_option_is_said_with_exit_2(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    done = run("collector", "--port", "0", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_there_is_nothing_to_fail_on_without_a_plan(run: Run, project: Path) -> None:
    (project / "tracking_plan.yaml").unlink()
    done = run("collector", "--fail-on", "violation")
    assert (done.returncode, "needs a plan" in done.stderr) == (2, True)
