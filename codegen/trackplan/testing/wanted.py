"""A call as a test describes it: which event, whose, with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, cast

from trackplan.naming import snake_case
from trackplan.runtime.calls import Call
from trackplan.runtime.forward import SDK_PREFIX
from trackplan.runtime.values import UNSET

from . import plan
from .comparing import Difference, differences, in_words
from .plan import Event, guess

Body: TypeAlias = Mapping[str, object]
"""What goes over the wire for one call."""


def name_in(body: Body) -> str:
    """Return the event of a body; `identify` or `group` for traits."""
    return str(body.get("event") or body.get("type"))


def data_in(body: Body) -> Mapping[str, object]:
    """Return the properties or traits of a body."""
    found = body.get("properties", body.get("traits"))
    return cast("Body", found) if isinstance(found, Mapping) else {}


class Wanted:
    """What an assertion looks for. Raises TypeError for what is no event."""

    complaint: str | None
    """Which of its names the plan does not know."""

    def __init__(
        self,
        bodies: Sequence[Body],
        event: Event,
        user_id: object = None,
        group_id: object = None,
        properties: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        calls = plan.calls_of(event)
        self.name = event if isinstance(event, str) else calls[0].name
        sent = [body for body in bodies if name_in(body) == self.name]
        names = _wire_names(calls, sent)
        unknown = [
            key
            for key in properties
            if key not in names and not all(plan.may_have(one, key) for one in calls)
        ]
        if unknown:
            near = guess(unknown[0], list(names))
            self.complaint = f"`{self.name}` has no property `{unknown[0]}`{near}"
        else:
            self.complaint = None if calls or sent else _unplanned(self.name)
        ids = {"userId": user_id, "groupId": group_id}
        self._ids = {key: value for key, value in ids.items() if value is not None}
        self._properties = {names.get(key, key): properties[key] for key in properties}

    def __str__(self) -> str:
        wanted = {**self._ids, **self._properties}
        return ", ".join(f"{name}={in_words(value)}" for name, value in wanted.items())

    def fits(self, body: Body) -> bool:
        """Tell whether a body is as wanted."""
        return name_in(body) == self.name and not any(self.differences(body))

    def differences(self, body: Body) -> Iterator[Difference]:
        """Yield where a body of the event is not as wanted."""
        for key, value in self._ids.items():
            yield from differences(value, body.get(key, UNSET), key)
        data = data_in(body)
        for key, value in self._properties.items():
            yield from differences(value, data.get(key, UNSET), key)


def _wire_names(calls: Sequence[Call], sent: Sequence[Body]) -> dict[str, str]:
    """Return the names on the wire of the properties, by all their names."""
    found = [key for body in sent for key in data_in(body)]
    planned = [key for call in calls for key in plan.properties(call)]
    names = {snake_case(key) or key: key for key in found}
    names |= {key: key for key in (*found, *planned)}
    for call in calls:
        names |= plan.wire_names(call)
    return names


def _unplanned(name: str) -> str | None:
    """Complain of an event that no plan has, where plans are known."""
    known = [] if name.startswith(SDK_PREFIX) else plan.names()
    return f"`{name}` is no event of the plan{guess(name, known)}" if known else None
