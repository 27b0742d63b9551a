"""The background sender: what waits, and the one thread that sends it, oldest first."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Condition, Lock, Thread
from time import monotonic
from typing import NamedTuple, TypeAlias

from trackplan.runtime import log
from trackplan.runtime.settings import Settings
from trackplan.runtime.wire import Record, authorization, body, encode

from .forking import fork_gate, preload
from .transport import Answer, Request, Transport, TransportError

UNAUTHORISED_PAUSE = 60.0
FIRST_BACK_OFF = 0.25
LONGEST_BACK_OFF = 30.0
UNAUTHORISED = 401
NO_ANSWER = 0

Settled: TypeAlias = Callable[[Record, str | None], None]
"""Told of each record once: None when delivered, else why it is set aside."""


class Setup(NamedTuple):
    """What a sender works with."""

    settings: Settings
    transport: Transport


class Backlog:
    """The records that are not settled yet, oldest first, in memory."""

    def __init__(self, settled: Settled) -> None:
        self._settled = settled
        self.records: deque[Record] = deque()
        """To append takes no lock, so a signal handler or a finaliser may do it."""
        self._changed = Condition()
        self._taken = 0
        self._done = 0
        self.given_up = 0

    def first(self) -> Record | None:
        """The oldest record; it stays until it is settled or given up."""
        with self._changed:
            return self.records[0] if self.records else None

    def settle(self, record: Record, reason: str | None) -> None:
        """Take `record` out, unless it has been given up meanwhile."""
        with self._changed:
            if not self.records or self.records[0] is not record:
                return
            self._take(1)
        self._finish([record], reason)

    def give_up(self) -> None:
        """Set everything aside, since the process ends; `given_up` counts it."""
        with self._changed:
            records = self._take(len(self.records))
            self.given_up += len(records)
        if records:
            log.error("%d events could not be sent before the shutdown", len(records))
        self._finish(records, "shutdown")

    def wait(self, timeout: float) -> bool:
        """Wait until all that is here now has been settled or given up."""
        with self._changed:
            target = self._taken + len(self.records)
            return self._changed.wait_for(lambda: self._done >= target, timeout)

    def _take(self, count: int) -> list[Record]:
        self._taken += count
        return [self.records.popleft() for _ in range(count)]

    def _finish(self, records: list[Record], reason: str | None) -> None:
        for record in records:
            self._settled(record, reason)  # outside the lock: it may log
        with self._changed:
            self._done += len(records)
            self._changed.notify_all()


class Sender:
    """Sends records in the order in which they came. Any thread may call its methods.

    Its daemon thread starts with the first record. A fork leaves a child without that
    thread: a child needs a new Sender.
    """

    def __init__(
        self,
        setup: Setup,
        settled: Settled,
        unauthorised_pause: float = UNAUTHORISED_PAUSE,
    ) -> None:
        self._unauthorised_pause = unauthorised_pause
        self._setup = setup
        self._size = setup.settings.queue_size
        self._backlog = Backlog(settled)
        self._records = self._backlog.records
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._idle = True
        self._started = Lock()
        self._thread: Thread | None = None
        self._deadline = math.inf
        self._refused = False
        self._unreachable = log.Throttle(60)

    def __len__(self) -> int:
        return len(self._records)

    def put(self, record: Record) -> bool:
        """Queue `record`; False when the queue is full. Never blocks, takes no lock."""
        if len(self._records) >= self._size:
            return False
        self._records.append(record)
        if self._idle:
            self._rouse()
        return True

    def configure(self, setup: Setup) -> None:
        """Go on with `setup`, at once even when a pause was under way."""
        self._setup = setup
        self._size = setup.settings.queue_size
        self._refused = False
        self._wake.put(None)

    def flush(self, timeout: float) -> bool:
        """Wait, at most `timeout` seconds, until all that was put so far is settled."""
        return self._backlog.wait(timeout)

    def shutdown(self, timeout: float) -> bool:
        """Send what `timeout` seconds allow and end; False if something was left."""
        end = monotonic() + timeout
        self._deadline = end
        self._wake.put(None)
        self.flush(timeout)
        self._backlog.give_up()
        if self._thread is not None:
            self._thread.join(max(0.0, end - monotonic()))
        return not self._backlog.given_up

    def _rouse(self) -> None:
        self._idle = False
        self._wake.put(None)
        if self._thread is None and self._started.acquire(blocking=False):
            fork_gate()  # not in the thread: a fork under way would run half its hooks
            thread = Thread(target=self._run, name="trackplan-sender", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no thread to be had now: the next record tries again
                self._idle = True
                self._started.release()
            else:
                self._thread = thread

    def _run(self) -> None:
        preload("json", "random")
        while record := self._next():
            self._deliver(record)

    def _next(self) -> Record | None:
        """The oldest record, waiting for one; None when there will be no more."""
        while not (record := self._backlog.first()):
            if self._deadline < math.inf:
                return None
            self._idle = True
            if not self._records:  # a record put before `idle` was set did not wake us
                self._wake.get()
            self._idle = False
        return record

    def _deliver(self, record: Record) -> None:
        """Try until `record` is settled, or given up."""
        payload = _payload(record, self._setup.settings.send_timestamp)
        if payload is None:
            return self._backlog.settle(record, "not_json")
        attempts = 0
        while self._backlog.first() is record:
            setup = self._setup
            answer = self._ask(setup, payload)
            attempts += answer.status != UNAUTHORISED
            if answer.status == UNAUTHORISED:
                self._pause(setup, self._unauthorised_pause)
            elif _may_pass(answer.status) and attempts < setup.settings.max_attempts:
                self._pause(setup, max(_back_off(attempts), answer.retry_after or 0.0))
            else:
                self._backlog.settle(record, _reason(answer.status))
        return None

    def _ask(self, setup: Setup, payload: bytes) -> Answer:
        settings, transport = setup
        if settings.write_code is None or not settings.deliver:
            return Answer(UNAUTHORISED)
        try:
            answer = transport.send(_request(settings, settings.write_code, payload))
            refused = answer.status == UNAUTHORISED
        except Exception as error:
            # Only our own text is safe to log: another's may quote the request.
            ours = isinstance(error, TransportError)
            self._say_unreachable(str(error) if ours else type(error).__name__)
            return Answer(NO_ANSWER)
        if refused and not self._refused:
            self._say_unauthorised()
        self._refused = refused
        return answer

    def _pause(self, setup: Setup, seconds: float) -> None:
        """Wait, unless reconfigured; give up when a shutdown would not wait so long."""
        until = monotonic() + seconds
        while self._setup is setup and (left := until - monotonic()) > 0:
            if until > self._deadline:
                self._backlog.give_up()
                return
            with suppress(Empty):
                self._wake.get(timeout=left)

    def _say_unauthorised(self) -> None:
        log.error(
            "Userlens refuses the Write Code (401); %d events wait. Set "
            "USERLENS_WRITE_CODE to the one of your project, or call "
            "configure(write_code=...)",
            len(self),
        )

    def _say_unreachable(self, trouble: str) -> None:
        if self._unreachable.due():
            log.warning(
                "no answer from Userlens (%s); %d events wait", trouble, len(self)
            )


def _payload(record: Record, send_timestamp: bool) -> bytes | None:
    try:
        return encode(body(record, send_timestamp))
    except Exception:  # one record that cannot be encoded must not stop the others
        return None


def _request(settings: Settings, write_code: str, payload: bytes) -> Request:
    headers = {
        "Authorization": authorization(write_code),
        "Content-Type": "application/json",
        "User-Agent": "trackplan",
    }
    return Request(f"{settings.events_url}/event", headers, payload)


def _may_pass(status: int) -> bool:
    return status == NO_ANSWER or status in (408, 425, 429) or status >= 500


def _reason(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "unreachable" if status == NO_ANSWER else f"http_{status}"


def _back_off(attempts: int) -> float:
    """Full jitter: anything up to a bound that doubles with each attempt."""
    from random import uniform

    bound = FIRST_BACK_OFF * 2 ** min(attempts - 1, 16)
    return uniform(0, min(bound, LONGEST_BACK_OFF))
