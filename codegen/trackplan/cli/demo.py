"""`trackplan demo`: the whole loop on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from trackplan.cli.shared import check_plan, plan_argument, print_findings, project


@click.command()
@plan_argument
def demo(plan: Path | None) -> int:
    """Show the whole loop on this machine: check, generate, call, deliver, see.

    No account and no network are needed, and no file of the project is touched.
    """
    from trackplan.demo import show

    source = plan or project().plan
    checked = check_plan(source)
    if checked.plan is None:
        print_findings(checked, "full")
        return 1
    return show(checked.plan, source)
