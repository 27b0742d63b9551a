"""The program under test: makes numbered calls, then ends as its row says.

FAULTS_JOB='{"sender": ..., ...}' python -m tests.faults.child
"""

from __future__ import annotations

import atexit
import ctypes
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from resource import RUSAGE_THREAD, getrusage
from threading import Thread, current_thread, main_thread
from typing import Any, NamedTuple

from .ledger import RAISED, RETURNED, Ledger
from .senders import SENDERS

DAY = 86_400
TASKS = Path("/proc/self/task")
USERS = 50


class Job(NamedTuple):
    """What a child is told."""

    sender: str
    act: str
    calls: int
    rate: float
    """Calls a second; 0 for as fast as can be."""
    limit: float
    """Seconds that a flush may take."""
    url: str
    folder: str
    """Holds the ledger, and the statistics that the processes leave."""

    def part(self, which: int, of: int) -> range:
        """The numbers of the calls of one of several processes or threads."""
        return range(self.calls * which // of, self.calls * (which + 1) // of)


class Bench:
    """The sender in this process, and what becomes of its calls."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.ledger = Ledger(Path(job.folder, "ledger"))
        self._sender = SENDERS[job.sender](job.url)
        self.stats = self._sender.stats

    def call(self, numbers: range, users: int = USERS) -> None:
        """Make the calls of `numbers`, users taking turns; no other range has them."""
        wait = 1 / self.job.rate if self.job.rate else 0
        with spending() as ask:
            for number in numbers:
                user = f"u{numbers.start}x{number % users}"
                mark = f"ev-{number}-{user}"
                result = RETURNED
                before = ask()
                begin = time.perf_counter()
                try:
                    self._sender.call(user, mark)
                except Exception:
                    result = RAISED
                seconds = time.perf_counter() - begin
                own = ask().own(before, seconds)
                self.ledger.note(number, result, seconds, own)
                if wait:
                    time.sleep(wait)

    def flush(self, limit: float | None = None) -> None:
        """Flush, and wait for that no longer than the limit: a peer's may not return."""
        limit = self.job.limit if limit is None else limit
        flushing = Thread(target=self._sender.flush, args=(limit,), daemon=True)
        flushing.start()
        flushing.join(limit + 1)

    def report(self) -> None:
        """Leave this process's statistics; the last report of a process counts."""
        line = json.dumps({"pid": os.getpid(), **self.stats()}) + "\n"
        with Path(self.job.folder, "stats").open("a") as file:
            file.write(line)


class Spent(NamedTuple):
    """What the system counts of a thread, and of its process, in seconds since a start."""

    running: float
    ready: float
    """It could have run, and had no processor."""
    sleeps: int
    """How often it waited for something."""
    running_all: float
    """Of all threads of the process together."""
    others_ready: float

    def own(self, before: Spent, seconds: float) -> float:
        """How much of `seconds` went by neither for want of a processor nor stolen.

        What is neither counted as running, nor as ready, nor as a sleep, is time that
        the machine itself did not have. A sleep may be a wait for a thread that keeps
        the interpreter and has no processor either.
        """
        if self.sleeps == before.sleeps:
            return min(seconds, self.running - before.running)
        at_least = self.running_all - before.running_all
        elsewhere = self.others_ready - before.others_ready
        own = seconds - (self.ready - before.ready)
        return min(own, max(own - elsewhere, at_least))


@contextmanager
def spending() -> Iterator[Callable[[], Spent]]:
    """Ask what this thread has spent; only Linux tells how long one was ready.

    What the others have spent is not asked for where they are many, and make calls too.
    """
    if not TASKS.exists():
        yield lambda: _spent(0.0, 0.0)
        return
    content = ctypes.create_string_buffer(64)
    # Not os.pread, which would let other threads run between any two calls.
    pread = ctypes.PyDLL(None).pread
    with ExitStack() as files:

        @cache
        def fd(task: int) -> int:
            path = TASKS / str(task) / "schedstat"
            return files.enter_context(path.open()).fileno()

        def ready(task: int | None) -> float:
            if not task or pread(fd(task), content, len(content), 0) <= 0:
                return 0.0
            return int(content.value.split()[1]) / 1e9

        this = current_thread()

        def ask() -> Spent:
            asked = threading.enumerate() if this is main_thread() else []
            others = sum(ready(one.native_id) for one in asked if one is not this)
            return _spent(ready(threading.get_native_id()), others)

        yield ask


def _spent(ready: float, others: float) -> Spent:
    sleeps = getrusage(RUSAGE_THREAD).ru_nvcsw
    return Spent(time.thread_time(), ready, sleeps, time.process_time(), others)


@cache
def bench() -> Bench:
    """The bench of this process; a forked child goes on with its parent's."""
    return Bench(Job(*json.loads(os.environ["FAULTS_JOB"])))


def flush() -> None:
    bench().call(bench().job.part(0, 1))
    bench().flush()


def leave() -> None:
    bench().call(bench().job.part(0, 1))


def leave_at_once() -> None:
    leave()
    bench().ledger.end(time.monotonic())
    os._exit(0)


def leave_when_told() -> None:
    """End as programs do that want their `finally` and `atexit` on SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    flush()


def revive() -> None:
    """Deliver what others have left, and call nothing."""
    end = time.monotonic() + bench().job.limit
    before, stats = None, bench().stats()
    # A flush may be done before anything is adopted: only stillness tells.
    while (stats != before or stats.get("queued")) and time.monotonic() < end:
        bench().flush(1.0)
        time.sleep(0.3)
        before, stats = stats, bench().stats()


def reconfigure() -> None:
    """Do what a person does about a refused Write Code, again and again."""
    from trackplan.runtime import configure, stats

    bench().call(bench().job.part(0, 1))
    end = time.monotonic() + bench().job.limit
    while stats().queued and time.monotonic() < end:
        bench().flush(1.0)
        configure(write_code="a-new-write-code")


def jump() -> None:
    """Have the clock jump a day ahead, then two back."""
    real, days = time.time, [0]
    time.time = lambda: real() + days[0] * DAY  # before the sender takes the name
    for part, days[0] in enumerate((0, 1, -1)):
        bench().call(bench().job.part(part, 3))
        time.sleep(0.2)
    bench().flush()


def thread() -> None:
    count = min(1000, bench().job.calls)
    parts = [bench().job.part(which, count) for which in range(count)]
    threads = [Thread(target=bench().call, args=(part, 1)) for part in parts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    bench().flush()


def fork() -> None:
    """Fork a child that forks another, with calls before it and after it in all three."""
    bench().call(bench().job.part(0, 4))
    child = os.fork()
    bench().call(bench().job.part(1 if child else 2, 4))
    if not child:
        child = os.fork()
        if not child:
            bench().call(bench().job.part(3, 4))
    bench().flush()
    if child:
        os.waitpid(child, 0)


def process(method: str) -> Callable[[], None]:
    def act() -> None:
        bench().call(bench().job.part(0, 3))
        context: Any = multiprocessing.get_context(method)
        child = context.Process(target=_second)
        child.start()
        bench().call(bench().job.part(2, 3))
        bench().flush()
        child.join()

    return act


def _second() -> None:
    bench().call(bench().job.part(1, 3))
    bench().flush()
    bench().report()  # multiprocessing may end a process without atexit


def twin() -> None:
    """Two processes that know nothing of each other."""
    job = bench().job._replace(act="second twin")
    environ = os.environ | {"FAULTS_JOB": json.dumps(job)}
    command = [sys.executable, "-m", "tests.faults.child"]
    with subprocess.Popen(command, env=environ):
        bench().call(job.part(0, 2))
        bench().flush()


def second_twin() -> None:
    bench().call(bench().job.part(1, 2))
    bench().flush()


def preload() -> None:
    """Become gunicorn, whose workers are forked from a master that has made calls."""
    flags = ["--preload", "--workers=2", "--bind=127.0.0.1:0", "--log-level=warning"]
    config = "--config=python:tests.faults.preloaded"
    app = "tests.faults.preloaded:app"
    command = [sys.executable, "-m", "gunicorn", *flags, config, app]
    os.execv(sys.executable, command)


ACTS: dict[str, Callable[[], None]] = {
    "flush": flush,
    "leave": leave,
    "leave at once": leave_at_once,
    "leave when told": leave_when_told,
    "revive": revive,
    "reconfigure": reconfigure,
    "jump": jump,
    "thread": thread,
    "fork": fork,
    "multiprocessing fork": process("fork"),
    "spawn": process("spawn"),
    "forkserver": process("forkserver"),
    "twin": twin,
    "second twin": second_twin,
    "preload": preload,
}


def report_at_exit() -> None:
    """Report once all else that runs at exit has run: atexit goes backwards."""
    atexit.register(lambda: bench().report())


if __name__ == "__main__":
    act = json.loads(os.environ["FAULTS_JOB"])[1]
    if act != "preload":
        report_at_exit()
    ACTS[act]()
    bench().ledger.end(time.monotonic())
