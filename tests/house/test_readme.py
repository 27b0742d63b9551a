"""The README tells the truth: its blocks run, its help is the commands' own."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
import readme

from trackplan.check import check_text

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.S)
YAML = [text for language, text in BLOCKS if language == "yaml"]
PYTHON = [text for language, text in BLOCKS if language == "python"]
CONSOLE = [text for language, text in BLOCKS if language == "console"]

MISSPELT = """\
trackplan: 1
name: Acme
events:
  Seats Added:
    properties:
      seats: {type: interger}
"""
SHOP = """\
trackplan: 1
events:
  Signed Up:
    properties: {method: {type: string}}
  Trial Started: {}
  Invoice Paid: {usage: {external: the billing service}}
"""
VIEWS = """\
import posthog

from generated import track_signed_up

track_signed_up("user-123", method="google")
posthog.capture("Trial Started", distinct_id="user-123")
"""


def test_the_event_shown_first_is_the_plan_s_own() -> None:
    assert YAML[0] in (ROOT / "tracking_plan.yaml").read_text("utf-8")


def test_the_plan_that_explains_the_format_is_without_errors() -> None:
    assert check_text(YAML[1], "README.md").plan is not None


def test_every_python_block_runs() -> None:
    script = "\n".join(text for text in PYTHON if not text.startswith(">>>"))
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_violation_shown_is_the_one_that_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import generated

    (shown,) = [text for text in PYTHON if text.startswith(">>>")]
    names = dict(vars(generated))
    test = doctest.DocTestParser().get_doctest(shown, names, "README", None, 0)
    assert test.examples
    result = doctest.DocTestRunner(verbose=False).run(test)
    assert result.failed == 0


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: block.split("\n")[0])
def test_a_command_prints_what_is_shown(block: str, tmp_path: Path) -> None:
    plan = (ROOT / "tracking_plan.yaml").read_text("utf-8")
    (tmp_path / "tracking_plan.yaml").write_text(plan, "utf-8")
    (tmp_path / "plan.yaml").write_text(MISSPELT, "utf-8")
    (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "views.py").write_text(VIEWS, "utf-8")
    before = plan.replace("json, parquet]", "json]").replace(
        "number, minimum: 0, d", "number, d"
    )
    (tmp_path / "before.yaml").write_text(before, "utf-8")
    command, shown = block.removeprefix("$ trackplan ").split("\n", 1)
    done = subprocess.run(
        [sys.executable, "-m", "trackplan", *command.split()],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.stdout == shown


def test_the_commands_are_described_by_their_own_help() -> None:
    assert readme.with_commands(TEXT) == TEXT, "run `make readme`"


def test_the_page_of_rules_is_made_of_the_rules() -> None:
    assert readme.RULES.read_text("utf-8") == readme.rules_page(), "run `make readme`"
