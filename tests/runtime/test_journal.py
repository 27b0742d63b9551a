"""One journal: its lines, its lock, its end."""

from __future__ import annotations

import errno
import os
import random
import stat
from pathlib import Path

import pytest

from trackplan.runtime.delivery.framing import (
    LONGEST,
    NotKeptError,
    framed,
    kept,
    lines,
    parse,
)
from trackplan.runtime.delivery.journal import Journal
from trackplan.runtime.delivery.queue import Item
from trackplan.runtime.wire import FORWARDED, Row


def a_row(number: object) -> Row:
    return ("track", "u", None, "Tested", {"n": number}, 0.0)


def append(journal: Journal, number: object) -> bool:
    return journal.append(a_row(number), fsync=False, limit=2**30)


def filled(folder: Path, count: int) -> Journal:
    journal = Journal.create(str(folder), fsync=False)
    for number in range(count):
        assert append(journal, number)
    return journal


def leased(journal: Journal, limit: int = 1000) -> list[Item]:
    items: list[Item] = []
    journal.lease(limit, items)
    return items


def numbers(items: list[Item]) -> list[object]:
    return [item.record.data["n"] for item in items]


def adopted(path: str) -> Journal:
    journal = Journal.adopt(path)
    assert journal is not None
    return journal


def test_a_line_says_what_was_framed() -> None:
    line = b'[7,"track","u\\u00e4",1]'
    assert parse(framed(line)[1:]) == (7, "uä", line)


def test_a_forwarded_event_keeps_its_lane(tmp_path: Path) -> None:
    journal = Journal.create(str(tmp_path), fsync=False)
    journal.append(("forward", "", None, None, {}, 0.0), fsync=False, limit=2**30)
    assert [item.lane for item in leased(journal)] == [FORWARDED]
    journal.close()


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"\n", b"00000000 ", b"00000000", b"zzzzzzzz 1 []", b"\xff" * 40),
        framed(b'[9,"track","\\x",1]')[1:],
        framed(b'[9,"track","\xff",1]')[1:],
    ],
)
def test_what_nobody_framed_so_is_no_entry(line: bytes) -> None:
    assert parse(line) is None


def test_no_shortened_line_passes_for_a_whole_one() -> None:
    line = framed(b'[7,"a","b",[]]')[1:-1]
    assert [parse(line[:end]) for end in range(len(line))] == [None] * len(line)


def test_a_line_that_is_too_long_is_refused() -> None:
    with pytest.raises(NotKeptError, match="too long"):
        kept(1, a_row("x" * LONGEST))


def test_a_file_without_newlines_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    with path.open("wb") as file:
        file.truncate(3 * LONGEST)
    fd = os.open(path, os.O_RDONLY)
    assert max(map(len, lines(fd))) < 2 * LONGEST
    os.close(fd)


def test_records_are_leased_once_and_in_order(tmp_path: Path) -> None:
    journal = filled(tmp_path, 5)
    assert numbers(leased(journal, 2)) == [0, 1]
    assert numbers(leased(journal)) == [2, 3, 4]
    assert leased(journal) == []
    journal.close()


def test_records_longer_than_a_read_are_leased(tmp_path: Path) -> None:
    journal = Journal.create(str(tmp_path), fsync=False)
    long = ["x" * size for size in (2**16, 2**18, 2**20)]
    for number in long:
        append(journal, number)
    assert numbers(leased(journal)) == long
    journal.close()


def test_waiting_counts_what_is_not_leased(tmp_path: Path) -> None:
    journal = filled(tmp_path, 5)
    leased(journal, 2)
    assert journal.waiting() == 3
    journal.close()


def test_a_retired_journal_takes_no_more(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    journal.retire()
    assert not append(journal, 0)
    assert journal.waiting() == 1
    journal.close()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    assert stat.S_IMODE(os.stat(journal.path).st_mode) == 0o600
    journal.close()


def test_a_journal_in_use_is_not_adopted(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    assert Journal.adopt(journal.path) is None
    journal.close()


def test_closing_deletes_the_file_once_all_is_settled(tmp_path: Path) -> None:
    journal = filled(tmp_path, 2)
    for item in leased(journal):
        journal.settle(item.number)
    journal.close()
    assert not os.path.exists(journal.path)


def test_closing_keeps_the_file_while_something_is_leased(tmp_path: Path) -> None:
    journal = filled(tmp_path, 2)
    first, _ = leased(journal)
    journal.settle(first.number)
    journal.close()
    assert numbers(leased(adopted(journal.path))) == [1]


def test_to_settle_after_the_close_fails(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    (item,) = leased(journal)
    journal.close()
    with pytest.raises(OSError, match="descriptor"):
        journal.settle(item.number)


def test_a_torn_record_costs_no_other(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    with open(journal.path, "ab") as file:
        file.write(b'\n0badc0de 9 ["to')
    assert numbers(leased(journal)) == [0]
    append(journal, 1)
    assert numbers(leased(journal)) == [1]
    assert journal.corrupt == 1
    journal.close()


def test_a_sound_line_without_a_record_is_an_item_to_be_set_aside(
    tmp_path: Path,
) -> None:
    journal = filled(tmp_path, 0)
    with open(journal.path, "ab") as file:
        file.write(framed(b'[9,"track","u",1]'))
    (item,) = leased(journal)
    assert (item.name, item.content()) == ("an unreadable event", {})
    with pytest.raises(ValueError, match="unpack"):
        item.encoded(send_timestamp=True)
    journal.close()


def test_a_record_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    line = kept(9, a_row(9))
    with open(journal.path, "ab", buffering=0) as file:
        file.write(line[:20])
        assert numbers(leased(journal)) == [0]
        file.write(line[20:])
    assert numbers(leased(journal)) == [9]
    assert journal.corrupt == 0
    journal.close()


def test_a_record_torn_by_the_death_of_its_process_is_counted(tmp_path: Path) -> None:
    journal = filled(tmp_path, 2)
    journal.abandon()
    os.truncate(journal.path, os.path.getsize(journal.path) - 2)
    heir = adopted(journal.path)
    assert numbers(leased(heir)) == [0]
    assert heir.corrupt == 1
    heir.close()


@pytest.mark.parametrize("seed", range(200))
def test_damage_costs_no_record_it_does_not_touch(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    journal = filled(tmp_path, 50)
    journal.abandon()
    data = bytearray(Path(journal.path).read_bytes())
    start = chance.randrange(len(data))
    damage = chance.randbytes(chance.randrange(1, 60))
    touched = range((data.count(b"\n", 0, start) - 1) // 2, 50)
    data[start : start + len(damage)] = damage
    Path(journal.path).write_bytes(data)
    heir = adopted(journal.path)
    found = numbers(leased(heir))
    heir.close()
    before = list(range(touched.start))
    behind = list(range(touched.start + 5, 50))
    assert found[: len(before)] == before
    assert found[len(found) - len(behind) :] == behind


def test_one_damaged_byte_costs_one_record_at_most(tmp_path: Path) -> None:
    journal = filled(tmp_path, 3)
    journal.abandon()
    whole = Path(journal.path).read_bytes()
    middle = range(whole.index(b"\n", 1), whole.rindex(b"\n", 0, -1) + 1)
    for position in middle:
        data = bytearray(whole)
        data[position] ^= 1
        Path(journal.path).write_bytes(data)
        heir = adopted(journal.path)
        found = numbers(leased(heir))
        assert len(found) + heir.corrupt == 3
        assert len(found) >= 2
        heir.abandon()


def test_a_mark_outlives_damage_to_another_mark(tmp_path: Path) -> None:
    journal = filled(tmp_path, 3)
    for item in leased(journal):
        journal.settle(item.number)
    journal.abandon()
    data = Path(journal.path).read_bytes()
    Path(journal.path).write_bytes(data[:-1] + b"x")
    heir = adopted(journal.path)
    assert numbers(leased(heir)) == [2]
    heir.close()


def test_a_full_device_fails_and_counts_nothing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "full"), os.open("/dev/full", os.O_RDWR))
    with pytest.raises(OSError, match="No space") as raised:
        append(journal, 0)
    assert raised.value.errno == errno.ENOSPC
    assert journal.waiting() == 0
    journal.abandon()


def test_a_deleted_file_is_noticed(tmp_path: Path) -> None:
    journal = filled(tmp_path, 1)
    assert journal.is_in_place()
    os.unlink(journal.path)
    assert not journal.is_in_place()
    journal.close()
