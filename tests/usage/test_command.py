"""`trackplan usage` as people and CI run it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from click import ClickException
from click.testing import CliRunner

from trackplan import report
from trackplan.cli import shared
from trackplan.cli.explain import explain
from trackplan.cli.usage import usage

PLAN = """\
trackplan: 1
events:
  Signed Up: {}
  Trial Started: {}
"""
APP = """\
from generated import track_signed_up
import posthog

track_signed_up("u")
posthog.capture("Trial Started")
"""
USAGE = [sys.executable, "-m", "trackplan", "usage"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("tracking_plan.yaml").write_text(PLAN)
    Path("app.py").write_text(APP)
    return tmp_path


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Done:
    """Run the command in this process, which saves the start of another."""
    shared.project.cache_clear()
    result = CliRunner().invoke(usage, arguments, standalone_mode=False)
    if isinstance(result.exception, ClickException):
        error = result.exception
        return Done(error.exit_code, result.stdout, f"{result.stderr}{error.message}")
    assert result.exception is None
    return Done(result.return_value, result.stdout, result.stderr)


def test_the_summary_names_each_event_each_finding_and_the_sums() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (1, "")
    assert (
        done.stdout
        == """\
                uses  tests
Signed Up          1      0  app.py:4
Trial Started      0      0

app.py:5:1: error TP704 `capture` of posthog sends `Trial Started` past the plan
5 | posthog.capture("Trial Started")
  | ^^^^^^^^^^^^^^^
  = help: call `track_trial_started` instead

tracking_plan.yaml:4:3: error TP701 event `Trial Started` is never used
4 |   Trial Started: {}
  |   ^^^^^^^^^^^^^
  = help: call `track_trial_started`, or remove it, or say `usage: {external: …}`

Found 2 errors in 2 files.
1 of 2 used, 1 raw call, 0 places unresolved in 1 file of 5 lines.
"""
    )


def test_json_has_everything() -> None:
    found = json.loads(run("--format", "json").stdout)
    assert [found[key] for key in ("files", "lines", "unresolved")] == [1, 5, 0]
    (signed_up, trial) = found["events"]
    assert signed_up["function"] == "track_signed_up"
    assert signed_up["uses"] == [
        {
            "file": "app.py",
            "line": 4,
            "column": 1,
            "length": 15,
            "kind": "call",
            "test": False,
        }
    ]
    assert trial["uses"] == []
    (raw,) = found["raw_calls"]
    assert (raw["sdk"], raw["event"], raw["is_planned"]) == (
        "posthog",
        "Trial Started",
        True,
    )
    assert [one["code"] for one in found["diagnostics"]] == ["TP704", "TP701"]


@pytest.mark.parametrize("name", sorted({*report.FORMATS} - {"json"}))
def test_findings_are_printed_in_every_format(name: str) -> None:
    done = run("--format", name)
    assert (done.returncode, done.stderr) == (1, "")
    assert "TP704" in done.stdout


def test_the_summary_of_a_github_step_has_the_findings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    run("--format", "github")
    assert "TP704" in (folder / "summary.md").read_text("utf-8")


def test_nothing_found_is_clean() -> None:
    Path("app.py").write_text(
        "import generated as g\ng.track_signed_up('u')\ng.track_trial_started('u')\n"
    )
    assert run().returncode == 0


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(["deprecated"], 0), (["bypass"], 1), (["deprecated", "never-used"], 1)],
)
def test_fail_on_decides_what_fails(kinds: list[str], code: int) -> None:
    assert run(*(f"--fail-on={kind}" for kind in kinds)).returncode == code


def test_what_is_unresolved_can_fail() -> None:
    Path("app.py").write_text("import generated\nprint(generated)\n")
    assert run("--fail-on=unresolved").returncode == 1


def test_the_first_path_is_the_plan_where_it_ends_like_one() -> None:
    Path("plan.yml").write_text("trackplan: 1\nevents: {Signed Up: {}}\n")
    Path("sub").mkdir()
    Path("sub/app.py").write_text(APP.replace("posthog", "json"))
    assert run("plan.yml", "sub").returncode == 0


def test_the_folder_of_the_package_is_the_project_s() -> None:
    Path("pyproject.toml").write_text("[tool.trackplan]\noutput = 'app/events'\n")
    Path("app.py").unlink()
    Path("app").mkdir()
    Path("app/main.py").write_text("from .events import track_signed_up as t\nt('u')\n")
    assert "Signed Up          1" in run().stdout


@pytest.mark.parametrize("glob", ["app.py", "ap*", "*.py"])
def test_what_is_excluded_is_not_read(glob: str) -> None:
    Path("other.py").write_text("")
    found = json.loads(run("--format=json", "--exclude", glob).stdout or '{"files": 0}')
    assert found["files"] <= 1


def test_folders_of_tools_and_links_are_not_read() -> None:
    for name in (
        ".venv/a",
        "node_modules/a",
        "x/__pycache__",
        "lib/site-packages",
        ".git",
        "env",
    ):
        Path(name).mkdir(parents=True)
        (Path(name) / "a.py").write_text("import posthog\nposthog.capture('A')\n")
    Path("env/pyvenv.cfg").write_text("")
    Path("x/loop").symlink_to("..", target_is_directory=True)
    assert json.loads(run("--format=json").stdout)["files"] == 1


def test_a_baseline_lets_only_new_findings_fail() -> None:
    assert run("--baseline", "known.txt", "--write-baseline").returncode == 0
    Path("app.py").write_text("\n\n" + APP)
    done = run("--baseline", "known.txt")
    assert (done.returncode, "All good." in done.stdout) == (0, True)
    Path("app.py").write_text(APP + "posthog.capture('Trial Started')\n")
    done = run("--baseline", "known.txt", "--format=concise")
    assert done.returncode == 1
    assert done.stdout.count("TP704") == 1


def test_a_baseline_is_written_the_same_wherever_lines_stand() -> None:
    run("--baseline", "known.txt", "--write-baseline")
    before = Path("known.txt").read_text()
    Path("app.py").write_text("\n\n" + APP)
    run("--baseline", "known.txt", "--write-baseline")
    assert Path("known.txt").read_text() == before
    assert before.splitlines()[1:] == [
        "bypass app.py posthog capture Trial Started",
        "never-used tracking_plan.yaml Trial Started",
    ]


def test_an_entry_of_the_baseline_that_nothing_fits_is_reported() -> None:
    run("--baseline", "known.txt", "--write-baseline")
    Path("app.py").write_text(APP.replace("posthog.capture", "print"))
    done = run("--baseline", "known.txt", "--format=concise")
    assert done.returncode == 0
    assert "known.txt:2:1: warning TP710 nothing fits `bypass app.py" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file or directory"),
        (["--baseline", "nowhere.txt"], "nowhere.txt is no baseline"),
        (["--write-baseline"], "--write-baseline needs the file"),
        (["--exclude", "*"], "there is no Python file in ."),
        (
            ["--baseline", "app.py", "--write-baseline"],
            "app.py was not generated by trackplan",
        ),
        (["nowhere.yaml"], "there is no plan at nowhere.yaml"),
    ],
)
def test_it_says_why_it_could_not_run(arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_code_is_read_and_never_run() -> None:
    Path("app.py").write_text("open('ran', 'w')\nraise SystemExit(9)\n")
    run()
    assert not Path("ran").exists()


def test_a_second_run_reads_what_it_kept_and_says_the_same() -> None:
    first = run("--format=json").stdout
    (kept,) = Path(".trackplan_cache").glob("usage-*")
    written = kept.stat().st_mtime_ns
    assert run("--format=json").stdout == first
    assert kept.stat().st_mtime_ns == written
    assert Path(".trackplan_cache/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize("content", ["", "garbage", "{}\n\n\n", "\udcff"])
def test_what_was_kept_and_is_broken_is_written_anew(content: str) -> None:
    first = run("--format=json").stdout
    (kept,) = Path(".trackplan_cache").glob("usage-*")
    kept.write_bytes(content.encode(errors="surrogateescape"))
    assert run("--format=json").stdout == first


def test_a_change_is_seen_whatever_was_kept() -> None:
    run()
    Path("app.py").write_text(APP.replace("track_signed_up(", "print("))
    assert "Signed Up          0" in run().stdout


def test_where_nothing_can_be_kept_it_works_all_the_same() -> None:
    Path(".trackplan_cache").write_text("a file in the way")
    assert "Signed Up          1" in run().stdout


def test_nothing_is_kept_where_that_is_turned_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRACKPLAN_NO_CACHE", "1")
    run()
    assert not Path(".trackplan_cache").exists()


def test_its_rules_are_explained() -> None:
    result = CliRunner().invoke(explain, ["tp704"], standalone_mode=False)
    assert result.stdout.startswith("TP704 bypass (error)")


def test_many_files_are_read_by_several_processes() -> None:
    Path("many").mkdir()
    for number in range(100):
        Path(f"many/m{number}.py").write_text(APP)
    found = json.loads(run("--format=json").stdout)
    assert len(found["events"][0]["uses"]) == found["files"] == 101


def test_progress_is_shown_on_a_terminal_alone() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(USAGE, stdout=subprocess.DEVNULL, stderr=theirs):
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert b"Reading" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1024)
    except OSError:  # the other end is closed
        return b""


def test_ctrl_c_ends_it_at_once_without_a_word() -> None:
    Path("many").mkdir()
    for number in range(100):
        Path(f"many/m{number}.py").write_text(f"{APP}# {number}\n")
    os.mkfifo("waits.py")
    process = subprocess.Popen(
        [*USAGE, "waits.py", "many"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with open("waits.py", "wb"):  # waits until it is opened to look for what is kept
        pass
    with open("waits.py", "wb"):  # and by the process that scans it
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")
