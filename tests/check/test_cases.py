"""Case folders: a plan as users get it wrong, and every finding in exact words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trackplan.check import Checked, check_file
from trackplan.diagnostic import Diagnostic

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/plan.yaml"))
TODAY = date(2026, 6, 1)


def as_text(one: Diagnostic, folder: Path) -> str:
    file = Path(one.place.file).relative_to(folder).as_posix()
    prefix = "" if file == "plan.yaml" else f"{file}:"
    text = f"{prefix}{one.place.line}:{one.place.column}: "
    text += f"{one.rule.level} {one.rule.code} {one.message}\n"
    text += f"  guess: {one.guess}\n" if one.guess else ""
    text += f"  help: {one.help}\n"
    return text.replace(str(folder), "FOLDER")


def check_case(folder: Path) -> Checked:
    return check_file(folder / "plan.yaml", TODAY)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_findings_are_these_in_this_order(folder: Path) -> None:
    found = "".join(as_text(one, folder) for one in check_case(folder).diagnostics)
    assert found == (folder / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_plan_is_built_exactly_where_there_is_no_error(folder: Path) -> None:
    checked = check_case(folder)
    failed = any(one.rule.level == "error" for one in checked.diagnostics)
    assert (checked.plan is None) == failed


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_finding_fits_one_line_and_stands_inside_its_file(folder: Path) -> None:
    checked = check_case(folder)
    for one in checked.diagnostics:
        lines = checked.sources[one.place.file].split("\n")
        assert 1 <= one.place.line <= len(lines)
        assert 1 <= one.place.column <= len(lines[one.place.line - 1]) + 1
        for text in (one.message, one.help, one.guess or "x"):
            assert text.isprintable()
            assert text


def test_there_are_cases() -> None:
    assert len(CASES) > 60
