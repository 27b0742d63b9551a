"""Findings as SARIF 2.1.0, which GitHub's code scanning and many editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from trackplan.diagnostic import Diagnostic, Rule
from trackplan.report.located import Located, advice, located

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"


def sarif(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], color: bool = False
) -> str:
    """Return one run with a result a finding; the same bytes on every machine."""
    rules = {one.rule.code: one.rule for one in diagnostics}
    codes = sorted(rules)
    run = {
        "tool": {
            "driver": {
                "name": "trackplan",
                "rules": [_rule(rules[code]) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The root of the repository."}}
        },
        "results": [
            _result(one, codes.index(one.finding.rule.code))
            for one in located(diagnostics, sources)
        ],
    }
    return json.dumps({"version": "2.1.0", "$schema": _SCHEMA, "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, object]:
    examples = f"`trackplan explain {rule.code}` shows how to break it and to keep it."
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": _message(rule.summary),
        "fullDescription": _message(f"{rule.summary} {rule.why}"),
        "help": _message(f"{rule.why} {examples}"),
        "defaultConfiguration": {"level": rule.level},
    }


def _result(one: Located, rule_index: int) -> dict[str, object]:
    rule = one.finding.rule
    return {
        "ruleId": rule.code,
        "ruleIndex": rule_index,
        "level": rule.level,
        "message": _message(advice(one.finding)),
        "locations": [_location(one)] if one.path else [],
        "partialFingerprints": {"trackplan/v1": one.fingerprint},
    }


def _location(one: Located) -> dict[str, object]:
    place = one.finding.place
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + place.length,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(one), "region": region}}


def _artifact(one: Located) -> dict[str, str]:
    if Path(one.path).is_absolute():
        return {"uri": Path(one.path).as_uri()}
    return {"uri": quote(os.fsencode(one.path)), "uriBaseId": _ROOT}


def _message(text: str) -> dict[str, str]:
    """Return a message of SARIF, where `{0}` would be a gap and `[a](b)` a link."""
    text = text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
    return {"text": text}
