"""`trackplan generate`: the package for a plan, written or compared."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackplan import report
from trackplan.cli.shared import (
    CannotRun,
    check_plan,
    count_events,
    format_option,
    in_the_way,
    plan_argument,
    print_diagnostics,
    print_findings,
    project,
    reason,
    remember,
    write_files,
)

if TYPE_CHECKING:
    from trackplan.check import Checked
    from trackplan.diagnostic import Diagnostic
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
@click.option(
    "--watch",
    "is_watching",
    is_flag=True,
    help="Go on until Ctrl-C, and write again whenever the plan changes.",
)
@format_option
def generate(
    plan: Path | None,
    output: Path | None,
    only_check: bool,
    only_diff: bool,
    fail_on_change: bool,
    is_watching: bool,
    format_: str,
) -> int:
    """Check PLAN and write the Python package for it, all of it or nothing."""
    config = project()
    source, folder = plan or config.plan, output or config.output
    if is_watching:
        if only_check or only_diff or fail_on_change:
            raise click.UsageError(
                "`--watch` writes, and goes on: it goes with none of `--check`, "
                "`--diff` and `--fail-on-change`"
            )
        return _watch(source, folder, format_)
    checked, files = _rendered(source)
    if checked.plan is None:
        print_findings(checked, format_)
        return 1
    found = _changes(files, folder)
    said = _report(checked, checked.plan, found, format_, only_check and not only_diff)
    if only_diff:
        click.echo("".join(change.diff() for change in found), nl=False)
    if only_check or only_diff:
        return _say_compared(found, format_, said)
    fresh = _write(found, folder, checked.plan)
    if not found or not _changes(files, folder):  # read anew, for `remember` to rely on
        remember(format_, 0, said, f"{fresh}\n")
    return 1 if found and fail_on_change else 0


def _rendered(source: Path) -> tuple[Checked, dict[str, str]]:
    """Return the plan and, where it is sound, the files of the package for it."""
    gc.disable()  # a check leaves no garbage, and looking for it takes a tenth
    from trackplan.render import render

    checked = check_plan(source)
    if checked.plan is None:
        return checked, {}
    gc.freeze()  # rendering does: it is looked for, though not in the plan
    gc.enable()
    return checked, render(checked.plan, source.name)


def _changes(files: Mapping[str, str], folder: Path) -> list[Change]:
    from trackplan.write import ForeignFileError, changes

    try:
        return changes(files, folder)
    except ForeignFileError as error:
        raise in_the_way(error, "folder") from None


def _write(found: list[Change], folder: Path, plan: Plan) -> str:
    """Write what is `found` to have changed; what is said when nothing has."""
    events = count_events(len(plan.events))
    fresh = f"{folder}/ is up to date for {events}."
    if found:
        write_files(found, folder)
        click.echo(f"Generated {folder}/ for {events}.", err=True)
    else:
        click.echo(fresh, err=True)
    return fresh


def _watch(source: Path, folder: Path, format_: str) -> int:
    """Write the package now, and whenever a file of the plan changes, until Ctrl-C."""
    from trackplan.watching import SECONDS, Watched

    watched = Watched([source])
    with suppress(KeyboardInterrupt):
        watched.turn_to(_written(source, folder, format_))
        click.echo(f"Watching {source} and what it includes; Ctrl-C stops.", err=True)
        while True:
            time.sleep(SECONDS)
            if watched.have_changed():
                try:
                    watched.turn_to(_written(source, folder, format_))
                except click.ClickException as error:
                    error.show()
                except OSError as error:
                    CannotRun(reason(error)).show()
    return 0


def _written(source: Path, folder: Path, format_: str) -> list[Path]:
    """Write the package, or say what is wrong; return what to watch."""
    try:
        checked, files = _rendered(source)
        if checked.plan:
            found = _changes(files, folder)
            _report(checked, checked.plan, found, format_, is_stale=False)
            _write(found, folder, checked.plan)
        else:
            print_findings(checked, format_)
            click.echo("The plan has errors: nothing was written.", err=True)
    finally:
        gc.enable()
        gc.unfreeze()  # the next plan takes the place of this one
    return checked.watched


def _report(
    checked: Checked, plan: Plan, found: list[Change], format_: str, is_stale: bool
) -> str:
    """Print what is stale, or else what was found in the plan; return what is said."""
    findings = _stale(found, plan) if is_stale else checked.diagnostics
    if not findings and format_ not in report.DOCUMENTS:
        return ""
    texts = {str(one.path): one.before or "" for one in found}
    return print_diagnostics(findings, {**checked.sources, **texts}, format_)


def _say_compared(found: list[Change], format_: str, said: str) -> int:
    """Say last whether the code is stale, after what was `said`."""
    if found:
        click.echo("Run `trackplan generate` to bring it up to date.", err=True)
        return 1
    fresh = "The generated code is up to date."
    click.echo(fresh, err=True)
    remember(format_, 0, said, f"{fresh}\n")
    return 0


def _stale(found: list[Change], plan: Plan) -> list[Diagnostic]:
    from trackplan.stale import stale

    return sorted(stale(found, plan), key=lambda one: one.sort_key)
