"""Levels set by a project: `[tool.trackplan.levels]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from trackplan import rules
from trackplan.diagnostic import Diagnostic, Level
from trackplan.naming import closest

LEVELS = ("error", "warning", "off")


def check_levels(levels: Mapping[str, object]) -> tuple[str, ...]:
    """Return what is wrong with a table of levels, a sentence each."""
    problems: list[str] = []
    for code, level in levels.items():
        rule = rules.ALL.get(code)
        if rule is None and code in rules.EXPLAINED:
            problems.append(
                f"`{code}` is found by another command than `check`, which says itself "
                "what fails: see its `--help`"
            )
        elif rule is None:
            guess = closest(code, rules.ALL)
            more = f"; did you mean `{guess}`?" if guess else ""
            problems.append(f"`{code}` is the code of no rule{more}")
        elif level not in LEVELS:
            problems.append(f'`{code}` must be "error", "warning" or "off"')
        elif rule.level == "error" and level != "error":
            problems.append(f"`{code}` is an error and cannot be lowered")
    return tuple(problems)


def apply_levels(
    diagnostics: Iterable[Diagnostic], levels: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics at the levels a project wants, without those it turns off.

    Errors stay errors, whatever `levels` says; `check_levels` says so to the user.
    """
    kept: list[Diagnostic] = []
    for one in diagnostics:
        level = levels.get(one.rule.code, one.rule.level)
        if one.rule.level == "error" or level not in LEVELS:
            kept.append(one)
        elif level != "off":
            kept.append(
                replace(one, rule=replace(one.rule, level=cast("Level", level)))
            )
    return tuple(kept)
