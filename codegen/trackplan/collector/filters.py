"""Which arrivals are asked for, as the query of a URL says it."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from starlette.datastructures import QueryParams

from .judge import VERDICTS
from .store import Arrival

TYPES = ("identify", "group", "track", "raw")
"""What an arrival can be; `raw` is what `/raw/event` took."""
MOST = 1000
"""How many arrivals one page holds."""


class QueryError(ValueError):
    """A query that cannot be answered; the message says what to send."""


class Filter(NamedTuple):
    """What arrivals must be like; what is empty, lets everything pass."""

    verdicts: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    event: str = ""
    user: str = ""
    text: str = ""

    def admits(self, arrival: Arrival) -> bool:
        """Tell whether an arrival is asked for. Upper and lower case are the same."""
        labels = arrival.outcome.labels
        kind = "raw" if arrival.endpoint == "/raw/event" else labels.type
        return (
            (not self.verdicts or arrival.outcome.judgement.verdict in self.verdicts)
            and (not self.types or kind in self.types)
            and self.event in labels.title.lower()
            and self.user in str(labels.user_id or "").lower()
            and (not self.text or _holds(arrival, self.text))
        )


def read(query: QueryParams) -> Filter:
    """Return the filter that a query asks for. Raises QueryError."""
    return Filter(
        verdicts=_choices(query, "verdict", VERDICTS),
        types=_choices(query, "type", TYPES),
        event=query.get("event", "").lower(),
        user=query.get("user", "").lower(),
        text=query.get("q", "").lower(),
    )


def number(query: QueryParams, name: str, default: int, least: int, most: int) -> int:
    """Return a whole number of a query. Raises QueryError."""
    text = query.get(name, str(default))
    if re.fullmatch("[0-9]{1,19}", text) and least <= int(text) <= most:
        return int(text)
    raise QueryError(f"`{name}` is no number from {least} to {most}; send one.")


def _choices(query: QueryParams, name: str, known: tuple[str, ...]) -> frozenset[str]:
    joined = ",".join(query.getlist(name))
    chosen = frozenset(one for one in joined.split(",") if one)
    if not chosen <= set(known):
        raise QueryError(f"`{name}` takes {', '.join(known)}; send some of them.")
    return chosen


def _holds(arrival: Arrival, text: str) -> bool:
    """Tell whether a body holds `text`, be it written out or escaped."""
    body = (arrival.data or b"").decode(errors="replace").lower()
    return text in body or json.dumps(text)[1:-1].lower() in body
