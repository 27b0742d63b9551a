"""`trackplan init`: a starter plan."""

from __future__ import annotations

from pathlib import Path

import click

from trackplan.cli.shared import CannotRun, project


@click.command()
def init() -> int:
    """Write a starter plan, its schema for editors, and the .gitattributes line."""
    from importlib.resources import files

    from trackplan.write import create

    config = project()
    package = files("trackplan")
    schema = config.plan.with_name("tracking_plan.schema.json")
    sources = {config.plan: "starter.yaml", schema: "plan.schema.json"}
    for path in sources:
        if path.exists():
            raise CannotRun(f"{path} is there already: move it away first")
    config.plan.parent.mkdir(parents=True, exist_ok=True)
    for path, source in sources.items():
        create(path, package.joinpath(source).read_text("utf-8"))
        click.echo(f"Wrote {path}.", err=True)
    _mark_generated(config.output)
    click.echo("Edit the plan, then run `trackplan generate`.", err=True)
    return 0


def _mark_generated(output: Path) -> None:
    """Have reviews fold the generated code, by the .gitattributes here or beside it."""
    from trackplan.write import ensure_line

    is_below = not output.is_absolute() and ".." not in output.parts
    home = Path() if is_below else output.parent
    if not home.is_dir():
        return
    pattern = f"{output.relative_to(home).as_posix()}/**"
    quoted = f'"{pattern}"' if " " in pattern else pattern
    attributes = home / ".gitattributes"
    if ensure_line(attributes, f"{quoted} linguist-generated"):
        click.echo(f"Added the generated code to {attributes}.", err=True)
