"""The background sender: the worker threads, and how they wake, wait and end."""

from __future__ import annotations

import math
from _thread import start_new_thread
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Condition, Event, Lock, RLock, Thread, current_thread
from time import monotonic, sleep, thread_time
from typing import TypeAlias

from trackplan.runtime import log
from trackplan.runtime.outcome import DELIVERED, QUEUED, Outcome
from trackplan.runtime.wire import Row

from .attempt import NO_ANSWER, Attempt, Setup, attempt
from .forking import fork_gate, preload
from .pace import GIVES_WAY
from .queue import Found, Item, Queue
from .schedule import UNAUTHORISED, Job, Schedule, Settlement

UNAUTHORISED_PAUSE = 60.0
SPARE_FOR = 10.0
"""Seconds after which a worker without work ends, if another one waits too."""
SHORTEST_TIMEOUT = 0.05
GRACE = 1.0
"""Seconds, at most, by which a shutdown waits longer for what is being counted."""
LOOKS_AGAIN_AFTER = 0.005
"""Seconds after which a worker that has worked looks for more, before it sleeps."""
STARTS_WITHIN = 0.1
"""Seconds in which a thread starts, if the program lets threads run at all."""
HELPER_LOOKS_AFTER = 0.05
"""Seconds after which a thread that flushes looks whether it can send something."""

Settled: TypeAlias = Callable[[Item, str | None], None]
"""Told of each item once: None when delivered, else why it is set aside."""


class Sender:
    """Sends what its queue holds. Any thread may call its methods.

    Its daemon threads, at most `connections`, start when they are needed. A fork leaves
    a child without them: a child needs a new Sender.
    """

    def __init__(
        self,
        setup: Setup,
        queue: Queue,
        settled: Settled,
        on_start: Callable[[], None] = lambda: None,
        unauthorised_pause: float = UNAUTHORISED_PAUSE,
    ) -> None:
        self._put = queue.put
        self._settled = settled
        self._on_start = on_start
        self._schedule = Schedule(setup, queue, unauthorised_pause)
        # Re-entrant, since a signal handler may shut down what it interrupted.
        self._lock = RLock()
        self._room = Condition(self._lock)
        """Told of what is settled, and of what is counted."""
        self._wake: SimpleQueue[None] = SimpleQueue()
        self.is_asleep = True
        """Whether a record that is put has to wake a worker."""
        self._workers: frozenset[Thread] = frozenset()
        self._idle = 0
        """How many threads wait to be woken."""
        self._looks_at = math.inf
        """When the first of them looks again by itself."""
        self._starting = Lock()
        self._came = 0
        """How many calls there had been when a request last began or ended."""
        self._given_up = 0
        self._is_refused = False
        self._unreachable = log.Throttle(60)

    def __len__(self) -> int:
        with self._lock:
            return len(self._schedule)

    def put(self, row: Row) -> bool:
        """Queue `row`; False when the queue is full and `on_full` drops it.

        Waits for no lock, unless `on_full` is `block` and the queue is full.
        """
        if not self._put(row) and not self._make_room(row):
            return False
        if self.is_asleep:
            self.rouse()
        return True

    def send(self, row: Row, timeout: float) -> Outcome | None:
        """Send `row` in the calling thread, after all that waits; not beside `put`.

        What `timeout` seconds do not suffice for stays queued, and is not waited for
        where a pause lasts longer. None when there was no room for it in the queue.
        """
        now = monotonic()
        with self._lock:
            if not self._put(row):
                return None
            leased = self._schedule.lease_all()
            barrier = self._schedule.barrier(now)
        self._report()
        self._help(now + timeout, barrier.passed)
        return leased[-1].outcome if leased else QUEUED

    def rouse(self) -> None:
        """Have a worker look at what there is to do."""
        self.is_asleep = False
        self._wake.put(None)
        if not self._workers:
            with suppress(Exception):  # a finaliser at the very end can import nothing
                self._on_start()
            self._start_worker()

    def configure(self, setup: Setup, queue: Queue | None = None) -> None:
        """Go on with `setup`, at once even when a pause was under way.

        A new `queue` takes what comes from now on; what the old one holds goes first.
        """
        fork_gate()  # it imports: better now than in the first call
        with self._lock:
            if queue is not None:
                self._schedule.queues.append(queue)
                self._put = queue.put
            self._schedule.configure(setup)
            self._is_refused = False
            if setup.settings.spool and setup.settings.deliver:
                self.rouse()
        self._wake_all()

    def prepare(self) -> None:
        """Do now what the first call would wait for."""
        with self._lock:
            self._schedule.queues[-1].prepare()
        self._report()

    def found(self) -> Found:
        """What the queues came upon in their files so far."""
        with self._lock:
            found = [queue.found() for queue in self._schedule.queues]
        return Found(*map(sum, zip(*found, strict=True)))

    def flush(self, timeout: float) -> bool:
        """Wait, at most `timeout` seconds, until all that was put so far is settled."""
        now = monotonic()
        end = now + timeout
        with self._lock:
            barrier = self._schedule.barrier(now)
        self._wake_all()
        if not self._has_workers():
            self._help(end, barrier.passed)
        return barrier.passed.wait(max(0.0, end - monotonic()))

    def shutdown(self, timeout: float) -> bool:
        """Send what `timeout` seconds allow and end; False if something was left.

        What a file keeps stays there for the next process; the rest is set aside.
        """
        end = monotonic() + timeout
        with self._lock:
            is_first = self._schedule.deadline == math.inf
            self._schedule.deadline = end
        self.flush(timeout)
        self._give_up()
        self._wake_all()
        for worker in self._workers - {current_thread()}:
            worker.join(max(0.0, end - monotonic()))
        with self._room:
            # What a worker has just settled, it may still be counting.
            self._room.wait_for(lambda: self._schedule.is_counted, GRACE)
            kept = len(self)
            self._schedule.close()
        self._report()
        if kept and is_first:
            log.warning("%d events stay in the spool, for the next process", kept)
        return not (self._given_up or kept)

    def abandon(self) -> None:
        """Leave everything to the parent, in a forked child; to be used no more."""
        self._schedule.abandon()  # no lock: who held it is not in the child

    def _make_room(self, row: Row) -> bool:
        self._schedule.without_room.add()
        settings = self._schedule.setup.settings
        if settings.on_full == "drop_old":
            return self._drop_oldest() and self._put(row)
        if settings.on_full == "block":
            self.rouse()
            with self._room:
                return self._room.wait_for(
                    lambda: self._put(row), settings.block_timeout
                )
        return False

    def _drop_oldest(self) -> bool:
        for queue in self._schedule.queues:
            if record := queue.drop_oldest():
                self._settled(Item.of(record), "queue_full")
                return True
        return False

    def _wake_all(self) -> None:
        for _ in self._workers:
            self._wake.put(None)

    def _start_worker(self) -> None:
        """Start one, unless a start is under way or there is no thread to be had.

        Does not wait for it, as `Thread.start` does: the caller would wait for its turn
        in Python again, up to 5 ms.
        """
        if not self._starting.acquire(blocking=False):
            return
        is_under_way = False
        try:
            fork_gate()  # not in the thread: a fork under way would run half its hooks
            start_new_thread(self._add_worker, ())
            is_under_way = True
        except RuntimeError:  # there is no thread to be had
            pass
        finally:
            if not is_under_way:
                self.is_asleep = True  # the next record tries again
                self._starting.release()

    def _has_workers(self) -> bool:
        """Tell whether there is a worker, once a start that is under way has ended."""
        if not self._workers and self._starting.acquire(timeout=STARTS_WITHIN):
            self._starting.release()
        return bool(self._workers)

    def _add_worker(self) -> None:
        worker = Thread(target=self._run, name="trackplan-sender", daemon=True)
        try:
            with self._lock:
                worker.start()
                self._workers |= {worker}
        except RuntimeError:
            self.is_asleep = True
        finally:
            self._starting.release()

    def _run(self) -> None:
        # What is imported here would keep whoever started the thread for 5 ms, which
        # is how long Python lets a thread run: let them go on first.
        sleep(0.02)
        try:
            preload("binascii", "json", "random")
            self._work(math.inf, Event())
        except Exception as error:  # ours: the next record starts another worker
            log.error("a worker of the sender failed: %s", type(error).__name__)
        with self._lock:
            self._workers -= {current_thread()}
            self.is_asleep = True

    def _help(self, until: float, enough: Event) -> None:
        """Work in a thread of the application's, and leave the rest to the workers."""
        try:
            self._work(until, enough)
        finally:
            self.is_asleep = True
            self._wake_all()

    def _work(self, until: float, enough: Event) -> None:
        """Make requests until `until` has come, `enough` is set, or all is over."""
        warm_until = -math.inf
        while not enough.is_set():
            now = monotonic()
            step = self._step(now)
            if isinstance(step, Job):
                self._make(step, min(until, self._schedule.deadline) - now)
                warm_until = monotonic() + LOOKS_AGAIN_AFTER
            elif self._schedule.is_over(step):
                self._give_up()
                break
            elif now >= until or self._schedule.paused_until > until:
                break
            elif current_thread() not in self._workers:
                enough.wait(min(step - now, until - now, HELPER_LOOKS_AFTER))
            elif not self._sleep(step - now, now < warm_until):
                break

    def _step(self, now: float) -> Job | float:
        with self._lock:
            # First, so that a record put from now on is either seen below or wakes us.
            self.is_asleep = True
            step = self._schedule.next(now)
            if self._schedule.has_ready(now):
                self.is_asleep = False
        self._report()
        return step

    def _make(self, job: Job, seconds: float) -> None:
        """Make the request of `job`, in so many seconds at most.

        What a signal handler of the application's raises is let through.
        """
        began = thread_time()
        came = Attempt(len(job.items), trouble="it was interrupted")
        try:
            self._give_way()
            self._keep_a_spare()
            timeout = min(job.setup.settings.timeout, max(seconds, SHORTEST_TIMEOUT))
            came = attempt(job.setup, job.items, timeout)
        finally:
            self._take_in(job, came, monotonic(), thread_time() - began)

    def _take_in(self, job: Job, came: Attempt, ended: float, spent: float) -> None:
        """Settle what `came` of a job that `ended` then and `spent` processor time."""
        self._give_way()
        with self._lock:
            settlements = self._schedule.finish(job, came, ended, spent)
            self._room.notify_all()
        self._say(came)
        self._tell(settlements)
        if self._schedule.deadline < math.inf:
            self._wake_all()

    def _give_way(self) -> None:
        """Let callers go on first, where a worker finds that there were calls again."""
        if current_thread() not in self._workers:
            return
        before, self._came = self._came, self._schedule.came
        if self._came != before:
            sleep(GIVES_WAY)

    def _keep_a_spare(self) -> None:
        """Have a worker more than are busy, for what comes during a slow request."""
        connections = self._schedule.setup.settings.connections
        if self._idle:
            if self._looks_at == math.inf and self._schedule.has_more:
                self._wake.put(None)
        elif self._workers and len(self._workers) < connections:
            self._start_worker()

    def _sleep(self, seconds: float, is_warm: bool) -> bool:
        """Wait to be woken, or for so long; False for a worker that is to end.

        Of many that sleep, only who has the least time to wait looks again by itself.
        A worker that `is_warm` has just worked, and looks again soon.
        """
        with self._lock:
            if is_warm:
                seconds = min(seconds, LOOKS_AGAIN_AFTER)
            due = monotonic() + seconds
            is_first = due < self._looks_at
            if is_first and is_warm:
                self.is_asleep = False  # to wake a thread costs a call 20 µs
            self._looks_at = min(due, self._looks_at)
            is_spare = not is_first and self._idle > 0
            self._idle += 1
        if not is_first:
            seconds = SPARE_FOR if is_spare else math.inf
        is_woken = self._wait(seconds)
        with self._lock:
            self._idle -= 1
            if self._looks_at == due:
                self._looks_at = math.inf
            return is_woken or not is_spare or not self._idle

    def _wait(self, seconds: float) -> bool:
        try:
            self._wake.get(timeout=None if seconds == math.inf else seconds)
        except Empty:
            return False
        return True

    def _tell(self, settlements: list[Settlement]) -> None:
        try:
            for item, reason in settlements:
                item.outcome = Outcome("set_aside", reason) if reason else DELIVERED
                self._settled(item, reason)
        finally:
            with self._lock:
                self._schedule.let_pass(settlements)
                self._room.notify_all()

    def _give_up(self) -> None:
        with self._lock:
            settlements = self._schedule.give_up()
            self._given_up += len(settlements)
        if settlements:
            log.error(
                "%d events could not be sent before the shutdown", len(settlements)
            )
        self._tell(settlements)
        with self._lock:
            self._schedule.let_all_pass()

    def _report(self) -> None:
        """Have the queues say what went wrong in them, holding no lock."""
        for queue in [*self._schedule.queues]:
            queue.report()

    def _say(self, came: Attempt) -> None:
        """Log an answer that concerns all events, once or once a minute."""
        if came.trouble and self._unreachable.due():
            log.warning(
                "no answer from Userlens (%s); %d events wait",
                came.trouble,
                len(self),
                extra={"trackplan_waiting": len(self)},
            )
        if came.status == UNAUTHORISED and not self._is_refused:
            log.error(
                "Userlens refuses the Write Code (401); %d events wait. Set "
                "USERLENS_WRITE_CODE to the one of your project, or call "
                "configure(write_code=...)",
                len(self),
                extra={"trackplan_waiting": len(self)},
            )
        if came.status != NO_ANSWER:
            self._is_refused = came.status == UNAUTHORISED
