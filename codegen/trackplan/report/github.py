"""Findings as annotations of a GitHub workflow, and as a summary of its step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from trackplan.diagnostic import Diagnostic, Level
from trackplan.report.located import Located, advice, located, readable
from trackplan.report.text import summary

_COMMANDS: Final[dict[Level, str]] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}
SUMMARY_LIMIT = 1024 * 1024
"""The bytes that GitHub takes as the summary of a step; of more it shows nothing."""


def github(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], color: bool = False
) -> str:
    """Return a command for the runner a finding; it shows ten of a level a step."""
    lines = [_command(one) for one in located(diagnostics, sources)]
    return "".join(f"{line}\n" for line in lines) + summary(diagnostics)


def step_summary(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str],
    limit: int = SUMMARY_LIMIT,
) -> str:
    """Return all findings as a Markdown table of at most `limit` bytes of UTF-8."""
    text = f"### trackplan\n\n{summary(diagnostics)}\n\n"
    if diagnostics:
        text += "| level | rule | place | finding |\n|---|---|---|---|\n"
    more = "\nThere are more than fit here: the log has them all.\n\n"
    left = limit - len(f"{text}{more}".encode())
    if left < 0:
        return ""
    for one in located(diagnostics, sources):
        row = _row(one)
        left -= len(row.encode())
        if left < 0:
            return text + more
        text += row
    return f"{text}\n"


def _command(one: Located) -> str:
    rule, place = one.finding.rule, one.finding.place
    properties = {"title": f"{rule.code} {rule.name}"}
    if one.path:
        properties = {
            "file": one.path,
            "line": str(place.line),
            "col": str(place.column),
            "endColumn": str(place.column + place.length),
            **properties,
        }
    listed = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{_COMMANDS[rule.level]} {listed}::{_data(advice(one.finding))}"


def _data(text: str) -> str:
    """Escape the message of a command."""
    text = readable(text).replace("%", "%25")
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _row(one: Located) -> str:
    rule, place = one.finding.rule, one.finding.place
    where = f"{one.path}:{place.line}:{place.column}" if one.path else ""
    cells = (rule.level, rule.code, where, advice(one.finding))
    return f"| {' | '.join(map(_cell, cells))} |\n"


def _cell(text: str) -> str:
    """Escape text for a cell of a table, so that nothing in it is Markdown or HTML."""
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", readable(text))
    return "<br>".join(escaped.splitlines())
