"""The client: settings, sender and counts in one place, and the one that all share."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TypeAlias, Unpack
from weakref import WeakMethod

from . import log
from .counts import Counts, Stats
from .delivery.http import HttpxTransport
from .delivery.sender import Sender, Setup
from .delivery.transport import Transport
from .errors import ConfigurationError
from .settings import Overrides, Settings, load
from .wire import Record

Sink: TypeAlias = Callable[[Record], None]


class Configuration(Overrides, total=False):
    """What `configure` takes: the settings, and a transport instead of httpx."""

    transport: Transport | None


class Client:
    """Takes records, has them sent, and counts what became of them.

    Any thread may call any method. A fork leaves the child a client that is as good as
    new: same settings, nothing queued, nothing counted.
    """

    def __init__(self, **changes: Unpack[Configuration]) -> None:
        self._overrides: Overrides = {}
        self._injected: Transport | None = None
        self._http = HttpxTransport(Settings().timeout)
        self._complaints: set[str] = set()
        self._sinks: tuple[Sink, ...] = ()
        self._settings = Settings()
        self._begin()
        self.configure(**changes)
        _after_fork(WeakMethod(self._begin))

    @property
    def settings(self) -> Settings:
        """The settings in force; inside `capture()`, a violation raises."""
        if self._sinks:
            return self._settings._replace(on_violation="raise")
        return self._settings

    def configure(self, **changes: Unpack[Configuration]) -> None:
        """Change the named settings; what is queued stays queued."""
        with self._lock:
            injected = changes.pop("transport", self._injected)
            if injected and not callable(getattr(injected, "send", None)):
                raise ConfigurationError("`transport` must have `send(request)`")
            overrides = self._overrides | changes
            settings, complaints = load(overrides, os.environ, injected is not None)
            self._overrides, self._injected = overrides, injected
            self._settings, self._http.timeout = settings, settings.timeout
            self._sender.configure(self._setup())
            self._turn()
        for complaint in complaints:
            if complaint not in self._complaints:
                self._complaints.add(complaint)
                log.error("%s", complaint)

    def accept(self, record: Record) -> None:
        """Have `record` sent. Never blocks, takes no lock, never raises."""
        if detour := self._detour:
            return detour(record)
        self._count_accepted()
        if not self._sender.put(record):
            self._counts.settle(record, "queue_full")
        return None

    def set_aside(self, record: Record, reason: str) -> None:
        """Count `record` as accepted and, for `reason`, not sent."""
        self._count_accepted()
        self._counts.settle(record, reason)

    def count_violation(self) -> None:
        """Count a call that broke the plan."""
        self._counts.violations.add()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was accepted is settled; False when time runs out.

        `timeout` is in seconds; without one it is the setting `shutdown_timeout`.
        """
        return self._sender.flush(self._seconds(timeout))

    def shutdown(self, timeout: float | None = None) -> bool:
        """Accept no more, send what `timeout` seconds allow, set the rest aside.

        Returns whether nothing was left. Without a timeout it is `shutdown_timeout`.
        """
        with self._lock:
            self._closed = True
            self._turn()
        ended = self._sender.shutdown(self._seconds(timeout))
        if ended:
            self._http.close()
        return ended

    def stats(self) -> Stats:
        """What became of the calls so far."""
        return self._counts.stats(queued=len(self._sender))

    @contextmanager
    def diverted(self, sink: Sink) -> Iterator[None]:
        """Give the records of all threads to `sink`; the innermost one wins."""
        with self._lock:
            self._sinks = (*self._sinks, sink)
            self._turn()
        try:
            yield
        finally:
            with self._lock:
                self._sinks = tuple(kept for kept in self._sinks if kept is not sink)
                self._turn()

    def _begin(self) -> None:
        """Start from zero, in a new client or a forked child."""
        self._lock = RLock()
        self._closed = False
        self._counts = Counts()
        self._count_accepted = self._counts.accepted.add
        self._sender = Sender(self._setup(), self._counts.settle)
        self._turn()

    def _setup(self) -> Setup:
        return Setup(self._settings, self._injected or self._http)

    def _turn(self) -> None:
        """Choose where records go; None is the straight way, to the sender."""
        detour: Sink | None = None
        if self._sinks:
            detour = self._sinks[-1]
        elif self._closed:
            detour = self._refuser("shutdown")
        elif not self._settings.deliver:
            detour = self._refuser("not_delivering")
        elif self._settings.write_code is None:
            detour = self._refuser("no_write_code")
        self._detour = detour

    def _refuser(self, reason: str) -> Sink:
        return lambda record: self.set_aside(record, reason)

    def _seconds(self, timeout: float | None) -> float:
        return self._settings.shutdown_timeout if timeout is None else timeout


def _after_fork(begin: WeakMethod[Callable[[], None]]) -> None:
    def start_over() -> None:
        if method := begin():
            method()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=start_over)


_shared: dict[str, Client] = {}


def current() -> Client:
    """The client that all generated functions share, made at the first call."""
    # setdefault is atomic: no lock, since the first call may come in a signal handler.
    return _shared.get("client") or _shared.setdefault("client", Client())


def configure(**changes: Unpack[Configuration]) -> None:
    """Change the named settings of the runtime; they win over the environment.

    What is queued stays queued, and a sender that pauses goes on at once. Raises
    ConfigurationError, and changes nothing, when a value cannot be used.
    """
    current().configure(**changes)


def flush(timeout: float | None = None) -> bool:
    """Wait until every call so far is delivered or set aside; False when time runs out.

    `timeout` is in seconds; without one it is the setting `shutdown_timeout`.
    """
    return current().flush(timeout)


def shutdown(timeout: float | None = None) -> bool:
    """Accept no more calls, and deliver what `timeout` seconds allow.

    What is left is set aside and logged; returns whether nothing was left. Never hangs.
    Without a timeout it is `shutdown_timeout`. The end of the process does this too.
    """
    return current().shutdown(timeout)


def stats() -> Stats:
    """What became of the calls of this process so far."""
    return current().stats()


@atexit.register
def _at_exit() -> None:
    if client := _shared.get("client"):
        client.shutdown()
