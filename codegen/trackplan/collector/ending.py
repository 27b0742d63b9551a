"""The report at the end of a collector that is a step of CI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from starlette.applications import Starlette

from trackplan.diagnostic import visible
from trackplan.model import Plan
from trackplan.runtime.values import Json

from .judge import Verdict, call_of
from .places import place_in
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
    name = visible(str(labels.event if labels.type == "track" else labels.type))
    if not judgement.violations:
        yield f"{name}: {_WORDS[judgement.verdict]}"
        return
    body = cast("Mapping[str, Json]", arrival.body)
    call = call_of(plan, body) if plan else None
    for one in judgement.violations:
        path = f" {visible(one.path)}:" if one.path else ""
        place = place_in(call, one.path) if call else None
        where = f" ({place.file}:{place.line})" if place else ""
        yield f"{name}:{path} expected {one.expected}, got {one.got}{where}"
