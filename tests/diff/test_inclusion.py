"""What is shown of two schemas is true: held against values, by two judges."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from tests.diff.schemas import Schema, pairs
from tests.generated.test_schema_meaning import checker
from trackplan.diff.prove import Prover
from trackplan.diff.witness import Search
from trackplan.diff.world import World
from trackplan.model import Definition, Place

BOUNDED = settings(
    max_examples=300,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
NOWHERE = Place("plan.yaml", 1, 1)


def world(defs: dict[str, Schema]) -> World:
    entries = [Definition(name, name, one, None, NOWHERE) for name, one in defs.items()]
    return World(entries, entries)


@BOUNDED
@given(pairs())
def test_no_value_leaves_a_schema_that_is_shown_to_include_another(
    case: tuple[dict[str, Schema], Schema, Schema, list[Any]],
) -> None:
    defs, old, new, values = case
    here = world(defs)
    if Prover(here).shows(old, new):
        judge = Draft202012Validator(
            {"$defs": defs, **as_map(new)}, format_checker=checker()
        )
        for value in values:
            if here.accepts(old, value):
                assert here.accepts(new, value)
                assert judge.is_valid(value)
    else:
        found = Search(here).between(old, new)
        assert found is None or here.accepts(old, found[0]) > here.accepts(
            new, found[0]
        )


def as_map(schema: Schema) -> Schema:
    return {} if schema is True else {"not": {}} if schema is False else schema
