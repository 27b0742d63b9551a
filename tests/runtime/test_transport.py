from __future__ import annotations

import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.utils import formatdate
from functools import partial
from pathlib import Path
from time import sleep, time
from typing import TYPE_CHECKING

import pytest
import trustme

from trackplan.runtime.delivery import http as http_module
from trackplan.runtime.delivery.http import HttpxTransport, retry_after
from trackplan.runtime.delivery.transport import (
    Answer,
    MemoryTransport,
    Request,
    TransportError,
)
from trackplan.runtime.delivery.watch import Watch

if TYPE_CHECKING:
    from tests.runtime.conftest import Server


@pytest.fixture(params=["httpx", "httpx2"])
def http(request: pytest.FixtureRequest) -> Iterator[HttpxTransport]:
    transport = HttpxTransport(library=request.param)
    yield transport
    transport.close()


def request_to(url: str) -> Request:
    return Request(f"{url}/event", {"Authorization": "Basic c2VjcmV0"}, b'{"a":1}')


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_request_arrives_as_it_was_given(
    server: Server, http: HttpxTransport
) -> None:
    http.send(request_to(server.url))
    received = server.requests[0]
    assert (received.path, received.body) == ("/event", {"a": 1})
    assert received.headers["authorization"] == "Basic c2VjcmV0"


def test_the_status_is_the_answer(server: Server, http: HttpxTransport) -> None:
    server.reply(413)
    assert http.send(request_to(server.url)) == Answer(413)


def test_a_connection_is_kept(server: Server, http: HttpxTransport) -> None:
    http.send(request_to(server.url))
    http.send(request_to(server.url))
    assert len({received.connection for received in server.requests}) == 1


def test_a_stale_connection_is_replaced_at_once(
    server: Server, http: HttpxTransport
) -> None:
    server.reply(200)
    server.reply(drop=True)
    http.send(request_to(server.url))
    assert http.send(request_to(server.url)) == Answer(200)
    assert len(server.requests) == 3


def test_a_connection_that_nobody_needs_is_closed(
    http: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sending() -> threading.Thread:
        thread = threading.Thread(target=http.send, args=(request,))
        thread.start()
        return thread

    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        request = request_to(f"http://127.0.0.1:{listener.getsockname()[1]}")
        both = [sending(), sending()]
        opened = [stack.enter_context(listener.accept()[0]) for _ in both]
        assert [*map(answer, opened)] == [True, True]
        for thread in both:
            thread.join()
        monkeypatch.setattr(http_module, "KEPT_ALIVE", 0.0)
        third = sending()
        assert sorted(map(answer, opened)) == [False, True]
        third.join()


def test_a_transport_that_nobody_uses_closes_its_connections() -> None:
    http = HttpxTransport()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        request = request_to(f"http://127.0.0.1:{listener.getsockname()[1]}")
        sender = threading.Thread(target=http.send, args=(request,))
        sender.start()
        with listener.accept()[0] as opened:
            assert answer(opened)
            sender.join()
            del http
            assert not answer(opened)


def answer(connection: socket.socket) -> bool:
    """Answer a request with 200; False when the connection was closed instead."""
    connection.settimeout(10)
    request = b""
    while not request.endswith(b"}"):  # headers and body may come apart
        if not (part := connection.recv(65536)):
            return False
        request += part
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return True


def test_a_request_that_must_not_repeat_is_written_once(
    server: Server, http: HttpxTransport
) -> None:
    server.reply(200)
    server.reply(drop=True)
    http.send(request_to(server.url))
    with pytest.raises(TransportError, match="closed the connection") as caught:
        http.send(request_to(server.url)._replace(may_repeat=False))
    assert caught.value.written
    assert len(server.requests) == 2


def test_what_a_broken_answer_repeats_is_not_told(http: HttpxTransport) -> None:
    def echo(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nAuthorization : the code\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo, args=(listener,)).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(TransportError) as caught:
            http.send(request_to(url))
    assert str(caught.value) == "RemoteProtocolError"


def test_a_fresh_connection_without_an_answer_is_an_error(
    server: Server, http: HttpxTransport
) -> None:
    server.reply(drop=True)
    with pytest.raises(TransportError) as caught:
        http.send(request_to(server.url))
    assert caught.value.written
    assert len(server.requests) == 1


def test_a_refused_connection_has_written_nothing(
    closed_port: str, http: HttpxTransport
) -> None:
    with pytest.raises(TransportError, match="ConnectError") as caught:
        http.send(request_to(closed_port))
    assert not caught.value.written


def test_a_time_out_may_have_written(http: HttpxTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            TransportError, match=r"took too long|ReadTimeout"
        ) as caught:
            http.send(request_to(url)._replace(timeout=0.05))
    assert caught.value.written


def test_a_handshake_that_ends_too_late_has_written_nothing(
    http: HttpxTransport,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TransportError) as caught:
            http.send(request_to(url)._replace(timeout=0.2))
    assert not caught.value.written


def test_what_interrupts_a_request_under_way_may_have_written(
    http: HttpxTransport,
) -> None:
    class TimeLimitError(Exception):
        pass

    def limit(*_: object) -> None:
        raise TimeLimitError

    done = threading.Event()

    def interrupt_once_asked(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
            done.wait(10)

    before = signal.signal(signal.SIGUSR1, limit)
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = threading.Thread(target=interrupt_once_asked, args=(listener,))
            server.start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(TransportError, match="TimeLimitError") as caught:
                http.send(request_to(url))
            done.set()
            server.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert caught.value.written


def test_an_answer_that_drips_is_cut_off(http: HttpxTransport) -> None:
    with dripping(lambda plain: plain) as port:
        request = request_to(f"http://127.0.0.1:{port}")._replace(timeout=0.5)
        with pytest.raises(TransportError, match="took too long"):
            http.send(request)


def test_an_answer_that_drips_over_tls_is_cut_off(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    http = HttpxTransport(ca_file=tmp_path / "ca.pem")
    with dripping(partial(context.wrap_socket, server_side=True)) as port:
        request = request_to(f"https://localhost:{port}")._replace(timeout=0.5)
        with pytest.raises(TransportError, match="took too long"):
            http.send(request)
    http.close()


def test_an_exchange_is_cut_until_it_ends() -> None:
    cuts = threading.Semaphore(0)
    with Watch().over(0.0, cuts.release):
        assert cuts.acquire(timeout=10)
        assert cuts.acquire(timeout=10)


def test_a_deadline_that_falls_in_a_handshake_is_kept(tmp_path: Path) -> None:
    def shake_hands_late(plain: socket.socket) -> socket.socket:
        plain.recv(65536)
        sleep(0.35)
        plain.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        sleep(0.3)  # the time runs out meanwhile; on a busy machine, somewhere else
        return context.wrap_socket(plain, server_side=True)

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("events.test").configure_cert(context)
    with dripping(shake_hands_late) as port:
        http = HttpxTransport(f"http://127.0.0.1:{port}", tmp_path / "ca.pem")
        request = request_to("https://events.test")._replace(timeout=0.5)
        with pytest.raises(TransportError, match="took too long"):
            http.send(request)
    http.close()


@contextmanager
def dripping(wrap: Callable[[socket.socket], socket.socket]) -> Iterator[int]:
    """A server that sends header bytes, each well in time, for seconds on end."""

    def drip() -> None:
        plain, _ = listener.accept()
        with suppress(OSError), wrap(plain) as connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            connection.settimeout(0.05)
            for _ in range(100):
                connection.sendall(b"x")
                with suppress(TimeoutError):
                    if connection.recv(65536) == b"":
                        break
            else:
                outlasted.set()

    outlasted = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()
    assert not outlasted.is_set(), "the client waited for the whole of it"


def test_a_connection_that_was_cut_off_is_not_used_again(
    server: Server, http: HttpxTransport
) -> None:
    test_an_answer_that_drips_is_cut_off(http)
    assert http.send(request_to(server.url)) == Answer(200)


def test_a_proxy_can_be_set(server: Server) -> None:
    http = HttpxTransport(proxy=server.url)
    http.send(request_to("http://events.invalid"))
    http.close()
    assert server.requests[0].path == "http://events.invalid/event"


def test_certificates_of_ones_own_can_be_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = HttpxTransport(ca_file=tmp_path / "ca.pem")
    with tls_server(context) as url:
        assert trusting.send(request_to(url)) == Answer(200)
    trusting.close()


def test_an_unknown_certificate_is_refused_and_nothing_written(
    http: HttpxTransport,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with (
        tls_server(context) as url,
        pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED") as caught,
    ):
        http.send(request_to(url))
    assert not caught.value.written


@contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[str]:
    """A server that takes one connection and answers one request with 200."""

    def serve() -> None:
        plain, _ = listener.accept()
        with plain, suppress(OSError), context.wrap_socket(plain, True) as connection:
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        thread.join()


def test_redirects_are_not_followed(server: Server, http: HttpxTransport) -> None:
    server.reply(302, Location=f"{server.url}/elsewhere")
    assert http.send(request_to(server.url)) == Answer(302)
    assert len(server.requests) == 1


def test_retry_after_comes_with_the_answer(
    server: Server, http: HttpxTransport
) -> None:
    server.reply(429, Retry_After="7")
    assert http.send(request_to(server.url)) == Answer(429, 7.0)


@pytest.mark.parametrize("body", [b"<html>", b"x" * 1_000_000])
def test_the_body_does_not_matter(
    server: Server, http: HttpxTransport, body: bytes
) -> None:
    server.reply(200, body, Content_Encoding="gzip")
    assert http.send(request_to(server.url)) == Answer(200)


def test_no_request_is_logged(
    server: Server, http: HttpxTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    http.send(request_to(server.url))
    assert caplog.records == []


def test_the_proxy_of_the_environment_is_used(
    server: Server, http: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url.removeprefix("http://"))
    http.send(request_to("http://userlens.invalid"))
    assert server.requests[0].path == "http://userlens.invalid/event"


def test_no_proxy_is_honoured(
    server: Server, http: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "userlens.invalid")
    with pytest.raises(TransportError):
        http.send(request_to("http://userlens.invalid"))
    assert server.requests == []


def test_this_machine_is_reached_without_a_proxy(
    server: Server,
    closed_port: str,
    http: HttpxTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port)
    assert http.send(request_to(server.url)) == Answer(200)


def test_a_bad_proxy_variable_is_a_transport_error_that_hides_it(
    http: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://user:hunter2@proxy")
    with pytest.raises(TransportError, match="the variables of proxies") as caught:
        http.send(request_to("http://userlens.invalid"))
    assert "hunter2" not in str(caught.value)


def test_a_bad_certificate_file_is_a_transport_error(
    http: HttpxTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/does/not/exist.pem")
    with pytest.raises(TransportError, match="SSL_CERT_FILE") as caught:
        http.send(request_to("https://userlens.invalid"))
    assert not caught.value.written


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Wed, 99 Foo", None),
        ("12", 12.0),
        (" 1.5 ", 1.5),
        ("-3", 0.0),
        ("99999999", 300.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_takes_seconds_and_dates_and_survives_garbage(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after(header) == seconds


def test_a_date_far_off_is_capped() -> None:
    assert retry_after(formatdate(time() + 86_400, usegmt=True)) == 300.0


def test_a_request_hides_headers_and_body() -> None:
    shown = repr(Request("https://x/event", {"Authorization": "s3cret"}, b"p3rsonal"))
    assert shown == "Request('https://x/event', 8 bytes)"


def test_memory_answers_in_turn_then_200() -> None:
    memory = MemoryTransport([Answer(500), Answer(400)])
    answers = [memory.send(request_to("http://x")) for _ in range(3)]
    assert answers == [Answer(500), Answer(400), Answer(200)]
    assert len(memory.requests) == 3


def test_memory_raises_a_scripted_error() -> None:
    memory = MemoryTransport([TransportError("reset", written=True)])
    with pytest.raises(TransportError, match="reset"):
        memory.send(request_to("http://x"))


def test_memory_asks_a_callable() -> None:
    memory = MemoryTransport(lambda request: Answer(len(request.body)))
    assert memory.send(request_to("http://x")) == Answer(7)
