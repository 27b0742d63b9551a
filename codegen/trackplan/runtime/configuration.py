"""What `configure` takes, for type checkers: nothing imports it at run time."""

from __future__ import annotations

from typing import TypedDict

from .delivery.transport import Transport
from .hooks import Hook
from .settings import Delivery, OnFull, OnViolation, Path


class Overrides(TypedDict, total=False):
    """The settings as `configure` takes them; each wins over the environment."""

    write_code: str | None
    events_url: str
    raw_url: str
    on_violation: OnViolation
    deliver: bool
    send_timestamp: bool
    delivery: Delivery
    synchronous: bool
    queue_size: int
    on_full: OnFull
    block_timeout: float
    connections: int
    rate_limit: float | None
    timeout: float
    max_attempts: int
    max_age: float
    max_event_size: int
    shutdown_timeout: float
    flush_on_sigterm: bool
    spool: Path | None
    spool_fsync: bool
    spool_size: int
    proxy: str | None
    ca_file: Path | None
    on_delivered: Hook | None
    on_failed: Hook | None
    on_dropped: Hook | None


class Configuration(Overrides, total=False):
    """What `configure` takes: the settings, and a transport instead of httpx."""

    transport: Transport | None
