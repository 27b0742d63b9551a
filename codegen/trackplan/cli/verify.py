"""`trackplan verify`: one call of each kind through the real API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trackplan.cli.shared import CannotRun, runtime_settings

if TYPE_CHECKING:
    from trackplan.runtime.configuration import Overrides


@click.command()
@click.option(
    "--user",
    default="trackplan-verify",
    show_default=True,
    help="The id of the test user.",
)
@click.option(
    "--timeout",
    type=float,
    help="Seconds to wait for each answer.  [default: TRACKPLAN_TIMEOUT, or 10]",
)
def verify(user: str, timeout: float | None) -> int:
    """Send one call of each kind for a test user, and explain each answer.

    The Write Code is read from USERLENS_WRITE_CODE alone, since a command line ends up
    in the history of the shell. Without one, a stand-in on this machine is asked.
    """
    from trackplan.verify import verify

    if not user.strip():
        raise CannotRun("the id of the test user is blank: name one with `--user`")
    changes: Overrides = {} if timeout is None else {"timeout": timeout}
    return verify(runtime_settings(changes), user, click.echo)
