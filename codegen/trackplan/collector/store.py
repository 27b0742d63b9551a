"""What arrived at the collector, as long as there is room for it."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from trackplan.runtime.values import Json

from .examine import Outcome


class Arrival(NamedTuple):
    """One request that came with an acceptable Write Code."""

    received_at: datetime
    """In UTC."""
    endpoint: str
    write_code: str | None
    """Never more than its last four characters."""
    outcome: Outcome

    def as_json(self) -> dict[str, object]:
        """Return what `GET /api/events` shows of it, the number left out."""
        status, body, (verdict, violations), problems = self.outcome
        fields = body if isinstance(body, dict) else {}
        return {
            "received_at": _iso(self.received_at),
            "endpoint": self.endpoint,
            "status": status,
            "type": _label(fields.get("type")),
            "event": _label(fields.get("event")),
            "user_id": _label(fields.get("userId")),
            "body": body,
            "verdict": verdict,
            "violations": [violation._asdict() for violation in violations],
            "problems": problems,
            "write_code": self.write_code,
        }


class Store:
    """The last `limit` arrivals, numbered from 1. Every method is thread-safe."""

    def __init__(self, limit: int) -> None:
        self._ring: deque[tuple[int, Arrival]] = deque(maxlen=limit)
        self._count = 0
        self._lock = Lock()

    def add(self, arrival: Arrival) -> int:
        """Keep `arrival`, in place of the oldest if full; return its number."""
        with self._lock:
            self._count += 1
            self._ring.append((self._count, arrival))
            return self._count

    def snapshot(self) -> list[tuple[int, Arrival]]:
        """Return what is kept, oldest first, each with its number."""
        with self._lock:
            return list(self._ring)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _label(value: Json) -> str | int | None:
    """Keep what a name or an id can be, as it came; null for anything else."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    return None
