"""Usage → text: a summary for people, JSON with all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from trackplan.model import Call, Plan
from trackplan.usage import Examined
from trackplan.usage.judge import Sighting

_PLACES = 3
"""How many places are shown of each event."""


def text(plan: Plan, examined: Examined, findings: str) -> str:
    """Return a line for each event, then the findings, then the sums."""
    sightings = examined.usage.sightings
    width = max((len(call.name) for call in plan.calls), default=0)
    rows = [_row(call, sightings[call.function], width) for call in plan.calls]
    head = f"{'':<{width}}  {'uses':>5}  {'tests':>5}"
    table = "".join(f"{line}\n" for line in (head, *rows))
    return f"{table}\n{findings}\n{_sums(plan, examined)}"


def _row(call: Call, sightings: Sequence[Sighting], width: int) -> str:
    used = [one for one in sightings if not one.is_test]
    tests = len(sightings) - len(used)
    places = [
        f"{one.place.file}:{one.place.line}" for one in (used or sightings)[:_PLACES]
    ]
    if len(used) > _PLACES:
        places.append("…")
    if call.external and not used:
        places = [f"external: {call.external}"]
    line = f"{call.name:<{width}}  {len(used):>5}  {tests:>5}  {', '.join(places)}"
    return line.rstrip()


def _sums(plan: Plan, examined: Examined) -> str:
    usage = examined.usage
    calls = plan.calls
    used = sum(
        any(not one.is_test for one in usage.sightings[call.function]) for call in calls
    )
    return (
        f"{used} of {len(calls)} used, {_count(len(usage.raw_calls), 'raw call')},"
        f" {_count(usage.unresolved, 'place')} unresolved"
        f" in {_count(examined.files, 'file')} of {_count(examined.lines, 'line')}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def as_json(plan: Plan, examined: Examined, findings: str) -> str:
    """Return everything: what was read, events with places, raw calls, findings.

    `findings` are JSON too, as the reports print them.
    """
    usage = examined.usage
    content = {
        "files": examined.files,
        "lines": examined.lines,
        "unresolved": usage.unresolved,
        "events": [_event(call, usage.sightings[call.function]) for call in plan.calls],
        "raw_calls": [
            {**one._asdict(), "place": one.place._asdict()} for one in usage.raw_calls
        ],
        **json.loads(findings),
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _event(call: Call, sightings: Sequence[Sighting]) -> dict[str, object]:
    return {
        "name": call.name,
        "function": call.function,
        "external": call.external,
        "deprecated": call.deprecated is not None,
        "uses": [
            {
                **one.place._asdict(),
                "kind": "call" if one.is_call else "reference",
                "test": one.is_test,
            }
            for one in sightings
        ],
    }
