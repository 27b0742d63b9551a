"""The collector on a port: in the background, or in the foreground until Ctrl-C."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Self

import uvicorn
from starlette.applications import Starlette

from trackplan.runtime.errors import ConfigurationError


class Server:
    """Runs `app` on 127.0.0.1 in a thread of its own, for the time of a `with` block.

    Port 0 takes any free port; `url`, set on entering, names the one it is. Entering
    raises ConfigurationError where it cannot listen.
    """

    url: str

    def __init__(self, app: Starlette, port: int = 0) -> None:
        self._server = uvicorn.Server(_settings(app))
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
    """Run `app` until Ctrl-C; call `ready` with its URL as soon as it can be reached.

    For the main thread. Port 0 takes any free port. Raises ConfigurationError where it
    cannot listen.
    """
    with _listen(host, port) as listening, suppress(KeyboardInterrupt):
        ready(_url(listening))
        uvicorn.Server(_settings(app)).run([listening])


def _settings(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
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
