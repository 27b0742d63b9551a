"""A spool's folder seen from outside: counted, exported, emptied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from spools import drain, journals, record, spool

from trackplan.runtime.delivery.folder import (
    Status,
    export,
    purge,
    set_aside_line,
    status,
)
from trackplan.runtime.delivery.queue import Item
from trackplan.runtime.delivery.spool import Spool
from trackplan.runtime.wire import body


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Spool]:
    """A spool that holds 2 delivered, 1 set aside, 1 leased and 2 waiting events."""
    queue = spool(tmp_path)
    for number in range(6):
        queue.put(record(number))
    items = queue.lease(4)
    for item, reason in zip(items, (None, None, "http_400"), strict=False):
        queue.settle(item, reason)
    yield queue
    queue.close()


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert status(nowhere) == Status(0, 0, 0, 0, 0, 0)
    assert list(export(nowhere)) == []
    assert purge(nowhere) == 0


def test_status_counts(queue: Spool, tmp_path: Path) -> None:
    size = sum(len(content) for content in contents(tmp_path).values())
    assert status(str(tmp_path)) == Status(3, 1, 0, size, 1, 0)


def test_status_counts_damage_and_dead_processes(queue: Spool, tmp_path: Path) -> None:
    queue.close()
    with journals(tmp_path)[0].open("ab") as file:
        file.write(b"\ntorn")
    found = status(str(tmp_path))
    assert (found.queued, found.corrupt, found.alive, found.dead) == (3, 1, 0, 1)


def test_export_gives_what_is_there(queue: Spool, tmp_path: Path) -> None:
    events = list(export(str(tmp_path)))
    queued = [event for event in events if event["state"] == "queued"]
    (aside,) = [event for event in events if event["state"] == "set_aside"]
    assert [e["body"] for e in queued] == [body(record(n), True) for n in (3, 4, 5)]
    assert (aside["reason"], aside["body"]) == ("http_400", body(record(2), True))


def test_to_look_changes_nothing(queue: Spool, tmp_path: Path) -> None:
    before = contents(tmp_path)
    status(str(tmp_path))
    list(export(str(tmp_path)))
    assert contents(tmp_path) == before
    assert drain(queue) == [4, 5]


def test_export_passes_over_damaged_lines(tmp_path: Path) -> None:
    lines = '{"reason": "x", "body": {}}\n[1]\n{"torn\n\xff\n{"reason": "y"}\n'
    (tmp_path / "set-aside.jsonl").write_text(lines, "latin-1")
    assert [event["reason"] for event in export(str(tmp_path))] == ["x", "y"]


def test_purge_leaves_what_a_process_holds(queue: Spool, tmp_path: Path) -> None:
    assert purge(str(tmp_path)) == 1
    assert drain(queue) == [4, 5]


def test_purge_deletes_what_the_dead_left(queue: Spool, tmp_path: Path) -> None:
    queue.close()
    (tmp_path / "notes.txt").write_text("mine")
    assert purge(str(tmp_path)) == 4
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_what_cannot_be_read_is_set_aside_as_it_stands() -> None:
    unreadable = Item("u", b'["track","u",1]')
    line = json.loads(set_aside_line(unreadable, "not_json"))
    assert line["body"] == {"not_json": '["track","u",1]'}
