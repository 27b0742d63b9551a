"""What arrives, told to whoever listens: server-sent events, read from the store.

Every listener reads at its own pace from a place in the store of its own: nothing is
kept for one that is slow or gone, and what the store has dropped meanwhile, it misses.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

from .answers import as_text
from .filters import Filter
from .store import Store

HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it is alive."""
PAUSE = 0.1
"""Seconds from one message to the next: what arrives in between comes together."""
MOST_ROWS = 500
"""How many arrivals one message tells of, and are looked at without a break."""
MOST_LISTENERS = 32


class Feed:
    """Tells listeners of `store` when something changed. For one thread."""

    def __init__(self, store: Store, summary: Callable[[], object]) -> None:
        self._store = store
        self._summary = summary
        self._changed = asyncio.Event()
        self._closed = False
        self._listeners = 0

    @property
    def is_full(self) -> bool:
        return self._listeners >= MOST_LISTENERS

    def tell(self) -> None:
        """Let the listeners look."""
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """End all streams: a server waits for them before it stops."""
        self._closed = True
        self.tell()

    async def stream(self, wanted: Filter, last: str) -> AsyncIterator[str]:
        """Yield messages: `rows` and `summary`, and `renewed` before all is told anew.

        `last` is the id of the last message that the listener has, or empty.
        """
        with self._listening():
            yield "retry: 1000\n\n"
            generation, cursor = _place(last)
            told = None
            while not self._closed:
                changed = self._changed
                if generation != self._store.generation:
                    generation, cursor = self._store.generation, 0
                    yield _message("renewed", None, f"{generation}.0")
                rows, reached = self._rows(cursor, wanted)
                if rows:
                    yield _message("rows", rows, f"{generation}.{reached}")
                summary = as_text(self._summary())
                if summary != told:
                    told = summary
                    yield f"event: summary\ndata: {summary}\n\n"
                has_more, cursor = reached < self._store.last, reached
                await asyncio.sleep(0 if has_more else PAUSE)
                if not has_more and not await _is_set(changed):
                    yield ": alive\n\n"

    def _rows(self, cursor: int, wanted: Filter) -> tuple[list[object], int]:
        """Return the next rows asked for, and the number of the last looked at."""
        rows: list[object] = []
        for looked, (number, arrival) in enumerate(self._store.after(cursor)):
            if looked == MOST_ROWS:
                break
            cursor = number
            if wanted.admits(arrival):
                rows.append({"id": number, **arrival.as_row()})
        return rows, cursor

    @contextmanager
    def _listening(self) -> Iterator[None]:
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1


async def _is_set(event: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), HEARTBEAT)
    return event.is_set()


def _place(last: str) -> tuple[int | None, int]:
    found = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,18})", last)
    return (int(found[1]), int(found[2])) if found else (None, 0)


def _message(event: str, content: object, place: str) -> str:
    return f"event: {event}\nid: {place}\ndata: {as_text(content)}\n\n"
