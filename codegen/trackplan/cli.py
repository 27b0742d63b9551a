"""Arguments in, exit code out: 0 clean, 1 findings, 2 could not run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from trackplan import report
from trackplan.config import Config, ConfigError, read_config

if TYPE_CHECKING:
    from trackplan.check import Checked
    from trackplan.collector import Source
    from trackplan.diagnostic import Diagnostic
    from trackplan.model import Plan
    from trackplan.runtime.settings import Overrides, Settings
    from trackplan.write import Change


class CannotRun(click.ClickException):
    """The command could not do its work; shown on stderr, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"trackplan: {self.message}", err=True)


def run() -> int:
    """Run the command line and return the exit code."""
    try:
        return main.main(prog_name="trackplan", standalone_mode=False) or 0
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        click.echo(f"trackplan: {_words(error)}", err=True)
        return 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trackplan", message="%(version)s")
def main() -> None:
    """A tracking plan as code: checked YAML in, typed and validating Python out."""


plan_argument = click.argument("plan", type=click.Path(path_type=Path), required=False)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(list(report.FORMATS)),
    default="full",
    show_default=True,
    help="How findings are printed.",
)


@main.command()
def init() -> int:
    """Write a starter plan, its schema for editors, and the .gitattributes line."""
    from importlib.resources import files

    from trackplan.write import create, ensure_line

    config = _config()
    package = files("trackplan")
    schema = config.plan.with_name("tracking_plan.schema.json")
    for path, source in ((config.plan, "starter.yaml"), (schema, "plan.schema.json")):
        try:
            create(path, package.joinpath(source).read_text("utf-8"))
        except FileExistsError:
            raise CannotRun(f"{path} is there already: move it away first") from None
        click.echo(f"Wrote {path}.", err=True)
    line = f"{config.output.as_posix()}/** linguist-generated"
    if ensure_line(Path(".gitattributes"), line):
        click.echo("Added the generated code to .gitattributes.", err=True)
    click.echo("Edit the plan, then run `trackplan generate`.", err=True)
    return 0


@main.command()
@plan_argument
@format_option
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def check(plan: Path | None, format_: str, strict: bool) -> int:
    """Check PLAN (by default tracking_plan.yaml) and print every finding."""
    checked = _checked(plan or _config().plan)
    _report(checked, format_)
    failing = checked.diagnostics if strict else _errors(checked)
    return 1 if failing else 0


@main.command()
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
@format_option
def generate(
    plan: Path | None,
    output: Path | None,
    only_check: bool,
    only_diff: bool,
    format_: str,
) -> int:
    """Check PLAN and write the Python package for it, all of it or nothing."""
    from trackplan.render import render
    from trackplan.write import ForeignFileError, changes

    config = _config()
    source, folder = plan or config.plan, output or config.output
    checked = _checked(source)
    if checked.diagnostics:
        _report(checked, format_)
    if checked.plan is None:
        return 1
    try:
        found = changes(render(checked.plan, source.name), folder)
    except ForeignFileError as error:
        raise _in_the_way(error, "folder") from None
    if only_check or only_diff:
        return _show_stale(found, only_diff)
    _apply(found, folder)
    _say_written(found, checked.plan, folder)
    return 0


def _show_stale(found: list[Change], with_diff: bool) -> int:
    for change in found:
        click.echo(
            change.diff() if with_diff else f"{change.path}: {change.word}",
            nl=not with_diff,
        )
    if found:
        click.echo("Run `trackplan generate` to bring it up to date.", err=True)
    else:
        click.echo("The generated code is up to date.", err=True)
    return 1 if found else 0


def _say_written(found: list[Change], plan: Plan, folder: Path) -> None:
    events = _events(len(plan.events))
    if found:
        click.echo(f"Generated {folder}/ for {events}.", err=True)
    else:
        click.echo(f"{folder}/ is up to date for {events}.", err=True)


@main.command("diff")
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

    changes = diff(_plan(against), _plan(plan or _config().plan))
    for change in changes:
        click.echo(f"{change.safety}: {change.what} ({change.why})")
    if not changes:
        click.echo("Calls mean the same in both.")
    return 1 if any(change.safety != "safe" for change in changes) else 0


@main.command()
@plan_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write.  [default: stdout, as for `-`]",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "markdown", "json"]),
    help="What to write.  [default: by the ending of FILE (.md, .json), else html]",
)
def catalog(plan: Path | None, output: Path | None, format_: str | None) -> int:
    """Show people what PLAN holds, as one page that works offline.

    Its bytes are the plan's alone, so it can be committed and compared.
    """
    from trackplan.catalog import render
    from trackplan.write import ForeignFileError, change

    source = plan or _config().plan
    form = format_ or (_BY_ENDING.get(output.suffix) if output else None) or "html"
    model = _plan(source)
    text = render(model, source.name, form)
    if output is None or str(output) == "-":
        click.echo(text.encode(), nl=False)
        return 0
    try:
        found = change(output, text)
    except ForeignFileError as error:
        raise _in_the_way(error, "file") from None
    if found.before != found.after:
        _apply([found], output)
    click.echo(f"Wrote {output} for {_events(len(model.events))}.", err=True)
    return 0


_BY_ENDING = {".md": "markdown", ".json": "json"}


@main.command()
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

    path = plan or _config().plan
    checked = _checked(path) if plan or path.exists() else None
    if fail_on and checked is None:
        raise CannotRun(f"`--fail-on` needs a plan, and there is none at {path}")
    is_local = host in ("127.0.0.1", "localhost", "::1")
    try:
        app = collector.create_app(
            _good(checked, path) if checked else None,
            strict=strict,
            write_code=write_code,
            any_host=not is_local,
            source=_source(checked, path) if checked else None,
            package=_config().output.name,
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
            checked = _checked(path)
        except (CannotRun, OSError) as error:
            return Reading(None, str(error), (path,))
        text = report.full(_errors(checked), checked.sources)
        trouble = "" if checked.plan else text
        return Reading(checked.plan, trouble, tuple(map(Path, checked.sources)))

    return Source(read, tuple(map(Path, checked.sources)))


def _say_collecting(url: str, source: Path | None) -> None:
    judged = f"judged by {source}" if source else "checked for their form; no plan"
    click.echo(f"Collecting on {url}; Ctrl-C stops. Events are {judged}.", err=True)
    click.echo(f"  export USERLENS_EVENTS_URL={url} USERLENS_RAW_URL={url}", err=True)
    click.echo("  export USERLENS_WRITE_CODE=local-only", err=True)
    click.echo(f"  what arrives: {url}", err=True)


@main.command()
@plan_argument
def demo(plan: Path | None) -> int:
    """Show the whole loop on this machine: check, generate, call, deliver, see.

    No account and no network are needed, and no file of the project is touched.
    """
    from trackplan.demo import show

    source = plan or _config().plan
    checked = _checked(source)
    if checked.plan is None:
        _report(checked, "full")
        return 1
    return show(checked.plan, source)


@main.command()
@click.option(
    "--user",
    default="trackplan-verify",
    show_default=True,
    help="The id of the test user.",
)
@click.option(
    "--timeout",
    type=float,
    help="Seconds to wait for each answer.  [default: TRACKPLAN_TIMEOUT, or 10]",
)
def verify(user: str, timeout: float | None) -> int:
    """Send one call of each kind for a test user, and explain each answer.

    The Write Code is read from USERLENS_WRITE_CODE alone, since a command line ends up
    in the history of the shell. Without one, a stand-in on this machine is asked.
    """
    from trackplan.verify import verify

    if not user.strip():
        raise CannotRun("the id of the test user is blank: name one with `--user`")
    changes: Overrides = {} if timeout is None else {"timeout": timeout}
    return verify(_settings(changes), user, click.echo)


@main.group()
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

    settings = _settings({})
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

    doomed = _events(abandoned(folder) + status(folder).set_aside)
    if not yes and not sys.stdin.isatty():
        raise CannotRun(f"this would destroy {doomed}: confirm it with `--yes`")
    if not yes and not click.confirm(f"Destroy {doomed} for good?", err=True):
        return 1
    click.echo(f"Destroyed {_events(purge(folder))}.")
    return 0


@main.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what the rule CODE asks for, why, and how a plan breaks and keeps it."""
    from trackplan.rules import ALL

    rule = ALL.get(code.upper())
    if rule is None:
        codes = ", ".join(sorted(ALL))
        raise CannotRun(f"there is no rule {code}; the codes are {codes}")
    click.echo(f"{rule.code} {rule.name} ({rule.level})\n\n{rule.summary}\n{rule.why}")
    for title, example in (("Bad", rule.bad), ("Good", rule.good)):
        indented = "".join(f"    {line}" for line in example.splitlines(keepends=True))
        click.echo(f"\n{title}:\n\n{indented}", nl=False)
    return 0


# --- What the commands share ------------------------------------------------------


@cache
def _config() -> Config:
    try:
        return read_config(Path())
    except ConfigError as error:
        raise CannotRun(str(error)) from None


def _settings(changes: Overrides) -> Settings:
    """The settings that an application has here, with `changes`."""
    from trackplan.runtime import ConfigurationError
    from trackplan.runtime.settings import load

    try:
        settings, complaints = load(changes, os.environ, injected=True)
    except ConfigurationError as error:
        raise CannotRun(str(error)) from None
    for complaint in complaints:
        raise CannotRun(complaint.rpartition("; ")[0])  # here nothing is used instead
    return settings


def _checked(path: Path) -> Checked:
    """Check the plan at `path`, with the levels that the project sets."""
    from trackplan.check import apply_levels, check_file, check_levels

    levels = _config().levels
    if problems := check_levels(levels):
        raise CannotRun(f"[tool.trackplan.levels]: {'; '.join(problems)}")
    try:
        checked = check_file(path, today=datetime.now().date())
    except FileNotFoundError:
        cure = "run `trackplan init` to write one, or name yours"
        raise CannotRun(f"there is no plan at {path}: {cure}") from None
    diagnostics = apply_levels(checked.diagnostics, cast("Mapping[str, str]", levels))
    checked = replace(checked, diagnostics=diagnostics)
    return replace(checked, plan=None) if _errors(checked) else checked


def _errors(checked: Checked) -> list[Diagnostic]:
    return [one for one in checked.diagnostics if one.rule.level == "error"]


def _plan(path: Path) -> Plan:
    return _good(_checked(path), path)


def _good(checked: Checked, path: Path) -> Plan:
    if checked.plan is None:
        _report(checked, "full")
        raise CannotRun(f"{path} has errors")
    return checked.plan


def _apply(found: list[Change], target: Path) -> None:
    from trackplan.write import apply

    try:
        apply(found)
    except OSError as error:
        why = f"{_words(error)}; nothing was changed"
        raise CannotRun(f"{target} cannot be written ({why})") from None


def _in_the_way(error: Exception, what: str) -> CannotRun:
    cure = f"name another {what} with `-o`, or move the file away"
    return CannotRun(f"{error}, and would be overwritten: {cure}")


def _report(checked: Checked, format_: str) -> None:
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo(report.FORMATS[format_](checked.diagnostics, checked.sources, color))


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _words(error: OSError) -> str:
    reason = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {reason}" if error.filename else reason
