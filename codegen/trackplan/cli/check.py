"""`trackplan check`: every finding in a plan."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from trackplan.cli.shared import (
    check_plan,
    errors,
    format_option,
    plan_argument,
    print_findings,
    project,
    remember,
)


@click.command()
@plan_argument
@format_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def check(plan: Path | None, format_: str, strict: bool) -> int:
    """Check PLAN (by default tracking_plan.yaml) and print every finding."""
    gc.disable()  # as in generate
    checked = check_plan(plan or project().plan)
    said = print_findings(checked, format_)
    failing = checked.diagnostics if strict else errors(checked)
    code = 1 if failing else 0
    remember(format_, code, said)
    return code
