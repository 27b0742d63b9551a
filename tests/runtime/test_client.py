from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

from trackplan.runtime.client import Client, observed
from trackplan.runtime.counts import Stats
from trackplan.runtime.delivery.transport import Answer, MemoryTransport, Request
from trackplan.runtime.errors import ConfigurationError
from trackplan.runtime.wire import Record, authorization

if TYPE_CHECKING:
    from tests.runtime.conftest import Server

CODE = "wc-0123456789"
EndOf = Callable[[Client], Client]
Python = Callable[..., CompletedProcess[str]]

PRELUDE = """
import os, sys
from trackplan.runtime.client import current
from trackplan.runtime.delivery.transport import MemoryTransport
from trackplan.runtime.wire import Record

def track(event):
    current().accept(Record("track", "user-123", None, event, {}, 0.0))
"""


def track(event: str = "Report Exported", **properties: object) -> Record:
    return Record("track", "user-123", None, event, properties, 0.0)


def test_a_record_reaches_the_server(server: Server, end_of: EndOf) -> None:
    client = end_of(Client(write_code=CODE, events_url=server.url))
    client.accept(track(format="csv"))
    assert client.flush(10)
    received = server.requests[0]
    assert received.path == "/event"
    assert received.headers["authorization"] == authorization(CODE)
    assert received.body == {
        "type": "track",
        "userId": "user-123",
        "source": "userlens-restapi",
        "event": "Report Exported",
        "properties": {"format": "csv"},
        "timestamp": "1970-01-01T00:00:00.000Z",
    }


def test_every_record_is_counted_once(end_of: EndOf) -> None:
    transport = MemoryTransport([Answer(400), Answer(200)])
    client = end_of(Client(write_code=CODE, transport=transport))
    client.accept(track())
    client.accept(track())
    client.set_aside(track(), "violation")
    client.count_violation()
    assert client.flush(10)
    stats = client.stats()
    assert stats == Stats(3, 1, 0, 2, 1, {"http_400": 1, "violation": 1})


def test_threads_lose_no_record(end_of: EndOf) -> None:
    client = end_of(Client(write_code=CODE, transport=MemoryTransport()))

    def accept_many() -> None:
        for _ in range(1000):
            client.accept(track())

    threads = [threading.Thread(target=accept_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(10)
    assert client.stats()[:4] == (4000, 4000, 0, 0)


def test_stats_can_be_read_twice(end_of: EndOf) -> None:
    client = end_of(Client())
    client.set_aside(track(), "violation")
    assert client.stats() == client.stats()


def test_without_a_write_code_records_are_set_aside(end_of: EndOf) -> None:
    client = end_of(Client(transport=MemoryTransport()))
    client.accept(track())
    assert client.stats().reasons == {"no_write_code": 1}


def test_without_a_write_code_one_error_tells_the_cure(
    end_of: EndOf, caplog: pytest.LogCaptureFixture
) -> None:
    client = end_of(Client(transport=MemoryTransport()))
    client.accept(track())
    client.accept(track())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "set USERLENS_WRITE_CODE" in caplog.text


def test_the_log_carries_event_and_reason_for_machines(
    end_of: EndOf, caplog: pytest.LogCaptureFixture
) -> None:
    transport = MemoryTransport([Answer(400)])
    client = end_of(Client(write_code=CODE, transport=transport))
    client.accept(track(email="jane@example.com"))
    assert client.flush(10)
    fields = vars(caplog.records[0])
    assert fields["trackplan_event"] == "Report Exported"
    assert fields["trackplan_reason"] == "http_400"
    assert "jane" not in str(fields)


def test_under_pytest_records_are_set_aside_in_silence(
    end_of: EndOf, caplog: pytest.LogCaptureFixture
) -> None:
    client = end_of(Client(write_code=CODE))
    client.accept(track())
    assert client.stats().reasons == {"not_delivering": 1}
    assert caplog.records == []


def test_a_full_queue_drops_and_counts(
    end_of: EndOf, caplog: pytest.LogCaptureFixture
) -> None:
    opened = threading.Event()

    def wait(_request: Request) -> Answer:
        assert opened.wait(10)
        return Answer(200)

    transport = MemoryTransport(wait)
    client = end_of(Client(write_code=CODE, transport=transport, queue_size=2))
    for _ in range(5):
        client.accept(track())
    opened.set()
    assert client.flush(10)
    assert client.stats() == Stats(5, 2, 0, 3, 0, {"queue_full": 3})
    assert len(caplog.records) == 1


def test_after_a_shutdown_records_are_set_aside(end_of: EndOf) -> None:
    client = end_of(Client(write_code=CODE, transport=MemoryTransport()))
    assert client.shutdown()
    client.accept(track())
    assert client.stats().reasons == {"shutdown": 1}


def test_a_refused_change_changes_nothing(end_of: EndOf) -> None:
    client = end_of(Client(write_code=CODE))
    before = client.settings
    with pytest.raises(ConfigurationError):
        client.configure(timeout=3, queue_size=0)
    assert client.settings == before


def test_changes_add_up(end_of: EndOf) -> None:
    client = end_of(Client(timeout=3))
    client.configure(queue_size=9)
    assert (client.settings.timeout, client.settings.queue_size) == (3, 9)


def test_what_cannot_send_is_no_transport() -> None:
    with pytest.raises(ConfigurationError, match="`transport` must have"):
        Client(transport=object())  # type: ignore[arg-type]


def test_a_write_code_given_later_is_used(end_of: EndOf) -> None:
    memory = MemoryTransport()
    client = end_of(Client(transport=memory))
    client.configure(write_code=CODE)
    client.accept(track())
    assert client.flush(10)
    assert len(memory.requests) == 1


def test_a_transport_that_is_replaced_keeps_no_thread(
    server: Server, end_of: EndOf
) -> None:
    def watches() -> set[threading.Thread]:
        return {t for t in threading.enumerate() if t.name == "trackplan-watch"}

    others = watches()
    client = end_of(Client(write_code=CODE, events_url=server.url))
    client.accept(track())
    assert client.flush(10)
    (watch,) = watches() - others
    client.configure(proxy=server.url)
    watch.join(10)
    assert not watch.is_alive()


def test_a_wrong_variable_is_logged_once(
    end_of: EndOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TRACKPLAN_TIMEOUT", "soon")
    client = end_of(Client())
    client.configure(queue_size=9)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "TRACKPLAN_TIMEOUT" in caplog.text


def test_the_write_code_is_never_logged(
    end_of: EndOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv("USERLENS_WRITE_CODE", f"{CODE}\n{CODE}")
    transport = MemoryTransport([Answer(401), Answer(400)])
    client = end_of(Client(transport=transport))
    client.configure(write_code=CODE)
    client.accept(track())
    client.shutdown(10)
    assert "401" in caplog.text
    assert CODE not in caplog.text


def test_the_exit_of_a_process_sends_what_waits(server: Server, python: Python) -> None:
    script = PRELUDE + "for number in range(20): track(f'Event {number}')"
    done = python(script, USERLENS_WRITE_CODE=CODE, USERLENS_EVENTS_URL=server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert server.events() == [f"Event {number}" for number in range(20)]


def test_the_exit_of_a_process_is_bounded(server: Server, python: Python) -> None:
    server.reply(503, Retry_After="300")
    done = python(
        PRELUDE + "track('A')",
        USERLENS_WRITE_CODE=CODE,
        USERLENS_EVENTS_URL=server.url,
        TRACKPLAN_SHUTDOWN_TIMEOUT="20",
    )
    assert done.returncode == 0
    assert "1 events could not be sent before the shutdown" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_child_starts_from_zero_and_sends(
    server: Server, python: Python
) -> None:
    script = """
track("Parent")
if (child := os.fork()) == 0:
    fresh = current().stats()[:4] == (0, 0, 0, 0)
    track("Child")
    os._exit(0 if fresh and current().shutdown(20) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    done = python(
        PRELUDE + script, USERLENS_WRITE_CODE=CODE, USERLENS_EVENTS_URL=server.url
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(map(str, server.events())) == ["Child", "Parent"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_does_not_share_the_connection_of_its_parent(
    server: Server, python: Python
) -> None:
    script = """
track("Parent")
assert current().flush(20)
if (child := os.fork()) == 0:
    track("Child")
    os._exit(0 if current().shutdown(20) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    done = python(
        PRELUDE + script, USERLENS_WRITE_CODE=CODE, USERLENS_EVENTS_URL=server.url
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len({request.connection for request in server.requests}) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_a_signal_handler_may_call_at_any_moment(python: Python) -> None:
    script = """
import signal
current().configure(write_code="wc-0123456789", transport=MemoryTransport())
handled = direct = 0

def handle(*_):
    global handled
    handled += 1
    track("Handled")

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
while handled < 20:
    direct += 1
    track("Direct")
signal.setitimer(signal.ITIMER_REAL, 0)
assert current().flush(20)
stats = current().stats()
assert stats.accepted == stats.delivered + stats.set_aside == handled + direct, stats
"""
    done = python(PRELUDE + script)
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_runtime_loads_nothing_heavy(python: Python) -> None:
    script = """
import sys, trackplan.runtime
heavy = "httpx httpcore ssl json logging dataclasses inspect asyncio urllib.request"
tools = "jsonschema yaml jinja2 click rich starlette"
later = "binascii signal weakref trackplan.runtime.configuration"
unwanted = f"{heavy} {tools} {later}".split()
print("loaded:", *sorted(sys.modules.keys() & unwanted))
"""
    assert python(script).stdout == "loaded:\n"


def test_importing_the_runtime_compiles_no_text(python: Python) -> None:
    """`typing` compiles annotations that are texts: 3 ms for the first, 0.1 for more."""
    script = """
import builtins
real = builtins.compile

def compile(source, *options, **others):
    assert not isinstance(source, str), source
    return real(source, *options, **others)

builtins.compile = compile
import trackplan.runtime.contract, trackplan.runtime.validate
import trackplan.runtime.delivery.folder, trackplan.runtime.delivery.spool
"""
    assert python(script).stderr == ""


def test_configure_imports_what_the_first_delivery_needs(python: Python) -> None:
    script = (
        "import sys\n"
        "from trackplan.runtime import configure\n"
        "configure(write_code='wc-0123456789', deliver=True)\n"
        "assert 'httpx' in sys.modules"
    )
    assert python(script).returncode == 0


def test_configure_survives_certificates_that_cannot_be_read(python: Python) -> None:
    script = (
        "from trackplan.runtime import configure\n"
        "configure(write_code='wc-0123456789', deliver=True, ca_file=__name__)"
    )
    assert python(script).stderr == ""


def test_an_observer_is_told_of_what_is_sent_kept_and_collected(end_of: EndOf) -> None:
    told: list[Record] = []
    with observed(told.append):
        client = end_of(Client(write_code=CODE, transport=MemoryTransport()))
        client.accept(track("Sent"))
        client.configure(deliver=False)
        client.accept(track("Kept"))
        with client.diverted(lambda _record: None):
            client.accept(track("Collected"))
        client.set_aside(track("Broken"), "violation")
    assert [record.event for record in told] == ["Sent", "Kept", "Collected"]
    assert client.stats().accepted == 3


def test_an_observer_makes_no_client_and_ends_with_its_block(python: Python) -> None:
    script = (
        PRELUDE
        + """
from trackplan.runtime import client
told = []
with client.observed(told.append):
    assert not client._shared
    track("A")
    with client.observed(told.append):
        track("B")
track("C")
print(*(record.event for record in told))
"""
    )
    assert python(script, TRACKPLAN_DELIVER="false").stdout == "A B B\n"


def test_the_module_functions_share_one_client(python: Python) -> None:
    script = (
        PRELUDE
        + """
from trackplan import runtime
runtime.configure(write_code="wc-0123456789", transport=MemoryTransport())
track("A")
assert runtime.flush(20)
assert runtime.stats() == runtime.Stats(1, 1, 0, 0, 0, {})
assert runtime.shutdown(20)
"""
    )
    done = python(script)
    assert (done.returncode, done.stderr) == (0, "")
