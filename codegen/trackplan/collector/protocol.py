"""What the Userlens events API asks of a request body, and where a body falls short."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from trackplan.runtime.values import UNSET, Json, Unset, shown, type_name

SOURCE = "userlens-restapi"


class Finding(NamedTuple):
    """One way in which a body falls short of the documentation."""

    text: str
    """One sentence: the field, the fact, the cure."""
    fatal: bool = True
    """Whether a lenient collector refuses the body for it, too."""


def event_findings(body: Json) -> list[Finding]:
    """Return where a body posted to `/event` falls short, field by field."""
    if not isinstance(body, dict):
        return [Finding(f"The body is {type_name(body)}; send one JSON object.")]
    kind = body.get("type", UNSET)
    if not isinstance(kind, str) or kind not in _CALLS:
        cure = f"send one of {', '.join(map(shown, _CALLS))}"
        return [Finding(f"{_fact('type', kind)}; {cure}."), *_check(body, _ALWAYS)]
    checks = _CALLS[kind]
    return [*_check(body, checks), *_unknown(body, {"type", *checks}, kind)]


def raw_findings(body: Json) -> list[Finding]:
    """Return where a body posted to `/raw/event` falls short, event by event."""
    if isinstance(body, list):
        return [Finding('The body is a bare array; send it as {"events": [...]}.')]
    if not isinstance(body, dict):
        return [Finding(f'The body is {type_name(body)}; send {{"events": [...]}}.')]
    events = body.get("events", UNSET)
    if not isinstance(events, list):
        return [Finding(f"{_fact('events', events)}; send an array of events.")]
    return [f for i, event in enumerate(events) for f in _forwarded(event, i)]


# --- Fields -----------------------------------------------------------------------

Check: TypeAlias = Callable[[str, "Json | Unset"], Finding | None]


def _fact(path: str, value: Json | Unset) -> str:
    if isinstance(value, Unset):
        return f"`{path}` is missing"
    if isinstance(value, str) and not value.strip():
        return f"`{path}` is blank"
    scalar = not isinstance(value, list | dict)
    return f"`{path}` is {shown(value) if scalar else type_name(value)}"


def _identifier(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, str) and value.strip():
        return None
    number = isinstance(value, int) and not isinstance(value, bool)
    cure = "send it in quotes" if number else "send a string that is not blank"
    return Finding(f"{_fact(path, value)}; {cure}.", fatal=not number)


def _name(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, str) and value.strip():
        return None
    return Finding(f"{_fact(path, value)}; send the name of the event as a string.")


def _source(path: str, value: Json | Unset) -> Finding | None:
    if value == SOURCE:
        return None
    return Finding(f'{_fact(path, value)}; send "{SOURCE}".', fatal=False)


def _object(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, dict):
        return None
    fatal = not isinstance(value, Unset)
    return Finding(f"{_fact(path, value)}; send an object, {{}} if empty.", fatal)


def _list(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, list):
        return None
    return Finding(f"{_fact(path, value)}; send an array.")


def _boolean(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, bool):
        return None
    return Finding(f"{_fact(path, value)}; send true or false.")


def _timestamp(path: str, value: Json | Unset) -> Finding | None:
    if isinstance(value, str) and _is_utc(value):
        return None
    cure = "send UTC as in 2025-01-31T12:00:00.000Z, or leave it out"
    return Finding(f"{_fact(path, value)}; {cure}.", fatal=False)


def _is_utc(text: str) -> bool:
    if not re.fullmatch(r"[-0-9]{10}T[:0-9]{8}(\.[0-9]+)?Z", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _optional(check: Check) -> Check:
    return lambda path, value: None if isinstance(value, Unset) else check(path, value)


_ALWAYS: Mapping[str, Check] = {"userId": _identifier, "source": _source}

_CALLS: Mapping[str, Mapping[str, Check]] = {
    "identify": {**_ALWAYS, "traits": _object},
    "group": {"groupId": _identifier, **_ALWAYS, "traits": _optional(_object)},
    "track": {
        **_ALWAYS,
        "event": _name,
        "properties": _optional(_object),
        "timestamp": _optional(_timestamp),
    },
}

_FORWARDED: Mapping[str, Check] = {
    "event": _name,
    "userId": _optional(_identifier),
    "is_raw": _optional(_boolean),
    "snapshot": _optional(_list),
    "properties": _optional(_object),
}


def _check(
    fields: Mapping[str, Json], checks: Mapping[str, Check], prefix: str = ""
) -> list[Finding]:
    found = [
        check(prefix + name, fields.get(name, UNSET)) for name, check in checks.items()
    ]
    return [finding for finding in found if finding is not None]


def _unknown(fields: Mapping[str, Json], known: set[str], kind: str) -> list[Finding]:
    inside = "properties" if kind == "track" else "traits"
    cure = f"leave it out, or move it into `{inside}`"
    return [
        Finding(f"{shown(name)} is not a field of `{kind}`; {cure}.", fatal=False)
        for name in fields
        if name not in known
    ]


def _forwarded(event: Json, index: int) -> list[Finding]:
    path = f"events[{index}]"
    if not isinstance(event, dict):
        return [Finding(f"{_fact(path, event)}; send an object.")]
    return _check(event, _FORWARDED, f"{path}.")
