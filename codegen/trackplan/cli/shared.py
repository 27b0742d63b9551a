"""What the commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from trackplan import cache, report
from trackplan.config import Config, ConfigError, read_config

if TYPE_CHECKING:
    from trackplan.check import Checked
    from trackplan.diagnostic import Diagnostic, Rule
    from trackplan.model import Plan
    from trackplan.runtime.configuration import Overrides
    from trackplan.runtime.settings import Settings
    from trackplan.write import Change


class CannotRun(click.ClickException):
    """The command could not do its work; shown on stderr, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"trackplan: {self.message}", err=True)


plan_argument = click.argument("plan", type=click.Path(path_type=Path), required=False)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(list(report.FORMATS)),
    default="full",
    show_default=True,
    help="How findings are printed.",
)


@lru_cache
def project() -> Config:
    """The settings of the project around the current folder."""
    try:
        return read_config(Path())
    except ConfigError as error:
        raise CannotRun(str(error)) from None


def named_rule(written: str, among: Mapping[str, Rule], noun: str) -> Rule:
    """Return the rule of a code or a name. Raises CannotRun where there is none."""
    from trackplan.naming import closest
    from trackplan.rules import find

    if rule := find(written, among):
        return rule
    near = closest(written, [*among, *(one.name for one in among.values())])
    more = f"did you mean `{near}`?" if near else f"the codes are {', '.join(among)}"
    raise CannotRun(f"there is no {noun} `{written}`; {more}")


def runtime_settings(changes: Overrides) -> Settings:
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


def check_plan(path: Path) -> Checked:
    """Check the plan at `path`, with the levels that the project sets."""
    from trackplan.check import apply_levels, check_file, check_levels

    levels = project().levels
    if problems := check_levels(levels):
        raise CannotRun(f"[tool.trackplan.levels]: {'; '.join(problems)}")
    try:
        checked = check_file(path, today=datetime.now().date())
    except FileNotFoundError:
        raise no_plan(path) from None
    diagnostics = apply_levels(checked.diagnostics, cast("Mapping[str, str]", levels))
    checked = replace(checked, diagnostics=diagnostics)
    return replace(checked, plan=None) if errors(checked) else checked


def no_plan(path: Path) -> CannotRun:
    cure = "run `trackplan init` to write one, or name yours"
    return CannotRun(f"there is no plan at {path}: {cure}")


def errors(checked: Checked) -> list[Diagnostic]:
    return [one for one in checked.diagnostics if one.rule.level == "error"]


def sound_plan(path: Path) -> Plan:
    return sound(check_plan(path), path)


def sound(checked: Checked, path: Path) -> Plan:
    """The plan, or a failure that shows its findings: stdout is for what was asked."""
    if checked.plan is None:
        color = is_colored(sys.stderr)
        click.echo(report.full(checked.diagnostics, checked.sources, color), err=True)
        raise CannotRun(f"{path} has errors")
    return checked.plan


def write_files(found: list[Change], target: Path) -> None:
    from trackplan.write import apply

    try:
        apply(found)
    except OSError as error:
        why = f"{reason(error)}; nothing was changed"
        raise CannotRun(f"{target} cannot be written ({why})") from None


def in_the_way(error: Exception, what: str) -> CannotRun:
    cure = f"name another {what} with `-o`, or move the file away"
    return CannotRun(f"{error}, and would be overwritten: {cure}")


def is_colored(stream: TextIO | None = None) -> bool:
    """Whether colours are for `stream`, by default stdout."""
    return (stream or sys.stdout).isatty() and "NO_COLOR" not in os.environ


def print_findings(checked: Checked, format_: str) -> str:
    return print_diagnostics(checked.diagnostics, checked.sources, format_)


def print_diagnostics(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], format_: str
) -> str:
    """Print findings of any kind, and on GitHub the summary of the step too.

    Returns what was printed, with its line end.
    """
    text = report.FORMATS[format_](diagnostics, sources, is_colored())
    click.echo(text)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_ == "github" and path:
        with suppress(OSError):  # it says nothing that was not printed
            _add_to_summary(Path(path), diagnostics, sources)
    return f"{text}\n"


def _add_to_summary(
    path: Path, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str]
) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        left = report.SUMMARY_LIMIT - file.tell()
        file.write(report.step_summary(diagnostics, sources, left))


def remember(format_: str, code: int, out: str, err: str = "") -> None:
    """Keep what was said, for the next run that would find the same."""
    if format_ in report.PLAIN:
        cache.remember(code, out, err)


def count_events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def reason(error: OSError) -> str:
    reason = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {reason}" if error.filename else reason
