"""The application's own functions that are told what became of its events."""

from _thread import start_new_thread
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Lock, current_thread, get_ident
from time import monotonic
from typing import NamedTuple, TypeAlias

from . import log

MOST_WAITING = 10_000


class Report(NamedTuple):
    """What became of one event. Its repr shows neither users nor their data."""

    body: dict[str, object]
    """The event as Userlens takes it, with its timestamp."""
    reason: str | None
    """Why it was set aside; None when it was delivered."""

    def __repr__(self) -> str:
        is_event = isinstance(self.body, dict)  # a browser may forward anything
        name = self.body.get("event") or self.body.get("type") if is_event else None
        return f"Report({name!r}, reason={self.reason!r})"


Hook: TypeAlias = Callable[[Report], object]


class Hooks:
    """Calls hooks one after the other in a thread of their own.

    So a hook may block, raise, or call `flush`. Any thread may call `tell`, and none
    waits for another. When more than 10,000 calls wait, further ones are left out, and
    the log says so.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[Hook, Report]] = SimpleQueue()
        self._calling = Lock()
        """Held by the thread that calls hooks; nobody waits for it."""
        self._caller: int | None = None
        self._overflow = log.Throttle(60)

    def tell(self, hook: Hook, report: Report) -> None:
        """Have `hook` called with `report`."""
        if self._calls.qsize() >= MOST_WAITING:
            if self._overflow.due():
                log.warning("the hooks are slower than the events: some are not told")
            return
        self._calls.put((hook, report))
        self._start()

    def wait(self, seconds: float) -> bool:
        """Wait until all are called that were told so far; False when time runs out.

        Calls them itself where no thread starts, as at the end of the process since
        Python 3.12: one that blocks is waited for then.
        """
        is_unused = self._caller is None and self._calls.empty()
        if is_unused or self._caller == get_ident():
            return True
        end = monotonic() + seconds
        done = Event()
        self._calls.put((lambda _: done.set(), Report({}, None)))
        if not self._start() and self._calling.acquire(blocking=False):
            try:
                self._call(lambda: done.is_set() or monotonic() >= end)
            finally:
                self._caller = None
                self._calling.release()
        return done.wait(max(0.0, end - monotonic()))

    def _start(self) -> bool:
        """Start the thread, unless there is one; False when there is none to be had."""
        if not self._calling.acquire(blocking=False):
            return True
        is_started = False
        try:
            with suppress(RuntimeError):
                start_new_thread(self._run, ())
                is_started = True
        finally:
            if not is_started:
                self._calling.release()
        return is_started

    def _run(self) -> None:
        current_thread().name = "trackplan-hooks"
        self._call(lambda: False)

    def _call(self, is_enough: Callable[[], bool]) -> None:
        self._caller = get_ident()
        while not is_enough():
            hook, report = self._calls.get()
            try:
                hook(report)
            except BaseException as error:  # theirs, and no reason to stop
                log.error("a hook raised %s for %r", type(error).__name__, report)
