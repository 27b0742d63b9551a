"""The client: settings, sender and counts in one place, and the one that all share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias, Unpack

from . import log
from .checks import LONGEST_TIME
from .counts import Counts, Stats
from .delivery.attempt import Setup
from .delivery.forking import preload
from .delivery.http import HttpxTransport
from .delivery.queue import Item, MemoryQueue, Queue
from .delivery.sender import Sender
from .endings import at_end
from .errors import ConfigurationError
from .hooks import Hook, Hooks, Report
from .outcome import QUEUED, Outcome
from .settings import Settings, load
from .wire import Record, Row

if TYPE_CHECKING:
    from .configuration import Configuration, Overrides
    from .delivery.transport import Transport

NO_WRITE_CODE = (
    "without a Write Code, events only wait in the spool; set USERLENS_WRITE_CODE to "
    "the one of your project, or call configure(write_code=...)"
)
Sink: TypeAlias = Callable[[Record], object]
Way: TypeAlias = Callable[[Record], Outcome]


class Client:
    """Takes records, has them sent, and counts what became of them.

    Any thread may call any method. A fork leaves the child a client that is as good as
    new: same settings, nothing queued, nothing counted.
    """

    def __init__(self, **changes: Unpack[Configuration]) -> None:
        self._overrides: Overrides = {}
        self._injected: Transport | None = None
        self._complaints: set[str] = set()
        self._sinks: tuple[Sink, ...] = ()
        self._settings = Settings()
        self._begin()
        self.configure(**changes)
        _after_fork(self)

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
            before, self._settings = self._settings, settings
            if (settings.proxy, settings.ca_file) != (before.proxy, before.ca_file):
                self._http = _http(settings)
            queue = self._new_queue(before)
            self._sender.configure(self._setup(), queue)
            if queue is not None:
                self._memory = _memory_of(queue)
            self.turn()
        if settings.spool and settings.deliver and not settings.write_code:
            complaints.append(NO_WRITE_CODE)
        for complaint in complaints:
            if complaint not in self._complaints:
                self._complaints.add(complaint)
                log.error("%s", complaint)

    def prepare(self) -> None:
        """Do now what the first call, or the first delivery, would take time for."""
        ours = f"{__package__}.convert", f"{__package__}.validate"
        preload("binascii", "json", *ours)
        if self._settings.deliver:
            self._sender.prepare()
            if not self._injected:
                self._http.prepare()

    accept: Callable[[Row], Outcome]
    """Have a row sent. Never raises; waits only where a setting says so."""

    def _take(self, row: Row) -> Outcome:
        self._count_accepted()
        memory, sender = self._memory, self._sender
        # What `sender.put` does, but in one frame: a fifth of what a call costs.
        if memory is not None and len(memory.rows) < memory.room:
            memory.rows.append(row)
            if sender.is_asleep:
                sender.rouse()
        elif not sender.put(row):
            return self._refuse(Record._make(row), "queue_full")
        return QUEUED

    def set_aside(self, record: Record, reason: str) -> Outcome:
        """Count `record` as accepted and, for `reason`, not sent."""
        self._count_accepted()
        return self._refuse(record, reason)

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
            self.turn()
        seconds = self._seconds(timeout)
        end = monotonic() + seconds
        ended = self._sender.shutdown(seconds)
        self._http.close()
        are_told = self._hooks.wait(end - monotonic())
        self._was_shut_down = True
        return ended and are_told

    def end(self) -> None:
        """Shut down with the process, and wait no longer where that was done before.

        A signal may end a process that is shutting down: then it was not.
        """
        self.shutdown(0.0 if self._was_shut_down else None)

    def stats(self) -> Stats:
        """What became of the calls so far."""
        return self._counts.stats(len(self._sender), self._sender.found())

    @contextmanager
    def diverted(self, sink: Sink) -> Iterator[None]:
        """Give the records of all threads to `sink`; the innermost one wins."""
        with self._lock:
            self._sinks = (*self._sinks, sink)
            self.turn()
        try:
            yield
        finally:
            with self._lock:
                self._sinks = tuple(kept for kept in self._sinks if kept is not sink)
                self.turn()

    def _begin(self) -> None:
        """Start from zero, in a new client or a forked child."""
        self._lock = RLock()
        self._closed = False
        self._was_shut_down = False
        self._counts = Counts()
        self._count_accepted = self._counts.accepted.add
        self._hooks: Hooks = Hooks()
        self._http = _http(self._settings)
        queue = _queue(self._settings)
        self._memory = _memory_of(queue)
        self._sender: Sender = Sender(
            self._setup(), queue, self._settled, self._prepare_end
        )
        self.turn()

    def _begin_again(self) -> None:
        self._sender.abandon()
        self._begin()

    def _prepare_end(self) -> None:
        at_end(_end, self._settings.flush_on_sigterm)

    def _setup(self) -> Setup:
        return Setup(self._settings, self._injected or self._http)

    def _new_queue(self, before: Settings) -> Queue | None:
        """Another queue, where the settings ask for another."""
        names = ("spool", "spool_fsync", "spool_size", "queue_size")
        changed = [n for n in names if getattr(before, n) != getattr(self._settings, n)]
        return _queue(self._settings) if changed else None

    def turn(self) -> None:
        """Choose anew where rows go."""
        with self._lock:
            detour = self._detour()
            if _observers:
                detour = partial(self._watch, detour)
            self.accept = _from_row(detour) if detour else self._take

    def _detour(self) -> Way | None:
        """Return where records go instead of the straight way, to the sender."""
        settings = self._settings
        if self._sinks:
            return self._divert
        if not settings.deliver:
            return self._refuser("not_delivering")
        # With a spool, what is not sent now is sent later, by another process even.
        if self._closed and not settings.spool:
            return self._refuser("shutdown")
        if settings.write_code is None and not settings.spool:
            return self._refuser("no_write_code")
        is_synchronous = settings.synchronous and not self._closed
        return self._send_now if is_synchronous else None

    def _watch(self, detour: Way | None, record: Record) -> Outcome:
        for observer in _observers:
            observer(record)
        return detour(record) if detour else self._take(record)

    def _divert(self, record: Record) -> Outcome:
        for sink in self._sinks[-1:]:
            sink(record)
        return QUEUED

    def _refuser(self, reason: str) -> Way:
        return lambda record: self.set_aside(record, reason)

    def _send_now(self, record: Record) -> Outcome:
        self._count_accepted()
        outcome = self._sender.send(record, self._settings.timeout)
        return outcome or self._refuse(record, "queue_full")

    def _refuse(self, record: Record, reason: str) -> Outcome:
        self._settled(Item.of(record), reason)
        return Outcome("set_aside", reason)

    def _settled(self, item: Item, reason: str | None) -> None:
        self._counts.settle(item, reason)
        if hook := self._hook(reason):
            self._hooks.tell(hook, Report(item.content(), reason))

    def _hook(self, reason: str | None) -> Hook | None:
        if reason is None:
            return self._settings.on_delivered
        if reason == "queue_full":
            return self._settings.on_dropped
        is_failure = reason not in ("violation", "not_delivering")
        return self._settings.on_failed if is_failure else None

    def _seconds(self, timeout: float | None) -> float:
        asked = self._settings.shutdown_timeout if timeout is None else timeout
        return min(asked, LONGEST_TIME)


def _from_row(way: Way) -> Callable[[Row], Outcome]:
    return lambda row: way(Record._make(row))


def _http(settings: Settings) -> HttpxTransport:
    return HttpxTransport(settings.proxy, settings.ca_file)


def _queue(settings: Settings) -> Queue:
    if settings.spool is None:
        return MemoryQueue(settings.queue_size)
    from .delivery.spool import Spool  # here, since few processes have one

    return Spool(
        settings.spool,
        size=settings.spool_size,
        fsync=settings.spool_fsync,
        memory_limit=settings.queue_size,
    )


def _memory_of(queue: Queue) -> MemoryQueue | None:
    """The queue, where it is one in memory."""
    return queue if isinstance(queue, MemoryQueue) else None


def _after_fork(client: Client) -> None:
    from weakref import WeakMethod  # here, where logging has loaded it already

    begin = WeakMethod(client._begin_again)

    def start_over() -> None:
        if method := begin():
            method()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=start_over)


_shared: dict[str, Client] = {}
"""Holds the client that all generated functions share, as `client`, once it is made."""
_observers: list[Sink] = []


@contextmanager
def observed(observer: Sink) -> Iterator[None]:
    """Tell `observer` of each record that is accepted, wherever it goes from there.

    For tests. It is called in the threads of the callers, and must not raise. Makes no
    client: what the environment says when the first call comes still counts.
    """
    _observers.append(observer)
    _turn_shared()
    try:
        yield
    finally:
        _observers.remove(observer)
        _turn_shared()


def _turn_shared() -> None:
    if client := _shared.get("client"):
        client.turn()


def current() -> Client:
    """The client that all generated functions share, made at the first call."""
    try:
        return _shared["client"]
    except KeyError:
        # Atomic: no lock, since the first call may come in a signal handler.
        return _shared.setdefault("client", Client())


def configure(**changes: Unpack[Configuration]) -> None:
    """Change the named settings of the runtime; they win over the environment.

    What is queued stays queued, and a sender that pauses goes on at once. Opens the
    spool and imports the HTTP library, which takes some tens of milliseconds the first
    time. Raises ConfigurationError, and changes nothing, when a value cannot be used.
    """
    client = current()
    client.configure(**changes)
    client.prepare()
    at_end(_end, client.settings.flush_on_sigterm)


def flush(timeout: float | None = None) -> bool:
    """Wait until every call so far is delivered or set aside; False when time runs out.

    `timeout` is in seconds; without one it is the setting `shutdown_timeout`.
    """
    return current().flush(timeout)


def shutdown(timeout: float | None = None) -> bool:
    """Accept no more calls, and deliver what `timeout` seconds allow.

    What is left stays in the spool or, without one, is set aside and logged; returns
    whether nothing was left. Never hangs. Without a timeout it is `shutdown_timeout`.
    The end of the process does this too.
    """
    return current().shutdown(timeout)


def stats() -> Stats:
    """What became of the calls of this process so far."""
    return current().stats()


def _end() -> None:
    if client := _shared.get("client"):
        client.end()
