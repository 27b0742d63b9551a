"""A call as a test describes it: which event, whose, with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, cast

from trackplan.naming import snake_case
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

    def __init__(
        self,
        event: Event,
        user_id: object = None,
        group_id: object = None,
        properties: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self.name = event if isinstance(event, str) else plan.call_of(event).name
        self._event = event
        ids = {"userId": user_id, "groupId": group_id}
        self._ids = {key: value for key, value in ids.items() if value is not None}
        self._given = properties
        self._properties = dict(properties)

    def __str__(self) -> str:
        wanted = {**self._ids, **self._properties}
        return ", ".join(f"{name}={in_words(value)}" for name, value in wanted.items())

    def complaint(self, bodies: Sequence[Body]) -> str | None:
        """Say which of its names the plan does not know; learn those on the wire."""
        calls = plan.calls_of(self._event)
        sent = [body for body in bodies if name_in(body) == self.name]
        if not calls and not sent and (near := self._unplanned()):
            return near
        names = {key: key for body in sent for key in data_in(body)}
        names |= {snake_case(key) or key: key for key in names}
        names |= {wire: wire for call in calls for wire in plan.properties(call)}
        names |= {
            k: wire for call in calls for k, wire in plan.wire_names(call).items()
        }
        self._properties = {names.get(k, k): v for k, v in self._given.items()}
        for name in self._given:
            if name not in names and not all(map(plan.is_open, calls)):
                near = guess(name, list(names))
                return f"`{self.name}` has no property `{name}`{near}"
        return None

    def _unplanned(self) -> str | None:
        known = [] if self.name.startswith(SDK_PREFIX) else plan.names()
        near = guess(self.name, known)
        return f"`{self.name}` is no event of the plan{near}" if known else None

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
