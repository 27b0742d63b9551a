"""A well-formed body against the tracking plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from trackplan.model import Call, Plan
from trackplan.runtime.validate import explain
from trackplan.runtime.values import Json, Problem

Verdict: TypeAlias = Literal["good", "violation", "unplanned", "refused", "forwarded"]
VERDICTS: tuple[Verdict, ...] = (
    "good",
    "violation",
    "unplanned",
    "refused",
    "forwarded",
)

MOST = 100
"""How many things wrong with one body are kept."""


class Judgement(NamedTuple):
    """What the plan says about a body; `violations` only with `violation`."""

    verdict: Verdict
    violations: tuple[Problem, ...] = ()
    """The first `MOST`."""


def judge(plan: Plan | None, body: Mapping[str, Json]) -> Judgement:
    """Judge a body that `/event` takes. Pure and thread-safe.

    Without a plan every body is `good`. Paths in violations start inside `properties`
    or `traits`; a body that carries neither is judged as if they were empty.
    """
    if plan is None:
        return Judgement("good")
    call = call_of(plan, body)
    if call is None:
        return Judgement("unplanned")
    definitions = {each.name: each.schema for each in plan.definitions}
    violations = explain(call.schema, data_of(body), definitions)[:MOST]
    return Judgement("violation" if violations else "good", tuple(violations))


def call_of(plan: Plan, body: Mapping[str, Json]) -> Call | None:
    """Return what the plan has for a body that `/event` takes."""
    if body["type"] == "identify":
        return plan.user
    if body["type"] == "group":
        return plan.group
    return next((each for each in plan.events if each.name == body["event"]), None)


def data_of(body: Mapping[str, Json]) -> Json:
    """Return the properties of an event, or the traits."""
    return body.get("properties" if body["type"] == "track" else "traits", {})
