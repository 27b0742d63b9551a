"""What is sent next, and what an answer means for it: the state of a sender."""

import math
from threading import Event
from typing import TypeAlias

from trackplan.runtime.counts import Tally

from .attempt import NO_ANSWER, Attempt, Setup
from .lanes import LARGEST_BATCH, Lanes
from .pace import GLANCE, PATIENCE, Burst, Pace, Turn, back_off
from .queue import Item, Queue

WINDOW = 10_000
"""Items leased at a time: a user whose events wait for a retry holds up no other until
so many of them wait."""
LEASED_AT_ONCE = 100
ADOPTED_EVERY = 30.0
"""Seconds between looks at what other processes left."""
UNAUTHORISED = 401
TOO_MANY = 429


Settlement: TypeAlias = tuple[Item, str | None]
"""An item that is done with, and why it is set aside, if it is."""


class Job:
    """One request to make, for items of one lane."""

    __slots__ = ("items", "setup", "turn")

    def __init__(self, items: list[Item], setup: Setup, turn: Turn) -> None:
        self.items = items
        self.setup = setup
        self.turn = turn


class Verdict:
    """What an attempt means: settle its items, or try them again at `due`."""

    __slots__ = ("due", "reason")

    def __init__(self, reason: str | None = None, due: float | None = None) -> None:
        self.reason = reason
        self.due = due


class Barrier:
    """Passed once all that was accepted before it is settled."""

    def __init__(self, ticket: int, pending: int) -> None:
        self._ticket = ticket
        self._pending = pending
        self.passed = Event()
        self._look()

    def count(self, item: Item) -> None:
        """Note that `item` is settled."""
        self._pending -= item.ticket <= self._ticket
        self._look()

    def _look(self) -> None:
        if self._pending <= 0:
            self.passed.set()


class Schedule:
    """The queues, the lanes and the pace of one sender.

    Not thread-safe. Times are those of one monotonic clock, in seconds, passed in.
    """

    def __init__(self, setup: Setup, queue: Queue, unauthorised_pause: float) -> None:
        self.queues = [queue]
        self.deadline = math.inf
        self.without_room = Tally()
        """Counts the calls that found the queue full."""
        self._unauthorised_pause = unauthorised_pause
        self._lanes = Lanes()
        self._pace = Pace()
        self._burst = Burst()
        self._holds_back = False
        self._leased: dict[Item, None] = {}
        self._tickets = 0
        self._passed = 0
        """How many items are settled, and counted too."""
        self._barriers: list[Barrier] = []
        self._adopt_at = -math.inf
        self.configure(setup)

    def __len__(self) -> int:
        return len(self._leased) + self._waiting()

    def configure(self, setup: Setup) -> None:
        """Go on with `setup`, and at once."""
        self.setup = setup
        self._pace.connections = setup.settings.connections
        self._pace.rate_limit = setup.settings.rate_limit
        self._pace.resume()
        self._lanes.hurry()
        self._adopt_at = -math.inf

    def next(self, now: float) -> Job | float:
        """The next job or, when there is none now, the time at which to look again."""
        burst = None if self._is_awaited else self._burst.lasts(self.came, now)
        self._holds_back = burst is not None and burst < PATIENCE
        if self._holds_back:
            return now + max(GLANCE)
        if not self.setup.settings.deliver:
            return math.inf
        self._adopt(now)
        self._fill(now)
        ready = self._lanes.ready(now)
        if not self.setup.settings.write_code:
            return self._adopt_at
        if not self._pace.has_time(now, self.deadline):
            return math.inf
        waiting = min(len(self), WINDOW)
        opens = self._pace.opens(now, ready, waiting, alone=burst is not None)
        if not ready or opens > now:
            due = opens if ready else max(opens, self._lanes.next_due())
            return min(due, self._adopt_at)
        items = self._lanes.take()
        if self.setup.settings.delivery == "at_most_once":
            _forget(items)
        return Job(items, self.setup, self._pace.begin(now, len(items)))

    def has_ready(self, now: float) -> bool:
        """Whether something could be sent at once, if the pace let it."""
        return self._holds_back or self._lanes.ready(now) > 0

    @property
    def has_more(self) -> bool:
        """Whether a lane that is not busy has something to send, now or later."""
        return self._lanes.has_more

    @property
    def paused_until(self) -> float:
        """Before when nothing is sent; -inf without a pause."""
        return self._pace.paused_until

    def is_over(self, due: float) -> bool:
        """Whether nothing more can happen before the shutdown ends."""
        is_ending = self.deadline < math.inf and self._pace.is_idle
        return is_ending and (due > self.deadline or not len(self))

    def lease(self, limit: int) -> list[Item]:
        """Move some of what waits in the queues into the lanes."""
        for queue in self.queues:
            if items := queue.lease(limit):
                for item in items:
                    item.home = queue
                self.enter(items)
                return items
        return []

    def lease_all(self) -> list[Item]:
        """Move all that waits into the lanes."""
        moved: list[Item] = []
        while items := self.lease(WINDOW):
            moved += items
        return moved

    def enter(self, items: list[Item]) -> None:
        """Put items at the end of their lanes."""
        for item in items:
            self._tickets += 1
            item.ticket = self._tickets
        self._leased.update(dict.fromkeys(items))
        self._lanes.add(items)

    def barrier(self, now: float) -> Barrier:
        """A barrier behind all that is here now."""
        self._adopt(now)
        waiting = self._waiting()
        pending = self._tickets - self._passed + waiting
        barrier = Barrier(self._tickets + waiting, pending)
        self._barriers = [b for b in self._barriers if not b.passed.is_set()]
        self._barriers.append(barrier)
        return barrier

    def finish(
        self, job: Job, attempt: Attempt, now: float, spent: float
    ) -> list[Settlement]:
        """Take in what came of `job`, and `spent` processor time; what that settles."""
        self._pace.end(job.turn, now, spent)
        items = job.items[: attempt.tried]
        if items[0] not in self._leased:  # given up meanwhile
            return []
        verdict = self._judge(items, attempt, job, now)
        lane = items[0].lane
        if verdict.due is not None:
            self._lanes.put_back(lane, 0, verdict.due)
            return []
        self._lanes.put_back(lane, len(items))
        return self._settle(items, verdict.reason)

    def give_up(self) -> list[Settlement]:
        """Settle what no file keeps, since the process ends."""
        for queue in self.queues:
            queue.save()
            while record := queue.drop_oldest():
                self.enter([Item.of(record)])
        self._lanes.clear()
        return self._settle([i for i in self._leased if not i.is_kept], "shutdown")

    def let_pass(self, settlements: list[Settlement]) -> None:
        """Tell the barriers of settlements, once those are counted."""
        self._passed += len(settlements)
        is_empty = self._passed == self._tickets and not self._waiting()
        for barrier in self._barriers:
            for item, _ in settlements:
                barrier.count(item)
            if is_empty:
                barrier.passed.set()

    def let_all_pass(self) -> None:
        """Let nobody wait any longer: nothing more will be sent."""
        for barrier in self._barriers:
            barrier.passed.set()

    @property
    def is_counted(self) -> bool:
        """Whether all that is settled is counted too."""
        return self._passed + len(self._leased) == self._tickets

    def close(self) -> None:
        """Let go of the queues' files."""
        for queue in self.queues:
            queue.close()

    def abandon(self) -> None:
        """Leave everything to the parent, in a forked child."""
        for queue in self.queues:
            queue.abandon()

    @property
    def came(self) -> int:
        """How many calls there were so far, or about so many."""
        return self._tickets + self._waiting() + self.without_room.read()

    @property
    def _is_awaited(self) -> bool:
        """Whether somebody waits until items are settled."""
        is_ending = self.deadline < math.inf
        return is_ending or any(not one.passed.is_set() for one in self._barriers)

    def _waiting(self) -> int:
        return sum(len(queue) for queue in self.queues)

    def _adopt(self, now: float) -> None:
        if now < self._adopt_at or not self.setup.settings.deliver:
            return
        self._adopt_at = math.inf
        for queue in self.queues:
            if queue.is_shared:
                queue.adopt()
                self._adopt_at = now + ADOPTED_EVERY

    def _fill(self, now: float) -> None:
        """Lease until there is a lane to send from, and some to choose among."""
        while len(self._lanes) < WINDOW:
            if len(self._lanes) >= LEASED_AT_ONCE and self._lanes.ready(now):
                break
            if not self.lease(LEASED_AT_ONCE):
                break

    def _settle(self, items: list[Item], reason: str | None) -> list[Settlement]:
        for item in items:
            self._leased.pop(item, None)
            if item.home is not None:
                item.home.settle(item, reason)
        return [(item, reason) for item in items]

    def _judge(
        self, items: list[Item], attempt: Attempt, job: Job, now: float
    ) -> Verdict:
        status = attempt.status
        if attempt.unsendable:
            return Verdict(attempt.unsendable)
        has_failed = status == UNAUTHORISED or _may_pass(status)
        if has_failed and job.setup is not self.setup and not self._is_final(attempt):
            return Verdict(due=now)  # with other settings it may go better
        if status == UNAUTHORISED:
            self._pace.pause(now, self._unauthorised_pause)
            return Verdict(due=now)
        if _may_pass(status):
            self._pace.fail(now, job.turn, status == TOO_MANY, attempt.retry_after)
            return self._failed(items, attempt, now)
        self._pace.succeed()
        if 200 <= status < 300:
            self._lanes.batch = min(self._lanes.batch * 2, LARGEST_BATCH)
            return Verdict()
        return self._set_aside(items, f"http_{status}", now)

    def _failed(self, items: list[Item], attempt: Attempt, now: float) -> Verdict:
        if self._is_final(attempt):
            return Verdict("unconfirmed")
        settings = self.setup.settings
        first = items[0]
        first.tried_since = first.tried_since or now
        # A server that fails for all says nothing about this one.
        first.attempts += not (self._pace.is_down or attempt.status == TOO_MANY)
        if (
            first.attempts < settings.max_attempts
            and now - first.tried_since < settings.max_age
        ):
            return Verdict(due=now + back_off(first.attempts))
        unreachable = attempt.status == NO_ANSWER
        reason = "unreachable" if unreachable else f"http_{attempt.status}"
        return self._set_aside(items, reason, now)

    def _is_final(self, attempt: Attempt) -> bool:
        """Whether another attempt could deliver what was delivered already."""
        is_refusal = attempt.status in (UNAUTHORISED, TOO_MANY)
        at_most_once = self.setup.settings.delivery == "at_most_once"
        return at_most_once and attempt.written and not is_refusal

    def _set_aside(self, items: list[Item], reason: str, now: float) -> Verdict:
        if len(items) == 1:
            return Verdict(reason)
        self._lanes.batch = len(items) // 2  # until the one that is at fault is alone
        return Verdict(due=now)


def _may_pass(status: int) -> bool:
    return status == NO_ANSWER or status in (408, 425, TOO_MANY) or status >= 500


def _forget(items: list[Item]) -> None:
    """Let no file bring back what may be delivered once at most."""
    for item in items:
        if item.home is not None:
            item.home.settle(item, None)
        item.is_kept = False
