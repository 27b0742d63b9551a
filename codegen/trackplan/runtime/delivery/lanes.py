"""Whose turn it is: one request at a time for a user, in the order of the calls."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import islice

from trackplan.runtime.wire import FORWARDED

from .queue import Item

LARGEST_BATCH = 100


class Lanes:
    """The leased items by lane; a lane is ready, waits for its retry, or is busy.

    Not thread-safe. Times are those of one monotonic clock, passed in.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Item]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[float, str]] = []
        self._size = 0
        self.batch = LARGEST_BATCH
        """How many forwarded events may go in one request."""

    def __len__(self) -> int:
        return self._size

    @property
    def has_more(self) -> bool:
        """Whether a lane that is not busy has something to send, now or later."""
        return bool(self._ready or self._later)

    def add(self, items: Iterable[Item]) -> None:
        """Put `items` at the end of their lanes."""
        for item in items:
            self._size += 1
            if lane := self._lanes.get(item.lane):
                lane.append(item)
            else:
                self._lanes[item.lane] = deque([item])
                self._ready.append(item.lane)

    def ready(self, now: float) -> int:
        """How many lanes could send now."""
        while self._later and self._later[0][0] <= now:
            self._ready.append(heappop(self._later)[1])
        return len(self._ready)

    def next_due(self) -> float:
        """When the first of the lanes that wait for a retry becomes ready."""
        return self._later[0][0] if self._later else math.inf

    def take(self) -> list[Item]:
        """The items of the next request; their lane is busy until `put_back`."""
        lane = self._lanes[self._ready.popleft()]
        size = self.batch if lane[0].lane == FORWARDED else 1
        return list(islice(lane, size))

    def put_back(self, lane: str, settled: int, due: float | None = None) -> None:
        """End the turn of `lane`: its first `settled` items are done with.

        The next one goes at `due` or, without it, when its turn comes.
        """
        if not (items := self._lanes.get(lane)):
            return
        for _ in range(settled):
            items.popleft()
        self._size -= settled
        if not items:
            del self._lanes[lane]
        elif due is None:
            self._ready.append(lane)
        else:
            heappush(self._later, (due, lane))

    def hurry(self) -> None:
        """Let the lanes that wait for a retry go at once."""
        self._ready.extend(lane for _, lane in sorted(self._later))
        self._later.clear()

    def clear(self) -> list[Item]:
        """Take everything out, what is being sent included."""
        items = [item for lane in self._lanes.values() for item in lane]
        self._lanes.clear()
        self._ready.clear()
        self._later.clear()
        self._size = 0
        return items
