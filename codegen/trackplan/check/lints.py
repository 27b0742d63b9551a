"""Lints: what works and will be regretted. Linear; broken parts are left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.lint_conditions import lint_conditions
from trackplan.check.lint_names import lint_names
from trackplan.check.lint_schemas import lint_schemas
from trackplan.check.lint_types import lint_types
from trackplan.check.names import calls
from trackplan.check.references import References
from trackplan.check.tree import Path, at
from trackplan.check.unseen import lint_unseen
from trackplan.load import Data, Object
from trackplan.naming import closest

_DATE = re.compile(r"\d{4}-\d+-\d")


def check_lints(
    found: Findings,
    references: References,
    sources: Mapping[str, str],
    today: date | None,
) -> None:
    """Find what each lint warns of."""
    properties = found.declared()
    names = [path for path, _ in properties]
    lint_names(found, names)
    lint_unseen(found, names)
    lint_types(found, references)
    lint_schemas(found, properties, references, sources)
    lint_conditions(found, references)
    _no_description(found)
    _no_owner(found)
    _unused(found, references)
    _deprecations(found, today)


def _events(found: Findings) -> list[tuple[Path, Object]]:
    return [
        (path, call)
        for path, call in calls(found.plan)
        if path[0] == "events" and not found.is_broken(path)
    ]


def _is_said(call: Object, key: str) -> bool:
    value = call.get(key)
    return isinstance(value, str) and bool(value.strip())


def _unsaid(found: Findings, key: str) -> list[Path]:
    """Return the events without `key`, in a plan that has it elsewhere.

    A plan without a single one has not begun with it: one line an event would bury
    what matters more.
    """
    said = {path: _is_said(call, key) for path, call in _events(found)}
    return [path for path in said if not said[path]] if any(said.values()) else []


def _no_description(found: Findings) -> None:
    for path in _unsaid(found, "description"):
        fact = f"{describe(path)} has no description"
        cure = "add a `description` that says what makes it happen"
        found.at_key(path, rules.NO_DESCRIPTION, fact, cure)


def _no_owner(found: Findings) -> None:
    for path in _unsaid(found, "owner"):
        fact = f"{describe(path)} has no owner"
        cure = "add the `owner`: the team or person who answers for it"
        found.at_key(path, rules.NO_OWNER, fact, cure)


def _unused(found: Findings, references: References) -> None:
    definitions = found.plan.get("$defs")
    if not isinstance(definitions, Object) or found.has_errors():
        return  # the reference may be what is wrong
    uses: dict[str, set[str]] = {}
    for path, schema in found.schemas:
        target = references.target(schema.get("$ref"), path)
        if target is not None:
            user = str(path[1]) if path[0] == "$defs" else ""
            uses.setdefault(user, set()).add(str(target[0][1]))
    used, new = set[str](), uses.get("", set())
    while new:
        used |= new
        new = {name for one in new for name in uses.get(one, ())} - used
    for name in definitions:
        if name not in used:
            fact = f"no event or trait leads to {describe(('$defs', name))}"
            cure = f"refer to it as `#/$defs/{name}`, or remove it"
            found.at_key(("$defs", name), rules.UNUSED_DEFINITION, fact, cure)


def _deprecations(found: Findings, today: date | None) -> None:
    for path, schema in found.sound():
        deprecated = schema.get("deprecated")
        if isinstance(deprecated, Object):
            place = (*path, "deprecated")
            since, until = deprecated.get("since"), deprecated.get("remove_after")
            if isinstance(since, str) and _DATE.match(since):  # it may be a version
                _beginning(found, (*place, "since"), since, until)
            if isinstance(until, str):
                _end(found, (*place, "remove_after"), until, today)
            if isinstance(other := deprecated.get("replaced_by"), str):
                _replacement(found, (*place, "replaced_by"), other)


def _beginning(found: Findings, path: Path, since: str, until: Data) -> None:
    """Find where `since` is no date, or later than the end."""
    what, day = describe(path[:-2]), _day(since)
    end = _day(until) if isinstance(until, str) else None
    if day is None:
        fact = f"`{since}`, since when {what} is deprecated, is no date"
        found.at_value(path, rules.BAD_DEPRECATION, fact, "write it as 2027-06-30")
    elif end is not None and end < day:
        fact = f"{what} is deprecated since {day}, and is to be removed after {end}"
        cure = "correct one of the two dates"
        found.at_value(path, rules.BAD_DEPRECATION, fact, cure)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _end(found: Findings, path: Path, until: str, today: date | None) -> None:
    what, day = describe(path[:-2]), _day(until)
    if day is None:
        fact = f"`{until}`, after which {what} is to be removed, is no date"
        cure = "write it as 2027-06-30"
        found.at_value(path, rules.BAD_DEPRECATION, fact, cure)
    elif today is not None and day < today:
        fact = f"{what} was to be removed after {day}"
        cure = "remove it from the plan, or move the date"
        found.at_value(path, rules.OVERDUE, fact, cure)


def _replacement(found: Findings, path: Path, other: str) -> None:
    """Find where an event, or a property, is replaced by none that stands beside it."""
    *above, section, name = path[:-2]
    if section not in ("events", "properties"):
        return
    beside = cast("Object", at(found.plan, (*above, section)))
    others = [one for one in beside if one != name]
    if other not in others:
        noun = "event" if section == "events" else "property"
        fact = f"`{other}`, which replaces {describe(path[:-2])}, is no other {noun}"
        cure = "name one that the plan has, or say it in the `reason`"
        guess = closest(other, others)
        found.at_value(path, rules.BAD_DEPRECATION, fact, cure, guess)
