"""Deadlines for whole exchanges, which time-outs of single reads do not give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic

CUTS_AGAIN_AFTER = 0.1
"""Seconds, for an exchange that goes on all the same."""


class Watched:
    """One exchange: what cuts it short, and whether that was done."""

    __slots__ = ("cut", "deadline", "is_cut")

    def __init__(self, deadline: float, cut: Callable[[], None]) -> None:
        self.deadline = deadline
        self.cut = cut
        self.is_cut = False


class Watch:
    """Cuts exchanges short that take too long. Any thread may use it.

    One daemon thread, which starts with the first exchange and sleeps till a deadline;
    `end` ends it where nothing is watched, and the next exchange starts another.
    """

    def __init__(self) -> None:
        self._watched: set[Watched] = set()
        self._wake: SimpleQueue[bool] = SimpleQueue()
        """Wakes the thread; True: to end, if it watches nothing."""
        self._looks_at = -math.inf
        self._lock = Lock()
        self._thread: Thread | None = None

    @contextmanager
    def over(self, seconds: float, cut: Callable[[], None]) -> Iterator[Watched]:
        """Call `cut` from another thread if the block lasts longer than `seconds`."""
        watched = Watched(monotonic() + seconds, cut)
        with self._lock:
            self._watched.add(watched)
            self._start()
            if watched.deadline < self._looks_at:
                self._wake.put(False)
        try:
            yield watched
        finally:
            with self._lock:
                self._watched.discard(watched)

    def end(self) -> None:
        """Let go of the thread. Takes no lock: a finaliser may call it anywhere."""
        self._wake.put(True)

    def _start(self) -> None:
        if self._thread is None:
            thread = Thread(target=self._run, name="trackplan-watch", daemon=True)
            with suppress(RuntimeError):  # none to be had now: the next exchange tries
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        is_to_end = False
        while True:
            with self._lock:
                if is_to_end and not self._watched:
                    self._thread = None
                    return
                self._cut_overdue(monotonic())
                ends = (watched.deadline for watched in self._watched)
                self._looks_at = min(ends, default=math.inf)
                seconds = self._looks_at - monotonic()
            timeout = None if seconds == math.inf else max(seconds, 0.0)
            is_to_end = False
            with suppress(Empty):
                is_to_end = self._wake.get(timeout=timeout)

    def _cut_overdue(self, now: float) -> None:
        for watched in [w for w in self._watched if w.deadline <= now]:
            watched.is_cut = True
            # Again, until it ends: nothing can be cut while TLS takes the socket over.
            watched.deadline = now + CUTS_AGAIN_AFTER
            with suppress(Exception):  # the exchange may just have ended by itself
                watched.cut()
