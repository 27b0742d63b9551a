"""The promise: what is called safe is, whatever the schemas; what breaks has a witness."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.diff.plans import as_plan
from tests.diff.schemas import Draw, Schema, changed
from tests.diff.test_inclusion import BOUNDED
from tests.generated.test_schema_meaning import (
    checker,
    definitions,
    near,
    object_keywords,
    typed,
)
from trackplan.diff import diff
from trackplan.model import Event, Plan
from trackplan.runtime.validate import explain

Json = Any
LEAF = {"$ref": "#/$defs/leaf"}
TURNED = (
    {"$ref": "#/$defs/subject"},
    {"$ref": "#/$defs/tree/properties/kids"},
    {"not": LEAF},
    {"if": LEAF, "then": {"type": "string"}},
    {"oneOf": [LEAF, {"type": ["string", "object"]}]},
    {"contains": LEAF, "maxContains": 1},
    {"$ref": "#/$defs/tree", "unevaluatedProperties": False},
    {"$ref": "#/$defs/tree", "type": "object", "unevaluatedProperties": LEAF},
)
"""Schemas that refer to what may change, some of them the other way round."""
FLAT = st.booleans() | st.sampled_from(TURNED)


@st.composite
def events(draw: Draw) -> Schema:
    """Draw an event; most are closed, as they are unless they say otherwise."""
    keywords = object_keywords(FLAT)
    event = {k: v for k, v in draw(typed("object", keywords)).items() if k != "type"}
    named = {**event.get("properties", {}), "a": draw(st.sampled_from(TURNED))}
    event["properties"] = named
    names = [name for name in event.get("required", []) if name in named]
    return {**event, "required": names}


@st.composite
def pairs_of_plans(draw: Draw) -> tuple[Plan, Plan, list[Json], list[Json]]:
    """Draw a plan, one that differs here or there, and instances near both."""
    defs = draw(definitions())
    after_defs = dict(defs)
    for name in ("leaf", "subject", "tree"):
        if draw(st.booleans()):
            after_defs[name] = draw(changed(defs[name]))
    before = draw(events())
    after = draw(st.just(before) | events())
    if draw(st.booleans()):
        property_ = draw(changed(before["properties"]["a"]))
        after = {**after, "properties": {**after["properties"], "a": property_}}
    plans = as_plan(defs, before), as_plan(after_defs, after)
    assume(plans[0] is not None and plans[1] is not None)
    defs, after_defs = ({**one, "kids": True} for one in (defs, after_defs))
    drawn = st.lists(near({**before, "type": "object"}, defs, 5), max_size=4)
    drawn_after = st.lists(near({**after, "type": "object"}, after_defs, 5), max_size=4)
    return plans[0], plans[1], draw(drawn), draw(drawn_after)  # type: ignore[return-value]


def is_valid(plan: Plan, instance: Json) -> bool:
    defs = {one.name: one.schema for one in plan.definitions}
    (event,) = plan.events
    return isinstance(instance, dict) and not explain(event.schema, instance, defs)


def jsonschema_agrees(plan: Plan, instance: Json) -> bool:
    defs = {one.name: one.schema for one in plan.definitions}
    (event,) = plan.events
    document = {**event.schema, "$defs": defs}  # type: ignore[dict-item]
    return Draft202012Validator(document, format_checker=checker()).is_valid(instance)


def declared(event: Event) -> set[str]:
    return {one.wire_name for one in event.properties}


@settings(BOUNDED, max_examples=80)
@given(pairs_of_plans())
def test_what_is_safe_for_callers_refuses_nothing_that_passed(
    case: tuple[Plan, Plan, list[Json], list[Json]],
) -> None:
    before, after, old, new = case
    if all(change.callers.verdict == "safe" for change in diff(before, after)):
        for instance in [*old, *new]:
            if is_valid(before, instance):
                assert is_valid(after, instance)
                assert jsonschema_agrees(after, instance)


@settings(BOUNDED, max_examples=80)
@given(pairs_of_plans())
def test_what_is_safe_for_consumers_lets_nothing_new_arrive_where_they_read(
    case: tuple[Plan, Plan, list[Json], list[Json]],
) -> None:
    before, after, old, new = case
    if all(change.consumers.verdict == "safe" for change in diff(before, after)):
        added = declared(after.events[0]) - declared(before.events[0])
        for instance in [*old, *new]:
            if is_valid(after, instance):
                read = {k: v for k, v in instance.items() if k not in added}
                assert is_valid(before, read)
                assert jsonschema_agrees(before, read)
