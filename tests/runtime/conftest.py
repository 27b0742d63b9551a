"""A real HTTP server on the loopback, clients that end, subprocesses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from trackplan.runtime.client import Client
from trackplan.runtime.delivery.transport import Answer, MemoryTransport, Request

NO_FORK_WARNING = "ignore:This process:DeprecationWarning"
"""Python 3.12 and later warn of every fork beside a thread, also where it is safe."""


class Received(NamedTuple):
    """One request, as the server saw it."""

    path: str
    headers: dict[str, str]
    body: dict[str, object]
    connection: tuple[str, int]


class Reply(NamedTuple):
    """What the server answers; `drop` closes the connection instead."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    drop: bool


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error here."""


class Server:
    """A scripted server: answers as told by `reply`, in turn, and 200 from then on."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.requests: list[Received] = []
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def reply(
        self, status: int = 200, body: bytes = b"", drop: bool = False, **headers: str
    ) -> None:
        """Answer so after what was said before; header names take _ for -."""
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.replies.append(Reply(status, tuple(named), body, drop))

    def take(self, received: Received) -> Reply:
        with self._lock:
            self.requests.append(received)
            return self.replies.pop(0) if self.replies else Reply(200, (), b"", False)

    def events(self) -> list[object]:
        """The names of the events, in the order of their arrival."""
        return [request.body.get("event") for request in self.requests]

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                host, port = self.client_address[:2]
                received = Received(
                    self.path, headers, json.loads(content), (str(host), port)
                )
                reply = server.take(received)
                if reply.drop:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("USERLENS_", "TRACKPLAN_")) or name.lower().endswith(
            "_proxy"
        ):
            monkeypatch.delenv(name)


@pytest.fixture
def end_of() -> Iterator[Callable[[Client], Client]]:
    """Registers a client to be shut down when the test ends."""
    clients: list[Client] = []

    def register(client: Client) -> Client:
        clients.append(client)
        return client

    yield register
    for client in clients:
        client.shutdown(timeout=0)


class Held:
    """A transport that answers nothing before it is let go, then 200."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()
        self.inner = MemoryTransport()

    def send(self, request: Request) -> Answer:
        self.asked.set()
        assert self.let_go.wait(10)
        return self.inner.send(request)


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.let_go.set()


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script in an interpreter of its own, with more environment variables."""

    def run(script: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", NO_FORK_WARNING, "-c", script],
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
