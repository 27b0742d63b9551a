"""Changes planted one at a time in a large plan: each is named once, at its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks import plans
from trackplan.check import Checked, check_text
from trackplan.diff import diff
from trackplan.model import Plan

COUNT = 970
BEFORE = plans.plan(COUNT) + "$defs:\n  tier: {enum: [free, pro]}\n"
EVENT = list(plans.names(COUNT))[COUNT // 2]
START = BEFORE.index(f"  {EVENT}:\n")
END = BEFORE.index("\n  ", BEFORE.index("required:", START)) + 1
BLOCK = BEFORE[START:END]

# What is written in the event in the middle, what instead, what that is called, and
# the text that stands where it is reported.
PLANTED = {
    "event removed": (BLOCK, "", "event-removed", f"{EVENT}:"),
    "event added": (
        f"  {EVENT}:",
        f"  Wholly Unlike It: {{}}\n  {EVENT}:",
        "event-added",
        "Wholly",
    ),
    "event renamed": (f"  {EVENT}:", f"  {EVENT}s:", "event-renamed", f"{EVENT}s:"),
    "function renamed": (
        *(f"  {EVENT}:\n", f"  {EVENT}:\n    python_name: other\n"),
        *("function-renamed", "python_name: other"),
    ),
    "owner changed": ("owner: growth", "owner: sales", "remark-changed", f"{EVENT}:"),
    "opened": (
        *("    properties:\n", "    additionalProperties: true\n    properties:\n"),
        *("opened", "additionalProperties: true"),
    ),
    "property added": (
        *("    properties:\n", "    properties:\n      zone: {type: string}\n"),
        *("property-added", "zone:"),
    ),
    "property removed": (
        "      isTrial: {type: boolean}\n",
        "",
        "property-removed",
        "isTrial:",
    ),
    "property renamed": ("isTrial:", "isTrials:", "property-renamed", "isTrials:"),
    "required added": ("isTrial]", "isTrial, amount]", "required-added", "amount:"),
    "required dropped": (", isTrial]", "]", "required-dropped", "isTrial:"),
    "bound moved": (
        "maximum: 10000",
        "maximum: 9000",
        "limit-tightened",
        "maximum: 9000",
    ),
    "length moved": (
        "maxLength: 64",
        "maxLength: 65",
        "limit-loosened",
        "maxLength: 65",
    ),
    "value added": ("enterprise]", "enterprise, team]", "value-added", "enum: [free"),
    "value removed": (", enterprise]", "]", "value-removed", "enum: [free"),
    "type widened": ("type: integer", "type: number", "type-widened", "type: number"),
    "type changed": ("type: boolean", "type: string", "type-changed", "type: string"),
    "format changed": ("format: email", "format: uri", "format-changed", "format: uri"),
    "items changed": (
        *("items: {type: string}", "items: {type: [string, 'null']}"),
        *("type-widened", "type: [string"),
    ),
}


@pytest.fixture(scope="module")
def before() -> Checked:
    return check_text(BEFORE, "before.yaml")


def with_event(before: Checked, block: str) -> tuple[Plan, Checked, str]:
    """Return the large plan with the events of `block` in place of the middle one."""
    text = f"trackplan: 1\nevents:\n{block or ' {}'}"
    part = check_text(text, "after.yaml")
    assert before.plan is not None
    assert part.plan is not None, part.diagnostics
    kept = [event for event in before.plan.events if event.name != EVENT]
    events = sorted([*kept, *part.plan.events], key=lambda event: event.name)
    return replace(before.plan, events=tuple(events)), part, text


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_is_named_once_at_its_place(
    name: str, before: Checked
) -> None:
    old, new, kind, mark = PLANTED[name]
    assert old in BLOCK
    block = new.join(BLOCK.rsplit(old, 1))
    if name == "property removed":
        block = block.replace(", isTrial]", "]")
    elif name == "property renamed":
        block = block.replace("isTrial", "isTrials").replace("isTrialss", "isTrials")
    after, part, source = with_event(before, block)
    assert before.plan is not None
    (change,) = diff(before.plan, after)
    assert change.rule.name == kind
    side, source = (before, BEFORE) if change.is_old else (part, source)
    place = side.place_of(change.path)
    assert source.split("\n")[place.line - 1][place.column - 1 :].startswith(mark)


def test_a_change_of_defs_is_named_once_at_its_place(before: Checked) -> None:
    after = check_text(BEFORE.replace("[free, pro]}", "[free]}"), "after.yaml")
    assert before.plan is not None
    assert after.plan is not None
    (change,) = diff(before.plan, after.plan)
    assert change.path == ("$defs", "tier", "enum")
