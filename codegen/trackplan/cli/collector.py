"""`trackplan collector`: the local stand-in for the Userlens API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackplan import report
from trackplan.cli.shared import (
    CannotRun,
    check_plan,
    errors,
    plan_argument,
    project,
    sound,
)

if TYPE_CHECKING:
    from trackplan.check import Checked
    from trackplan.collector import Source


@click.command()
@plan_argument
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8721,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse whatever the documentation does not describe.",
)
@click.option(
    "--write-code",
    envvar="TRACKPLAN_COLLECTOR_WRITE_CODE",
    help="The only Write Code to let in.  [default: any]",
)
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "unplanned"]),
    multiple=True,
    help="At the end report what arrived, and exit 1 if this did. Repeatable.",
)
@click.option(
    "--inject",
    metavar="STATUS:SHARE[:WAIT]",
    multiple=True,
    help="Answer a share of the requests by an error: 500:10%, or 429:5%:2s with "
    "Retry-After. Repeatable.",
)
@click.option(
    "--reset", metavar="SHARE", help="Reset the connection of a share of them: 5%."
)
@click.option("--latency", metavar="TIME", help="Wait before each answer: 200ms, 1.5s.")
@click.option(
    "--cors",
    metavar="ORIGIN",
    multiple=True,
    help="Let pages of this site send from a browser: http://localhost:3000. "
    "Repeatable.",
)
def collector(
    plan: Path | None,
    host: str,
    port: int,
    strict: bool,
    write_code: str | None,
    fail_on: tuple[str, ...],
    inject: tuple[str, ...],
    reset: str | None,
    latency: str | None,
    cors: tuple[str, ...],
) -> int:
    """Stand in for the Userlens API on this machine, until Ctrl-C.

    Events are judged by PLAN (by default tracking_plan.yaml, where there is one), which
    is read again when it changes, and shown on a page.
    """
    from trackplan import collector
    from trackplan.runtime import ConfigurationError

    path = plan or project().plan
    checked = check_plan(path) if plan or path.exists() else None
    if fail_on and checked is None:
        raise CannotRun(f"`--fail-on` needs a plan, and there is none at {path}")
    is_local = host in ("127.0.0.1", "localhost", "::1")
    try:
        app = collector.create_app(
            sound(checked, path) if checked else None,
            strict=strict,
            write_code=write_code,
            any_host=not is_local,
            source=_source(checked, path) if checked else None,
            package=project().output.name,
            faults=collector.read_faults(inject, latency, reset),
            cors=cors,
        )
        judge = path if checked else None
        collector.serve(app, host, port, lambda url: _say_collecting(url, judge))
    except ConfigurationError as error:
        raise CannotRun(str(error)) from None
    if not fail_on:
        return 0
    text, has_failed = collector.report(app, fail_on)
    click.echo(text)
    return 1 if has_failed else 0


def _source(checked: Checked, path: Path) -> Source:
    """Return what the plan at `path` is read again from, after it was `checked`."""
    from trackplan.collector import Reading, Source

    def read() -> Reading:
        try:
            checked = check_plan(path)
        except (CannotRun, OSError) as error:
            return Reading(None, str(error), [path])
        text = report.full(errors(checked), checked.sources)
        trouble = "" if checked.plan else text
        return Reading(checked.plan, trouble, checked.watched)

    return Source(read, checked.watched)


def _say_collecting(url: str, source: Path | None) -> None:
    judged = f"judged by {source}" if source else "checked for their form; no plan"
    click.echo(f"Collecting on {url}; Ctrl-C stops. Events are {judged}.", err=True)
    click.echo(f"  export USERLENS_EVENTS_URL={url} USERLENS_RAW_URL={url}", err=True)
    click.echo("  export USERLENS_WRITE_CODE=local-only", err=True)
    click.echo(f"  what arrives: {url}", err=True)
