"""`trackplan explain`: what a rule asks for, and why."""

from __future__ import annotations

import click

from trackplan.cli.shared import named_rule


@click.command()
@click.argument("code")
def explain(code: str) -> int:
    """Say what the rule CODE asks for, why, and how a plan breaks and keeps it.

    Its name serves too, such as unknown-type.
    """
    from trackplan.rules import CHANGES, EXPLAINED

    rule = named_rule(code, EXPLAINED, "rule")
    is_change = rule.code in CHANGES
    level = "a change" if is_change else rule.level
    titles = ("Before", "After") if is_change else ("Bad", "Good")
    click.echo(f"{rule.code} {rule.name} ({level})\n\n{rule.summary}\n{rule.why}")
    for title, example in zip(titles, (rule.bad, rule.good), strict=True):
        indented = "".join(f"    {line}" for line in example.splitlines(keepends=True))
        click.echo(f"\n{title}:\n\n{indented}", nl=False)
    return 0
