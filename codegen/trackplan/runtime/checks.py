"""What a setting may be.

Each check raises ValueError with the end of a sentence, and never repeats the value:
people paste secrets into the wrong variable. Texts are taken for numbers and flags,
since that is what an environment holds.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T", bound=str)


def write_code(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        code = value.strip()
        if code and code.isprintable() and code.lower() not in ("null", "undefined"):
            return code
    raise ValueError(
        "must be the Write Code of your Userlens project: one line of text, "
        "not empty, not `null`, not `undefined`"
    )


def url(value: object) -> str:
    from urllib.parse import urlsplit

    if (
        isinstance(value, str)
        and (url := value.strip()).isprintable()
        and " " not in url
    ):
        with suppress(ValueError):
            parts = urlsplit(url)
            plain = not (parts.query or parts.fragment or "@" in parts.netloc)
            if (
                parts.scheme in ("http", "https")
                and parts.hostname
                and plain
                and parts.port != 0
            ):
                return url.rstrip("/")
    raise ValueError(
        "must be a base URL such as `https://events.userlens.io`, without user or query"
    )


def flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("must be `true` or `false`")


def count(value: object) -> int:
    if isinstance(value, int | str) and not isinstance(value, bool):
        with suppress(ValueError):
            if (number := int(value)) >= 1:
                return number
    raise ValueError("must be a whole number, 1 or more")


LONGEST_TIME = 1e7
"""Seconds: locks and sockets cannot wait for any time, and nobody waits for months."""


def time(value: object) -> float:
    seconds = _number(value)
    if seconds >= 0:
        return min(seconds, LONGEST_TIME)
    raise ValueError("must be a number of seconds, 0 or more")


def positive_time(value: object) -> float:
    seconds = _number(value)
    if seconds > 0:
        return min(seconds, LONGEST_TIME)
    raise ValueError("must be a number of seconds, more than 0")


def _number(value: object) -> float:
    """A finite number, or -1 for anything that is none."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            if math.isfinite(number := float(value)):
                return number
    return -1.0


def rate(value: object) -> float | None:
    """A number of events per second, or None for no limit."""
    if value is None:
        return None
    number = _number(value)
    if number > 0:
        return number
    raise ValueError("must be a number of events per second, more than 0")


def path(value: object) -> str | None:
    """The path of a file or folder, `~` for a home expanded, or None for none."""
    if value is None:
        return None
    if isinstance(value, str | os.PathLike):
        text: str | bytes = os.fspath(value)
        if isinstance(text, str) and text.strip() and _can_be_a_path(text):
            return os.path.expanduser(text)
    raise ValueError("must be a path")


def _can_be_a_path(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def proxy(value: object) -> str | None:
    """The URL of a proxy, or None for what the environment says."""
    if value is None:
        return None
    if isinstance(value, str) and value.startswith(("http://", "https://", "socks5")):
        return value.strip()
    raise ValueError("must be the URL of a proxy, such as `http://proxy:3128`")


def one_of(*choices: T) -> Callable[[object], T]:
    """Make a check for one of these words."""

    def check(value: object) -> T:
        for choice in choices:
            if value == choice:
                return choice
        raise ValueError(f"must be {' or '.join(f'`{choice}`' for choice in choices)}")

    return check


def hook(value: object) -> Callable[..., object] | None:
    """A function, or None for none."""
    if value is None or callable(value):
        return value
    raise ValueError("must be a function, and can only be given to `configure`")
