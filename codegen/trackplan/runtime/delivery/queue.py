"""What waits to be sent: the items, and the queue that keeps them in memory."""

from collections import deque
from marshal import dumps, loads
from typing import NamedTuple, Protocol

from trackplan.runtime.outcome import QUEUED
from trackplan.runtime.wire import FORWARDED, Record, Row, body, encode

CROWD = 1_000
"""Rows from which on a MemoryQueue keeps them packed."""
MARSHAL_FORMAT = 2
"""The last that does not look for what occurs twice, which takes twice as long."""


class Item:
    """One event on its way: leased from a queue, to be settled there once."""

    __slots__ = (
        "attempts",
        "home",
        "is_kept",
        "lane",
        "number",
        "outcome",
        "source",
        "ticket",
        "tried_since",
    )

    def __init__(self, lane: str, record: Record | bytes, number: int = 0) -> None:
        self.lane = lane
        """Its user: items of one lane are sent in their order."""
        # JSON stays what it is: thousands of dictionaries would keep the garbage
        # collector busy for milliseconds, in the middle of a call.
        self.source = record
        self.number = number
        self.home: Queue | None = None
        """The queue it was leased from."""
        self.is_kept = False
        """Whether a file keeps it until it is settled."""
        self.ticket = 0
        """Its place among all that were leased."""
        self.attempts = 0
        self.tried_since: float | None = None
        """When the first attempt began, on the monotonic clock."""
        self.outcome = QUEUED

    @classmethod
    def of(cls, record: Record) -> "Item":
        """A record that no file keeps, as an item."""
        return cls(record.user_id, record)

    def __repr__(self) -> str:
        return f"Item({self.number})"

    @property
    def record(self) -> Record:
        """The call. Raises ValueError where a file holds something else."""
        if isinstance(self.source, bytes):
            from .framing import record  # here, since few processes have a spool

            return record(self.source)
        return self.source

    @property
    def name(self) -> str:
        """The event's name, or the kind of the call."""
        if self.lane == FORWARDED:
            return "a forwarded event"  # what it names may be a piece of a page
        content = self.content()
        return str(content.get("event") or content.get("type") or "an unreadable event")

    def encoded(self, send_timestamp: bool) -> bytes:
        """The body, as JSON. Raises for what is not JSON, or has no date."""
        return encode(body(self.record, send_timestamp))

    def content(self) -> dict[str, object]:
        """The body with its timestamp, for people and their hooks.

        Empty where there is none: a file holds something else, or the time is no date.
        """
        try:
            return body(self.record, send_timestamp=True)
        except Exception:
            return {}


class Found(NamedTuple):
    """What a queue came upon in its files."""

    adopted: int = 0
    skipped: int = 0
    left: int = 0
    """Records that a closed queue left to the next process."""


class Queue(Protocol):
    """Where accepted records wait.

    Any thread may call `put`, a signal handler and a finaliser too: it takes no lock.
    All other methods are called by one thread at a time.
    """

    is_shared: bool
    """Whether other processes may leave something in it."""

    def prepare(self) -> None:
        """Do now what the first call would wait for."""
        ...

    def put(self, row: Row) -> bool:
        """Keep `row`; False when there is no room."""
        ...

    def lease(self, limit: int) -> list[Item]:
        """Hand out the oldest items, at most `limit`, none of them twice."""
        ...

    def settle(self, item: Item, reason: str | None) -> None:
        """Forget a leased item: it was delivered or, given a reason, set aside."""
        ...

    def adopt(self) -> int:
        """Take over what ended processes left; the number of items."""
        ...

    def found(self) -> Found:
        """What the queue came upon in its files so far."""
        ...

    def drop_oldest(self) -> Record | None:
        """Take out the oldest record that only memory keeps, and that is not leased.

        Takes no lock.
        """
        ...

    def save(self) -> None:
        """Write what only memory keeps to a file, if there is one to write to."""
        ...

    def __len__(self) -> int:
        """How many items wait and are not leased."""
        ...

    def report(self) -> None:
        """Say in the log what went wrong. Any thread may call it, and hold no lock.

        A log handler has a lock of its own, and may ask for ours.
        """
        ...

    def close(self) -> None:
        """Let go of files."""
        ...

    def abandon(self) -> None:
        """Forget everything, in a forked child: it is the parent's."""
        ...


class MemoryQueue:
    """A queue that ends with the process, for at most `limit` records."""

    is_shared = False

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.room = min(limit, CROWD)
        """How many rows may wait as they are, beside the items that are leased."""
        self.rows: deque[Row | bytes] = deque()
        self._leased: set[Item] = set()

    def prepare(self) -> None:
        """There is nothing to do."""

    def put(self, row: Row) -> bool:
        waiting = len(self.rows) + len(self._leased)
        if waiting >= self.limit:
            return False
        self.rows.append(row if waiting < CROWD else packed(row))
        return True

    def lease(self, limit: int) -> list[Item]:
        items: list[Item] = []
        while len(items) < limit and (record := self.drop_oldest()):
            items.append(Item.of(record))
        self._leased.update(items)
        self._make_room()
        return items

    def settle(self, item: Item, reason: str | None) -> None:
        self._leased.discard(item)
        self._make_room()

    def adopt(self) -> int:
        return 0

    def found(self) -> Found:
        return Found()

    def drop_oldest(self) -> Record | None:
        try:
            return unpacked(self.rows.popleft())
        except IndexError:
            return None

    def _make_room(self) -> None:
        self.room = min(self.limit, CROWD) - len(self._leased)

    def save(self) -> None:
        """There is no file."""

    def __len__(self) -> int:
        return len(self.rows)

    def report(self) -> None:
        """Nothing goes wrong."""

    def close(self) -> None:
        """Nothing is open."""

    def abandon(self) -> None:
        """The child has its own copy, and no use for it."""


def packed(row: Row) -> Row | bytes:
    """Keep `row` as bytes, where it can be, for a queue that grows long.

    Python's garbage collector looks at a tuple with a dictionary again and again, and
    never at bytes: one of 20,000 calls in a row took 25 ms for it.
    """
    try:
        return dumps(tuple(row), MARSHAL_FORMAT)
    except ValueError:  # a value that marshal does not know
        return row


def unpacked(row: Row | bytes) -> Record:
    """Return the record that `packed` was given."""
    return Record._make(loads(row) if isinstance(row, bytes) else row)
