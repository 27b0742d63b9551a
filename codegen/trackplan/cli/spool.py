"""`trackplan spool`: look after the folder of a spool."""

from __future__ import annotations

import json
import sys

import click

from trackplan.cli.shared import CannotRun, count_events, runtime_settings


@click.group()
def spool() -> None:
    """Look after the folder of a spool."""


def _spool_folder(_context: click.Context, _option: click.Parameter, path: str) -> str:
    from trackplan.spool import trouble

    if problem := trouble(path):
        raise CannotRun(problem)
    return path


folder_argument = click.argument("folder", metavar="DIR", callback=_spool_folder)


@spool.command("status")
@folder_argument
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the numbers are printed.",
)
def spool_status(folder: str, format_: str) -> int:
    """Count what the spool DIR holds; nobody's data is shown."""
    from trackplan.spool import summary

    found = summary(folder)
    click.echo(json.dumps(found._asdict()) if format_ == "json" else str(found))
    return 0


@spool.command("flush")
@folder_argument
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, max=86_400, min_open=True),
    default=60,
    show_default=True,
    help="Seconds after which the rest is left.",
)
def spool_flush(folder: str, timeout: float) -> int:
    """Deliver what dead processes left in the spool DIR.

    The settings are read from the environment, the Write Code too.
    """
    from trackplan.spool import flush

    settings = runtime_settings({})
    if settings.write_code is None:
        raise CannotRun("there is no Write Code: set USERLENS_WRITE_CODE")
    flushed = flush(folder, settings, timeout)
    click.echo(f"{flushed}.")
    return 1 if flushed.left else 0


@spool.command("export")
@folder_argument
def spool_export(folder: str) -> int:
    """Print each event in the spool DIR as a line of JSON, and change nothing.

    With `state`, `queued` or `set_aside`, and then with the `reason` and the time.
    """
    from trackplan.runtime.delivery.folder import export

    for event in export(folder):
        click.echo(json.dumps(event))
    return 0


@spool.command("purge")
@folder_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def spool_purge(folder: str, yes: bool) -> int:
    """Destroy the events in the spool DIR, except those that living processes hold."""
    from trackplan.runtime.delivery.folder import abandoned, purge, status

    doomed = count_events(abandoned(folder) + status(folder).set_aside)
    if not yes and not sys.stdin.isatty():
        raise CannotRun(f"this would destroy {doomed}: confirm it with `--yes`")
    if not yes and not click.confirm(f"Destroy {doomed} for good?", err=True):
        return 1
    click.echo(f"Destroyed {count_events(purge(folder))}.")
    return 0
