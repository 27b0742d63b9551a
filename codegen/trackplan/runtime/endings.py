"""The ends a process can come to, and who is told of them.

Exit is told by `atexit`; the children of multiprocessing end without it and keep a list
of their own, which billiard's share; those of a Celery worker end without either, and
send a signal of Celery's; SIGTERM ends a process at once, unless somebody handles it.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from _thread import start_new_thread
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from time import sleep
from types import FrameType

PATIENCE = 20
"""How often SIGTERM may be put off, while it interrupts what the end would wait for."""


def at_end(end: Callable[[], object], on_sigterm: bool) -> None:
    """Have `end` called when this process ends; it may be called more than once.

    SIGTERM counts if `on_sigterm` says so and nobody handles it: `end` is called, then
    the signal does what it would have done. Only the main thread can see to that.
    """
    atexit.unregister(end)
    atexit.register(end)
    _at_end_of_child(end)
    if on_sigterm and threading.current_thread() is threading.main_thread():
        _at_sigterm(end)


def _at_sigterm(end: Callable[[], object]) -> None:
    import signal  # here, for 1 ms: where a handler runs, it is loaded already

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _handler(end))


def _at_end_of_child(end: Callable[[], object]) -> None:
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process and util and process.current_process()._parent_pid is not None:
        util.Finalize(None, end, exitpriority=100)
    celery = sys.modules.get("celery.signals")
    if shutdown := getattr(celery, "worker_process_shutdown", None):
        shutdown.connect(lambda **_: end(), weak=False, dispatch_uid=end)


def _handler(
    end: Callable[[], object],
) -> Callable[[int, FrameType | None], None]:
    import signal

    attempts = count(1)
    has_ended = False

    def on_sigterm(number: int, frame: FrameType | None) -> None:
        if not has_ended and _is_delivering(frame):
            with suppress(RuntimeError):  # no thread starts at exit, which delivers too
                start_new_thread(try_again, (number,))
            return
        try:
            end_once()
        finally:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def try_again(number: int) -> None:
        sleep(0.01)
        if next(attempts) >= PATIENCE:
            end_once()  # beside what was interrupted, which ends with it
        os.kill(os.getpid(), number)

    def end_once() -> None:
        nonlocal has_ended
        if not has_ended:
            end()
            has_ended = True

    return on_sigterm


def _is_delivering(frame: FrameType | None) -> bool:
    """Whether `frame` may hold a lock without which the workers cannot go on."""
    while frame:
        if str(frame.f_globals.get("__name__")).startswith(f"{__package__}.delivery"):
            return True
        frame = frame.f_back
    return False
