"""`trackplan init`: a starter plan."""

from __future__ import annotations

from pathlib import Path

import click

from trackplan.cli.shared import CannotRun, project


@click.command()
def init() -> int:
    """Write a starter plan, its schema for editors, and the .gitattributes line."""
    from importlib.resources import files

    from trackplan.write import create, ensure_line

    config = project()
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
