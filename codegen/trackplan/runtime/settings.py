"""Every setting: where it comes from, what is refused, how it is shown."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from . import checks
from .errors import ConfigurationError, PlanViolation
from .hooks import Hook

if TYPE_CHECKING:
    from .configuration import Overrides

OnViolation: TypeAlias = (
    Literal["log", "raise", "send"] | Callable[[PlanViolation], object]
)
Path: TypeAlias = str | os.PathLike[str]
OnFull: TypeAlias = Literal["drop_new", "drop_old", "block"]
Delivery: TypeAlias = Literal["at_least_once", "at_most_once"]


class Settings(NamedTuple):
    """Every setting, checked. Times are in seconds, sizes in bytes."""

    write_code: str | None = None
    """A secret; None while there is none."""
    events_url: str = "https://events.userlens.io"
    raw_url: str = "https://raw.userlens.io"
    on_violation: OnViolation = "log"
    deliver: bool = True
    send_timestamp: bool = True
    delivery: Delivery = "at_least_once"
    synchronous: bool = False
    """Whether a call sends its event itself, and waits for the answer."""
    queue_size: int = 100_000
    """Events kept in memory."""
    on_full: OnFull = "drop_new"
    """`drop_old` drops the oldest event that no worker has taken up yet."""
    block_timeout: float = 1.0
    """For a call that waits for room, where `on_full` is `block`."""
    connections: int = 32
    """Requests under way at a time, at most."""
    rate_limit: float | None = None
    """Events per second, at most."""
    timeout: float = 10.0
    """For one request, until its answer is complete."""
    max_attempts: int = 10
    """Requests for one event while others get through, the first included."""
    max_age: float = 86_400.0
    """For one event, from its first attempt on."""
    max_event_size: int = 262_144
    shutdown_timeout: float = 5.0
    flush_on_sigterm: bool = True
    spool: Path | None = None
    """The folder of the spool."""
    spool_fsync: bool = False
    spool_size: int = 1_073_741_824
    proxy: str | None = None
    """A secret, where it holds a password; None for what the environment says."""
    ca_file: Path | None = None
    on_delivered: Hook | None = None
    on_failed: Hook | None = None
    on_dropped: Hook | None = None

    def __repr__(self) -> str:
        proxy = self.proxy and "…"
        shown = self._replace(write_code=masked(self.write_code), proxy=proxy)
        pairs = zip(self._fields, shown, strict=True)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in pairs)})"


def load(
    overrides: Mapping[str, object], environ: Mapping[str, str], injected: bool = False
) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for each environment variable that cannot be used.

    With a URL that cannot be used nothing is delivered: the default is production.
    `injected`: the application brought its own transport, and so asks for delivery
    even under pytest. Raises ConfigurationError for a wrong or unknown override.
    """
    if unknown := sorted(overrides.keys() - set(Settings._fields)):
        known = ", ".join((*Settings._fields, "transport"))
        raise ConfigurationError(
            f"unknown setting `{unknown[0]}`; the settings are {known}"
        )
    values, complaints = _given(overrides, environ)
    url = str(values.get("events_url", Settings().events_url))
    if is_loopback(url):  # a stand-in, which takes forwarded events too
        values.setdefault("raw_url", url)
    if under_pytest(environ):
        raw_url = str(values.get("raw_url", Settings().raw_url))
        is_local = is_loopback(url) and is_loopback(raw_url)
        values.setdefault("on_violation", "raise")
        values.setdefault("deliver", injected or is_local)
    return Settings(**cast("Overrides", values)), complaints


def _given(
    overrides: Mapping[str, object], environ: Mapping[str, str]
) -> tuple[dict[str, object], list[str]]:
    """What was said of the settings, and a sentence for each wrong variable."""
    values: dict[str, object] = {}
    complaints: list[str] = []
    is_misdirected = False
    for name, check in _CHECKS.items():
        if name in overrides:
            values[name] = _override(name, check, overrides[name])
        elif text := environ.get(_variable(name), "").strip():
            try:
                values[name] = check(text)
            except ValueError as wrong:
                complaints.append(_complaint(name, check, str(wrong)))
                is_misdirected |= check is checks.url
    if is_misdirected:
        values["deliver"] = False
    return values, complaints


def _override(name: str, check: Callable[[object], object], value: object) -> object:
    try:
        return check(value)
    except ValueError as wrong:
        raise ConfigurationError(f"`{name}` {wrong}") from None


def _complaint(name: str, check: Callable[[object], object], wrong: str) -> str:
    default = getattr(Settings(), name)
    used = "none" if default is None else f"`{default}`"
    consequence = (
        "nothing is sent" if check is checks.url else f"{used} is used instead"
    )
    return f"{_variable(name)} {wrong}; {consequence}"


def _variable(name: str) -> str:
    vendor = name in ("write_code", "events_url", "raw_url")
    return f"{'USERLENS' if vendor else 'TRACKPLAN'}_{name.upper()}"


def under_pytest(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a pytest run, or was started by one."""
    return "PYTEST_VERSION" in environ or "PYTEST_CURRENT_TEST" in environ


def _mode(value: object) -> OnViolation:
    modes: tuple[OnViolation, ...] = ("log", "raise", "send")
    for mode in modes:
        if value == mode:
            return mode
    if callable(value):
        return value
    raise ValueError("must be `log`, `raise` or `send`, or in `configure` a callable")


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine by name or address."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


_CHECKS: dict[str, Callable[[object], object]] = {
    "write_code": checks.write_code,
    "events_url": checks.url,
    "raw_url": checks.url,
    "on_violation": _mode,
    "deliver": checks.flag,
    "send_timestamp": checks.flag,
    "delivery": checks.one_of("at_least_once", "at_most_once"),
    "synchronous": checks.flag,
    "queue_size": checks.count,
    "on_full": checks.one_of("drop_new", "drop_old", "block"),
    "block_timeout": checks.time,
    "connections": checks.count,
    "rate_limit": checks.rate,
    "timeout": checks.positive_time,
    "max_attempts": checks.count,
    "max_age": checks.positive_time,
    "max_event_size": checks.count,
    "shutdown_timeout": checks.time,
    "flush_on_sigterm": checks.flag,
    "spool": checks.path,
    "spool_fsync": checks.flag,
    "spool_size": checks.count,
    "proxy": checks.proxy,
    "ca_file": checks.path,
    "on_delivered": checks.hook,
    "on_failed": checks.hook,
    "on_dropped": checks.hook,
}


def masked(code: str | None) -> str | None:
    if code is None:
        return None
    return f"…{code[-4:]}" if len(code) >= 8 else "…"
