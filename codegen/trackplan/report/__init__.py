"""Findings → text, in the formats that people, editors, programs and CI read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trackplan.diagnostic import Diagnostic
from trackplan.report.as_json import as_json
from trackplan.report.github import SUMMARY_LIMIT, github, step_summary
from trackplan.report.gitlab import gitlab
from trackplan.report.sarif import sarif
from trackplan.report.text import concise, full, summary

FORMATS: dict[str, Callable[[Sequence[Diagnostic], Mapping[str, str], bool], str]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
}
"""Each takes the findings, the texts of their files by name, and whether to colour."""

DOCUMENTS = {"json", "gitlab", "sarif"}
"""The formats that are one JSON document, written where nothing was found too."""

PLAIN = {"full", "concise", "json"}
"""The formats that say the same of the same findings, wherever they are printed."""

__all__ = [
    "DOCUMENTS",
    "FORMATS",
    "PLAIN",
    "SUMMARY_LIMIT",
    "as_json",
    "concise",
    "full",
    "github",
    "gitlab",
    "sarif",
    "step_summary",
    "summary",
]
