"""Judging in a process of its own, where a slow pattern of the plan stalls nobody.

Python's `re` lets no other thread run while it searches, and some patterns search for
ever: in a process of its own such a search can be ended.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, Timer
from typing import BinaryIO, cast

from trackplan.model import Plan
from trackplan.runtime.values import Json, Problem

from .judge import Judgement, judge

SECONDS = 5.0
"""How long one body may be judged."""

UNDECIDED = Judgement(
    "violation",
    (
        Problem(
            "",
            "pattern",
            f"a body that the plan can judge within {SECONDS:g} seconds",
            "one it cannot; see that its patterns are not slow (`trackplan check`)",
        ),
    ),
)


class Bench:
    """Judges bodies by `plan`, one after the other; thread-safe.

    Its process starts with the first body and ends with `close`, or with this one.
    """

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def judge(self, body: Mapping[str, Json]) -> Judgement:
        """Judge a body that `/event` takes; wait for it up to `SECONDS`."""
        if self._plan is None:
            return judge(None, body)
        with self._lock:
            process = self._process or self._started()
            timer = Timer(SECONDS, process.kill)
            timer.start()
            try:
                _put(process.stdin, body)
                return cast("Judgement", pickle.load(cast("BinaryIO", process.stdout)))
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
                return UNDECIDED
            finally:
                timer.cancel()

    def use(self, plan: Plan) -> None:
        """Judge by another plan from now on."""
        with self._lock:
            self._plan = plan
            self._end()

    def close(self) -> None:
        """End the process; the next body would start another."""
        with self._lock:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the collector, which ends it
        )
        _put(self._process.stdin, self._plan)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def serve() -> None:
    """Be the process: take a plan from stdin, then bodies; answer each on stdout."""
    source = sys.stdin.buffer
    plan = cast("Plan", pickle.load(source))
    while True:
        try:
            body = cast("Mapping[str, Json]", pickle.load(source))
        except EOFError:
            return
        with _alarm():
            judgement = judge(plan, body)
        _put(sys.stdout.buffer, judgement)


@contextmanager
def _alarm() -> Iterator[None]:
    """End the process after twice `SECONDS`: a collector that was killed cannot."""
    if sys.platform == "win32":
        yield
        return
    signal.alarm(round(2 * SECONDS))
    yield
    signal.alarm(0)


def _put(target: object, value: object) -> None:
    stream = cast("BinaryIO", target)
    stream.write(pickle.dumps(value))
    stream.flush()
