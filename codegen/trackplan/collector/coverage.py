"""What of the plan arrived, and what arrived that is not in the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from trackplan.model import Call, Event, Plan

from .places import place_of
from .store import iso
from .tally import Seen, Tally

MOST = 1000
"""How many names that are not in the plan, and how many users, are listed."""


def coverage(plan: Plan | None, tally: Tally) -> dict[str, object]:
    """Return what `GET /api/coverage` shows."""
    calls = plan.calls if plan else ()
    planned = {_key(call) for call in calls}
    others = (
        {"type": kind, "event": name, **_counts(seen)}
        for (kind, name), seen in tally.calls.items()
        if (kind, name) not in planned
    )
    early = (
        {"user_id": user, **found._asdict()} for user, found in tally.early.items()
    )
    events = list(_covered([one for one in calls if isinstance(one, Event)], tally))
    return {
        "planned": len(events),
        "seen": sum(one["count"] != 0 for one in events),
        "events": events,
        "traits": list(
            _covered([one for one in calls if not isinstance(one, Event)], tally)
        ),
        "others": list(islice(others, MOST)),
        "before_identify": list(islice(early, MOST)),
    }


def _covered(calls: list[Call], tally: Tally) -> Iterator[Mapping[str, object]]:
    for call in calls:
        yield {
            "name": call.name,
            "owner": call.owner,
            "is_deprecated": call.deprecated is not None,
            "place": place_of(call.place),
            **_counts(tally.calls.get(_key(call))),
        }


def _counts(seen: Seen | None) -> dict[str, object]:
    return {
        "count": seen.count if seen else 0,
        "violations": seen.violations if seen else 0,
        "first_seen": iso(seen.first) if seen else None,
        "last_seen": iso(seen.last) if seen else None,
    }


def _key(call: Call) -> tuple[str, str | None]:
    return ("track", call.name) if isinstance(call, Event) else (call.name, None)
