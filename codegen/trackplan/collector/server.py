"""The collector on a port: in the background, or in the foreground until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable
from functools import partial
from threading import Thread
from types import FrameType
from typing import Self, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from trackplan.runtime.errors import ConfigurationError

from .faults import RESET


class Server:
    """Runs `app` on 127.0.0.1 in a thread of its own, for the time of a `with` block.

    Port 0 takes any free port; `url`, set on entering, names the one it is. Entering
    raises ConfigurationError where it cannot listen.
    """

    url: str

    def __init__(self, app: Starlette, port: int = 0) -> None:
        self._server = _Uvicorn(_settings(app))
        self._port = port

    def __enter__(self) -> Self:
        self._socket = _listen("127.0.0.1", self._port)
        self.url = _url(self._socket)
        # No need to wait for the thread: what connects before it is up queues up.
        self._thread = Thread(
            target=self._server.run, args=([self._socket],), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def serve(
    app: Starlette,
    host: str,
    port: int,
    ready: Callable[[str], object] = lambda url: None,
) -> None:
    """Run `app` until Ctrl-C or SIGTERM; call `ready` with its URL once it listens.

    For the main thread. Port 0 takes any free port. Raises ConfigurationError where it
    cannot listen.
    """
    with _listen(host, port) as listening:
        ready(_url(listening))
        _Uvicorn(_settings(app)).run([listening])


class _Uvicorn(uvicorn.Server):
    """Ends the streams of the app before it waits for its connections.

    And leaves it to the caller how the process ends after a signal.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True  # a second signal need not force it: it takes a second

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        close_streams = cast("Starlette", self.config.app).state.close_streams
        close_streams()
        await super().shutdown(sockets)


class _Protocol(H11Protocol):
    """HTTP that can be told, by an ASGI extension, to reset its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so itself, but not for a socket that was made for it.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        app = self.app

        async def resettable(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {RESET: partial(_reset, transport)}
            await app(scope, receive, send)

        self.app = resettable


def _reset(transport: asyncio.Transport) -> None:
    linger_not = struct.pack("ii", 1, 0)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    transport.abort()


def _settings(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=_Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            why = "the port is in use; stop what listens there or choose another port"
        else:
            why = f"{str(error).rstrip('.')}; choose another host or port"
        raise ConfigurationError(f"Cannot listen on {host}:{port}: {why}.") from error


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
