"""The action for GitHub, its steps run as the runner runs those of a composite."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
import yaml

from tests.ci.conftest import clean_environment, commit

ACTION = Path(__file__).parents[2] / ".github" / "actions" / "trackplan"
TEXT = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
STEPS = TEXT["runs"]["steps"]


class Done(NamedTuple):
    """What the steps left, up to the first that failed."""

    code: int
    names: list[str]
    output: str
    summary: str


Action: TypeAlias = Callable[..., Done]


def resolve(text: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """Fill in the expressions of a value."""
    names = {f"inputs.{name}": value for name, value in inputs.items()}
    names |= {f"steps.install.outputs.{name}": text for name, text in outputs.items()}
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: names[found[1]], text)


def applies(condition: str | None, inputs: Mapping[str, str]) -> bool:
    """Decide the two kinds of conditions that the steps have."""
    if condition is None:
        return True
    if found := re.fullmatch(r"contains\(inputs\.(\w+), '(\w+)'\)", condition):
        return found[2] in inputs[found[1]]
    found = re.fullmatch(r"inputs\.(\w+) != ''", condition)
    assert found, condition
    return inputs[found[1]] != ""


def run_step(
    step: dict, folder: Path, runner: Path, values: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a step's script in `folder`, with the runner's files in `runner`."""
    script = runner / "script.sh"
    script.write_text(step["run"], encoding="utf-8")
    environment = {
        **clean_environment(),
        **values,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTION_PATH": str(ACTION),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary"),
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def with_defaults(inputs: Mapping[str, str]) -> dict[str, str]:
    return {name: one["default"] for name, one in TEXT["inputs"].items()} | dict(inputs)


def environment(step: dict, inputs: Mapping[str, str], outputs: Mapping[str, str]):
    values = step.get("env", {}).items()
    return {name: resolve(text, inputs, outputs) for name, text in values}


def install(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    values = environment(STEPS[0], with_defaults(inputs), {})
    return run_step(STEPS[0], folder, folder, {**values, "RUNNER_TEMP": str(folder)})


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The outputs of the first step."""
    folder = tmp_path_factory.mktemp("runner")
    done = install(folder)
    assert done.returncode == 0, done.stdout
    lines = (folder / "output").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def action(repository: Path, tmp_path: Path, installed: dict[str, str]) -> Action:
    """Run the other steps in the repository."""

    def action(**given: str) -> Done:
        inputs = with_defaults({k.replace("_", "-"): v for k, v in given.items()})
        names, output, code = [], "", 0
        for step in STEPS[1:]:
            if code == 0 and applies(step.get("if"), inputs):
                folder = resolve(step["working-directory"], inputs, installed)
                values = environment(step, inputs, installed)
                values["GITHUB_WORKSPACE"] = str(repository)
                done = run_step(step, repository / folder, tmp_path, values)
                names.append(step["name"])
                output, code = output + done.stdout, done.returncode
        summary = tmp_path / "summary"
        text = summary.read_text("utf-8") if summary.exists() else ""
        return Done(code, names, output, text)

    return action


def write(folder: Path, old: str, new: str) -> None:
    plan = folder / "tracking_plan.yaml"
    text = plan.read_text("utf-8")
    assert old in text
    plan.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def generated(repository: Path, installed: dict[str, str]) -> Path:
    """The repository with its package, committed."""
    command = [installed["trackplan"], "generate"]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    commit(repository)
    return repository


def test_no_input_stands_in_a_script() -> None:
    assert not [step["name"] for step in STEPS if "${{" in step["run"]]


def test_a_good_plan_and_its_package_pass(action: Action, generated: Path) -> None:
    done = action()
    assert done.code == 0, done.output
    assert done.names == ["Check the tracking plan", "Check the generated code"]


def test_a_bad_plan_is_annotated_and_summed_up(action: Action, generated: Path) -> None:
    write(generated, "type: string", "type: strin")
    done = action()
    assert done.code == 1
    assert "::error file=tracking_plan.yaml,line=6,col=33," in done.output
    assert "| error | TP301 |" in done.summary


def test_stale_code_is_annotated(action: Action, generated: Path) -> None:
    write(generated, "Signed Up", "Joined Up")
    done = action()
    assert done.code == 1
    assert "::error file=generated/events.py,line=" in done.output
    assert "event `Joined Up` is missing" in done.output


def test_strict_makes_warnings_fail(action: Action, generated: Path) -> None:
    write(generated, "Signed Up", "signed up")
    assert action(commands="check").code == 0
    assert action(commands="check", strict="true").code == 1


def test_commands_are_chosen(action: Action, repository: Path) -> None:
    assert action(commands="check").names == ["Check the tracking plan"]


def test_a_plan_and_a_folder_are_chosen(action: Action, repository: Path) -> None:
    plan = repository / "app" / "plan.yaml"
    plan.parent.mkdir()
    plan.write_text("trackplan: 1\nevents: {Seen: {propertys: {}}}\n", "utf-8")
    done = action(working_directory="app", plan="plan.yaml")
    assert done.code == 1
    assert "::error file=app/plan.yaml,line=2," in done.output


def test_sarif_is_written_beside_the_annotations(
    action: Action, generated: Path
) -> None:
    write(generated, "type: string", "type: strin")
    assert "::error file=tracking_plan.yaml" in action(sarif="plan.sarif").output
    log = json.loads((generated / "plan.sarif").read_text("utf-8"))
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["TP301"]


def test_a_change_that_breaks_callers_is_annotated(
    action: Action, repository: Path
) -> None:
    against = "main:tracking_plan.yaml"
    assert action(commands="check", against=against).code == 0
    write(repository, "    properties: {method: {type: string}}\n", "")
    done = action(commands="check", against=against)
    assert (done.code, done.names[-1]) == (1, "Compare the tracking plan")
    assert "::error file=tracking_plan.yaml,line=3," in done.output
    assert "`method`" in done.output


HOSTILE = ("$(touch pwned)", "; touch pwned;", '"; touch pwned; "', "'; touch pwned; '")


@pytest.mark.parametrize("name", ["plan", "against", "sarif"])
def test_an_input_is_never_run(action: Action, repository: Path, name: str) -> None:
    for value in HOSTILE:
        action(commands="" if name == "against" else "check", **{name: value})
    assert not (repository / "pwned").exists()


def test_unknown_commands_are_refused(tmp_path: Path) -> None:
    done = install(tmp_path, commands=f"check {HOSTILE[0]}")
    assert done.returncode == 2
    assert "commands are check and generate" in done.stdout
    assert not (tmp_path / "pwned").exists()


def test_a_version_is_asked_of_the_index_and_never_run(tmp_path: Path) -> None:
    done = install(tmp_path, version=HOSTILE[0])
    assert done.returncode == 1
    assert "Invalid requirement: 'trackplan[cli]==$(touch pwned)'" in done.stdout
    assert not (tmp_path / "pwned").exists()
