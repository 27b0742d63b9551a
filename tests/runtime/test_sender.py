from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from trackplan.runtime.delivery import sender as sender_module
from trackplan.runtime.delivery.attempt import Setup
from trackplan.runtime.delivery.queue import Item, MemoryQueue
from trackplan.runtime.delivery.sender import Sender
from trackplan.runtime.delivery.transport import (
    Answer,
    MemoryTransport,
    Request,
    Transport,
    TransportError,
)
from trackplan.runtime.outcome import DELIVERED
from trackplan.runtime.settings import Settings
from trackplan.runtime.wire import Record, authorization

SETTINGS = Settings(write_code="wc-0123456789", max_attempts=2)
Start = Callable[[Transport], Sender]


class Outcomes:
    """What the sender said of each record: its event, and a reason or None."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, str | None]] = []
        self._changed = threading.Condition()

    def settled(self, item: Item, reason: str | None) -> None:
        with self._changed:
            self.seen.append((item.name, reason))
            self._changed.notify_all()

    def came(self, count: int) -> bool:
        """Wait until there are so many."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.seen) >= count, 10)


class Gate:
    """A transport whose first answer waits until the test opens it."""

    def __init__(self, first: Answer) -> None:
        self.asked = threading.Event()
        self.opened = threading.Event()
        self.requests: list[Request] = []
        self._first = first

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        if len(self.requests) > 1:
            return Answer(200)
        self.asked.set()
        assert self.opened.wait(10)
        return self._first


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def start(outcomes: Outcomes) -> Iterator[Start]:
    senders: list[Sender] = []

    def start(transport: Transport) -> Sender:
        senders.append(
            Sender(Setup(SETTINGS, transport), MemoryQueue(1000), outcomes.settled)
        )
        return senders[-1]

    yield start
    for sender in senders:
        sender.shutdown(timeout=0)


def track(event: str, **properties: object) -> Record:
    return Record("track", "user-123", None, event, properties, 0.0)


def events(requests: list[Request]) -> list[str]:
    return [json.loads(request.body)["event"] for request in requests]


def test_records_are_sent_in_order(start: Start) -> None:
    memory = MemoryTransport()
    sender = start(memory)
    names = [f"Event {number}" for number in range(100)]
    assert all(sender.put(track(name)) for name in names)
    assert sender.flush(10)
    assert events(memory.requests) == names


def test_a_request_goes_to_the_event_endpoint_with_the_write_code(start: Start) -> None:
    memory = MemoryTransport()
    sender = start(memory)
    sender.put(track("A"))
    assert sender.flush(10)
    request = memory.requests[0]
    assert request.url == "https://events.userlens.io/event"
    assert request.headers["Authorization"] == authorization("wc-0123456789")
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [302, 400, 403, 404, 413, 418, 422])
def test_a_refused_record_is_set_aside_without_another_attempt(
    start: Start, outcomes: Outcomes, status: int
) -> None:
    memory = MemoryTransport([Answer(status)])
    sender = start(memory)
    sender.put(track("A"))
    assert sender.flush(10)
    assert (outcomes.seen, len(memory.requests)) == ([("A", f"http_{status}")], 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_passing_failure_is_tried_again(
    start: Start, outcomes: Outcomes, status: int
) -> None:
    sender = start(MemoryTransport([Answer(status)]))
    sender.put(track("A"))
    sender.put(track("B"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", None), ("B", None)]


def test_a_missing_answer_is_tried_again(start: Start, outcomes: Outcomes) -> None:
    sender = start(MemoryTransport([TransportError("reset", written=True)]))
    sender.put(track("A"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", None)]


def test_attempts_are_bounded(start: Start, outcomes: Outcomes) -> None:
    sender = start(MemoryTransport([Answer(500), Answer(503)]))
    sender.put(track("A"))
    sender.put(track("B"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", "http_503"), ("B", None)]


def test_an_unreachable_server_is_the_reason_in_the_end(
    start: Start, outcomes: Outcomes
) -> None:
    errors = [TransportError("reset", written=True)] * SETTINGS.max_attempts
    sender = start(MemoryTransport(errors))
    sender.put(track("A"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", "unreachable")]


def test_a_transport_may_raise_anything(start: Start, outcomes: Outcomes) -> None:
    def broken(request: Request) -> Answer:
        raise RuntimeError(request.headers["Authorization"])

    sender = start(MemoryTransport(broken))
    sender.put(track("A"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", "unreachable")]


def test_the_text_of_a_foreign_error_is_not_logged(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(request: Request) -> Answer:
        raise RuntimeError("the secret")

    sender = start(MemoryTransport(broken))
    sender.put(track("A"))
    assert sender.flush(10)
    assert "RuntimeError" in caplog.text
    assert "the secret" not in caplog.text


def test_what_is_not_json_is_set_aside_alone(start: Start, outcomes: Outcomes) -> None:
    sender = start(MemoryTransport())
    sender.put(track("A", revenue=float("nan")))
    sender.put(track("B"))
    assert sender.flush(10)
    assert outcomes.seen == [("A", "not_json"), ("B", None)]


def test_a_401_keeps_everything_until_the_write_code_changes(
    start: Start, outcomes: Outcomes
) -> None:
    gate = Gate(Answer(401))
    sender = start(gate)
    sender.put(track("A"))
    sender.put(track("B"))
    gate.opened.set()
    assert gate.asked.wait(10)
    sender.configure(Setup(SETTINGS._replace(write_code="another"), gate))
    assert sender.flush(10)
    assert outcomes.seen == [("A", None), ("B", None)]
    assert gate.requests[-1].headers["Authorization"] == authorization("another")


def test_a_401_is_said_once_with_the_cure(
    outcomes: Outcomes, caplog: pytest.LogCaptureFixture
) -> None:
    memory = MemoryTransport([Answer(401)] * 3)
    setup = Setup(SETTINGS, memory)
    sender = Sender(setup, MemoryQueue(9), outcomes.settled, unauthorised_pause=0.001)
    sender.put(track("A"))
    assert sender.shutdown(10)
    assert len(memory.requests) == 4
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "configure(write_code=...)" in caplog.text


@pytest.mark.parametrize("answer", [Answer(401), Answer(503, retry_after=300)])
def test_a_shutdown_does_not_begin_a_pause_that_it_cannot_end(
    start: Start, outcomes: Outcomes, answer: Answer
) -> None:
    memory = MemoryTransport(lambda _request: answer)
    sender = start(memory)
    sender.put(track("A"))
    ending = threading.Thread(target=sender.shutdown, args=(40,), daemon=True)
    ending.start()
    ending.join(10)
    assert not ending.is_alive()
    assert (outcomes.seen, len(memory.requests)) == ([("A", "shutdown")], 1)


def test_a_change_of_settings_ends_a_pause(start: Start, outcomes: Outcomes) -> None:
    gate = Gate(Answer(503, retry_after=300))
    sender = start(gate)
    sender.put(track("A"))
    gate.opened.set()
    assert gate.asked.wait(10)
    sender.configure(Setup(SETTINGS, gate))
    assert sender.flush(10)
    assert outcomes.seen == [("A", None)]


def test_a_full_queue_takes_no_more(start: Start) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    sender.configure(Setup(SETTINGS, gate), MemoryQueue(2))
    assert [sender.put(track(name)) for name in "ABC"] == [True, True, False]
    gate.opened.set()


def test_the_first_record_does_not_wait_for_its_worker(start: Start) -> None:
    sender = start(MemoryTransport())
    putting = threading.Thread(target=sender.put, args=(track("A"),))
    with sender._lock:  # without it no worker comes to life
        putting.start()
        putting.join(10)
        assert not putting.is_alive()
    assert sender.flush(10)


def test_flush_gives_up_when_its_time_is_over(start: Start) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    sender.put(track("A"))
    assert not sender.flush(0)
    gate.opened.set()


def test_flush_waits_only_for_what_came_before_it(start: Start) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    sender.put(track("A"))
    waiting = threading.Thread(target=sender.flush, args=(10,))
    waiting.start()
    gate.opened.set()
    waiting.join(10)
    assert not waiting.is_alive()


def test_all_who_flush_while_a_worker_starts_come_back(start: Start) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    with sender._starting:  # which a worker holds until it has started
        sender.put(track("A"))
        flushing = [threading.Thread(target=sender.flush, args=(60,)) for _ in "12"]
        for thread in flushing:
            thread.start()
        assert gate.asked.wait(10)
        gate.opened.set()
        for thread in flushing:
            thread.join(10)
    assert not any(thread.is_alive() for thread in flushing)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_who_is_interrupted_while_sending_gives_the_records_back(
    start: Start, outcomes: Outcomes, error: type[BaseException]
) -> None:
    interrupts = iter([error()])

    def answer(_: Request) -> Answer:
        for one in interrupts:
            raise one
        return Answer(200)

    sender = start(MemoryTransport(answer))
    with pytest.raises(error):
        sender.send(track("A"), 10)
    assert sender.send(track("B"), 10) == DELIVERED
    assert outcomes.seen == [("A", None), ("B", None)]


class TimeLimitError(Exception):
    pass


@pytest.mark.parametrize("limit", [TimeLimitError, TimeoutError])
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_time_limit_reaches_who_sends(
    start: Start, limit: type[Exception], is_wrapped: bool
) -> None:
    def handle(*_: object) -> None:
        raise limit

    def answer(_: Request) -> Answer:
        try:
            signal.raise_signal(signal.SIGUSR1)
        except limit:
            if is_wrapped:
                raise TransportError("closed", written=True) from None
            raise
        return Answer(200)

    before = signal.signal(signal.SIGUSR1, handle)
    sender = start(MemoryTransport(answer))
    try:
        with pytest.raises(limit):
            sender.send(track("A"), 10)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_who_flushes_waits_for_a_worker_that_is_about_to_start(start: Start) -> None:
    senders: list[threading.Thread] = []

    def answer(_: Request) -> Answer:
        senders.append(threading.current_thread())
        return Answer(200)

    sender = start(MemoryTransport(answer))
    sender.put(track("A"))
    assert sender.flush(10)
    assert senders != [threading.current_thread()]


def test_who_flushes_leaves_the_rest_to_the_workers(
    start: Start, outcomes: Outcomes
) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    with sender._starting:
        sender.put(track("A"))
        flushing = threading.Thread(target=sender.flush, args=(60,))
        flushing.start()
        assert gate.asked.wait(10)
        sender.put(track("B"))
        gate.opened.set()
        flushing.join(10)
    sender.put(track("C"))
    assert outcomes.came(3)


def test_a_shutdown_sends_what_waits(start: Start, outcomes: Outcomes) -> None:
    sender = start(MemoryTransport())
    for name in "ABC":
        sender.put(track(name))
    assert sender.shutdown(10)
    assert outcomes.seen == [("A", None), ("B", None), ("C", None)]


def test_a_shutdown_does_not_hang_on_a_request(
    start: Start, outcomes: Outcomes, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    sender.put(track("A"))
    sender.put(track("B"))
    assert gate.asked.wait(10)
    assert not sender.shutdown(0)
    assert outcomes.seen == [("A", "shutdown"), ("B", "shutdown")]
    assert [record.getMessage() for record in caplog.records] == [
        "2 events could not be sent before the shutdown"
    ]
    gate.opened.set()


def test_an_answer_after_the_shutdown_settles_nothing_twice(
    start: Start, outcomes: Outcomes
) -> None:
    gate = Gate(Answer(200))
    sender = start(gate)
    sender.put(track("A"))
    assert gate.asked.wait(10)
    sender.shutdown(0)
    gate.opened.set()
    sender.shutdown(10)
    assert outcomes.seen == [("A", "shutdown")]


def test_a_second_shutdown_changes_nothing(start: Start) -> None:
    sender = start(MemoryTransport())
    sender.put(track("A"))
    assert sender.shutdown(10)
    assert sender.shutdown(10)


def test_a_worker_that_has_worked_looks_again_without_being_woken(
    start: Start, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "LOOKS_AGAIN_AFTER", 60)
    memory = MemoryTransport()
    sender = start(memory)
    sender.configure(Setup(SETTINGS._replace(connections=1), memory))
    sender.put(track("A"))
    assert outcomes.came(1)
    deadline = time.monotonic() + 10
    while sender.is_asleep and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not sender.is_asleep
    sender.put(track("B"))
    assert sender.shutdown(10)
    assert events(memory.requests) == ["A", "B"]


def test_a_shutdown_awaits_what_is_being_counted() -> None:
    counted: list[str | None] = []
    begun, ended = threading.Event(), threading.Event()

    def settled(item: Item, reason: str | None) -> None:
        begun.set()
        ended.wait(0.3)  # as a slow handler of the log does; nobody sets it
        counted.append(reason)

    transport = MemoryTransport([Answer(200)])
    sender = Sender(Setup(SETTINGS, transport), MemoryQueue(10), settled)
    sender.put(Record("track", "u", None, "A", {}, 0.0))
    assert begun.wait(10)
    sender.shutdown(0)
    assert counted == [None]
