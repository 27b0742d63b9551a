"""A client with a spool: what it keeps, and what the next process makes of it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest
from spools import journals

from trackplan.runtime.client import Client
from trackplan.runtime.delivery.spool import Spool
from trackplan.runtime.delivery.transport import Answer, MemoryTransport
from trackplan.runtime.outcome import QUEUED
from trackplan.runtime.wire import Record

if TYPE_CHECKING:
    from tests.runtime.conftest import Server

CODE = "wc-0123456789"
EndOf = Callable[[Client], Client]
Python = Callable[..., CompletedProcess[str]]

KILLED = """
import os, signal
from trackplan.runtime.client import current
from trackplan.runtime.wire import Record

for number in range(50):
    current().accept(Record("track", "user-123", None, f"E{number}", {}, 0.0))
os.kill(os.getpid(), signal.SIGKILL)
"""


def track(event: str = "A") -> Record:
    return Record("track", "user-123", None, event, {}, 0.0)


def test_the_next_process_delivers_what_a_killed_one_left(
    server: Server, python: Python, end_of: EndOf, tmp_path: Path
) -> None:
    nobody = "http://127.0.0.1:1"
    killed = python(
        KILLED,
        TRACKPLAN_SPOOL=str(tmp_path),
        USERLENS_WRITE_CODE=CODE,
        USERLENS_EVENTS_URL=nobody,
        TRACKPLAN_DELIVER="true",
    )
    assert killed.returncode == -9, killed.stderr
    client = end_of(Client(write_code=CODE, events_url=server.url, spool=tmp_path))
    assert client.flush(30)
    assert server.events() == [f"E{number}" for number in range(50)]
    assert client.stats().adopted == 50


class Asking(logging.Handler):
    """Asks for what another thread may have to wait for, as a handler may."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.answered: list[bool] = []
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        asking = threading.Thread(target=self._client.stats, daemon=True)
        asking.start()
        asking.join(5)
        self.answered.append(not asking.is_alive())


def test_no_lock_is_held_while_the_spool_s_trouble_is_logged(
    end_of: EndOf, tmp_path: Path
) -> None:
    (tmp_path / "spool").write_text("no folder")
    memory = MemoryTransport()
    client = end_of(Client(write_code=CODE, transport=memory, spool=tmp_path / "spool"))
    handler, logger = Asking(client), logging.getLogger("trackplan")
    logger.addHandler(handler)
    try:
        client.accept(track())
        assert client.flush(30)
    finally:
        logger.removeHandler(handler)
    assert handler.answered == [True]


def test_to_prepare_opens_the_file_of_the_first_call(
    end_of: EndOf, tmp_path: Path
) -> None:
    client = end_of(Client(spool=tmp_path, transport=MemoryTransport()))
    assert journals(tmp_path) == []
    client.prepare()
    (opened,) = journals(tmp_path)
    client.accept(track())
    assert journals(tmp_path) == [opened]


@pytest.mark.parametrize(
    ("user", "exists", "opens"),
    [
        (os.getuid(), True, True),
        (os.getuid() + 1, True, False),
        (0, False, False),
        (1, False, True),
    ],
)
def test_root_makes_no_folder_that_its_children_cannot_use(
    end_of: EndOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    exists: bool,
    opens: bool,
) -> None:
    folder = tmp_path if exists else tmp_path / "new"
    monkeypatch.setattr(os, "geteuid", lambda: user)
    end_of(Client(spool=folder, transport=MemoryTransport())).prepare()
    assert bool(journals(folder)) == opens


def test_nothing_is_adopted_where_nothing_is_to_be_sent(
    end_of: EndOf, tmp_path: Path
) -> None:
    left = Client(spool=tmp_path, transport=MemoryTransport())
    left.accept(track())
    left.shutdown(5)
    transport = MemoryTransport()
    client = end_of(
        Client(write_code=CODE, spool=tmp_path, transport=transport, deliver=False)
    )
    assert client.flush(5)
    assert client.stats().adopted == 0
    client.configure(deliver=True)
    assert client.flush(5)
    assert len(transport.requests) == 1


def test_to_prepare_what_cannot_be_opened_raises_nothing(
    end_of: EndOf, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    end_of(Client(spool=tmp_path / "file", transport=MemoryTransport())).prepare()


def test_the_sums_add_up_with_what_was_adopted(end_of: EndOf, tmp_path: Path) -> None:
    first = Client(write_code=None, spool=tmp_path, transport=MemoryTransport())
    first.accept(track())
    first.shutdown(0)
    transport = MemoryTransport([Answer(400)])
    second = end_of(Client(write_code=CODE, spool=tmp_path, transport=transport))
    second.accept(track())
    assert second.flush(10)
    stats = second.stats()
    assert (stats.accepted, stats.adopted) == (1, 1)
    assert (stats.delivered, stats.set_aside, stats.queued) == (1, 1, 0)


def test_without_a_write_code_events_stay_in_the_spool(
    end_of: EndOf, tmp_path: Path
) -> None:
    transport = MemoryTransport()
    client = end_of(Client(spool=tmp_path, transport=transport))
    assert client.accept(track()) == QUEUED
    client.configure(write_code=CODE)
    assert client.flush(10)
    assert len(transport.requests) == 1


def test_a_missing_write_code_is_said_once_with_a_spool_too(
    end_of: EndOf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = end_of(Client(spool=tmp_path, transport=MemoryTransport()))
    client.accept(track())
    client.accept(track())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "USERLENS_WRITE_CODE" in caplog.text


def test_a_shutdown_leaves_what_is_undelivered_in_the_spool(
    end_of: EndOf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    down = MemoryTransport(lambda _request: Answer(503, retry_after=300))
    first = Client(write_code=CODE, spool=tmp_path, transport=down)
    first.accept(track())
    assert not first.shutdown(10)
    assert "1 events stay in the spool" in caplog.text
    assert first.stats().set_aside == 0
    second = end_of(
        Client(write_code=CODE, spool=tmp_path, transport=MemoryTransport())
    )
    assert second.flush(10)
    assert second.stats().delivered == 1


def test_what_a_shutdown_leaves_in_the_spool_still_counts_as_queued(
    tmp_path: Path,
) -> None:
    client = Client(spool=tmp_path, transport=MemoryTransport())
    for _ in range(500):  # more than are taken from the files at a time
        client.accept(track())
    client.shutdown(0)
    assert client.stats().queued == 500


def test_who_takes_back_what_it_had_left_counts_it_once(tmp_path: Path) -> None:
    queue = Spool(tmp_path, size=2**20, fsync=False, memory_limit=10)
    for _ in range(3):
        queue.put(track())
    queue.close()
    assert queue.adopt() == 0
    assert (len(queue), queue.found().left) == (3, 0)
    queue.close()


def test_a_call_after_the_shutdown_is_kept_for_the_next_process(
    end_of: EndOf, tmp_path: Path
) -> None:
    first = Client(write_code=CODE, spool=tmp_path, transport=MemoryTransport())
    first.shutdown(0)
    assert first.accept(track()) == QUEUED
    first.shutdown(0)
    second = end_of(
        Client(write_code=CODE, spool=tmp_path, transport=MemoryTransport())
    )
    assert second.flush(10)
    assert second.stats().delivered == 1


def test_a_spool_that_cannot_be_written_leaves_delivery_to_memory(
    end_of: EndOf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    client = end_of(
        Client(
            write_code=CODE,
            spool=tmp_path / "file" / "spool",
            transport=MemoryTransport(),
        )
    )
    client.accept(track())
    assert client.flush(10)
    assert client.stats().delivered == 1
    assert "could not be written" in caplog.text


def test_a_shutdown_counts_what_neither_disk_nor_server_took(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    down = MemoryTransport(lambda _request: Answer(503, retry_after=300))
    client = Client(write_code=CODE, spool=tmp_path / "file" / "x", transport=down)
    for _ in range(3):
        client.accept(track())
    assert not client.shutdown(10)
    stats = client.stats()
    assert (stats.queued, stats.reasons) == (0, {"shutdown": 3})


def test_events_are_put_and_sent_at_the_same_time(
    end_of: EndOf, tmp_path: Path
) -> None:
    transport = MemoryTransport()
    client = end_of(Client(write_code=CODE, spool=tmp_path, transport=transport))
    for number in range(3000):
        client.accept(track(str(number)))
    assert client.flush(30)
    assert client.stats().delivered == 3000


def test_a_spool_can_be_given_while_events_wait(end_of: EndOf, tmp_path: Path) -> None:
    transport = MemoryTransport()
    client = end_of(Client(write_code=CODE, transport=transport))
    client.accept(track("A"))
    client.configure(spool=tmp_path)
    client.accept(track("B"))
    assert client.flush(10)
    assert client.stats().delivered == 2


def test_at_most_once_leaves_nothing_to_repeat_after_a_kill(
    end_of: EndOf, tmp_path: Path
) -> None:
    down = MemoryTransport(lambda _request: Answer(429, retry_after=300))
    first = Client(
        write_code=CODE, spool=tmp_path, transport=down, delivery="at_most_once"
    )
    first.accept(track())
    first.shutdown(10)
    second = end_of(
        Client(write_code=CODE, spool=tmp_path, transport=MemoryTransport())
    )
    assert second.flush(10)
    assert second.stats().adopted == 0


def test_a_synchronous_call_leaves_what_it_could_not_deliver(
    end_of: EndOf, tmp_path: Path
) -> None:
    down = MemoryTransport(lambda _request: Answer(503, retry_after=300))
    first = Client(
        write_code=CODE, spool=tmp_path, transport=down, synchronous=True, timeout=0.01
    )
    assert first.accept(track()) == QUEUED
    first.shutdown(0)
    second = end_of(
        Client(write_code=CODE, spool=tmp_path, transport=MemoryTransport())
    )
    assert second.flush(10)
    assert second.stats().delivered == 1
