"""The runtime's words in the application's log: the logger is named `trackplan`."""

from __future__ import annotations

import math
from contextlib import suppress
from time import monotonic
from typing import TypeAlias

Extra: TypeAlias = dict[str, str | int]
"""Fields of a log record for machines, by names that begin with `trackplan_`."""


def error(message: str, *args: object, extra: Extra | None = None) -> None:
    """Log at ERROR. Never raises: a broken log handler must not break the caller."""
    import logging

    with suppress(Exception):
        logging.getLogger("trackplan").error(message, *args, extra=extra)


def warning(message: str, *args: object, extra: Extra | None = None) -> None:
    """Log at WARNING. Never raises."""
    import logging

    with suppress(Exception):
        logging.getLogger("trackplan").warning(message, *args, extra=extra)


class Throttle:
    """Lets something be said once every `seconds`, by default once for all."""

    __slots__ = ("_again", "_seconds")

    def __init__(self, seconds: float = math.inf) -> None:
        self._seconds = seconds
        self._again = -math.inf

    def due(self) -> bool:
        """Whether now is the time; taking no lock, two threads may both be told yes."""
        now = monotonic()
        if now < self._again:
            return False
        self._again = now + self._seconds
        return True
