"""The hooks for pre-commit, installed and run by it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.ci.conftest import clean_environment, commit, git

ROOT = Path(__file__).parents[2]
SHIPPED = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE")

Hook: TypeAlias = "Callable[[str], subprocess.CompletedProcess[str]]"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hooks: both share one."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of trackplan as it is here, committed or not."""
    folder = tmp_path_factory.mktemp("trackplan")
    for name in SHIPPED:
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "codegen", folder / "codegen", ignore=ignored)
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


@pytest.fixture
def hook(repository: Path, hooks: Path, home: Path) -> Hook:
    """Run a hook on what is staged in the repository."""
    rev = git(hooks, "rev-parse", "HEAD").strip()
    listed = "".join(f"  - id: trackplan-{name}\n" for name in ("check", "generate"))
    config = f"repos:\n- repo: {hooks}\n  rev: {rev}\n  hooks:\n{listed}"
    (repository / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    environment = {**clean_environment(), "PRE_COMMIT_HOME": str(home)}

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        git(repository, "add", "--all")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", f"trackplan-{name}"],
            cwd=repository,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return hook


def stage(repository: Path, old: str, new: str) -> None:
    plan = repository / "tracking_plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace(old, new), encoding="utf-8")


def test_check_lets_a_good_plan_pass(hook: Hook) -> None:
    done = hook("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_check_stops_a_bad_plan_and_says_why(hook: Hook, repository: Path) -> None:
    stage(repository, "type: string", "type: strin")
    done = hook("check")
    assert done.returncode == 1
    assert "tracking_plan.yaml:6:33: error TP301" in done.stdout


def test_generate_writes_the_package_and_stops_until_it_is_staged(
    hook: Hook, repository: Path
) -> None:
    first, second = hook("generate"), hook("generate")
    assert (first.returncode, second.returncode) == (1, 0), first.stdout
    assert (repository / "generated" / "events.py").exists()
    assert "Generated generated/ for 1 event" in first.stdout


def test_generate_undoes_what_was_changed_by_hand(hook: Hook, repository: Path) -> None:
    hook("generate")
    commit(repository)
    events = repository / "generated" / "events.py"
    was = events.read_text("utf-8")
    events.write_text(was + "# mine\n", encoding="utf-8")
    assert hook("generate").returncode == 1
    assert events.read_text("utf-8") == was


def test_a_commit_without_a_yaml_file_runs_no_hook(
    hook: Hook, repository: Path
) -> None:
    hook("generate")
    commit(repository)
    (repository / "app.py").touch()
    assert "no files to check" in hook("check").stdout
