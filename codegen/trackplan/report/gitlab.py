"""Findings as a Code Quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from trackplan.diagnostic import Diagnostic, Level
from trackplan.report.located import Located, advice, located, readable

_SEVERITIES: Final[dict[Level, str]] = {
    "error": "major",
    "warning": "minor",
    "note": "info",
}


def gitlab(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], color: bool = False
) -> str:
    """Return a JSON array, one object a finding."""
    return json.dumps([_issue(one) for one in located(diagnostics, sources)], indent=2)


def _issue(one: Located) -> dict[str, object]:
    rule = one.finding.rule
    return {
        "description": advice(one.finding),
        "check_name": f"{rule.code} {rule.name}",
        "fingerprint": one.fingerprint,
        "severity": _SEVERITIES[rule.level],
        "location": {
            "path": readable(one.path) or ".",
            "lines": {"begin": max(1, one.finding.place.line)},
        },
    }
