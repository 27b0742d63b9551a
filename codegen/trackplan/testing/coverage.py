"""How much of a plan the calls of a test run exercise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypedDict, cast

from trackplan.runtime.calls import Call
from trackplan.runtime.wire import Record

from . import plan

Seen: TypeAlias = tuple[str, ...]
"""A name; or that and a property; or these and an enumerated value, as JSON."""
Listed: TypeAlias = dict[str, list[str]]
"""The properties of an event, each with its enumerated values as JSON."""


class Portable(TypedDict):
    """What a process has seen, in types that survive a trip to another."""

    seen: list[list[str]]
    plan: dict[str, Listed]


class Row(NamedTuple):
    """One event, or one kind of traits."""

    name: str
    is_called: bool
    properties: Sequence[str]
    """Those that no call had."""
    values: Mapping[str, Sequence[str]]
    """The enumerated values that no call had, as JSON, by their property."""


class Coverage:
    """Collects what is called. `observe` may be called from any thread."""

    def __init__(self) -> None:
        self._seen: set[Seen] = set()
        self._plan: dict[str, Listed] = {}
        self._met: dict[str, Listed] = {}

    def observe(self, record: Record) -> None:
        """Take note of a call that was valid."""
        name = record.event or record.kind
        data = record.data
        if record.kind == "forward":
            name, given = str(data.get("event")), data.get("properties")
            data = cast("dict[str, object]", given) if isinstance(given, dict) else {}
        listed = self._met.get(name)
        if listed is None:
            listed = next((_listed(call) for call in plan.calls_of(name)), {})
            self._met[name] = listed
        self._seen.add((name,))
        for key in listed.keys() & data.keys():
            self._seen.add((name, key))
            if listed[key] and (value := json.dumps(data[key])) in listed[key]:
                self._seen.add((name, key, value))

    def add(self, other: Portable) -> None:
        """Add what another process has seen."""
        self._seen.update(map(tuple, other["seen"]))
        self._plan.update(other["plan"])

    def portable(self) -> Portable:
        """Return what was seen, and the plans of the packages that were imported."""
        self._plan.update((call.name, _listed(call)) for call in plan.calls())
        return {"seen": sorted(map(list, self._seen)), "plan": self._plan}

    def report(self) -> Report:
        """Return what of the plans was called."""
        listed = self.portable()["plan"]
        return Report([self._row(name, listed[name]) for name in sorted(listed)])

    def _row(self, name: str, listed: Mapping[str, Sequence[str]]) -> Row:
        keys = [key for key in listed if (name, key) not in self._seen]
        values = {
            key: [one for one in options if (name, key, one) not in self._seen]
            for key, options in listed.items()
            if key not in keys
        }
        missed = {key: options for key, options in values.items() if options}
        return Row(name, (name,) in self._seen, keys, missed)


def _listed(call: Call) -> Listed:
    options = plan.enumerated(call)
    return {
        key: [json.dumps(value) for value in options.get(key, ())]
        for key in plan.properties(call)
    }


class Report(NamedTuple):
    """The coverage of all plans together."""

    rows: Sequence[Row]

    @property
    def called(self) -> int:
        """How many events and kinds of traits were called."""
        return sum(row.is_called for row in self.rows)

    @property
    def percent(self) -> float:
        """The share of them, from 0 to 100."""
        return 100 * self.called / len(self.rows) if self.rows else 0.0

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        if not self.rows:
            yield "No generated package was imported, so there is no plan to cover."
            return
        total = len(self.rows)
        yield f"{self.called} of {total} were called ({int(self.percent)} %)."
        never = [f"  {row.name}" for row in self.rows if not row.is_called]
        yield from (["Never called:", *never] if never else ())
        partly = [row for row in self.rows if row.is_called]
        lines = [f"  {row.name}: {_missed(row)}" for row in partly if _missed(row)]
        yield from (["Called, but never with:", *lines] if lines else ())

    def as_json(self) -> str:
        """Return what a program reads."""
        content = {
            "called": self.called,
            "total": len(self.rows),
            "percent": round(self.percent, 2),
            "events": [
                {
                    "name": row.name,
                    "called": row.is_called,
                    "properties_missed": row.properties,
                    "values_missed": {
                        key: [json.loads(one) for one in values]
                        for key, values in row.values.items()
                    },
                }
                for row in self.rows
            ],
        }
        return json.dumps(content, indent=2) + "\n"


def _missed(row: Row) -> str:
    values = [f"{key} {' or '.join(listed)}" for key, listed in row.values.items()]
    return ", ".join([*row.properties, *values])
