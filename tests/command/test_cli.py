"""The commands: what they print where, what they write, how they exit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from trackplan.collector import Server, create_app

BAD = """\
trackplan: 1
events:
  Seats Added:
    properties:
      seats: {type: interger}
      note: {type: string, minLength: -1}
"""


def test_check_of_a_good_plan_exits_0(run) -> None:
    assert run("check").returncode == 0


def test_check_prints_every_finding_on_stdout_and_exits_1(run, project) -> None:
    (project / "bad.yaml").write_text(BAD, encoding="utf-8")
    done = run("check", "bad.yaml")
    assert done.returncode == 1
    assert "bad.yaml:5:21: error TP301" in done.stdout
    assert "bad.yaml:6:39: error TP104" in done.stdout


def test_check_as_json_is_json(run, project) -> None:
    (project / "bad.yaml").write_text(BAD, encoding="utf-8")
    found = json.loads(run("check", "bad.yaml", "--format", "json").stdout)
    assert [one["code"] for one in found["diagnostics"]] == ["TP301", "TP104"]


def test_check_concise_is_one_line_a_finding(run, project) -> None:
    (project / "bad.yaml").write_text(BAD, encoding="utf-8")
    lines = run("check", "bad.yaml", "--format", "concise").stdout.splitlines()
    assert len(lines) == 3
    assert lines[-1] == "Found 2 errors in 1 file."


def rename_event(project: Path, name: str) -> None:
    path = project / "tracking_plan.yaml"
    path.write_text(path.read_text("utf-8").replace("Signed Up", name), "utf-8")


def test_strict_makes_warnings_fail(run, project) -> None:
    rename_event(project, "Signed up")
    assert run("check").returncode == 0
    assert run("check", "--strict").returncode == 1


def test_pyproject_makes_an_error_of_a_warning(run, project) -> None:
    rename_event(project, "Signed up")
    config = '[tool.trackplan.levels]\nTP501 = "error"\n'
    (project / "pyproject.toml").write_text(config, encoding="utf-8")
    assert run("check").returncode == 1
    assert run("generate").returncode == 1
    assert not (project / "generated").exists()


def test_a_level_for_no_rule_is_refused(run, project) -> None:
    config = '[tool.trackplan.levels]\nTP999 = "off"\n'
    (project / "pyproject.toml").write_text(config, encoding="utf-8")
    done = run("check")
    assert done.returncode == 2
    assert "`TP999` is the code of no rule" in done.stderr


def test_what_stdout_cannot_encode_is_escaped(run, project) -> None:
    plan = project / "tracking_plan.yaml"
    plan.write_text("trackplan: 1\nevents: {名前: {x: 1}}\n", encoding="utf-8")
    for _ in range(2):  # found, and remembered
        done = run("check", PYTHONIOENCODING="latin-1")
        assert "`\\u540d\\u524d`" in done.stdout
        assert done.stderr == ""


def test_init_writes_a_plan_that_is_good(run, project) -> None:
    (project / "tracking_plan.yaml").unlink()
    assert run("init").returncode == 0
    assert run("check", "--strict").returncode == 0
    assert "generated/** linguist" in (project / ".gitattributes").read_text("utf-8")


def test_init_makes_the_folder_of_the_plan(run, project) -> None:
    config = '[tool.trackplan]\nplan = "plans/tp.yaml"\noutput = "src/my gen"\n'
    (project / "pyproject.toml").write_text(config, encoding="utf-8")
    assert run("init").returncode == 0
    assert run("check", "--strict").returncode == 0
    attributes = (project / ".gitattributes").read_text("utf-8")
    assert attributes == '"src/my gen/**" linguist-generated\n'


def test_init_in_a_subfolder_marks_the_project_s_code(run, project) -> None:
    (project / "tracking_plan.yaml").unlink()
    (project / "pyproject.toml").write_text('[tool.trackplan]\noutput = "gen"\n')
    (project / "sub").mkdir()
    assert run("init", cwd=project / "sub").returncode == 0
    attributes = (project / ".gitattributes").read_text("utf-8")
    assert attributes == "gen/** linguist-generated\n"


def test_init_writes_all_or_nothing(run, project) -> None:
    (project / "tracking_plan.yaml").unlink()
    (project / "tracking_plan.schema.json").touch()
    assert run("init").returncode == 2
    assert not (project / "tracking_plan.yaml").exists()


def test_init_never_overwrites_a_plan(run, project) -> None:
    before = (project / "tracking_plan.yaml").read_text("utf-8")
    assert run("init").returncode == 2
    assert (project / "tracking_plan.yaml").read_text("utf-8") == before


def test_no_plan_is_said_on_stderr_with_exit_2(run, project) -> None:
    (project / "tracking_plan.yaml").unlink()
    done = run("check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("trackplan: there is no plan at tracking_plan.yaml:")


def test_a_folder_for_a_plan_is_said_with_exit_2(run) -> None:
    done = run("check", ".")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_pyproject_names_the_plan_and_the_output(run, project) -> None:
    (project / "tracking_plan.yaml").rename(project / "events.yaml")
    config = '[tool.trackplan]\nplan = "events.yaml"\noutput = "app/events"\n'
    (project / "pyproject.toml").write_text(config, encoding="utf-8")
    assert run("generate").returncode == 0
    assert (project / "app" / "events" / "events.py").exists()


def test_an_unknown_setting_in_pyproject_is_refused(run, project) -> None:
    config = '[tool.trackplan]\npaln = "x.yaml"\n'
    (project / "pyproject.toml").write_text(config, encoding="utf-8")
    done = run("check")
    assert done.returncode == 2
    assert "has no `paln`" in done.stderr


def test_generate_writes_a_package_that_can_be_called(run, project) -> None:
    run("generate")
    code = (
        "from trackplan.testing import capture\n"
        "from generated import track_signed_up\n"
        "with capture() as sent: track_signed_up('u', method='google')\n"
        "print(sent[0]['event'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("Signed Up\n", "")


def test_generate_writes_nothing_for_a_bad_plan(run, project) -> None:
    (project / "tracking_plan.yaml").write_text(BAD, encoding="utf-8")
    assert run("generate").returncode == 1
    assert not (project / "generated").exists()


def test_generate_a_second_time_touches_no_file(run, project) -> None:
    run("generate")
    before = {p: p.stat().st_mtime_ns for p in (project / "generated").glob("*.py")}
    run("generate")
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_generate_removes_the_modules_of_a_plan_that_shrank(run, project) -> None:
    plan = project / "tracking_plan.yaml"
    few = plan.read_text("utf-8")
    many = "".join(f"  Thing {number} Seen: {{}}\n" for number in range(101))
    plan.write_text(few + many, "utf-8")
    run("generate")
    assert not (project / "generated" / "events.py").exists()
    plan.write_text(few, "utf-8")
    run("generate")
    found = sorted(path.name for path in (project / "generated").glob("*.py"))
    assert found == ["__init__.py", "definitions.py", "events.py", "traits.py"]


def test_generate_diff_shows_what_would_change(run, project) -> None:
    run("generate")
    plan = project / "tracking_plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace("Signed Up", "Joined Up"), "utf-8")
    done = run("generate", "--diff")
    assert done.returncode == 1
    assert "+def track_joined_up(" in done.stdout


def test_generate_removes_what_an_older_version_left(run, project) -> None:
    run("generate")
    left = project / "generated" / "old.py"
    left.write_text('"""x\n\nGenerated by trackplan from a.yaml: …\n"""\n', "utf-8")
    assert run("generate", "--check").returncode == 1
    run("generate")
    assert not left.exists()


def test_generate_never_overwrites_a_file_of_somebody_else(run, project) -> None:
    own = project / "generated" / "__init__.py"
    own.parent.mkdir()
    own.write_text("mine = True\n", encoding="utf-8")
    done = run("generate")
    assert done.returncode == 2
    assert own.read_text("utf-8") == "mine = True\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(run, project) -> None:
    project.chmod(0o500)
    done = run("generate")
    project.chmod(0o700)
    assert done.returncode == 2
    assert "permission denied" in done.stderr


def test_explain_says_why(run) -> None:
    done = run("explain", "tp002")
    assert done.returncode == 0
    assert done.stdout.startswith("TP002 duplicate-key (error)")


def test_explain_of_an_unknown_code_exits_2(run) -> None:
    assert run("explain", "TP999").returncode == 2


def test_explain_guesses_which_rule_was_meant(run) -> None:
    done = run("explain", "Unknow-Type")
    assert done.stderr == (
        "trackplan: there is no rule `Unknow-Type`; did you mean `unknown-type`?\n"
    )


def test_explain_takes_the_name_of_a_rule(run) -> None:
    assert run("explain", "duplicate-key").stdout == run("explain", "TP002").stdout


def test_a_closed_pipe_is_no_error(project) -> None:
    command = f"{sys.executable} -m trackplan explain TP001 | true"
    done = subprocess.run(
        command, shell=True, cwd=project, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_the_demo_shows_what_arrived_and_touches_nothing(run, project) -> None:
    before = sorted(project.rglob("*"))
    done = run("demo")
    assert done.returncode == 0, done.stderr
    assert "Signed Up" in done.stdout
    assert "expected a string, got" in done.stdout
    assert sorted(project.rglob("*")) == before


def test_the_demo_needs_no_proxy(run) -> None:
    nowhere = "http://127.0.0.1:9"
    done = run("demo", http_proxy=nowhere, https_proxy=nowhere, all_proxy=nowhere)
    assert done.returncode == 0, done.stderr


def test_the_demo_of_this_project_shows_every_kind_of_call() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trackplan", "demo"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for shown in ("identify", "group", "track", "Subscription Upgraded"):
        assert shown in done.stdout.split("what the collector received")[1]


def test_the_collector_collects_until_ctrl_c(project) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "trackplan", "collector", "--port", "0"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    url = process.stderr.readline().split()[2].rstrip(";")
    body = {"type": "track", "userId": "u", "source": "t", "event": "Nothing"}
    httpx.post(
        f"{url}/event", json=body, auth=("code-of-a-test", "")
    ).raise_for_status()
    arrived = httpx.get(f"{url}/api/events").json()["events"]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stderr.close()
    assert [one["verdict"] for one in arrived] == ["unplanned"]


def test_a_port_in_use_is_said_with_exit_2(run) -> None:
    app = create_app(None, strict=False, write_code=None)
    with Server(app) as server:
        port = server.url.rsplit(":", 1)[1]
        done = run("collector", "--port", port)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("check", "click"),
        ("check", "yaml"),
        ("check", "jsonschema"),
        ("generate", "jinja2"),
        ("demo", "rich"),
        ("collector", "starlette"),
        ("collector", "uvicorn"),
    ],
)
def test_what_is_not_installed_is_named_with_the_cure(
    project: Path, command: str, missing: str
) -> None:
    start = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = [{command!r}]"
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\nfrom trackplan.__main__ import main\nmain()"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert f"the command needs {missing}, which is not installed" in done.stderr
