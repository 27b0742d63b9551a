"""`trackplan diff`: what changed between two plans, and what it breaks."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackplan import report
from trackplan.cli.shared import (
    CannotRun,
    is_colored,
    named_rule,
    no_plan,
    plan_argument,
    print_diagnostics,
    project,
    sound,
)

if TYPE_CHECKING:
    from trackplan.check import Checked

_FORMATS = ("text", "markdown", "json")


@click.command()
@plan_argument
@click.option(
    "--against",
    metavar="REV:PATH|FILE",
    required=True,
    help="The plan before: a file, or one of a git revision, such as main: or "
    "v1.2:plan.yaml. As for git, PATH leads from the root of the repository, or "
    "begins with ./; without it PLAN is meant.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([*_FORMATS, *(f for f in report.FORMATS if f not in _FORMATS)]),
    default="text",
    show_default=True,
    help="How changes are printed.",
)
@click.option(
    "--allow",
    metavar="CODE",
    multiple=True,
    help="A kind of change that shall not fail; it is still shown. Repeatable.",
)
def diff(plan: Path | None, against: str, format_: str, allow: tuple[str, ...]) -> int:
    """Say what changed in PLAN, and what that breaks.

    Each change is judged twice: for the code that calls, and for what reads the data.
    Exits 1 where one breaks or may break either, unless it is allowed.
    """
    from trackplan.diff import diff as compare
    from trackplan.diff import show
    from trackplan.rules import CHANGES

    gc.disable()  # as in generate
    allowed = {named_rule(one, CHANGES, "kind of change").code for one in allow}
    after_path = plan or project().plan
    before, after = _before(against, after_path), _checked(after_path)
    is_listed = format_ in _FORMATS  # findings stand in files that are there
    changes = show.placed(
        compare(sound(before, Path(against)), sound(after, after_path)),
        before.place_of if is_listed else after.place_of,
        after.place_of,
        allowed,
    )
    if format_ == "json":
        click.echo(show.as_json(changes, against, str(after_path)))
    elif format_ == "markdown":
        click.echo(show.as_markdown(changes), nl=False)
    elif format_ == "text":
        click.echo(show.as_text(changes, color=is_colored()))
    else:
        sources = {**before.sources, **after.sources}
        print_diagnostics(show.diagnostics(changes), sources, format_)
    return 1 if any(one.fails for one in changes) else 0


def _before(against: str, plan: Path) -> Checked:
    """Check the plan before, in its file or in its revision."""
    if Path(against).exists() or ":" not in against:
        return _file_before(against)
    from trackplan.check import check_file, check_text
    from trackplan.revision import ABSENT, Revision, RevisionError

    name, _, path = against.partition(":")
    try:
        revision = Revision(name)
        return check_file(revision.path(path, plan), files=revision, lint=False)
    except RevisionError as error:
        raise CannotRun(str(error)) from None
    except FileNotFoundError as error:
        if path or error.strerror != ABSENT:  # a path that was written may be misspelt
            raise CannotRun(f"{error.filename}: {error.strerror}") from None
        click.echo(f"There is no plan at {error.filename}: all is new.", err=True)
        return check_text("trackplan: 1", error.filename)


def _file_before(against: str) -> Checked:
    from trackplan.revision import is_revision

    path = Path(against)
    if not path.exists() and is_revision(against):
        cure = f"write `{against}:` for the plan at that revision"
        raise CannotRun(f"there is no file {against}: {cure}")
    return _checked(path)


def _checked(path: Path) -> Checked:
    """Check a plan for errors; lints are none of the matter here."""
    from trackplan.check import check_file

    try:
        return check_file(path, lint=False)
    except FileNotFoundError:
        raise no_plan(path) from None
