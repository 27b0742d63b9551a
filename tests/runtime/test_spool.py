"""The durable queue in one process: order, room, rotation, its end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from spools import drain, journals, number_of, record, spool

from trackplan.runtime.delivery.framing import LONGEST
from trackplan.runtime.delivery.spool import Spool
from trackplan.runtime.wire import FORWARDED, Record, body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a spool may make its folder."""
    return tmp_path / "some" / "spool"


@pytest.fixture
def queue(folder: Path) -> Iterator[Spool]:
    queue = spool(folder)
    yield queue
    queue.close()


def test_to_make_a_spool_touches_no_file(queue: Spool, folder: Path) -> None:
    assert queue.lease(10) == []
    assert queue.adopt() == 0
    queue.close()
    assert not folder.exists()


def test_records_come_back_in_order(queue: Spool) -> None:
    for number in range(10):
        assert queue.put(record(number))
    assert drain(queue, at_once=3) == list(range(10))


def test_a_record_comes_back_as_it_was(queue: Spool) -> None:
    sent = record(1, text="ä\n\ud800\x00")
    queue.put(sent)
    (item,) = queue.lease(10)
    assert item.record == sent


def test_a_lane_is_a_user_s(queue: Spool) -> None:
    for user in ("anna", "bob", "anna", "\ud800"):
        queue.put(record(0, user))
    queue.put(Record("forward", "", None, None, {"any": 1}, 0.0))
    anna, bob, again, odd, forwarded = (item.lane for item in queue.lease(10))
    assert anna == again
    assert len({anna, bob, odd, forwarded}) == 4
    assert forwarded == FORWARDED


def test_len_counts_what_waits(queue: Spool) -> None:
    for number in range(5):
        queue.put(record(number))
    queue.lease(2)
    assert len(queue) == 3


def test_len_forgets_what_was_damaged(queue: Spool, folder: Path) -> None:
    for number in range(3):
        queue.put(record(number))
    (path,) = journals(folder)
    path.write_bytes(path.read_bytes().replace(b'"number":1', b'"number":7'))
    assert drain(queue) == [0, 2]
    assert queue.found().skipped == 1
    assert len(queue) == 0


def test_folder_and_files_are_for_their_owner_only(queue: Spool, folder: Path) -> None:
    queue.put(record(1))
    (item,) = queue.lease(1)
    queue.settle(item, "http_400")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == [0o600, 0o600]


def test_what_is_closed_is_adopted(queue: Spool, folder: Path) -> None:
    for number in range(5):
        queue.put(record(number))
    queue.settle(queue.lease(1)[0], None)
    queue.lease(1)
    queue.close()
    heir = spool(folder)
    assert heir.adopt() == 4
    assert heir.adopted == 4
    assert drain(heir) == [1, 2, 3, 4]
    assert journals(folder) == []


def test_what_is_adopted_goes_first(queue: Spool, folder: Path) -> None:
    queue.put(record(1))
    queue.close()
    queue.put(record(2))
    queue.close()
    heir = spool(folder)
    heir.put(record(3))
    heir.adopt()
    assert drain(heir) == [1, 2, 3]
    heir.close()


def test_an_adopted_journal_can_be_inherited_again(queue: Spool, folder: Path) -> None:
    for number in range(3):
        queue.put(record(number))
    queue.close()
    heir = spool(folder)
    heir.adopt()
    heir.settle(heir.lease(1)[0], None)
    heir.close()
    grandchild = spool(folder)
    grandchild.adopt()
    assert drain(grandchild) == [1, 2]


def test_nobody_adopts_what_is_in_use(queue: Spool, folder: Path) -> None:
    queue.put(record(1))
    assert spool(folder).adopt() == 0
    assert drain(queue) == [1]


def test_finished_journals_are_cleared_away(queue: Spool, folder: Path) -> None:
    folder.mkdir(parents=True)
    empty = folder / f"{1:020}-1-0.v3.journal"
    empty.touch()
    assert queue.adopt() == 0
    assert not empty.exists()


def test_other_files_are_left_alone(queue: Spool, folder: Path) -> None:
    names = ["notes.txt", f"{1:020}-1-0.v1.journal", "x.v3.journal", ".hidden"]
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("mine")
    (folder / f"{1:020}-1-1.v3.journal").mkdir()
    (folder / f"{1:020}-1-2.v3.journal").symlink_to(folder / "notes.txt")
    assert queue.adopt() == 0
    assert [(folder / name).read_text() for name in names] == ["mine"] * 4
    assert len(list(folder.iterdir())) == 6


def test_a_put_after_the_close_is_kept(queue: Spool, folder: Path) -> None:
    queue.close()
    assert queue.put(record(1))
    queue.close()
    heir = spool(folder)
    heir.adopt()
    assert drain(heir) == [1]


def test_what_is_set_aside_can_be_read(queue: Spool, folder: Path) -> None:
    for number in range(2):
        queue.put(record(number))
    for item in queue.lease(2):
        queue.settle(item, "http_400")
    lines = (folder / "set-aside.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["reason"] for event in events] == ["http_400"] * 2
    assert events[1]["body"] == body(record(1), True)


def test_a_line_that_was_torn_costs_no_other(queue: Spool, folder: Path) -> None:
    folder.mkdir(parents=True)
    aside = folder / "set-aside.jsonl"
    aside.write_text('{"reason": "http')
    queue.put(record(1))
    queue.settle(queue.lease(1)[0], "http_400")
    assert json.loads(aside.read_text().splitlines()[1])["reason"] == "http_400"


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), object()])
def test_what_is_not_json_is_left_to_the_sender(
    queue: Spool, folder: Path, value: object
) -> None:
    assert queue.put(record(1, odd=value))
    (item,) = queue.lease(1)
    with pytest.raises((TypeError, ValueError)):
        item.encoded(send_timestamp=True)
    queue.settle(item, "not_json")
    event = json.loads((folder / "set-aside.jsonl").read_text())
    assert "odd" in event["body"]["not_json"]


def test_what_contains_itself_is_left_to_the_sender(queue: Spool) -> None:
    endless: list[object] = []
    endless.append(endless)
    assert queue.put(record(1, odd=endless))
    (item,) = queue.lease(1)
    queue.settle(item, "not_json")
    assert len(queue) == queue.lost == 0


def test_an_item_that_is_settled_twice_is_forgotten_once(
    queue: Spool, folder: Path
) -> None:
    for number in range(2):
        queue.put(record(number))
    first, _ = queue.lease(2)
    queue.settle(first, None)
    queue.settle(first, "unconfirmed")
    queue.close()
    heir = spool(folder)
    assert heir.adopt() == 1
    assert drain(heir) == [1]
    assert "unconfirmed" in (folder / "set-aside.jsonl").read_text()


@pytest.mark.parametrize(
    "odd",
    [object(), 10**5000, "x" * (LONGEST + 1)],
    ids=["not JSON", "too many digits", "too long"],
)
def test_what_no_file_can_hold_keeps_no_other_from_it(
    folder: Path, odd: object
) -> None:
    queue = spool(folder)
    for one in (record(0), record(1, odd=odd), record(2), record(3)):
        assert queue.put(one)
    assert len(queue) == 4
    queue.abandon()  # as kill -9 does
    heir = spool(folder)
    heir.adopt()
    assert drain(heir) == [0, 2, 3]
    heir.close()


def test_what_no_file_can_hold_is_leased_all_the_same(queue: Spool) -> None:
    queue.put(record(0, odd=object()))
    (item,) = queue.lease(10)
    assert number_of(item) == 0


def test_the_size_is_capped(folder: Path) -> None:
    queue = spool(folder, size=8_000, memory_limit=50)
    kept = [queue.put(record(number)) for number in range(200)]
    assert 50 < kept.count(True) < 200
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 8_000
    assert drain(queue) == list(range(kept.count(True)))
    queue.close()


def test_what_others_have_in_the_folder_counts(queue: Spool, folder: Path) -> None:
    for number in range(100):
        queue.put(record(number))
    other = spool(folder, size=5_000, memory_limit=0)
    other.adopt()
    assert not other.put(record(1))
    other.close()


def test_set_aside_events_leave_room_for_others(folder: Path) -> None:
    queue = spool(folder, size=10_000)
    for number in range(200):
        queue.put(record(number))
        queue.settle(queue.lease(1)[0], "http_400")
    assert (folder / "set-aside.jsonl").stat().st_size <= 5_000
    assert queue.lost > 100
    queue.close()


def test_a_journal_that_is_long_is_followed_by_another(folder: Path) -> None:
    queue = spool(folder, segment=500)
    seen = []
    for number in range(100):
        queue.put(record(number))
        seen += [number_of(item) for item in queue.lease(1)]
    assert seen == list(range(100))
    assert len(journals(folder)) > 10
    queue.close()


def test_who_reads_opens_the_next_journal_and_no_call(folder: Path) -> None:
    queue = spool(folder, segment=1)
    queue.put(record(1))
    queue.lease(1)
    assert len(journals(folder)) == 2
    queue.close()


def test_a_journal_goes_once_all_in_it_is_settled(folder: Path) -> None:
    queue = spool(folder, segment=1000)
    for number in range(100):
        queue.put(record(number))
        drain(queue)
    assert len(journals(folder)) == 1
    queue.close()
    assert journals(folder) == []


def test_a_closed_spool_holds_no_file_open(folder: Path) -> None:
    before = os.listdir("/dev/fd")
    queue = spool(folder, segment=1000)
    for number in range(100):
        queue.put(record(number))
        queue.lease(1)
    queue.close()
    assert os.listdir("/dev/fd") == before


def test_threads_lose_and_double_nothing_while_journals_change(folder: Path) -> None:
    threads, each = 6, 2000
    queue = spool(folder, segment=5000)

    def put_all(thread: int) -> None:
        for number in range(each):
            assert queue.put(record(thread * each + number, user=str(thread)))

    workers = [threading.Thread(target=put_all, args=(n,)) for n in range(threads)]
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for worker in workers:
            worker.start()
        seen: list[int] = []
        while any(worker.is_alive() for worker in workers) or len(queue):
            seen += drain(queue)
    finally:
        sys.setswitchinterval(switch)
    assert sorted(seen) == list(range(threads * each))
    for thread in range(threads):
        mine = [number for number in seen if number // each == thread]
        assert mine == sorted(mine)
    queue.close()
    assert journals(folder) == []


def test_threads_that_come_first_together_share_one_journal(folder: Path) -> None:
    for round_ in range(20):
        queue = spool(folder / str(round_))
        start = threading.Barrier(4)

        def put_one(number: int, queue: Spool, start: threading.Barrier) -> None:
            start.wait()
            queue.put(record(number))

        workers = [
            threading.Thread(target=put_one, args=(n, queue, start)) for n in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(journals(folder / str(round_))) == 1
        assert sorted(drain(queue)) == [0, 1, 2, 3]
        queue.close()


def test_a_signal_handler_may_put_at_any_moment(folder: Path) -> None:
    queue = spool(folder, segment=5000)
    handled: list[int] = []

    def handle(signum: int, frame: FrameType | None) -> None:
        number = -1 - len(handled)
        assert queue.put(record(number, user="handler"))
        handled.append(number)
        signal.setitimer(signal.ITIMER_REAL, 0.001)  # not sooner: it would nest

    previous = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    seen: list[int] = []
    main = 0
    try:
        while len(handled) < 500:
            assert queue.put(record(main, user="main"))
            main += 1
            if main % 50 == 0:
                seen += drain(queue)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    seen += drain(queue)
    assert [number for number in seen if number >= 0] == list(range(main))
    assert [number for number in seen if number < 0] == handled
    queue.close()


def test_a_system_without_locks_is_refused() -> None:
    script = """
import fcntl, json, logging, sys
sys.platform = "win32"
from trackplan.runtime.delivery.spool import Spool
from trackplan.runtime.errors import ConfigurationError
try:
    Spool("x", size=1, fsync=False, memory_limit=1)
except ConfigurationError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "POSIX" in ran.stdout
