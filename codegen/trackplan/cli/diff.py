"""`trackplan diff`: what changed between two plans."""

from __future__ import annotations

from pathlib import Path

import click

from trackplan.cli.shared import plan_argument, project, sound_plan


@click.command("diff")
@plan_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    required=True,
    help="The plan as it was before.",
)
def show_diff(plan: Path | None, against: Path) -> int:
    """Say what changed in PLAN, and whether code that calls it today still works."""
    from trackplan.diff import diff

    changes = diff(sound_plan(against), sound_plan(plan or project().plan))
    for change in changes:
        click.echo(f"{change.safety}: {change.what} ({change.why})")
    if not changes:
        click.echo("Calls mean the same in both.")
    return 1 if any(change.safety != "safe" for change in changes) else 0
