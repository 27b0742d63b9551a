"""Where the modules of rules enter what they define."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from trackplan.diagnostic import Level, Rule

ALL: dict[str, Rule] = {}
"""Every rule that a plan is held to, by its code."""


def rule(
    code: str,
    name: str,
    summary: str,
    why: str,
    *,
    bad: str,
    good: str,
    level: Level = "error",
    family: dict[str, Rule] = ALL,
) -> Rule:
    """Enter a rule into its family. A code that is taken is our mistake."""
    made = Rule(code, name, level, summary, why, dedent(bad), dedent(good))
    assert code not in family, code
    family[code] = made
    return made


def find(text: str, among: Mapping[str, Rule]) -> Rule | None:
    """Return the rule of that code or name, in any letters."""
    named = {rule.name: rule for rule in among.values()}
    return among.get(text.upper()) or named.get(text.lower())


def lint(code: str, name: str, summary: str, why: str, *, bad: str, good: str) -> Rule:
    """Enter a rule whose findings are warnings."""
    return rule(code, name, summary, why, bad=bad, good=good, level="warning")
