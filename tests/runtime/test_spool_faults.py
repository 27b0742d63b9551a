"""The durable queue on disks that are full, slow to heal, read-only or gone."""

from __future__ import annotations

import errno
import logging
import os
import resource
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from spools import drain, journals, number_of, record, spool

from trackplan.runtime.delivery import journal as journal_module
from trackplan.runtime.delivery.journal import Journal, NotSyncedError
from trackplan.runtime.delivery.spool import Spool


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes: a short write, then EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def put_many(queue: Spool, numbers: range) -> None:
    for number in numbers:
        assert queue.put(record(number))


def test_a_full_disk_loses_and_doubles_nothing(small_disk: Path) -> None:
    queue = spool(small_disk / "spool")
    put_many(queue, range(1500))
    assert len(queue) == 1500
    assert drain(queue) == list(range(1500))
    queue.close()


def test_what_a_full_disk_kept_is_adopted(small_disk: Path) -> None:
    queue = spool(small_disk / "spool")
    put_many(queue, range(1500))
    in_memory = queue.drop_oldest()
    assert in_memory is not None
    queue.abandon()
    heir = spool(small_disk / "spool")
    assert heir.adopt() > 100
    assert drain(heir) == list(range(int(str(in_memory.data["number"]))))
    heir.close()


def test_writing_goes_on_once_there_is_room_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 60_000)
    queue = spool(small_disk / "spool")
    put_many(queue, range(100))
    ballast.unlink()
    queue.adopt()  # it writes what waits in memory
    put_many(queue, range(100, 120))
    queue.abandon()
    heir = spool(small_disk / "spool")
    heir.adopt()
    assert drain(heir) == list(range(120))
    heir.close()


def test_set_aside_events_on_a_full_disk_are_counted(small_disk: Path) -> None:
    queue = spool(small_disk / "spool")
    put_many(queue, range(1500))
    (item,) = queue.lease(1)
    queue.settle(item, "http_400")
    assert queue.lost == 1
    queue.close()


def test_the_log_counts_what_could_not_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = spool(tmp_path, size=400)
    put_many(queue, range(2))
    for item in queue.lease(2):
        queue.settle(item, "http_400")
    queue.report()
    assert [r.getMessage() for r in caplog.records] == [
        f"the spool {tmp_path} could not be written (set-aside.jsonl has reached its "
        "size); 2 events that were set aside could not be kept"
    ]
    queue.close()


def test_the_log_counts_what_may_be_sent_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = spool(tmp_path)
    put_many(queue, range(2))
    with file_size_limit(journals(tmp_path)[0].stat().st_size):
        assert drain(queue) == [0, 1]
    queue.report()
    assert [r.getMessage() for r in caplog.records] == [
        f"the spool {tmp_path} could not be written ({os.strerror(errno.EFBIG)}); "
        "2 events may be sent again"
    ]
    queue.close()


def test_a_settled_event_that_cannot_be_marked_comes_again(small_disk: Path) -> None:
    queue = spool(small_disk / "spool")
    put_many(queue, range(1500))
    (small_disk / "spool" / "more").write_bytes(b"")
    settled = drain(queue, at_once=10)
    assert settled == list(range(1500))
    unmarked = queue.unmarked
    queue.abandon()
    heir = spool(small_disk / "spool")
    assert heir.adopt() == unmarked > 0
    heir.close()


def test_a_write_that_is_cut_short_is_no_record(tmp_path: Path) -> None:
    for limit in range(1000, 1400):
        queue = spool(tmp_path / str(limit))
        with file_size_limit(limit):
            put_many(queue, range(20))
        put_many(queue, range(20, 25))
        assert drain(queue) == list(range(25))
        queue.close()


def test_order_holds_while_the_disk_comes_and_goes(tmp_path: Path) -> None:
    queue = spool(tmp_path, segment=3000, memory_limit=100_000)
    is_over = threading.Event()

    def put_all() -> None:
        put_many(queue, range(20_000))
        is_over.set()

    writer = threading.Thread(target=put_all)
    writer.start()
    seen: list[int] = []
    while not is_over.is_set() or len(queue):
        with file_size_limit(500):
            seen += drain(queue)
        queue.adopt()
        for item in queue.lease(100):
            seen.append(number_of(item))
            queue.settle(item, None)
    writer.join()
    assert seen == list(range(20_000))
    queue.close()


def test_the_disk_s_trouble_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = spool(tmp_path)
    with caplog.at_level(logging.WARNING, logger="trackplan"), file_size_limit(100):
        for _ in range(3):
            put_many(queue, range(3))
            queue.report()
            drain(queue)
    assert [r.getMessage() for r in caplog.records] == [
        f"the spool {tmp_path} could not be written ({os.strerror(errno.ENOSPC)}); "
        "2 events wait in memory only"
    ]
    queue.close()


def test_put_says_so_when_memory_is_full_too(tmp_path: Path) -> None:
    queue = spool(tmp_path / "spool", memory_limit=3)
    (tmp_path / "spool").write_text("no folder")
    assert [queue.put(record(n)) for n in range(5)] == [True] * 3 + [False] * 2
    oldest = queue.drop_oldest()
    assert oldest == record(0)
    assert queue.put(record(5))
    assert drain(queue) == [1, 2, 5]


def test_a_folder_that_is_deleted_is_made_again(tmp_path: Path) -> None:
    queue = spool(tmp_path / "spool")
    queue.put(record(1))
    shutil.rmtree(tmp_path / "spool")
    queue.put(record(2))
    queue.adopt()  # it looks after the folder
    queue.put(record(3))
    assert len(journals(tmp_path / "spool")) == 1
    assert drain(queue) == [1, 2, 3]
    queue.close()


def test_a_read_only_disk_leaves_memory(small_disk: Path) -> None:
    queue = spool(small_disk / "spool")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    put_many(queue, range(3))
    assert not (small_disk / "spool").exists()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    queue.adopt()
    assert len(journals(small_disk / "spool")) == 1
    assert drain(queue) == [0, 1, 2]
    queue.close()


def test_what_could_not_be_synced_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(journal_module, "_sync", fail)
    queue = spool(tmp_path / "spool", fsync=True)
    put_many(queue, range(3))
    assert drain(queue) == [0, 1, 2]
    queue.close()


def test_a_record_is_synced_where_that_is_asked(tmp_path: Path) -> None:
    reader, writer = os.pipe()  # takes a write, and refuses to be synced
    journal = Journal(str(tmp_path / "pipe"), writer)
    assert journal.append(record(1), fsync=False, limit=2**20)
    with pytest.raises(NotSyncedError, match="Invalid"):
        journal.append(record(2), fsync=True, limit=2**20)
    assert journal.waiting() == 2
    journal.abandon()
    os.close(reader)


def test_a_synced_spool_keeps_its_records(tmp_path: Path) -> None:
    queue = spool(tmp_path / "spool", fsync=True)
    put_many(queue, range(3))
    queue.close()
    heir = spool(tmp_path / "spool", fsync=True)
    heir.adopt()
    assert drain(heir) == [0, 1, 2]


@contextmanager
def no_superuser() -> Iterator[None]:
    """Who runs the tests may be root, to whom no file is closed."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_journal_that_may_not_be_read_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with TemporaryDirectory() as folder:  # in a place that all users can get to
        queue = spool(Path(folder))
        put_many(queue, range(3))
        queue.abandon()
        os.chmod(folder, 0o755)
        (left,) = journals(Path(folder))
        left.chmod(0)
        heir = spool(Path(folder))
        for _ in range(2):
            with no_superuser():
                assert heir.adopt() == 0
            heir.report()
    assert [r.getMessage() for r in caplog.records] == [
        f"{left} cannot be adopted ({os.strerror(errno.EACCES)}); its events wait for "
        "a process of its owner"
    ]


def test_a_removed_folder_is_made_again_for_what_waits_at_the_end(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "spool"
    queue = spool(folder)
    for number in range(3):
        queue.put(record(number))
    first, _ = queue.lease(2)
    shutil.rmtree(folder)
    queue.settle(first, None)
    queue.adopt()
    queue.put(record(3))
    queue.close()
    heir = spool(folder)
    assert heir.adopt() == 3
    assert drain(heir) == [1, 2, 3]


def test_a_removed_folder_is_not_made_again_for_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    queue = spool(folder)
    queue.put(record(0))
    drain(queue)
    shutil.rmtree(folder)
    queue.close()
    assert not folder.exists()
