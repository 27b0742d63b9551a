"""Every setting: where it comes from, what is refused, how it is shown."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Literal, NamedTuple, TypeAlias, TypedDict, TypeVar

from .errors import ConfigurationError, PlanViolation

T = TypeVar("T")
OnViolation: TypeAlias = (
    "Literal['log', 'raise', 'send'] | Callable[[PlanViolation], object]"
)


class Settings(NamedTuple):
    """Every setting, checked. Times are in seconds."""

    write_code: str | None = None
    """A secret; None while there is none."""
    events_url: str = "https://events.userlens.io"
    raw_url: str = "https://raw.userlens.io"
    on_violation: OnViolation = "log"
    deliver: bool = True
    queue_size: int = 100_000
    """Events kept in memory; more are dropped and counted."""
    shutdown_timeout: float = 5.0
    timeout: float = 10.0
    """For one request."""
    max_attempts: int = 10
    """Requests for one event, the first included."""
    send_timestamp: bool = True

    def __repr__(self) -> str:
        shown = self._replace(write_code=_masked(self.write_code))
        pairs = zip(self._fields, shown, strict=True)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in pairs)})"


class Overrides(TypedDict, total=False):
    """The settings as `configure` takes them; each wins over the environment."""

    write_code: str | None
    events_url: str
    raw_url: str
    on_violation: OnViolation
    deliver: bool
    queue_size: int
    shutdown_timeout: float
    timeout: float
    max_attempts: int
    send_timestamp: bool


def load(
    overrides: Mapping[str, object], environ: Mapping[str, str], injected: bool = False
) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each environment variable that cannot be used.

    `injected`: the application brought its own transport, and so asks for delivery
    even under pytest. Raises ConfigurationError for a wrong or unknown override.
    """
    if unknown := sorted(overrides.keys() - set(Settings._fields)):
        known = ", ".join((*Settings._fields, "transport"))
        raise ConfigurationError(
            f"unknown setting `{unknown[0]}`; the settings are {known}"
        )
    complaints: list[str] = []
    source = _Source(overrides, environ, complaints)
    tested = under_pytest(environ)
    default = Settings()
    events_url = source.read("events_url", _url, default.events_url)
    settings = Settings(
        write_code=source.read("write_code", _write_code, None),
        events_url=events_url,
        raw_url=source.read("raw_url", _url, default.raw_url),
        on_violation=source.read("on_violation", _mode, "raise" if tested else "log"),
        deliver=source.read(
            "deliver", _flag, not tested or injected or is_loopback(events_url)
        ),
        queue_size=source.read("queue_size", _count, default.queue_size),
        shutdown_timeout=source.read(
            "shutdown_timeout", _time, default.shutdown_timeout
        ),
        timeout=source.read("timeout", _positive_time, default.timeout),
        max_attempts=source.read("max_attempts", _count, default.max_attempts),
        send_timestamp=source.read("send_timestamp", _flag, default.send_timestamp),
    )
    return settings, complaints


def under_pytest(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a pytest run, or was started by one."""
    return "PYTEST_VERSION" in environ or "PYTEST_CURRENT_TEST" in environ


class _Source(NamedTuple):
    overrides: Mapping[str, object]
    environ: Mapping[str, str]
    complaints: list[str]

    def read(self, name: str, check: Callable[[object], T], default: T) -> T:
        if name in self.overrides:
            try:
                return check(self.overrides[name])
            except ValueError as wrong:
                raise ConfigurationError(f"`{name}` {wrong}") from None
        variable = _variable(name)
        text = self.environ.get(variable, "").strip()
        if not text:
            return default
        try:
            return check(text)
        except ValueError as wrong:
            used = "none" if default is None else f"`{default}`"
            self.complaints.append(f"{variable} {wrong}; {used} is used instead")
            return default


def _variable(name: str) -> str:
    vendor = name in ("write_code", "events_url", "raw_url")
    return f"{'USERLENS' if vendor else 'TRACKPLAN'}_{name.upper()}"


# The checks raise ValueError with the end of a sentence, and never repeat the value:
# people paste secrets into the wrong variable. Texts are taken for numbers and flags,
# since that is what an environment holds.


def _write_code(value: object) -> str | None:
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


def _url(value: object) -> str:
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


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine by name or address."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _mode(value: object) -> OnViolation:
    modes: tuple[OnViolation, ...] = ("log", "raise", "send")
    for mode in modes:
        if value == mode:
            return mode
    if callable(value):
        return value
    raise ValueError("must be `log`, `raise` or `send`, or in `configure` a callable")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("must be `true` or `false`")


def _count(value: object) -> int:
    if isinstance(value, int | str) and not isinstance(value, bool):
        with suppress(ValueError):
            if (number := int(value)) >= 1:
                return number
    raise ValueError("must be a whole number, 1 or more")


def _time(value: object) -> float:
    seconds = _seconds(value)
    if seconds >= 0:
        return seconds
    raise ValueError("must be a number of seconds, 0 or more")


def _positive_time(value: object) -> float:
    seconds = _seconds(value)
    if seconds > 0:
        return seconds
    raise ValueError("must be a number of seconds, more than 0")


def _seconds(value: object) -> float:
    """A finite number, or -1 for anything that is none."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            if math.isfinite(number := float(value)):
                return number
    return -1.0


def _masked(code: str | None) -> str | None:
    if code is None:
        return None
    return f"…{code[-4:]}" if len(code) >= 8 else "…"
