"""The report at the end of a collector that is a step of CI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import cast

from starlette.applications import Starlette

from trackplan.model import Plan

from .examine import Labels
from .judge import Verdict
from .state import State
from .store import Arrival

MOST = 50
"""How many different findings are printed."""


def report(app: Starlette, failing: Collection[str]) -> tuple[str, bool]:
    """Return what arrived in words, and whether a verdict of `failing` is among it.

    All that arrived is counted; findings are shown of what is still kept.
    """
    state = cast("State", app.state.collected)
    verdicts = state.store.tally.verdicts
    counts = ", ".join(f"{verdicts[one]} {_WORDS[one]}" for one in _WORDS)
    lines = [f"{state.store.last} received: {counts}."]
    found = Counter(
        line
        for _, arrival in state.store.after(0)
        if arrival.outcome.judgement.verdict in failing
        for line in _findings(state.plan, arrival)
    )
    lines += [f"{count} x {line}" for line, count in found.most_common(MOST)]
    if len(found) > MOST:
        lines.append(f"and {len(found) - MOST} findings more.")
    return "\n".join(lines), any(verdicts[cast("Verdict", one)] for one in failing)


_WORDS: dict[Verdict, str] = {
    "good": "good",
    "violation": "against the plan",
    "unplanned": "not in the plan",
    "refused": "refused",
    "forwarded": "forwarded",
}


def _findings(plan: Plan | None, arrival: Arrival) -> Iterator[str]:
    labels, judgement = arrival.outcome.labels, arrival.outcome.judgement
    name = _name(labels)
    if not judgement.violations:
        yield f"{name}: {_WORDS[judgement.verdict]}"
    places = {call.name: call.place for call in plan.calls} if plan else {}
    place = places.get(name)
    where = f" ({place.file}:{place.line})" if place else ""
    for one in judgement.violations:
        path = f" {one.path}:" if one.path else ""
        yield f"{name}:{path} expected {one.expected}, got {one.got}{where}"


def _name(labels: Labels) -> str:
    name = str(labels.event if labels.type == "track" else labels.type)
    return name if name.isprintable() else ascii(name)[1:-1]
