"""Arguments in, exit code out: 0 clean, 1 findings, 2 could not run."""

from __future__ import annotations

import os
import sys

import click

from trackplan.cli import (
    catalog,
    check,
    collector,
    demo,
    diff,
    explain,
    generate,
    init,
    spool,
    usage,
    verify,
)
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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trackplan", message="%(version)s")
def main() -> None:
    """A tracking plan as code: checked YAML in, typed and validating Python out."""


for _command in (
    init.init,
    check.check,
    generate.generate,
    diff.show_diff,
    usage.usage,
    catalog.catalog,
    collector.collector,
    demo.demo,
    verify.verify,
    spool.spool,
    explain.explain,
):
    main.add_command(_command)
