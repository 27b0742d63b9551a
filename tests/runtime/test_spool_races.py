"""What happens to the durable queue in the middle of a call: threads stopped there."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from spools import drain, journals, record, spool

from trackplan.runtime.delivery import journal
from trackplan.runtime.delivery.folder import export, status
from trackplan.runtime.delivery.journal import Journal


class Stopped:
    """`act` in a thread of its own, stopped when it first calls `function`.

    Or where that returns, for the time that `returns` says.
    """

    def __init__(
        self, act: Callable[[], object], function: str, *, returns: int = 0
    ) -> None:
        self._act = act
        self._function = function
        self._event = "return" if returns else "call"
        self._times_left = returns or 1
        self._is_there = threading.Event()
        self._may_go = threading.Event()
        self._result: list[object] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._is_there.wait(10)

    def go(self) -> object:
        """Let it end; what `act` returned."""
        self._may_go.set()
        self._thread.join(10)
        return self._result[0]

    def _run(self) -> None:
        sys.setprofile(self._watch)
        self._result.append(self._act())

    def _watch(self, frame: FrameType, event: str, called: object) -> None:
        names = {
            self._event: frame.f_code.co_name,
            "c_call": getattr(called, "__name__", ""),
        }
        self._times_left -= names.get(event) == self._function
        if self._times_left == 0:
            sys.setprofile(None)
            self._is_there.set()
            assert self._may_go.wait(10)


def test_a_younger_journal_waits_for_a_put_under_way(tmp_path: Path) -> None:
    queue = spool(tmp_path, segment=1)
    queue.put(record(0))
    stopped = Stopped(lambda: queue.put(record(1)), "_write")
    assert drain(queue) == [0]
    queue.put(record(2))
    assert drain(queue) == []
    assert stopped.go()
    assert drain(queue) == [1, 2]
    queue.close()
    assert journals(tmp_path) == []


def test_a_put_that_never_ends_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0.0)
    queue = spool(tmp_path, segment=1)
    queue.put(record(0))
    stopped = Stopped(lambda: queue.put(record(1)), "_write")
    assert drain(queue) == [0]
    queue.put(record(2))
    assert drain(queue) == [2]
    assert stopped.go()
    assert drain(queue) == [1]
    queue.close()
    assert journals(tmp_path) == []


def test_memory_waits_for_a_put_under_way(tmp_path: Path) -> None:
    queue = spool(tmp_path, segment=1, size=1000)
    queue.put(record(0))
    stopped = Stopped(lambda: queue.put(record(1)), "_write")
    assert drain(queue) == [0]
    queue.put(record(2, too_long="x" * 1000))
    assert drain(queue) == []
    assert stopped.go()
    assert drain(queue) == [1, 2]
    queue.close()


def test_the_close_waits_for_nobody_and_loses_nothing(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    queue.put(record(0))
    assert drain(queue) == [0]
    stopped = Stopped(lambda: queue.put(record(1)), "_write")
    queue.close()
    assert stopped.go()
    (event,) = export(str(tmp_path))
    assert event["body"]["properties"] == {"number": 1}


def test_what_is_put_during_a_refill_comes_after_it(tmp_path: Path) -> None:
    queue = spool(tmp_path / "spool")
    (tmp_path / "spool").touch()  # no folder can be made
    queue.put(record(0))
    (tmp_path / "spool").unlink()
    stopped = Stopped(queue.adopt, "encode")
    queue.put(record(1))
    stopped.go()
    assert drain(queue) == [0, 1]
    queue.close()


def test_a_journal_that_another_heir_finished_is_not_adopted(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    queue.put(record(0))
    queue.close()
    (path,) = journals(tmp_path)
    stopped = Stopped(lambda: Journal.adopt(str(path)), "flock")
    queue.adopt()
    assert drain(queue) == [0]
    assert stopped.go() is None


def test_a_fresh_journal_that_was_cleared_away_is_replaced(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    stopped = Stopped(lambda: queue.put(record(0)), "flock")
    assert spool(tmp_path).adopt() == 0
    assert journals(tmp_path) == []
    assert stopped.go()
    assert len(journals(tmp_path)) == 1
    assert drain(queue) == [0]
    queue.close()


def test_a_call_while_memory_is_saved_does_not_stay_there(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.touch()
    queue = spool(folder)
    queue.put(record(1))
    folder.unlink()
    stopped = Stopped(queue.adopt, "_taken", returns=2)
    queue.put(record(2))
    stopped.go()
    assert status(str(folder)).queued == 2
    queue.close()


class TimeLimitError(Exception):
    """Raised by an application, out of its signal handler."""


@pytest.mark.parametrize("limit", [TimeLimitError, TimeoutError])
def test_what_a_signal_handler_raises_is_the_application_s(
    tmp_path: Path, limit: type[Exception]
) -> None:
    queue = spool(tmp_path)

    def interrupt(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code.co_name == "_write":
            sys.setprofile(None)
            raise limit

    sys.setprofile(interrupt)
    with pytest.raises(limit):
        queue.put(record(1))
    assert len(queue) == 1
    assert drain(queue) == [1]
    assert len(queue) == 0
    queue.close()
