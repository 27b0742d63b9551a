"""The ends a process can come to, and who is told of them.

Exit is told by `atexit`; the children of multiprocessing end without it and keep a list
of their own, which billiard's share; those of a Celery worker end without either, and
send a signal of Celery's; SIGTERM ends a process at once, unless somebody handles it.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType


def at_end(end: Callable[[], object], on_sigterm: bool) -> None:
    """Have `end` called when this process ends; it may be called more than once.

    SIGTERM counts if `on_sigterm` says so and nobody handles it: `end` is called, then
    the signal does what it would have done. Only the main thread can see to that.
    """
    atexit.unregister(end)
    atexit.register(end)
    _at_end_of_child(end)
    is_main = threading.current_thread() is threading.main_thread()
    if on_sigterm and is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
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
    def on_sigterm(number: int, _frame: FrameType | None) -> None:
        try:
            end()
        finally:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    return on_sigterm
