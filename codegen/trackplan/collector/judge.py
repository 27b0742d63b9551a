"""A well-formed body against the tracking plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from trackplan.model import Call, Plan
from trackplan.runtime.validate import explain
from trackplan.runtime.values import Json, Problem

Verdict: TypeAlias = Literal["good", "violation", "unplanned", "refused", "forwarded"]


class Judgement(NamedTuple):
    """What the plan says about a body; `violations` only with `violation`."""

    verdict: Verdict
    violations: tuple[Problem, ...] = ()


def judge(plan: Plan | None, body: Mapping[str, Json]) -> Judgement:
    """Judge a body that `/event` takes. Pure and thread-safe.

    Without a plan every body is `good`. Paths in violations start inside `properties`
    or `traits`; a body that carries neither is judged as if they were empty.
    """
    if plan is None:
        return Judgement("good")
    call = _call(plan, body)
    if call is None:
        return Judgement("unplanned")
    given = body.get("properties" if body["type"] == "track" else "traits", {})
    definitions = {each.name: each.schema for each in plan.definitions}
    violations = tuple(explain(call.schema, given, definitions))
    return Judgement("violation" if violations else "good", violations)


def _call(plan: Plan, body: Mapping[str, Json]) -> Call | None:
    if body["type"] == "identify":
        return plan.user
    if body["type"] == "group":
        return plan.group
    return next((each for each in plan.events if each.name == body["event"]), None)
