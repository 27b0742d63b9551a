"""The commands in the README and the page of all rules; run to write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from trackplan.cli import main
from trackplan.diagnostic import Rule
from trackplan.rules import CHANGES, EXPLAINED, USAGE

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RULES = ROOT / "codegen" / "trackplan" / "rules" / "README.md"
_SECTION = re.compile(r"(<!-- commands: .*? -->\n).*(<!-- end of commands -->)", re.S)


def with_commands(text: str) -> str:
    """Return the README with its commands as they are now."""
    return _SECTION.sub(lambda found: f"{found[1]}{_commands()}{found[2]}", text)


def _commands() -> str:
    parent = click.Context(main, info_name="trackplan", terminal_width=88)
    return "".join(f"\n```\n{text}\n```\n" for text in _helps(main, parent)) + "\n"


def _helps(group: click.Group, parent: click.Context) -> Iterator[str]:
    group.list_commands(parent)  # which imports them
    for name, command in group.commands.items():
        context = click.Context(
            command, info_name=name, parent=parent, terminal_width=88
        )
        if isinstance(command, click.Group):
            yield from _helps(command, context)
        else:
            yield command.get_help(context)


def rules_page() -> str:
    """Return the page of all rules."""
    rows = [
        f"| [{r.code}](#{r.code.lower()}-{r.name}) | {_level(r)} | {r.summary} |"
        for r in EXPLAINED.values()
    ]
    head = (
        "# The rules\n\nWhat `trackplan check` finds, the kinds of change that `trackplan "
        "diff` reports\n(TP6), what `trackplan usage` finds (TP7), and what `trackplan "
        "generate --check` finds\n(TP8); written by `make readme`.\n"
    )
    table = "\n".join(["| code | level | |", "|---|---|---|", *rows])
    return "\n".join([head, table, *map(_rule, EXPLAINED.values())]) + "\n"


def _level(rule: Rule) -> str:
    return "as it breaks" if rule.code in CHANGES else rule.level


def _rule(rule: Rule) -> str:
    bad, good = ("Before", "After") if rule.code in CHANGES else ("Bad", "Good")
    language = "python" if rule.code in USAGE else "yaml"
    return (
        f"\n## {rule.code} {rule.name}\n\n{rule.summary} {rule.why}\n\n"
        f"{bad}:\n\n```{language}\n{rule.bad}```\n\n"
        f"{good}:\n\n```{language}\n{rule.good}```"
    )


if __name__ == "__main__":
    README.write_text(with_commands(README.read_text("utf-8")), encoding="utf-8")
    RULES.write_text(rules_page(), encoding="utf-8")
