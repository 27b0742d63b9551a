"""`trackplan generate --watch`, a process that goes on while the plan is edited."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command.conftest import GOOD, Run
from trackplan.watching import Watched

MORE = """\
events:
  Signed Out:
    description: A person left.
    owner: growth
    properties: {}
    examples: [{}]
"""


class Watching:
    """The command under way, and what it says, findings and the rest together."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def says(self, words: str) -> str:
        """Wait until a line with these words is said; return it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without {words!r}")


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    with subprocess.Popen(
        [sys.executable, "-m", "trackplan", "generate", "--watch"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        limit = threading.Timer(60, process.kill)
        limit.start()
        yield Watching(process)
        limit.cancel()
        process.kill()


def replace(path: Path, text: str) -> None:
    """Save as editors do: the file is there at all times, and whole."""
    path.with_name(".saving").write_text(text, encoding="utf-8")
    path.with_name(".saving").replace(path)


def test_the_package_is_written_at_once(project: Path, watching: Watching) -> None:
    watching.says("Watching tracking_plan.yaml")
    assert "def track_signed_up(" in (project / "generated/events.py").read_text()


def test_a_changed_plan_is_written_again(project: Path, watching: Watching) -> None:
    watching.says("Watching")
    plan = project / "tracking_plan.yaml"
    replace(plan, GOOD.replace("Signed Up", "Signed In"))
    watching.says("Generated generated/")
    assert "def track_signed_in(" in (project / "generated/events.py").read_text()


def test_a_plan_with_errors_is_told_and_the_code_kept(
    project: Path, watching: Watching
) -> None:
    watching.says("Watching")
    before = (project / "generated/events.py").read_text()
    replace(project / "tracking_plan.yaml", GOOD.replace("string", "strin"))
    assert "TP301" in watching.says("tracking_plan.yaml:7")
    watching.says("nothing was written")
    assert (project / "generated/events.py").read_text() == before


def test_it_goes_on_after_errors(project: Path, watching: Watching) -> None:
    watching.says("Watching")
    plan = project / "tracking_plan.yaml"
    plan.rename(project / "elsewhere")
    watching.says("there is no plan")
    replace(plan, GOOD.replace("Signed Up", "Signed In"))
    watching.says("Generated generated/ for 1 event")


def test_a_new_file_that_the_plan_includes_is_taken_in(
    project: Path, watching: Watching
) -> None:
    watching.says("Watching")
    parts = project / "parts"
    parts.mkdir()
    (parts / "first.yaml").write_text(MORE, encoding="utf-8")
    text = GOOD.replace("events:", 'include: ["parts/*.yaml"]\nevents:')
    replace(project / "tracking_plan.yaml", text)
    watching.says("for 2 events")
    replace(parts / "second.yaml", MORE.replace("Signed Out", "Signed Off"))
    watching.says("for 3 events")


@pytest.mark.parametrize("entry", ["parts/*.yaml", "parts/first.yaml"])
def test_the_first_file_of_a_folder_is_taken_in(
    project: Path, watching: Watching, entry: str
) -> None:
    watching.says("Watching")
    parts = project / "parts"
    parts.mkdir()
    text = GOOD.replace("events:", f"include: [{entry!r}]\nevents:")
    replace(project / "tracking_plan.yaml", text)
    watching.says("nothing was written")
    replace(parts / "first.yaml", MORE)
    watching.says("for 2 events")


def test_ctrl_c_ends_it_well(watching: Watching) -> None:
    watching.says("Watching")
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(20) == 0


def test_its_answer_is_not_remembered(project: Path, watching: Watching) -> None:
    watching.says("Watching")
    assert not (project / ".trackplan_cache").exists()


def test_what_it_could_never_write_ends_it(run: Run, project: Path) -> None:
    (project / "tracking_plan.yaml").unlink()
    done = run("generate", "--watch")
    assert done.returncode == 2
    assert "there is no plan" in done.stderr


@pytest.mark.parametrize("option", ["--check", "--diff", "--fail-on-change"])
def test_it_writes_and_does_not_end(run: Run, option: str) -> None:
    done = run("generate", "--watch", option)
    assert done.returncode == 2
    assert "`--watch` writes, and goes on" in done.stderr


def test_what_comes_while_the_plan_is_read_is_seen(tmp_path: Path) -> None:
    plan, parts = tmp_path / "plan.yaml", tmp_path / "parts"
    plan.touch()
    watched = Watched([plan])
    parts.mkdir()
    (parts / "first.yaml").touch()
    files = [plan, parts / "first.yaml"]  # are read, and then comes
    (parts / "second.yaml").touch()
    watched.turn_to(files)
    assert watched.have_changed()


def test_a_file_that_has_long_been_there_is_no_change(tmp_path: Path) -> None:
    plan, part = tmp_path / "plan.yaml", tmp_path / "parts" / "first.yaml"
    part.parent.mkdir()
    for file in (plan, part):
        file.touch()
    watched = Watched([plan])
    for path in (part, part.parent):
        os.utime(path, (1, 1))
    watched.turn_to([plan, part])
    assert not watched.have_changed()
