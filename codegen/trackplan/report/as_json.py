"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from trackplan.diagnostic import Diagnostic


def as_json(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str] | None = None,
    color: bool = False,
) -> str:
    """Return `{"diagnostics": [...]}`, one object a finding, sorted by place."""
    return json.dumps(
        {"diagnostics": [_as_object(one) for one in diagnostics]},
        ensure_ascii=False,
        indent=2,
    )


def _as_object(one: Diagnostic) -> dict[str, object]:
    return {
        "code": one.rule.code,
        "name": one.rule.name,
        "level": one.rule.level,
        "file": one.place.file,
        "line": one.place.line,
        "column": one.place.column,
        "length": one.place.length,
        "message": one.message,
        "guess": one.guess,
        "help": one.help,
    }
