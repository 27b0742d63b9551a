"""The application's own functions that are told what became of its events."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread, current_thread
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

    So a hook may block, raise, or call `flush`. Any thread may call `tell`. When more
    than 10,000 calls wait, further ones are left out, and the log says so.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[Hook, Report]] = SimpleQueue()
        self._thread: Thread | None = None
        self._overflow = log.Throttle(60)

    def tell(self, hook: Hook, report: Report) -> None:
        """Have `hook` called with `report`."""
        if self._calls.qsize() >= MOST_WAITING:
            if self._overflow.due():
                log.warning("the hooks are slower than the events: some are not told")
            return
        self._calls.put((hook, report))
        if self._thread is None:
            thread = Thread(target=self._run, name="trackplan-hooks", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the process ends, or has too many threads
                return
            self._thread = thread

    def wait(self, seconds: float) -> bool:
        """Wait until all are called that were told so far; False when time runs out."""
        if self._thread in (None, current_thread()):
            return True
        done = Event()
        self._calls.put((lambda _: done.set(), Report({}, None)))
        return done.wait(max(0.0, seconds))

    def _run(self) -> None:
        while True:
            hook, report = self._calls.get()
            try:
                hook(report)
            except BaseException as error:  # theirs, and no reason to stop
                log.error("a hook raised %s for %r", type(error).__name__, report)
