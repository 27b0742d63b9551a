"""Events that the browser SDK collected, forwarded by a backend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import time
from typing import TYPE_CHECKING, cast

from .calls import Call, report
from .client import current
from .errors import PlanViolation, Violation
from .outcome import Outcome
from .wire import FORWARDED, Record

if TYPE_CHECKING:
    from .values import Finding

SDK_PREFIX = "$ul_"


def forward_sdk_events(
    events: Iterable[Mapping[str, object]],
    *,
    user_id: str | None = None,
    validate: bool = False,
) -> list[Outcome]:
    """Forward what a browser SDK handed over, in its order and as it is.

    They are sent to the raw endpoint, many in a request; when one of them is refused,
    it alone is set aside. `user_id` is given to events that have no `userId`: one that
    the browser sends is kept, so do not take it for who has signed in. With
    `validate`, custom events that the plan names are judged by it, but for what the SDK
    adds (`$ul_…`); of several plans that name one, it has to fit one. Returns what has
    become of each. Never waits for the network; the only exception is PlanViolation,
    where `on_violation` asks for it, after the last event.
    """
    outcomes: list[Outcome] = []
    violations: list[Violation] = []
    for event in events:
        outcome, found = _forward(event, user_id, validate)
        outcomes.append(outcome)
        violations += found
    if violations:
        raise PlanViolation(tuple(violations))
    return outcomes


def _forward(
    event: Mapping[str, object], user_id: str | None, validate: bool
) -> tuple[Outcome, tuple[Violation, ...]]:
    """What became of one event, and what is to be raised."""
    from .convert import to_json  # here, since it is slow to import

    unconverted: list[Finding] = []
    try:
        data = to_json(event, unconverted)
    except RecursionError:  # the caller's own stack leaves too little
        data = None
    name = data.get("event") if isinstance(data, dict) else None
    record = Record(
        "forward", FORWARDED, None, None, cast("dict[str, object]", data), time()
    )
    if not isinstance(name, str) or unconverted:
        return current().set_aside(record, "not_an_event"), ()
    if user_id is not None and not record.data.get("userId"):
        record.data["userId"] = user_id
    calls = Call.of_event(name) if validate else []
    if not calls:
        return current().accept(record), ()
    properties = record.data.get("properties", {})
    if not isinstance(properties, dict):
        return current().set_aside(record, "not_an_event"), ()
    own = {k: v for k, v in properties.items() if not k.startswith(SDK_PREFIX)}
    found = [violation for call in calls if (violation := call.violation(own))]
    if len(found) < len(calls):
        return current().accept(record), ()
    mode, outcome = report(found[0], record, is_sendable=True)
    return outcome, found[0].violations if mode == "raise" else ()
