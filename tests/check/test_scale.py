"""Plans of 25 to 970 events: clean where they are, and checked in linear time."""

from __future__ import annotations

import time

import pytest

from trackplan.check import check_text
from trackplan.model import Plan

VERBS = ("Created", "Updated", "Removed", "Shared", "Exported", "Archived", "Paid")
NOUNS = ("Report", "Invoice", "Workspace", "Seat", "Invite", "Project", "Export")
EVENT = """\
  {name}:
    description: The {noun} was {verb} by a person, not by a job.
    owner: team-{team}
    tags: [core, {verb}]
    properties:
      {noun}Id: {{type: string, format: uuid, description: Which one.}}
      planTier: {{$ref: '#/$defs/planTier'}}
      recordCount: {{type: integer, minimum: 0, examples: [{index}]}}
      source: {{type: string, enum: [web, api, "on", import]}}
      price:
        type: object
        properties:
          amount: {{type: number, minimum: 0}}
          currency: {{type: string, pattern: '^[A-Z]{{3}}$'}}
        required: [amount, currency]
        additionalProperties: false
    required: [{noun}Id, planTier]
    examples:
      - {{{noun}Id: 6f1f7dc4-3b0a-4b0e-9a54-0a3f5a1f2b3c, planTier: free}}
"""
HEAD = """\
trackplan: 1
name: Scale
$defs:
  planTier: {type: string, enum: [free, pro, enterprise]}
traits:
  user:
    properties: {email: {type: string, format: email, pii: true}}
events:
"""


def plan_of(count: int) -> str:
    """A plan of `count` events, as a large team would write it."""
    return HEAD + "".join(
        EVENT.format(
            name=f"{NOUNS[i % 7]} {VERBS[i // 7 % 7]} Number {i}",
            noun=NOUNS[i % 7].lower(),
            verb=VERBS[i // 7 % 7].lower(),
            team=i % 12,
            index=i,
        )
        for i in range(count)
    )


def checked_plan(text: str) -> Plan:
    checked = check_text(text, "plan.yaml")
    assert checked.diagnostics == ()
    assert checked.plan is not None
    return checked.plan


@pytest.mark.parametrize("count", [25, 100, 400, 970])
def test_a_good_plan_of_any_size_is_clean(count: int) -> None:
    plan = checked_plan(plan_of(count))
    assert len(plan.events) == count
    assert [event.name for event in plan.events] == sorted(e.name for e in plan.events)


def test_the_time_grows_with_the_plan_and_not_faster() -> None:
    checked_plan(plan_of(10))
    small, large = (seconds(plan_of(count)) for count in (100, 800))
    assert large < small * 8 * 3


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        check_text(text, "plan.yaml")
        best = min(best, time.process_time() - start)
    return best


def test_each_of_many_errors_is_reported() -> None:
    text = plan_of(300).replace("type: integer", "type: interger")
    assert len(check_text(text, "plan.yaml").diagnostics) == 300
