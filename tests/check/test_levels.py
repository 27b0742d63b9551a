"""Levels that a project sets, and the day that lints are held against."""

from __future__ import annotations

from datetime import date

import pytest

from trackplan import rules
from trackplan.check import apply_levels, check_levels, check_text

WARNED = (
    "trackplan: 1\nevents:\n  report_exported: {}\n  Report Shared: {description: x}\n"
)
BOTH = "trackplan: 1\nevents:\n  report_exported: {}\n  Report Shared: {oops: 1}\n"


def levels_of(plan: str, levels: dict[str, str]) -> dict[str, str]:
    found = apply_levels(check_text(plan, "f").diagnostics, levels)
    return {one.rule.code: one.rule.level for one in found}


def test_without_levels_nothing_changes() -> None:
    found = check_text(BOTH, "f").diagnostics
    assert apply_levels(found, {}) == found


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("error", {"TP501": "error", "TP506": "warning"}),
        ("warning", {"TP501": "warning", "TP506": "warning"}),
        ("off", {"TP506": "warning"}),
    ],
)
def test_a_lint_can_be_raised_and_turned_off(
    level: str, expected: dict[str, str]
) -> None:
    assert levels_of(WARNED, {"TP501": level}) == expected


@pytest.mark.parametrize("level", ["warning", "off"])
def test_an_error_cannot_be_lowered(level: str) -> None:
    assert levels_of(BOTH, {"TP101": level})["TP101"] == "error"
    (problem,) = check_levels({"TP101": level})
    assert problem == "`TP101` is an error and cannot be lowered"


def test_a_table_of_levels_is_checked() -> None:
    assert check_levels({"TP501": "off", "TP502": "error", "TP101": "error"}) == ()
    assert check_levels({"tp501": "off", "TP501": "loud", "TP502": True}) == (
        "`tp501` is the code of no rule; did you mean `TP501`?",
        '`TP501` must be "error", "warning" or "off"',
        '`TP502` must be "error", "warning" or "off"',
    )


@pytest.mark.parametrize("code", ["TP602", "TP701", "TP801"])
def test_a_rule_of_another_command_has_no_level_here(code: str) -> None:
    (problem,) = check_levels({code: "off"})
    assert f"`{code}` is found by another command" in problem


def test_the_rules_themselves_stay_as_they_are() -> None:
    levels_of(WARNED, {"TP501": "error"})
    assert rules.EVENT_CASE.level == "warning"


def test_without_a_day_nothing_is_overdue() -> None:
    plan = rules.OVERDUE.bad
    assert check_text(plan, "f").diagnostics == ()
    assert check_text(plan, "f", date(2020, 1, 31)).diagnostics == ()
    late = check_text(plan, "f", date(2020, 2, 1)).diagnostics
    assert [one.rule for one in late] == [rules.OVERDUE]
