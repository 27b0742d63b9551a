"""Processes that end in every way that lets Python run: all they tracked is delivered."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.frameworks.conftest import Program, SlowServer

    Run = Callable[..., Program]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

NUMBERS = [str(number) for number in range(10)]
EXPORT = f"""
import os
import signal
import sys
import time

from generated import flush, track_report_exported


def export(user):
    for number in {NUMBERS}:
        track_report_exported(user, report_id=number, format="csv")

def idle():
    while True:
        time.sleep(0.01)  # signal.pause() misses a signal that comes before it

"""

WAITING = """
for user in "abcdefghijklmnopqrst":
    export(user)
print("ready")
idle()
"""

INTERRUPTED = """
def interrupt(frame, event, argument):
    if frame.f_code.co_name == "barrier":  # called by `flush`, which holds the lock
        sys.setprofile(None)
        signal.raise_signal(signal.SIGTERM)

export("ann")
sys.setprofile(interrupt)
flush()
idle()
"""

HANDLER = """
def handle(number, frame):
    print("handled")
    sys.exit()

signal.signal(signal.SIGTERM, handle)
"""

MULTIPROCESSING = """
import {package} as multiprocessing


def work(ready):
    export("child")
    ready.set()
    if {waits}:
        idle()


if __name__ == "__main__":
    export("parent")
    multiprocessing.set_start_method("{method}")
    ready = multiprocessing.Event()
    child = multiprocessing.Process(target=work, args=(ready,))
    child.start()
    ready.wait()
    if {waits}:
        child.terminate()
    child.join()
    print("the child ended with", child.exitcode)
"""

POOL = """
import multiprocessing

if __name__ == "__main__":
    with multiprocessing.Pool(1) as pool:
        pool.apply(export, ["child"])
"""

FORK = """
export("parent")
if os.fork():
    os.wait()
else:
    export("child")
sys.exit()
"""


def test_sigterm_right_after_200_calls(run: Run, server: SlowServer) -> None:
    program = run("script.py", script=EXPORT + WAITING)
    program.read_until("ready")
    assert program.terminate() == -signal.SIGTERM
    assert server.reports() == dict.fromkeys("abcdefghijklmnopqrst", NUMBERS)


def test_sigterm_while_a_flush_holds_a_lock(run: Run, server: SlowServer) -> None:
    program = run("script.py", script=EXPORT + INTERRUPTED)
    assert (program.wait(), program.printed) == (-signal.SIGTERM, "")
    assert server.reports() == {"ann": NUMBERS}


@pytest.mark.parametrize(
    "script",
    [EXPORT + HANDLER + WAITING, EXPORT + "export('z')\n" + HANDLER + WAITING],
    ids=["set before the first call", "set after it"],
)
def test_a_program_keeps_its_own_handler(
    run: Run, server: SlowServer, script: str
) -> None:
    program = run("script.py", script=script)
    program.read_until("ready")
    assert (program.terminate(), program.printed) == (0, "ready\nhandled\n")
    assert server.reports()["t"] == NUMBERS


@pytest.mark.parametrize(
    ("package", "method"),
    [
        ("multiprocessing", "fork"),
        ("multiprocessing", "spawn"),
        ("multiprocessing", "forkserver"),
        ("billiard", "fork"),
    ],
)
@pytest.mark.parametrize(
    ("waits", "code"), [(False, 0), (True, -15)], ids=["ends", "is terminated"]
)
def test_a_child_delivers_its_own(
    run: Run, server: SlowServer, package: str, method: str, waits: bool, code: int
) -> None:
    script = MULTIPROCESSING.format(package=package, method=method, waits=waits)
    program = run("script.py", script=EXPORT + script)
    assert program.wait() == 0
    assert program.printed == f"the child ended with {code}\n"
    assert server.reports() == {"parent": NUMBERS, "child": NUMBERS}


def test_a_pool_delivers_before_it_is_terminated(run: Run, server: SlowServer) -> None:
    program = run("script.py", script=EXPORT + POOL)
    assert (program.wait(), program.printed) == (0, "")
    assert server.reports() == {"child": NUMBERS}


def test_a_forked_child_delivers_its_own(run: Run, server: SlowServer) -> None:
    program = run("script.py", script=EXPORT + FORK)
    assert (program.wait(), program.printed) == (0, "")
    assert server.reports() == {"parent": NUMBERS, "child": NUMBERS}
