"""The durable queue among processes: killed, forked, racing, ending."""

from __future__ import annotations

import mmap
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from spools import drain, journals, number_of, record, run, spool

from tests.runtime.conftest import NO_FORK_WARNING
from trackplan.runtime.delivery.folder import status
from trackplan.runtime.delivery.forking import wiped_by_a_fork

PUTS = """
import sys
from pathlib import Path
from itertools import count
from spools import record, spool
queue = spool(Path(sys.argv[1]), segment=20_000)
for number in count(int(sys.argv[2])):
    assert queue.put(record(number))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    if number % 100 == 0:
        queue.lease(50)
"""

ADOPTS = """
import sys
from pathlib import Path
from spools import drain, spool
queue = spool(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
adopted = queue.adopt()
print(adopted, *drain(queue), flush=True)
sys.stdin.readline()
"""

ENDS = """
import sys
from pathlib import Path
from spools import record, spool
queue = spool(Path(sys.argv[1]))
class Last:
    def __init__(self, put, last):
        self.put, self.last = put, last
    def __del__(self):
        assert self.put(self.last)
queue.put(record(1))
queue.close()
queue.put(record(2))
sys.kept_to_the_end = Last(queue.put, record(3))
"""

CALLS_LAST = """
import json, os, sys
if sys.argv[4] == "without ctypes":
    sys.modules["_ctypes"] = None
from trackplan.runtime import configure
from trackplan.runtime.contract import Call, Definitions
from trackplan.runtime.delivery.transport import MemoryTransport, TransportError
down = MemoryTransport([TransportError("down", written=False)] * 100)
configure(write_code="x", transport=down, spool=sys.argv[1], shutdown_timeout=0.2)
call = Call("track", "Tested", "{}", Definitions({}))
class Last:
    def __init__(self, send):
        self.send = send
    def __del__(self):
        self.send("u", {"number": 2})
if sys.argv[2] == "called":
    call.send("u", {"number": 1})
keeper = {"main": sys.modules["__main__"], "json": json, "os": os, "sys": sys}
keeper[sys.argv[3]].last = Last(call.send)
"""


def in_child(act: Callable[[], None]) -> int:
    """Run `act` in a forked child that ends without any clean-up; its exit code."""
    if pid := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        act()
    except BaseException:
        os._exit(1)
    os._exit(0)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    chance = random.Random(1)
    acknowledged: list[int] = []
    found: list[int] = []
    heir = spool(tmp_path)
    for round_ in range(20):
        victim = run(PUTS, tmp_path, round_ * 1_000_000)
        assert victim.stdout is not None
        seen = [victim.stdout.readline() for _ in range(chance.randrange(1, 2000))]
        victim.kill()
        rest = victim.stdout.read()
        victim.communicate()
        seen += rest[: rest.rfind("\n") + 1].splitlines()
        acknowledged += map(int, seen)
        heir.adopt()
        found += drain(heir)
    heir.close()
    # One may be written and not acknowledged when the kill comes.
    assert len(found) == len(set(found)) <= len(acknowledged) + 20
    assert set(acknowledged) <= set(found)
    assert journals(tmp_path) == []


def test_two_heirs_adopt_each_event_once(tmp_path: Path) -> None:
    for start in range(0, 500, 50):
        queue = spool(tmp_path)
        for number in range(start, start + 50):
            queue.put(record(number))
        queue.close()
    heirs = [run(ADOPTS, tmp_path) for _ in range(3)]
    for heir in heirs:
        assert heir.stdout is not None
        assert heir.stdout.readline() == "ready\n"
    for heir in heirs:
        assert heir.stdin is not None
        heir.stdin.write("\n")
        heir.stdin.flush()
    lines = [heir.stdout.readline().split() for heir in heirs if heir.stdout]
    for heir in heirs:
        heir.communicate("\n")
    assert sum(int(line[0]) for line in lines) == 500
    assert sorted(int(n) for line in lines for n in line[1:]) == list(range(500))
    assert journals(tmp_path) == []


def test_a_dead_process_s_events_are_adopted_by_a_living_one(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    queue.put(record(1))
    victim = run(PUTS, tmp_path, 1000)
    assert victim.stdout is not None
    victim.stdout.readline()
    assert queue.adopt() == 0
    victim.kill()
    victim.communicate()
    assert queue.adopt() >= 1
    assert drain(queue)[0] == 1000
    queue.close()


def test_the_end_of_the_interpreter_loses_nothing(tmp_path: Path) -> None:
    ending = run(ENDS, tmp_path)
    assert ending.communicate()[0] == ""
    heir = spool(tmp_path)
    heir.adopt()
    assert drain(heir) == [1, 2, 3]


@pytest.mark.filterwarnings(NO_FORK_WARNING)
@pytest.mark.skipif(sys.platform != "linux", reason="no other kernel does it")
def test_the_kernel_tells_a_forked_child_that_it_is_one() -> None:
    byte = wiped_by_a_fork()
    assert byte[0] == 1
    assert in_child(lambda: _must(byte[0] == 0)) == 0
    assert byte[0] == 1


@pytest.mark.skipif(sys.platform != "linux", reason="no other kernel is asked")
def test_a_kernel_that_says_yes_to_everything_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Agreeable(mmap.mmap):
        def madvise(self, *_: int) -> None:
            """As old emulators do."""

    monkeypatch.setattr(mmap, "mmap", Agreeable)
    assert wiped_by_a_fork()[0] == 0


@pytest.mark.filterwarnings(NO_FORK_WARNING)
@pytest.mark.parametrize("platform", [sys.platform, "where no kernel tells"])
def test_a_forked_child_does_not_write_into_its_parent_s_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    queue = spool(tmp_path)
    queue.put(record(1))
    assert in_child(lambda: _must(queue.put(record(2)))) == 0
    assert len(journals(tmp_path)) == 2
    assert drain(queue) == [1]
    queue.adopt()
    assert drain(queue) == [2]
    queue.close()


@pytest.mark.filterwarnings(NO_FORK_WARNING)
def test_a_child_that_abandons_leaves_all_to_its_parent(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    for number in range(3):
        queue.put(record(number))
    leased = queue.lease(1)

    def start_over() -> None:
        queue.abandon()
        _must(len(queue) == 0)
        _must(queue.lease(10) == [])
        _must(queue.adopt() == 0)
        _must(queue.put(record(9)))
        _must([number_of(item) for item in queue.lease(10)] == [9])
        queue.close()

    assert in_child(start_over) == 0
    queue.settle(leased[0], None)
    assert drain(queue) == [1, 2]
    queue.adopt()
    assert drain(queue) == [9]
    queue.close()


def test_a_living_child_does_not_keep_its_dead_parent_s_lock(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from spools import record, spool
queue = spool(Path(sys.argv[1]))
queue.put(record(1))
if not os.fork():
    queue.abandon()
    print(os.getpid(), flush=True)
    sys.stdin.readline()
    os._exit(0)
os.kill(os.getpid(), 9)
"""
    parent = run(script, tmp_path)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.wait() == -signal.SIGKILL
    os.kill(child, 0)  # it lives
    heir = spool(tmp_path)
    assert heir.adopt() == 1
    assert drain(heir) == [1]
    parent.communicate("\n")


@pytest.mark.parametrize("ctypes", ["with ctypes", "without ctypes"])
@pytest.mark.parametrize(
    ("before", "keeper", "expected"),
    [
        ("called", "main", [1, 2]),
        ("not called", "main", [2]),
        *(("called", keeper, [1, 2]) for keeper in ("json", "os", "sys")),
    ],
)
def test_a_call_in_the_last_finaliser_raises_nothing_and_is_kept(
    tmp_path: Path, before: str, keeper: str, expected: list[int], ctypes: str
) -> None:
    arguments = [str(tmp_path / "spool"), before, keeper, ctypes]
    done = subprocess.run(
        [sys.executable, "-c", CALLS_LAST, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Exception ignored" not in done.stderr
    heir = spool(tmp_path / "spool")
    heir.adopt()
    assert drain(heir) == expected
    heir.close()


def test_status_tells_the_living_from_the_dead(tmp_path: Path) -> None:
    victim = run(PUTS, tmp_path, 0)
    assert victim.stdout is not None
    victim.stdout.readline()
    living = status(str(tmp_path))  # in a file or two: it goes on
    victim.kill()
    victim.communicate()
    left = status(str(tmp_path))
    assert (living.alive > 0, living.dead) == (True, 0)
    assert (left.alive, left.dead > 0) == (0, True)


def _must(condition: bool) -> None:
    if not condition:
        raise AssertionError
