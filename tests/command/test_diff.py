"""What changed between two plans, and whether existing calls survive it."""

from __future__ import annotations

import pytest

from trackplan.check import check_text
from trackplan.diff import diff
from trackplan.model import Plan

BEFORE = """\
trackplan: 1
$defs: {tier: {type: string, enum: [free, pro]}}
traits: {user: {properties: {email: {type: string}}}}
events:
  Signed Up:
    properties: {method: {type: string}, tier: {$ref: "#/$defs/tier"}}
    required: [method]
"""


def plan(text: str) -> Plan:
    checked = check_text(text, "plan.yaml")
    assert checked.plan is not None, checked.diagnostics
    return checked.plan


CASES = {
    "an event added": (("events:\n", "events:\n  Logged In: {}\n"), "safe"),
    "an event renamed": (("Signed Up", "Joined"), "breaks"),
    "a function renamed": (
        ("Signed Up:\n", "Signed Up:\n    python_name: joined\n"),
        "breaks",
    ),
    "traits removed": (("traits: {user", "x-traits: {user"), "breaks"),
    "an optional property added": (
        ("{method: {type: string},", "{method: {type: string}, at: {type: string},"),
        "safe",
    ),
    "a required property added": (
        (
            'tier: {$ref: "#/$defs/tier"}}\n    required: [method]',
            'tier: {$ref: "#/$defs/tier"}, at: {}}\n    required: [method, at]',
        ),
        "breaks",
    ),
    "a property removed": (("tier: {$ref: ", "level: {$ref: "), "breaks"),
    "a property made required": (("[method]", "[method, tier]"), "breaks"),
    "a property made optional": (("    required: [method]\n", ""), "safe"),
    "a type changed": (
        ("method: {type: string}", "method: {type: number}"),
        "may break",
    ),
    "a definition changed": (("[free, pro]", "[free]"), "may break"),
    "an event opened": (
        ("Signed Up:\n", "Signed Up:\n    additionalProperties: true\n"),
        "safe",
    ),
    "a rule added": (
        ("Signed Up:\n", "Signed Up:\n    minProperties: 2\n"),
        "may break",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_found_and_judged(name: str) -> None:
    (old, new), safety = CASES[name]
    assert old in BEFORE
    found = diff(plan(BEFORE), plan(BEFORE.replace(old, new)))
    assert safety in {change.safety for change in found}


def test_remarks_are_no_change() -> None:
    after = BEFORE.replace("Signed Up:\n", "Signed Up:\n    owner: growth\n")
    assert diff(plan(BEFORE), plan(after)) == []


def test_closing_an_event_breaks() -> None:
    opened = BEFORE.replace(
        "Signed Up:\n", "Signed Up:\n    additionalProperties: true\n"
    )
    (change,) = diff(plan(opened), plan(BEFORE))
    assert (change.safety, change.what) == ("breaks", "event `Signed Up` was closed")


def test_the_command_exits_1_when_calls_may_break(run, project) -> None:
    (project / "before.yaml").write_text(BEFORE, encoding="utf-8")
    (project / "after.yaml").write_text(BEFORE.replace("Signed Up", "Joined"), "utf-8")
    done = run("diff", "after.yaml", "--against", "before.yaml")
    assert done.returncode == 1
    assert "breaks: event `Signed Up` was removed (its function is gone)" in done.stdout


def test_the_command_exits_0_when_nothing_changed(run) -> None:
    assert run("diff", "--against", "tracking_plan.yaml").returncode == 0
