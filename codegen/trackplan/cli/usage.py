"""`trackplan usage`: which events the code calls, and what goes past the plan."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import decode_source
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackplan import report
from trackplan.cli.shared import (
    CannotRun,
    check_plan,
    is_colored,
    print_diagnostics,
    project,
    reason,
    sound,
    write_files,
)
from trackplan.rules import USAGE

if TYPE_CHECKING:
    from trackplan.diagnostic import Diagnostic, Level
    from trackplan.model import Plan
    from trackplan.usage import Examined, Sources
    from trackplan.usage.judge import Finding

_FORMATS = ["text", *report.FORMATS]
_KINDS = [rule.name for rule in USAGE.values()]
_FAILING = [rule.name for rule in USAGE.values() if rule.level == "error"]


@click.command()
@click.argument(
    "paths", metavar="[PLAN] [SRC]...", nargs=-1, type=click.Path(path_type=Path)
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(_KINDS),
    help="Exit 1 for findings of this kind. Repeatable.  [default: "
    f"{', '.join(_FAILING)}]",
)
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    help="Leave out such files and folders. Repeatable.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of findings that are known; only others count.",
)
@click.option(
    "--write-baseline", is_flag=True, help="Write what is found to that file."
)
def usage(
    paths: tuple[Path, ...],
    format_: str,
    fail_on: tuple[str, ...],
    exclude: tuple[str, ...],
    baseline: Path | None,
    write_baseline: bool,
) -> int:
    """Say which events the code in SRC calls, and what it sends past the plan.

    A first path that ends in .yaml or .yml is the PLAN; SRC are files and folders, by
    default the current one. The code is read, never imported.
    """
    from trackplan.usage import Sources

    if write_baseline and baseline is None:
        raise CannotRun("--write-baseline needs the file: add `--baseline FILE`")
    is_plan = bool(paths) and paths[0].suffix in (".yaml", ".yml")
    file = paths[0] if is_plan else project().plan
    checked = check_plan(file)
    plan = sound(checked, file)
    sources = Sources(paths[is_plan:] or (Path(),), exclude, project().output)
    examined = _examine(plan, sources)
    findings: Sequence[Finding] = examined.usage.findings
    if write_baseline and baseline:
        return _write_baseline(findings, baseline)
    if baseline:
        findings = _new(findings, baseline)
    failing = fail_on or _FAILING
    diagnostics = [_at_level(one.diagnostic, failing) for one in findings]
    texts = _with_code(checked.sources, diagnostics)
    _show(format_, plan, examined, diagnostics, texts)
    return 1 if any(one.rule.level == "error" for one in diagnostics) else 0


def _examine(plan: Plan, sources: Sources) -> Examined:
    from trackplan.usage import examine

    try:
        with _progress() as progress:
            keep = not os.environ.get("TRACKPLAN_NO_CACHE")
            examined = examine(plan, sources, keep=keep, progress=progress)
    except OSError as error:
        raise CannotRun(
            f"{reason(error)}: name files or folders that are there"
        ) from None
    if not examined.files:
        named = ", ".join(map(str, sources.paths))
        raise CannotRun(f"there is no Python file in {named}: name other folders")
    return examined


@contextmanager
def _progress() -> Iterator[Callable[[int, int], object]]:
    """Show on a terminal how far it is; elsewhere show nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Reading", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _at_level(one: Diagnostic, failing: Sequence[str]) -> Diagnostic:
    """Make an error of what fails, and a warning of what else would be one."""
    rule = one.rule
    level: Level = "warning" if rule.level == "error" else rule.level
    if rule.name in failing:
        level = "error"
    return replace(one, rule=replace(rule, level=level))


def _new(findings: Sequence[Finding], file: Path) -> list[Finding]:
    from trackplan.usage.baseline import apply

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is no UTF-8"
        cure = "write it with `--write-baseline`"
        raise CannotRun(f"{file} is no baseline ({why}): {cure}") from None
    return apply(findings, text, str(file))


def _write_baseline(findings: Sequence[Finding], file: Path) -> int:
    from trackplan.usage.baseline import render
    from trackplan.write import ForeignFileError, change

    text = render(findings)
    try:
        found = change(file, text)
    except ForeignFileError as error:
        raise CannotRun(
            f"{error}, and would be overwritten: name another file"
        ) from None
    write_files([found], file)
    click.echo(f"Wrote {file}.", err=True)
    return 0


def _show(
    format_: str,
    plan: Plan,
    examined: Examined,
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str],
) -> None:
    from trackplan.usage import show

    if format_ == "text":
        findings = report.full(diagnostics, sources, is_colored())
        click.echo(show.text(plan, examined, findings))
    elif format_ == "json":
        findings = report.as_json(diagnostics, sources)
        click.echo(show.as_json(plan, examined, findings))
    else:
        print_diagnostics(diagnostics, sources, format_)


def _with_code(
    sources: Mapping[str, str], diagnostics: Sequence[Diagnostic]
) -> dict[str, str]:
    """Add the text of the code in which something was found, where it can be read."""
    texts = dict(sources)
    for file in {one.place.file for one in diagnostics} - sources.keys():
        with suppress(OSError, SyntaxError, UnicodeDecodeError):
            texts[file] = decode_source(Path(file).read_bytes())
    return texts
