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
    found = {"diagnostics": [_as_object(one) for one in diagnostics]}
    text = json.dumps(found, ensure_ascii=False, indent=2)
    # The odd bytes of a path become what they are in JSON too, such as `\udcff`.
    return text.encode("utf-8", "backslashreplace").decode()


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
