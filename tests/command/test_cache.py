"""A command whose files are as they were says the same again, and runs nothing."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trackplan
from tests.command.conftest import GOOD

WARNED = GOOD.replace("method", "sign_up_method")
BROKEN = GOOD.replace("string", "sting")
INCLUDING = GOOD.replace("events:", 'include: ["parts/*.yaml"]\nevents:')
OVERDUE = GOOD.replace("owner:", 'deprecated: {remove_after: "%s"}\n    owner:')
PART = "events:\n  Part Seen: {description: A part., owner: growth}\n"
CLEAN = "All good.\n"

SCRIPT = """\
import sys
from trackplan.__main__ import main
try:
    main()
finally:
    print("ran" if "click" in sys.modules else "recalled")
"""


class Said(NamedTuple):
    """What a command said, and whether it had to run for it."""

    code: int
    out: str
    err: str
    how: str


@pytest.fixture
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A command that says at its end whether it ran or recalled."""
    path = tmp_path_factory.mktemp("bin") / "trackplan"
    path.write_text(SCRIPT, "utf-8")
    return path


@pytest.fixture
def ask(project: Path, script: Path) -> Callable[..., Said]:
    """Return what runs `trackplan …` in the project and tells how it answered."""

    def ask(*arguments: str, **variables: str) -> Said:
        done = subprocess.run(
            [sys.executable, script, *arguments],
            cwd=project,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        out, _, how = done.stdout.removesuffix("\n").rpartition("\n")
        return Said(done.returncode, out and f"{out}\n", done.stderr, how)

    return ask


@pytest.mark.parametrize("plan", [GOOD, WARNED, BROKEN])
def test_check_says_the_same_again(ask, project: Path, plan: str) -> None:
    (project / "tracking_plan.yaml").write_text(plan, "utf-8")
    first, second = ask("check"), ask("check")
    assert (first.how, second.how) == ("ran", "recalled")
    assert second[:3] == first[:3]


def test_generate_that_wrote_knows_what_the_next_one_says(ask) -> None:
    assert ask("generate").err == "Generated generated/ for 1 event.\n"
    said = 0, "", "generated/ is up to date for 1 event.\n", "recalled"
    assert ask("generate") == said


def test_generate_check_says_the_same_again(ask) -> None:
    ask("generate")
    first, second = ask("generate", "--check"), ask("generate", "--check")
    assert (first.how, second.how) == ("ran", "recalled")
    assert second[:3] == first[:3]


def test_each_command_line_has_a_record_of_its_own(ask, project: Path) -> None:
    (project / "tracking_plan.yaml").write_text(WARNED, "utf-8")
    assert ask("check").code == 0
    assert ask("check", "--strict").code == 1
    assert ask("check").how == "recalled"


def test_formats_that_depend_on_where_they_are_printed_are_made_anew(ask) -> None:
    command = "check", "--format", "sarif"
    assert [ask(*command).how for _ in range(2)] == ["ran", "ran"]


def test_a_change_that_hides_behind_its_size_and_time_is_seen(
    ask, project: Path
) -> None:
    plan = project / "tracking_plan.yaml"
    ask("check")
    was = plan.stat()
    plan.write_text(BROKEN + "#", "utf-8")
    os.utime(plan, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert plan.stat().st_size == was.st_size
    assert ask("check").code == 1


def test_a_change_while_the_command_runs_is_seen_by_the_next(
    ask, project: Path, script: Path
) -> None:
    plan = project / "tracking_plan.yaml"
    code = (
        "import sys\n"
        "def change(event, arguments):\n"
        "    if event == 'open' and str(arguments[0]).endswith('plan.schema.json'):\n"
        f"        open({str(plan)!r}, 'w').write({BROKEN!r})\n"
        "sys.addaudithook(change)\n"
    )
    script.write_text(code + SCRIPT, "utf-8")
    command = [sys.executable, script, "check"]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{CLEAN}ran\n"
    script.write_text(SCRIPT, "utf-8")
    assert ask("check").code == 1


def test_a_plan_from_a_pipe_is_read_each_time(project: Path) -> None:
    command = [sys.executable, "-m", "trackplan", "check", "/dev/stdin"]
    codes = [
        subprocess.run(
            command, input=plan.encode(), cwd=project, capture_output=True, check=False
        ).returncode
        for plan in (GOOD, BROKEN)
    ]
    assert codes == [0, 1]


def test_a_link_that_comes_to_lead_somewhere_is_seen(ask, project: Path) -> None:
    (project / "tracking_plan.yaml").write_text(INCLUDING, "utf-8")
    (project / "parts").mkdir()
    (project / "parts" / "one.yaml").write_text(PART, "utf-8")
    (project / "parts" / "two.yaml").symlink_to(project / "elsewhere.yaml")
    assert [ask("check").how for _ in range(2)] == ["ran", "recalled"]
    (project / "elsewhere.yaml").write_text(PART, "utf-8")
    assert "a second time" in ask("check").out


def test_another_day_is_another_question(ask, project: Path) -> None:
    """A time zone a day off makes one."""
    done = [sys.executable, "-c", "import time; print(time.strftime('%Y-%m-%d'))"]
    today = subprocess.run(done, capture_output=True, text=True, check=True).stdout
    plan = OVERDUE % today.strip()
    (project / "tracking_plan.yaml").write_text(plan, "utf-8")
    before = ask("check", TZ="AAA+24")
    assert before.out == CLEAN
    assert "TP" in ask("check", TZ="AAA-24").out


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: b"",
        lambda record: b"\x00\xff\x00",
        lambda record: record[:-20],
        lambda record: record.replace(b"All good", b"All fine"),
    ],
    ids=["emptied", "garbage", "cut short", "edited"],
)
def test_a_damaged_record_counts_as_none(
    ask, project: Path, damage: Callable[[bytes], bytes]
) -> None:
    ask("check")
    (record,) = records(project)
    record.write_bytes(damage(record.read_bytes()))
    assert ask("check") == (0, CLEAN, "", "ran")


def test_where_nothing_can_be_kept_the_command_runs(ask, project: Path) -> None:
    (project / ".trackplan_cache").write_text("in the way", "utf-8")
    assert [ask("check") for _ in range(2)] == [(0, CLEAN, "", "ran")] * 2


def test_a_full_disk_leaves_nothing_half_written(project: Path) -> None:
    def fill() -> None:  # but for the two files that are there before a record
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    command = [sys.executable, "-m", "trackplan", "check"]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, preexec_fn=fill
    )
    assert (done.returncode, done.stdout) == (0, CLEAN)
    found = sorted(path.name for path in (project / ".trackplan_cache").iterdir())
    assert found == [".gitignore", "CACHEDIR.TAG"]


def test_it_can_be_turned_off(ask, project: Path) -> None:
    off = {"TRACKPLAN_NO_CACHE": "1"}
    assert [ask("check", **off).how for _ in range(2)] == ["ran", "ran"]
    assert not (project / ".trackplan_cache").exists()


def test_git_leaves_the_folder_alone(ask, project: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    ask("check")
    command = ["git", "status", "--porcelain"]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout == "?? tracking_plan.yaml\n"


def test_commands_at_once_leave_one_whole_record(
    ask, project: Path, script: Path
) -> None:
    command = [sys.executable, script, "check"]
    running = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE) for _ in range(4)
    ]
    said = [one.communicate()[0].decode().startswith(CLEAN) for one in running]
    assert said == [True] * 4
    assert ask("check").how == "recalled"
    assert len(records(project)) == 1


def test_a_change_of_the_tool_itself_is_seen(
    project: Path, script: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(Path(trackplan.__file__).parent, source / "trackplan")
    command = [sys.executable, script, "check"]

    def ask() -> str:
        environ = {**os.environ, "PYTHONPATH": str(source)}
        done = subprocess.run(
            command,
            cwd=project,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    while ask() != f"{CLEAN}recalled\n":  # files of the last seconds are not trusted
        pass
    report = source / "trackplan" / "report" / "text.py"
    report.write_text(report.read_text("utf-8").replace("All good", "All well"))
    assert ask() == "All well.\nran\n"


def records(project: Path) -> list[Path]:
    known = {".gitignore", "CACHEDIR.TAG"}
    found = (project / ".trackplan_cache").iterdir()
    return [path for path in found if path.name not in known]


# --- Whatever happens in between ------------------------------------------------------

RUNNER = """\
import os, sys
from trackplan import cache, cli
from trackplan.__main__ import main
from trackplan.check import check_text
from trackplan.render import render
render(check_text(sys.argv[2], "plan.yaml").plan, "plan.yaml")  # load what is loaded late
cache.YOUNG = int(sys.argv[1])
for line in sys.stdin:
    folder, out, err, off, *arguments = line.rstrip("\\n").split("\\t")
    if not os.fork():
        os.chdir(folder)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.environ["TRACKPLAN_NO_CACHE"] = off
        sys.argv = ["trackplan", *arguments]
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""
"""Runs a command in a fork, which takes a twentieth of a new process."""

COMMANDS = (
    ("check",),
    ("check", "--strict"),
    ("check", "--format", "json"),
    ("check", "--format", "github"),
    ("check", "other.yaml"),
    ("generate",),
    ("generate", "--check"),
    ("generate", "--diff"),
    ("generate", "-o", "app"),
)
TEXTS = {
    "tracking_plan.yaml": (
        *(GOOD, WARNED, BROKEN, INCLUDING, GOOD.replace("growth", "people")),
        *(INCLUDING.replace("parts/*", "**/p*"), INCLUDING.replace("*", "one")),
    ),
    "other.yaml": (GOOD, BROKEN),
    "parts/one.yaml": (PART, PART.replace("Part Seen", "Part Left"), "events: {"),
    "parts/two.yaml": (PART.replace("Part", "Item"), PART),
    "parts/deep/p.yaml": (PART.replace("Part", "Deep"),),
    "pyproject.toml": (
        '[tool.trackplan]\nplan = "other.yaml"\n',
        '[tool.trackplan.levels]\nTP501 = "error"\n',
        '[tool.trackplan]\noutput = "app"\n',
        "[tool.other]\n",
        "[tool",
    ),
    "generated/events.py": ("# Generated by trackplan from x\n", "mine = 1\n"),
    "generated/left.py": ("# Generated by trackplan from x\n", "mine = 1\n"),
    "app/traits.py": ("# Generated by trackplan from x\n",),
}

changes = st.sampled_from(sorted(TEXTS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from([*TEXTS[name], None]))
)


class Runner:
    """Runs commands in two folders: one with the cache, one without."""

    def __init__(self, young: int, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", RUNNER, str(young), GOOD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, off: str, arguments: tuple[str, ...]) -> Any:
        out, err = self._folder / "out", self._folder / "err"
        line = "\t".join([str(folder), str(out), str(err), off, *arguments])
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return code, out.read_text("utf-8"), err.read_text("utf-8"), written(folder)

    def close(self) -> None:
        self._process.communicate()


def written(folder: Path) -> dict[str, bytes]:
    found = [*folder.glob("generated/*.py"), *folder.glob("app/*.py")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture(params=[2_000_000_000, 0], ids=["by content", "by stamp"])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(request.param, tmp_path)
    yield runner
    runner.close()


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(command=st.sampled_from(COMMANDS), edits=st.lists(changes, max_size=8))
def test_no_answer_differs_from_the_command_s_own(
    runner: Runner,
    tmp_path: Path,
    command: tuple[str, ...],
    edits: list[tuple[str, str | None]],
) -> None:
    kept, anew = tmp_path / "kept", tmp_path / "anew"
    for folder in (kept, anew):
        shutil.rmtree(folder, ignore_errors=True)
    for name, text in [*FIRST, *edits]:
        for folder in (kept, anew):
            edit(folder / name, text)
        # Twice, so that what the first run keeps is asked for, and again after an edit.
        answers = [runner.run(kept, "", command) for _ in range(2)]
        assert answers == [runner.run(anew, "1", command) for _ in range(2)]


FIRST = (("parts/one.yaml", PART), ("tracking_plan.yaml", INCLUDING))


def edit(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
