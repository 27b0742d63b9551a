"""What arrived at the collector, as long as there is room for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from trackplan.runtime.values import Json

from .decode import decode
from .examine import Outcome
from .judge import Judgement
from .tally import Tally

MAX_BYTES = 64 * 1024 * 1024
"""What the bodies that are kept may take in sum."""

_generations = count(1)


class Arrival(NamedTuple):
    """One request that came with an acceptable Write Code."""

    received_at: datetime
    """In UTC."""
    endpoint: str
    write_code: str | None
    """Never more than its last four characters."""
    data: bytes | None
    """The body as it came; None where it was too large."""
    outcome: Outcome

    @property
    def body(self) -> Json:
        """As it came; its text where it is not JSON, null where it was too large."""
        return None if self.data is None else decode(self.data)[0]

    @property
    def is_judged(self) -> bool:
        """Whether the verdict is the plan's."""
        return self.outcome.judgement.verdict not in ("refused", "forwarded")

    @property
    def size(self) -> int:
        """Bytes in memory, roughly: of the body, and of what is said about it."""
        said = [*self.outcome.problems]
        for one in self.outcome.judgement.violations:
            said += one
        return 1000 + len(self.data or b"") + sum(100 + len(text) for text in said)

    def as_row(self) -> dict[str, object]:
        """Return what a list shows of it, the number left out."""
        labels = self.outcome.labels
        return {
            "received_at": iso(self.received_at),
            "endpoint": self.endpoint,
            "status": self.outcome.status,
            "type": labels.type,
            "event": labels.event,
            "user_id": labels.user_id,
            "title": labels.title,
            "verdict": self.outcome.judgement.verdict,
        }

    def as_json(self) -> dict[str, object]:
        """Return what `GET /api/events` shows of it, the number left out."""
        status, labels, (verdict, violations), problems = self.outcome
        return {
            "received_at": iso(self.received_at),
            "endpoint": self.endpoint,
            "status": status,
            "type": labels.type,
            "event": labels.event,
            "user_id": labels.user_id,
            "body": self.body,
            "verdict": verdict,
            "violations": [violation._asdict() for violation in violations],
            "problems": problems,
            "write_code": self.write_code,
        }


class Store:
    """The last arrivals, at most `limit` and `MAX_BYTES`, numbered from 1.

    For one thread. `generation` changes when what was told of it is no longer true:
    when it is emptied, or judged anew. `tally` counts all arrivals, also those gone.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget everything and begin again at 1."""
        self._kept: dict[int, Arrival] = {}
        self._bytes = 0
        self.last = 0
        self.tally = Tally()
        self.began = datetime.now(UTC)
        self.renew()

    def renew(self) -> None:
        """Say that what was told of the arrivals is no longer true."""
        self.generation = next(_generations)

    def add(self, arrival: Arrival) -> int:
        """Keep `arrival`, in place of the oldest if full; return its number."""
        self.last += 1
        self._kept[self.last] = arrival
        self._bytes += arrival.size
        self.tally.add(self.last, arrival.received_at, arrival.outcome)
        while len(self._kept) > self._limit or self._bytes > MAX_BYTES:
            oldest = next(iter(self._kept))
            self._bytes -= self._kept.pop(oldest).size
        return self.last

    def judge_anew(self, number: int, judgement: Judgement) -> None:
        """Put another judgement to an arrival that is still kept."""
        arrival = self._kept.get(number)
        if arrival is not None:
            self.tally.judge_anew(arrival.outcome, judgement)
            outcome = arrival.outcome._replace(judgement=judgement)
            self._kept[number] = anew = arrival._replace(outcome=outcome)
            self._bytes += anew.size - arrival.size

    def get(self, number: int) -> Arrival | None:
        """Return an arrival that is still kept."""
        return self._kept.get(number)

    def after(self, number: int) -> Iterator[tuple[int, Arrival]]:
        """Yield what is kept and came after `number`, oldest first."""
        first = next(iter(self._kept), self.last + 1)
        for each in range(max(first, number + 1), self.last + 1):
            yield each, self._kept[each]

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._kept)


def iso(moment: datetime) -> str:
    """Return a time in UTC as in 2025-01-31T12:00:00.000Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
