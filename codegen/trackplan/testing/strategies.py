"""Hypothesis strategies made from the plan, for `@given`. They need `hypothesis`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st

from trackplan.runtime.calls import Call
from trackplan.runtime.validate import explain
from trackplan.texts import Choose

from . import plan
from .breaking import Breaker
from .examples import NoExampleError, made, valid
from .plan import Event

__all__ = ["BrokenCall", "broken_calls", "calls"]


class BrokenCall(NamedTuple):
    """Arguments that break the plan in one place."""

    arguments: dict[str, Any]
    path: str
    """Where, as in `Violation.path`."""
    keyword: str
    """The JSON Schema keyword that is broken there."""


def calls(event: Event) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for keyword arguments that are valid for an event::

        @given(strategies.calls(track_signed_up))
        def test_signup(arguments):
            track_signed_up("user-123", **arguments)

    `event` is the generated function, or the event's name once its package is imported.
    None that it gives breaks the plan. Raises NoExampleError where no valid call was
    found; where few of those that are made fit the schema, Hypothesis says that it has
    to filter too much.
    """
    call = plan.call_of(event)
    valid(call)  # fails at once where there is no valid call
    return _data(call).map(lambda data: plan.arguments(call, data))


def broken_calls(event: Event) -> st.SearchStrategy[BrokenCall]:
    """Return a strategy for keyword arguments that break the plan in just one place.

    Each comes with the path and the keyword of the only violation. What Python refuses
    by itself, an argument that is missing or unknown, is not among them. Raises
    NoExampleError where nothing that can be passed would be wrong.
    """
    call = plan.call_of(event)
    if not any(_broken(call, data, lambda _: 0) for data in valid(call)):
        raise NoExampleError(f"no way was found to break a call of `{call.name}`")
    return _broken_calls(call)


@st.composite
def _data(draw: st.DrawFn, call: Call) -> Mapping[str, object]:
    definitions = call.definitions.schemas
    present = st.booleans()
    data = made(call.schema, definitions, _choosing(draw), lambda: draw(present))
    return reject() if data is None else data


@st.composite
def _broken_calls(draw: st.DrawFn, call: Call) -> BrokenCall:
    return _broken(call, draw(_data(call)), _choosing(draw)) or reject()


def _choosing(draw: st.DrawFn) -> Choose:
    return lambda count: draw(st.integers(0, count - 1))


def _broken(
    call: Call, data: Mapping[str, object], choose: Choose
) -> BrokenCall | None:
    """Return a call that differs from a valid one so that one place of it is wrong."""
    definitions = call.definitions.schemas
    others = list(Breaker(definitions).call(call.schema, data))
    first = choose(len(others)) if others else 0
    for other in (*others[first:], *others[:first]):
        found = explain(call.schema, other, definitions)
        if len(found) == 1:
            arguments = plan.arguments(call, other)
            return BrokenCall(arguments, found[0].path, found[0].keyword)
    return None
