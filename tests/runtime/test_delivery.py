"""What becomes of events on their way: order, room, retries, batches, outcomes."""

from __future__ import annotations

import json
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from trackplan.runtime.client import Client
from trackplan.runtime.delivery.transport import (
    Answer,
    MemoryTransport,
    Request,
    TransportError,
)
from trackplan.runtime.hooks import Report
from trackplan.runtime.outcome import DELIVERED, QUEUED, Outcome
from trackplan.runtime.wire import Record

if TYPE_CHECKING:
    from tests.runtime.conftest import Held, Server

CODE = "wc-0123456789"
EndOf = Callable[[Client], Client]


def track(event: str = "A", user: str = "user-123", **properties: object) -> Record:
    return Record("track", user, None, event, properties, 0.0)


def bodies(transport: MemoryTransport) -> list[dict[str, object]]:
    return [json.loads(request.body) for request in transport.requests]


def test_a_users_events_keep_their_order_while_some_are_retried(end_of: EndOf) -> None:
    fails = iter([True, False, False] * 200)
    lock = threading.Lock()
    arrived: dict[str, list[int]] = defaultdict(list)

    def answer(request: Request) -> Answer:
        body = json.loads(request.body)
        with lock:
            if next(fails):
                return Answer(503)
            arrived[body["userId"]].append(body["properties"]["n"])
        return Answer(200)

    client = end_of(Client(write_code=CODE, transport=MemoryTransport(answer)))
    for n in range(100):
        client.accept(track(user=f"user-{n % 10}", n=n))
    assert client.flush(60)
    assert all(numbers == sorted(numbers) for numbers in arrived.values())
    assert sum(map(len, arrived.values())) == 100


def test_a_user_whose_event_waits_for_a_retry_holds_up_nobody(end_of: EndOf) -> None:
    others = threading.Event()

    def answer(request: Request) -> Answer:
        if json.loads(request.body)["userId"] == "slow":
            return Answer(200 if others.is_set() else 500)
        others.set()
        return Answer(200)

    client = end_of(Client(write_code=CODE, transport=MemoryTransport(answer)))
    client.accept(track(user="slow"))
    client.accept(track(user="other"))
    assert client.flush(60)
    assert client.stats().delivered == 2


def test_a_request_that_hangs_holds_up_no_other_user(end_of: EndOf, held: Held) -> None:
    arrived = threading.Event()

    class OneHangs:
        def send(self, request: Request) -> Answer:
            if json.loads(request.body)["userId"] == "hangs":
                return held.send(request)
            arrived.set()
            return Answer(200)

    client = end_of(Client(write_code=CODE, transport=OneHangs()))
    client.accept(track(user="hangs"))
    assert held.asked.wait(10)
    client.accept(track(user="other"))
    assert arrived.wait(10)


def test_a_full_queue_can_drop_the_oldest(end_of: EndOf, held: Held) -> None:
    client = end_of(
        Client(write_code=CODE, transport=held, queue_size=300, on_full="drop_old")
    )
    outcomes = [client.accept(track(str(n))) for n in range(400)]
    held.let_go.set()
    assert client.flush(10)
    arrived = [int(str(body["event"])) for body in bodies(held.inner)]
    assert outcomes == [QUEUED] * 400
    assert len(arrived) == 300
    assert arrived[-100:] == [*range(300, 400)]
    assert client.stats().reasons == {"queue_full": 100}


def test_a_full_queue_can_make_the_call_wait_for_room(
    end_of: EndOf, held: Held
) -> None:
    client = end_of(
        Client(
            write_code=CODE,
            transport=held,
            queue_size=1,
            on_full="block",
            block_timeout=30,
        )
    )
    client.accept(track("A"))
    assert held.asked.wait(10)
    threading.Timer(0.05, held.let_go.set).start()
    assert client.accept(track("B")) == QUEUED
    assert client.flush(10)
    assert client.stats().delivered == 2


def test_waiting_for_room_ends_with_its_time(end_of: EndOf, held: Held) -> None:
    client = end_of(
        Client(
            write_code=CODE,
            transport=held,
            queue_size=1,
            on_full="block",
            block_timeout=0.01,
        )
    )
    client.accept(track("A"))
    assert client.accept(track("B")) == Outcome("set_aside", "queue_full")


def test_an_event_that_alone_fails_is_set_aside_in_the_end(end_of: EndOf) -> None:
    def answer(request: Request) -> Answer:
        return Answer(500 if json.loads(request.body)["userId"] == "poison" else 200)

    client = end_of(
        Client(write_code=CODE, transport=MemoryTransport(answer), max_attempts=3)
    )
    client.accept(track(user="poison"))
    for n in range(20):
        client.accept(track(user=f"user-{n}"))
    assert client.flush(60)
    stats = client.stats()
    assert (stats.delivered, stats.reasons) == (20, {"http_500": 1})


def test_an_event_too_large_is_set_aside_whole(end_of: EndOf) -> None:
    transport = MemoryTransport()
    client = end_of(Client(write_code=CODE, transport=transport, max_event_size=300))
    client.accept(track("A", text="x" * 300))
    client.accept(track("B"))
    assert client.flush(10)
    assert [body["event"] for body in bodies(transport)] == ["B"]
    assert client.stats().reasons == {"too_large": 1}


def test_at_most_once_does_not_repeat_what_may_have_arrived(end_of: EndOf) -> None:
    transport = MemoryTransport([TransportError("reset", written=True)])
    client = end_of(
        Client(write_code=CODE, transport=transport, delivery="at_most_once")
    )
    client.accept(track())
    assert client.flush(10)
    assert len(transport.requests) == 1
    assert client.stats().reasons == {"unconfirmed": 1}


@pytest.mark.parametrize(
    "answer", [TransportError("refused", written=False), Answer(429)]
)
def test_at_most_once_repeats_what_cannot_have_arrived(
    end_of: EndOf, answer: Answer | TransportError
) -> None:
    transport = MemoryTransport([answer])
    client = end_of(
        Client(write_code=CODE, transport=transport, delivery="at_most_once")
    )
    client.accept(track())
    assert client.flush(10)
    assert client.stats().delivered == 1


def forwarded(number: int) -> Record:
    data = {"event": f"E{number}", "properties": {"$ul_url": "/", "n": number}}
    return Record("forward", "", None, None, data, 0.0)


def test_forwarded_events_go_to_the_raw_endpoint_many_at_once(
    end_of: EndOf, held: Held
) -> None:
    client = end_of(Client(write_code=CODE, transport=held))
    for number in range(100):
        client.accept(forwarded(number))
    held.let_go.set()
    assert client.flush(10)
    requests = held.inner.requests
    sent = [e for request in requests for e in json.loads(request.body)["events"]]
    assert {r.url for r in requests} == {"https://raw.userlens.io/raw/event"}
    assert sent == [forwarded(number).data for number in range(100)]
    assert len(requests) < 5


def test_a_refused_batch_is_split_until_the_poison_is_alone(end_of: EndOf) -> None:
    taken: list[object] = []

    def answer(request: Request) -> Answer:
        events = json.loads(request.body)["events"]
        if any(event["properties"]["n"] in (17, 18, 60) for event in events):
            return Answer(400)
        taken.extend(event["properties"]["n"] for event in events)
        return Answer(200)

    client = end_of(Client(write_code=CODE, transport=MemoryTransport(answer)))
    for number in range(100):
        client.accept(forwarded(number))
    assert client.flush(30)
    assert taken == [n for n in range(100) if n not in (17, 18, 60)]
    assert client.stats().reasons == {"http_400": 3}


def test_a_synchronous_call_returns_what_became_of_it(end_of: EndOf) -> None:
    transport = MemoryTransport([Answer(200), Answer(400)])
    client = end_of(Client(write_code=CODE, transport=transport, synchronous=True))
    assert client.accept(track()) == DELIVERED
    assert client.accept(track()) == Outcome("set_aside", "http_400")


def test_a_synchronous_call_starts_no_thread(end_of: EndOf) -> None:
    before = set(threading.enumerate())
    client = end_of(
        Client(write_code=CODE, transport=MemoryTransport(), synchronous=True)
    )
    client.accept(track())
    assert set(threading.enumerate()) <= before


def test_a_synchronous_call_does_not_wait_out_a_refused_write_code(
    end_of: EndOf,
) -> None:
    transport = MemoryTransport([Answer(401)])
    client = end_of(
        Client(write_code=CODE, transport=transport, synchronous=True, timeout=50)
    )
    begun = monotonic()
    assert client.accept(track()) == QUEUED
    assert monotonic() - begun < 25


def test_what_a_synchronous_call_has_no_time_for_stays_queued(end_of: EndOf) -> None:
    transport = MemoryTransport([Answer(503, retry_after=300)])
    client = end_of(
        Client(write_code=CODE, transport=transport, synchronous=True, timeout=0.01)
    )
    assert client.accept(track("A")) == QUEUED
    client.configure(timeout=10)
    assert client.accept(track("B")) == DELIVERED
    assert [body["event"] for body in bodies(transport)] == ["A", "A", "B"]


def test_hooks_are_told_of_each_fate(end_of: EndOf, held: Held) -> None:
    told: list[tuple[str, object, str | None]] = []
    all_told = threading.Event()

    def hook(name: str) -> Callable[[Report], None]:
        def tell(report: Report) -> None:
            told.append((name, report.body["event"], report.reason))
            if len(told) == 3:
                all_told.set()

        return tell

    held.inner = MemoryTransport([Answer(200), Answer(400)])
    client = end_of(
        Client(
            write_code=CODE,
            transport=held,
            queue_size=2,
            on_delivered=hook("delivered"),
            on_failed=hook("failed"),
            on_dropped=hook("dropped"),
        )
    )
    for event in "ABC":
        client.accept(track(event))
    held.let_go.set()
    assert all_told.wait(10)
    assert sorted(told) == [
        ("delivered", "A", None),
        ("dropped", "C", "queue_full"),
        ("failed", "B", "http_400"),
    ]


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
def test_a_hook_may_raise_and_the_next_is_called_all_the_same(
    end_of: EndOf, caplog: pytest.LogCaptureFixture, error: type[BaseException]
) -> None:
    told = threading.Event()

    def hook(report: Report) -> None:
        if report.body["event"] == "A":
            raise error("the secret")
        told.set()

    client = end_of(
        Client(write_code=CODE, transport=MemoryTransport(), on_delivered=hook)
    )
    client.accept(track("A"))
    client.accept(track("B"))
    assert told.wait(10)
    assert error.__name__ in caplog.text
    assert "the secret" not in caplog.text


def test_a_hook_may_block_and_flush_without_holding_up_the_sender(
    end_of: EndOf,
) -> None:
    flushed = threading.Event()

    def hook(_report: Report) -> None:
        if client.flush(10):
            flushed.set()

    client = end_of(
        Client(write_code=CODE, transport=MemoryTransport(), on_delivered=hook)
    )
    client.accept(track("A"))
    client.accept(track("B"))
    assert flushed.wait(10)


def test_the_end_waits_for_the_hooks(end_of: EndOf) -> None:
    asked, told = threading.Event(), threading.Event()

    def hook(_report: Report) -> None:
        asked.wait(10)
        told.set()

    memory = MemoryTransport()
    client = end_of(Client(write_code=CODE, transport=memory, on_delivered=hook))
    client.accept(track("A"))
    assert client.flush(10)
    threading.Timer(0.1, asked.set).start()
    assert client.shutdown(10)
    assert told.is_set()


def calling(hook: Callable[[Report], object]) -> Client:
    """A client whose callers tell `hook` themselves, of each event they send."""
    return Client(
        write_code=CODE,
        transport=MemoryTransport(),
        synchronous=True,
        on_delivered=hook,
    )


def test_all_hooks_are_called_in_one_thread(end_of: EndOf) -> None:
    def accept() -> None:
        start.wait(10)
        client.accept(track())

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads meet where they seldom do
    try:
        for _ in range(20):
            callers: list[int] = []
            client = end_of(calling(lambda _, to=callers: to.append(get_ident())))
            start = threading.Barrier(8)
            threads = [threading.Thread(target=accept) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert client.shutdown(10)
            assert callers == callers[:1] * 8
    finally:
        sys.setswitchinterval(before)


@pytest.fixture
def no_thread_starts() -> Iterator[None]:
    """No process has room for a stack of 128 TB."""
    before = threading.stack_size(2**47)
    yield
    threading.stack_size(before)


@pytest.mark.usefixtures("no_thread_starts")
def test_where_no_thread_starts_the_end_calls_the_hooks(end_of: EndOf) -> None:
    told: list[object] = []
    client = end_of(calling(lambda report: told.append(report.body["event"])))
    client.accept(track("A"))
    client.accept(track("B"))
    assert told == []
    assert client.shutdown(10)
    assert told == ["A", "B"]


@pytest.mark.usefixtures("no_thread_starts")
def test_a_hook_that_the_end_calls_may_shut_down_too(end_of: EndOf) -> None:
    ended: list[bool] = []
    client = end_of(calling(lambda _: ended.append(client.shutdown(60))))
    client.accept(track())
    assert client.shutdown(10)
    assert ended == [True]


@pytest.mark.usefixtures("no_thread_starts")
def test_an_end_without_time_calls_no_hook_and_says_so(end_of: EndOf) -> None:
    client = end_of(calling(print))
    client.accept(track())
    assert not client.shutdown(0)


def test_hooks_are_told_of_what_the_exit_delivers(
    server: Server, python: Callable[..., CompletedProcess[str]]
) -> None:
    script = """
from trackplan.runtime.client import configure, current
from trackplan.runtime.wire import Record

configure(on_delivered=print)
current().accept(Record("track", "user-123", None, "A", {}, 0.0))
"""
    done = python(
        script,
        USERLENS_WRITE_CODE=CODE,
        USERLENS_EVENTS_URL=server.url,
        TRACKPLAN_SHUTDOWN_TIMEOUT="20",
    )
    assert (done.stdout, done.stderr) == ("Report('A', reason=None)\n", "")


def test_after_a_shutdown_the_end_waits_no_longer(end_of: EndOf, held: Held) -> None:
    client = end_of(Client(write_code=CODE, transport=held))
    client.configure(shutdown_timeout=60)
    client.accept(track("A"))
    assert held.asked.wait(10)
    client.shutdown(0.05)
    end = threading.Thread(target=client.end)
    end.start()
    end.join(5)
    is_over = not end.is_alive()
    held.let_go.set()
    assert is_over


def test_an_end_that_comes_during_a_shutdown_cuts_nothing_short(
    end_of: EndOf, held: Held
) -> None:
    client = end_of(Client(write_code=CODE, transport=held))
    client.configure(shutdown_timeout=30)
    client.accept(track("A"))
    assert held.asked.wait(10)
    both = [threading.Thread(target=end) for end in (client.shutdown, client.end)]
    both[0].start()
    while client.accept(track("B")).reason != "shutdown":
        pass
    both[1].start()
    both[1].join(0.5)
    held.let_go.set()
    for thread in both:
        thread.join()
    assert client.stats().delivered == 1


def test_a_report_of_what_is_no_event_can_be_shown() -> None:
    body: Any = "garbage"
    assert repr(Report(body, "not_an_event")) == "Report(None, reason='not_an_event')"


def test_a_report_shows_no_user_and_no_data() -> None:
    report = Report({"event": "A", "userId": "jane", "properties": {"n": 1}}, None)
    assert repr(report) == "Report('A', reason=None)"
