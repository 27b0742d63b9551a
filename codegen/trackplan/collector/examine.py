"""The bytes of a request body, and what is to be made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from trackplan.runtime.values import Json

from .decode import decode
from .judge import MOST, Judgement
from .protocol import Finding

Find: TypeAlias = Callable[[Json], list[Finding]]
Judge: TypeAlias = Callable[[Mapping[str, Json]], Judgement]
Label: TypeAlias = "str | int | None"

_LONGEST = 300
"""How much is kept of a name or an id, in characters."""


class Labels(NamedTuple):
    """What a body says of itself, as it came; None where that is no name and no id."""

    type: Label = None
    event: Label = None
    user_id: Label = None
    title: str = ""
    """What to call it in a list."""


class Outcome(NamedTuple):
    """How a request body is answered, and why."""

    status: int
    """The HTTP status of the answer."""
    labels: Labels
    judgement: Judgement
    problems: tuple[str, ...]
    """Where it falls short of the API's documentation; one sentence each."""


def examine(data: bytes, find: Find, judge: Judge, *, strict: bool) -> Outcome:
    """Read `data` and judge it, unless `find` sees in it what is to be refused."""
    body, findings = decode(data)
    findings = findings or find(body)
    problems = [finding.text for finding in findings]
    if len(problems) > MOST:
        problems[MOST:] = [f"There are {len(problems) - MOST} problems more."]
    refused = any(strict or finding.fatal for finding in findings)
    if refused or not isinstance(body, dict):
        return Outcome(400, _labels(body), Judgement("refused"), tuple(problems))
    return Outcome(200, _labels(body), judge(body), tuple(problems))


def _labels(body: Json) -> Labels:
    if not isinstance(body, dict):
        return Labels()
    events = body.get("events")
    if isinstance(events, list) and events and isinstance(events[0], dict):
        more = f" +{len(events) - 1}" if len(events) > 1 else ""
        first = events[0]
        title = f"{_label(first.get('event')) or ''}{more}"
        return Labels(user_id=_label(first.get("userId")), title=title)
    event = _label(body.get("event"))
    name = _label(body.get("groupId")) if event is None else event
    return Labels(
        type=_label(body.get("type")),
        event=event,
        user_id=_label(body.get("userId")),
        title="" if name is None else str(name),
    )


def _label(value: Json) -> Label:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**_LONGEST else None
    return None
