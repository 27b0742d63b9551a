"""`trackplan explain`: what a rule asks for, and why."""

from __future__ import annotations

import click

from trackplan.cli.shared import CannotRun


@click.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what the rule CODE asks for, why, and how a plan breaks and keeps it."""
    from trackplan.rules import EVERY

    rule = EVERY.get(code.upper())
    if rule is None:
        codes = ", ".join(sorted(EVERY))
        raise CannotRun(f"there is no rule {code}; the codes are {codes}")
    click.echo(f"{rule.code} {rule.name} ({rule.level})\n\n{rule.summary}\n{rule.why}")
    for title, example in (("Bad", rule.bad), ("Good", rule.good)):
        indented = "".join(f"    {line}" for line in example.splitlines(keepends=True))
        click.echo(f"\n{title}:\n\n{indented}", nl=False)
    return 0
