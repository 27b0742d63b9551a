"""`trackplan generate`: the package for a plan, written or compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackplan import report
from trackplan.cli.shared import (
    check_plan,
    count_events,
    format_option,
    in_the_way,
    plan_argument,
    print_diagnostics,
    print_findings,
    project,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackplan.model import Plan
    from trackplan.write import Change


@click.command()
@plan_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the generated package.  [default: generated]",
)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; say what is stale."
)
@click.option(
    "--diff", "only_diff", is_flag=True, help="Write nothing; show what would change."
)
@click.option(
    "--fail-on-change",
    is_flag=True,
    help="Exit 1 if files had to be written.",
)
@format_option
def generate(
    plan: Path | None,
    output: Path | None,
    only_check: bool,
    only_diff: bool,
    fail_on_change: bool,
    format_: str,
) -> int:
    """Check PLAN and write the Python package for it, all of it or nothing."""
    from trackplan.render import render
    from trackplan.write import ForeignFileError, changes

    config = project()
    source, folder = plan or config.plan, output or config.output
    checked = check_plan(source)
    if checked.plan is None:
        print_findings(checked, format_)
        return 1
    try:
        found = changes(render(checked.plan, source.name), folder)
    except ForeignFileError as error:
        raise in_the_way(error, "folder") from None
    if only_check and not only_diff:
        return _show_stale(checked.plan, checked.sources, found, format_)
    if checked.diagnostics or format_ in report.DOCUMENTS:
        print_findings(checked, format_)
    if only_diff:
        click.echo("".join(change.diff() for change in found), nl=False)
        return _say_stale(found)
    write_files(found, folder)
    _say_written(found, checked.plan, folder)
    return 1 if found and fail_on_change else 0


def _show_stale(
    plan: Plan, sources: Mapping[str, str], found: list[Change], format_: str
) -> int:
    from trackplan.stale import stale

    diagnostics = sorted(stale(found, plan), key=lambda one: one.sort_key)
    if diagnostics or format_ in report.DOCUMENTS:
        texts = {str(one.path): one.before or "" for one in found}
        print_diagnostics(diagnostics, {**sources, **texts}, format_)
    return _say_stale(found)


def _say_stale(found: list[Change]) -> int:
    if found:
        click.echo("Run `trackplan generate` to bring it up to date.", err=True)
    else:
        click.echo("The generated code is up to date.", err=True)
    return 1 if found else 0


def _say_written(found: list[Change], plan: Plan, folder: Path) -> None:
    events = count_events(len(plan.events))
    if found:
        click.echo(f"Generated {folder}/ for {events}.", err=True)
    else:
        click.echo(f"{folder}/ is up to date for {events}.", err=True)
