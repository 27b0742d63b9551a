"""Two plans → changes, each safe for the code that calls today, or not.

Schemas are compared as they are written, keyword by keyword, so a change that means
nothing may be called one that may break; the reverse does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from trackplan.model import Call, Definition, Event, Plan, Property, Schema

Safety: TypeAlias = Literal["safe", "may break", "breaks"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, and what it means for existing calls."""

    safety: Safety
    what: str
    why: str


def diff(before: Plan, after: Plan) -> list[Change]:
    """Return what changed between two plans, by name; empty where calls mean the same.

    Descriptions, owners and other remarks do not count.
    """
    return [*_definitions(before, after), *_calls(before, after)]


def _definitions(before: Plan, after: Plan) -> Iterator[Change]:
    old = {one.name: one for one in before.definitions}
    new: Mapping[str, Definition] = {one.name: one for one in after.definitions}
    for name in sorted(old.keys() | new.keys()):
        what = f"`$defs` entry `{name}`"
        if name not in old:
            yield Change("safe", f"{what} was added", "no call uses it yet")
        elif name not in new:
            yield Change("breaks", f"{what} was removed", "its type can be imported")
        elif old[name].schema != new[name].schema:
            yield Change("may break", f"{what} changed", "values may fail that passed")


def _calls(before: Plan, after: Plan) -> Iterator[Change]:
    old = {(isinstance(one, Event), one.name): one for one in before.calls}
    new = {(isinstance(one, Event), one.name): one for one in after.calls}
    for key in sorted(old.keys() | new.keys()):
        what = f"event `{key[1]}`" if key[0] else f"`{key[1]}` traits"
        if key not in old:
            yield Change("safe", f"{what} was added", "no call uses it yet")
        elif key not in new:
            yield Change("breaks", f"{what} was removed", "its function is gone")
        else:
            yield from _call(what, old[key], new[key])


def _call(what: str, old: Call, new: Call) -> Iterator[Change]:
    if old.function != new.function:
        why = f"`{old.function}` is now `{new.function}`"
        yield Change("breaks", f"{what} was renamed in Python", why)
    if old.open != new.open:
        safety: Safety = "safe" if new.open else "breaks"
        how = "opened" if new.open else "closed"
        yield Change(safety, f"{what} was {how}", "to properties it does not name")
    yield from _properties(what, old, new)
    if _rules(old.schema) != _rules(new.schema):
        why = "values may fail that passed"
        yield Change("may break", f"the rules of {what} changed", why)


def _properties(what: str, old: Call, new: Call) -> Iterator[Change]:
    was = {one.wire_name: one for one in old.properties}
    now = {one.wire_name: one for one in new.properties}
    for name in sorted(was.keys() | now.keys()):
        where = f"property `{name}` of {what}"
        if name not in was:
            required = now[name].required
            why = "calls do not pass it" + (", and must" if required else "")
            yield Change("breaks" if required else "safe", f"{where} was added", why)
        elif name not in now:
            yield Change("breaks", f"{where} was removed", "calls may pass it")
        else:
            yield from _property(where, was[name], now[name])


def _property(where: str, old: Property, new: Property) -> Iterator[Change]:
    if old.python_name != new.python_name:
        why = f"`{old.python_name}=` is now `{new.python_name}=`"
        yield Change("breaks", f"{where} was renamed in Python", why)
    if old.required != new.required:
        safety: Safety = "breaks" if new.required else "safe"
        how = "required" if new.required else "optional"
        yield Change(safety, f"{where} became {how}", "calls may leave it out")
    if old.schema != new.schema:
        why = "values may fail that passed"
        yield Change("may break", f"the schema of {where} changed", why)


def _rules(schema: Schema) -> dict[str, object]:
    """Return what a call's schema asks besides naming, requiring and closing."""
    rules: dict[str, object] = {} if isinstance(schema, bool) else dict(schema)
    for keyword in ("properties", "required"):
        rules.pop(keyword, None)
    if isinstance(rules.get("additionalProperties"), bool):
        del rules["additionalProperties"]
    return rules
