"""Plans for the tests of `diff`."""

from __future__ import annotations

import json
from typing import Any

from trackplan.check import check_text
from trackplan.diff import Change, diff
from trackplan.model import Plan

EVENT = "events:\n  Seats Added:\n    properties:\n"


def plan(text: str) -> Plan:
    checked = check_text(text, "plan.yaml")
    assert checked.plan is not None, checked.diagnostics
    return checked.plan


def changes(before: str, after: str) -> list[Change]:
    """Compare two plans, without their first line."""
    return diff(plan(f"trackplan: 1\n{before}"), plan(f"trackplan: 1\n{after}"))


def of_property(before: str, after: str, defs: str = "") -> list[Change]:
    """Compare two schemas of the one property of an event."""
    texts = (f"{defs}{EVENT}      seats: {one}\n" for one in (before, after))
    return changes(*texts)


def summary(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(c.rule.name, c.callers.verdict, c.consumers.verdict) for c in found]


def as_plan(defs: dict[str, Any], event: dict[str, Any]) -> Plan | None:
    """Return a plan of one event, or None where the schemas make none."""
    document = {"trackplan": 1, "$defs": defs, "events": {"Case": event}}
    text = json.dumps(document, ensure_ascii=False)
    return check_text(text, "plan.yaml").plan
