"""Arguments in, exit code out: 0 clean, 1 findings, 2 could not run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module

import click

from trackplan.cli.shared import reason


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
        click.echo(f"trackplan: {reason(error)}", err=True)
        return 2


_VERBS = (
    *("init", "check", "generate", "diff", "usage", "catalog"),
    *("collector", "demo", "verify", "spool", "explain"),
)
"""Each is a command in the module of its name."""


class _Commands(click.Group):
    """Imports a command when it is asked for: all of them take 25 ms more than one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._import(_VERBS)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        # For a verb that is not known, click looks through all for one like it.
        self._import([cmd_name] if cmd_name in _VERBS else _VERBS)
        return super().get_command(ctx, cmd_name)

    def _import(self, verbs: Iterable[str]) -> None:
        for verb in verbs:
            module = import_module(f"trackplan.cli.{verb}")
            self.add_command(getattr(module, verb))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trackplan", message="%(version)s")
def main() -> None:
    """A tracking plan as code: checked YAML in, typed and validating Python out."""
