"""What became of the calls: counted for `stats()`, and said in the log."""

from _thread import RLock  # not threading's, which a late finaliser finds emptied
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from . import log
from .delivery.queue import Found, Item


class Stats(NamedTuple):
    """What became of the calls of this process, since it started or was forked.

    Once nothing is under way, accepted + adopted == delivered + queued + set_aside.
    """

    accepted: int
    delivered: int
    queued: int
    set_aside: int
    violations: int
    """Calls that broke the plan, whether they were sent or not."""
    reasons: dict[str, int]
    """How many were set aside, and why: `violation`, `queue_full`, `http_400`, …"""
    adopted: int = 0
    """Events that other processes left in the spool, and this one took over."""
    skipped: int = 0
    """Records of the spool that could not be read, torn or corrupt."""


class Tally:
    """A count that any thread, and a signal handler, may raise without a lock."""

    def __init__(self) -> None:
        self._reads = 0
        self._lock = RLock()
        self.add: Callable[[], int] = count(1).__next__
        """Counts one; a number from 1 on that comes once, though some are left out.

        In C, since every call of the application comes by here.
        """

    def read(self) -> int:
        """The count; reading takes a step of its own, which is subtracted again."""
        with self._lock:
            self._reads += 1
            return self.add() - self._reads


class Counts:
    """The counts of one client. Any thread may call any method; only `stats` locks."""

    def __init__(self) -> None:
        self.accepted = Tally()
        self.delivered = Tally()
        self.violations = Tally()
        self._reasons: dict[str, Tally] = {}
        self._throttles = {"no_write_code": log.Throttle()}

    def settle(self, item: Item, reason: str | None) -> None:
        """Count `item` as delivered or, given a reason, as set aside."""
        if reason is None:
            self.delivered.add()
            return
        self._reasons.setdefault(reason, Tally()).add()
        if reason in _LOGGED_ELSEWHERE:
            return
        if self._throttles.setdefault(reason, log.Throttle(60)).due():
            why = _EXPLAINED.get(reason, "Userlens does not take it")
            extra: log.Extra = {
                "trackplan_event": item.name,
                "trackplan_reason": reason,
            }
            message = "%s set aside (%s): %s"
            log.error(message, item.name, reason, why, extra=extra)

    def stats(self, queued: int, found: Found) -> Stats:
        """The counts as they are now, with what the sender knows."""
        reasons = {
            reason: tally.read() for reason, tally in self._reasons.copy().items()
        }
        return Stats(
            accepted=self.accepted.read(),
            delivered=self.delivered.read(),
            queued=queued + found.left,
            set_aside=sum(reasons.values()),
            violations=self.violations.read(),
            reasons=reasons,
            adopted=found.adopted,
            skipped=found.skipped,
        )


_LOGGED_ELSEWHERE = ("violation", "not_delivering")
_EXPLAINED = {
    "no_write_code": "nothing is sent without a Write Code; set USERLENS_WRITE_CODE to "
    "the one of your project, or call configure(write_code=...)",
    "queue_full": "Userlens is unreachable or slower than the calls come; "
    "TRACKPLAN_QUEUE_SIZE sets how many may wait",
    "unreachable": "no answer came from Userlens in any attempt",
    "not_json": "its data cannot be written as JSON",
    "not_an_event": "it has no text as its `event`, or holds what is not JSON",
    "too_large": "it is larger than TRACKPLAN_MAX_EVENT_SIZE allows",
    "unconfirmed": "no answer came, and at most once is to be kept",
    "shutdown": "the process ends, or shutdown() was called",
}
