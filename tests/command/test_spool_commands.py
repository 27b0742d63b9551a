"""`trackplan spool`: what each verb says of a folder, and does to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.runtime.conftest import Server

CODE = "wc-0123456789"
Leave = Callable[[int], None]

PUT = """
import os, signal, sys
from trackplan.runtime.client import Client
from trackplan.runtime.wire import Record

client = Client(spool=sys.argv[1], deliver=True)
for number in range(int(sys.argv[2])):
    user = f"{sys.argv[3]}-{number}"
    client.accept(Record("track", user, None, f"Event {number}", {}, 0.0))
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)"
WAIT = "print('ready', flush=True); sys.stdin.read(); " + DIE


def put(folder: Path, count: int, user: str, then: str) -> list[str]:
    return [sys.executable, "-c", PUT + then, str(folder), str(count), user]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def leave(folder: Path) -> Leave:
    """Has a process put so many events into the spool, and be killed."""

    def leave(count: int) -> None:
        subprocess.run(put(folder, count, "jane", DIE), check=False, timeout=60)

    return leave


@pytest.fixture
def living(folder: Path) -> Iterator[None]:
    """A process that has put two events into the spool, and lives."""
    process = subprocess.Popen(
        put(folder, 2, "joe", WAIT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    yield
    process.communicate(timeout=30)


@pytest.fixture
def flush(run, server: Server, folder: Path):
    """Run `trackplan spool flush` against the server."""

    def flush(*arguments: str, **variables: str):
        environ = {"USERLENS_WRITE_CODE": CODE, "USERLENS_EVENTS_URL": server.url}
        return run("spool", "flush", str(folder), *arguments, **environ, **variables)

    return flush


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def counted(run, folder: Path) -> dict[str, object]:
    return json.loads(run("spool", "status", str(folder), "--format", "json").stdout)


def test_status_counts_what_the_living_and_the_dead_have(
    run, leave: Leave, living: None, folder: Path
) -> None:
    leave(3)
    found = counted(run, folder)
    size = sum(len(content) for content in contents(folder).values())
    assert found == {
        "queued": 5,
        "abandoned": 3,
        "set_aside": 0,
        "reasons": {},
        "damaged": 0,
        "bytes": size,
        "living": 1,
        "dead": 1,
    }


def test_status_says_why_events_were_set_aside(
    run, leave: Leave, flush, server: Server, folder: Path
) -> None:
    leave(3)
    for status in (400, 413, 400):
        server.reply(status)
    flush()
    done = run("spool", "status", str(folder))
    assert "set aside  3\n  http_400 2\n  http_413 1\n" in done.stdout


def test_status_counts_damaged_records(run, leave: Leave, folder: Path) -> None:
    leave(1)
    (journal,) = folder.iterdir()
    journal.write_bytes(journal.read_bytes() + b"\ntorn")
    assert counted(run, folder)["damaged"] == 1


def test_status_shows_nobody_s_data(run, leave: Leave, folder: Path) -> None:
    leave(1)
    (folder / "set-aside.jsonl").write_text('{"reason": "jane@example.com"}\n')
    done = run("spool", "status", str(folder))
    assert "jane" not in done.stdout
    assert "unknown" in done.stdout


def test_status_of_an_empty_folder_is_nothing(run, folder: Path) -> None:
    folder.mkdir()
    done = run("spool", "status", str(folder))
    assert done.returncode == 0
    assert done.stdout.startswith("queued     0 (0 left by dead processes)\n")


def test_flush_delivers_what_the_dead_left(
    leave: Leave, flush, server: Server, folder: Path
) -> None:
    leave(3)
    done = flush()
    assert (done.returncode, done.stdout) == (0, "3 delivered, 0 set aside, 0 left.\n")
    assert sorted(map(str, server.events())) == ["Event 0", "Event 1", "Event 2"]
    assert contents(folder) == {}


def test_flush_takes_more_journals_than_it_opens_at_a_time(
    leave: Leave, flush, folder: Path
) -> None:
    leave(1)
    (journal,) = folder.iterdir()
    for number in range(70):
        copy = journal.with_name(f"{number:020}-1-0.v3.journal")
        copy.write_bytes(journal.read_bytes())
    assert flush().stdout == "71 delivered, 0 set aside, 0 left.\n"


def test_flush_leaves_what_the_living_hold(
    run, leave: Leave, living: None, flush, folder: Path
) -> None:
    leave(1)
    assert flush().stdout == "1 delivered, 0 set aside, 0 left.\n"
    assert counted(run, folder)["queued"] == 2


def test_flush_says_what_was_set_aside(leave: Leave, flush, server: Server) -> None:
    leave(2)
    server.reply(400)
    done = flush()
    assert done.returncode == 0
    assert done.stdout == "1 delivered, 1 set aside (http_400), 0 left.\n"


def test_flush_leaves_what_cannot_be_delivered_in_time(
    run, leave: Leave, flush, server: Server, folder: Path
) -> None:
    leave(1)
    server.reply(503, Retry_After="300")
    done = flush("--timeout", "0.2")
    assert done.returncode == 1
    assert done.stdout == "0 delivered, 0 set aside, 1 left.\n"
    assert counted(run, folder)["abandoned"] == 1


def test_flush_with_a_wrong_write_code_says_so(
    leave: Leave, flush, server: Server
) -> None:
    leave(1)
    server.reply(401)
    done = flush("--timeout", "3")
    assert done.returncode == 1
    assert "refuses the Write Code (401)" in done.stderr
    assert CODE not in done.stderr


def test_flush_needs_a_write_code(run, leave: Leave, folder: Path) -> None:
    leave(1)
    done = run("spool", "flush", str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert "set USERLENS_WRITE_CODE" in done.stderr


def test_export_prints_each_event_and_changes_nothing(
    run, leave: Leave, flush, server: Server, folder: Path
) -> None:
    leave(1)
    server.reply(400)
    flush()
    leave(1)
    before = contents(folder)
    done = run("spool", "export", str(folder))
    queued, aside = (json.loads(line) for line in done.stdout.splitlines())
    assert queued["state"] == "queued"
    assert (aside["state"], aside["reason"]) == ("set_aside", "http_400")
    assert queued["body"] == aside["body"]
    assert queued["body"]["userId"] == "jane-0"
    assert contents(folder) == before


def test_purge_destroys_what_the_dead_left(run, leave: Leave, folder: Path) -> None:
    leave(3)
    done = run("spool", "purge", str(folder), "--yes")
    assert (done.returncode, done.stdout) == (0, "Destroyed 3 events.\n")
    assert contents(folder) == {}


def test_purge_leaves_what_the_living_hold(
    run, leave: Leave, living: None, folder: Path
) -> None:
    leave(1)
    assert run("spool", "purge", str(folder), "--yes").stdout == "Destroyed 1 event.\n"
    assert counted(run, folder)["queued"] == 2


def test_purge_without_a_terminal_needs_to_be_told(
    run, leave: Leave, folder: Path
) -> None:
    leave(3)
    done = run("spool", "purge", str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert "this would destroy 3 events: confirm it with `--yes`" in done.stderr
    assert counted(run, folder)["queued"] == 3


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 0), ("n", 1, 3)])
def test_purge_asks_on_a_terminal(
    run, leave: Leave, folder: Path, answer: str, code: int, left: int
) -> None:
    leave(3)
    keyboard, terminal = os.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "trackplan", "spool", "purge", str(folder)],
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(keyboard)
    os.close(terminal)
    assert "Destroy 3 events for good?" in done.stderr
    assert done.returncode == code
    assert counted(run, folder)["queued"] == left


VERBS = ["status", "flush", "export", "purge"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_that_is_not_there_is_said(run, folder: Path, verb: str) -> None:
    done = run("spool", verb, str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"trackplan: there is no folder {folder}: ")
    assert not folder.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_that_is_no_spool_is_left_alone(run, folder: Path, verb: str) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    done = run("spool", verb, str(folder), USERLENS_WRITE_CODE=CODE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a spool" in done.stderr
    assert contents(folder) == {"thesis.txt": b"mine"}
