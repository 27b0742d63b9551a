"""Arguments for the generated functions: the plan's own examples, or derived ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any, cast

from trackplan.runtime.calls import Call
from trackplan.runtime.errors import TrackplanError
from trackplan.runtime.judging import Schema
from trackplan.runtime.validate import explain
from trackplan.texts import Choose

from . import plan
from .making import Maker, UnfitError
from .plan import Event

_ATTEMPTS = 50


class NoExampleError(TrackplanError, LookupError):
    """No valid call was found: the schema is contradictory, or too hard."""


# `Any`, not `object`: type checkers let nothing else be unpacked into a typed call.
def examples(event: Event) -> list[dict[str, Any]]:
    """Return valid keyword arguments for the generated function of an event.

    Those of the plan's `examples`; where it gives none, one with just what must be
    passed, and one with all. They are the same in every run::

        for example in examples(track_signed_up):
            track_signed_up("user-123", **example)

    `event` is the generated function, or the event's name once its package is imported.
    Raises NoExampleError where none was found, and LookupError or TypeError for what is
    no event.
    """
    call = plan.call_of(event)
    return [plan.arguments(call, one) for one in valid(call)]


def valid(call: Call) -> list[Mapping[str, object]]:
    """Return properties or traits, the plan's own before derived ones, never none."""
    given = plan.mapping(call.schema).get("examples")
    return cast("list[Mapping[str, object]]", given) or _derived(call)


def made(
    schema: Schema,
    definitions: Mapping[str, Schema],
    choose: Choose,
    present: Callable[[], bool],
) -> Mapping[str, object] | None:
    """Return properties or traits made by these choices, or None if they do not fit."""
    try:
        data = Maker(definitions, choose, present).call(schema)
    except UnfitError:
        return None
    return None if explain(schema, data, definitions) else data


def shortest(
    schema: Schema, definitions: Mapping[str, Schema]
) -> Mapping[str, object] | None:
    """Return properties or traits with just what must be passed, or None."""
    return _found(schema, definitions, lambda _: False)


def _derived(call: Call) -> list[Mapping[str, object]]:
    schema, definitions = call.schema, call.definitions.schemas
    ways: list[Callable[[Choose], bool]] = [lambda _: False, lambda _: True]
    found = [_found(schema, definitions, way) for way in ways]
    if found == [None, None]:
        found = [_found(schema, definitions, lambda choose: choose(2) == 1)]
    result = [data for data in found if data is not None]
    if not result:
        raise NoExampleError(
            f"no valid call of `{call.name}` was found: if its schema is not "
            f"contradictory, give it `examples` in the plan"
        )
    return result[:1] if result[:1] == result[1:] else result


def _found(
    schema: Schema,
    definitions: Mapping[str, Schema],
    is_present: Callable[[Choose], bool],
) -> Mapping[str, object] | None:
    for choose in _choices():
        data = made(schema, definitions, choose, partial(is_present, choose))
        if data is not None:
            return data
    return None


def _choices() -> Iterator[Choose]:
    """Yield ways to choose: the simplest always, then at random, the same each run."""
    yield lambda _: 0
    random = Random(0)
    for _ in range(_ATTEMPTS):
        yield random.randrange
