"""`trackplan catalog`: the plan as a page for people."""

from __future__ import annotations

from pathlib import Path

import click

from trackplan.cli.shared import (
    CannotRun,
    count_events,
    in_the_way,
    plan_argument,
    project,
    sound_plan,
    write_files,
)


@click.command()
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
    help="What to write.  [default: by the ending of FILE; html to stdout]",
)
def catalog(plan: Path | None, output: Path | None, format_: str | None) -> int:
    """Show people what PLAN holds, as one page that works offline.

    Its bytes are the plan's alone, so it can be committed and compared.
    """
    from trackplan.catalog import render
    from trackplan.write import ForeignFileError, change

    source = plan or project().plan
    if output == Path("-"):
        output = None
    form = format_ or (_form(output) if output else "html")
    model = sound_plan(source)
    text = render(model, source.name, form)
    if output is None:
        click.echo(text.encode(), nl=False)
        return 0
    try:
        found = change(output, text)
    except ForeignFileError as error:
        raise in_the_way(error, "file") from None
    if found.before != found.after:
        write_files([found], output)
    click.echo(f"Wrote {output} for {count_events(len(model.events))}.", err=True)
    return 0


def _form(output: Path) -> str:
    """Return what to write to a file of that name."""
    try:
        return _BY_ENDING[output.suffix]
    except KeyError:
        endings = ", ".join(_BY_ENDING)
        raise CannotRun(
            f"the ending of {output} is none of {endings}; say what to write there "
            "with --format"
        ) from None


_BY_ENDING = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}
