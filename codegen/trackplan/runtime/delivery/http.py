"""The transport over httpx, the only module that imports it."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial
from importlib import import_module
from threading import Lock
from time import monotonic, sleep, time
from types import ModuleType
from typing import TYPE_CHECKING

from trackplan.runtime.settings import Path, is_loopback

from .forking import fork_gate, preload
from .pace import GIVES_WAY
from .transport import Answer, Request, TransportError
from .watch import Watch

if TYPE_CHECKING:
    import socket
    import ssl

    import httpx

LONGEST_RETRY_AFTER = 300.0
LONGEST_BODY = 65_536
KEPT_ALIVE = 30.0
"""Seconds for which a connection without requests is kept."""
NEEDED = ("email.utils", "encodings.idna", "urllib.request")


class Connection:
    """A pool of httpx of one connection, and the socket in use, to cut it off."""

    def __init__(self, pool: httpx.HTTPTransport) -> None:
        self.pool = pool
        self._socket: socket.socket | None = None
        self._is_new = False
        self.used_at = 0.0
        self.is_writing = False
        """Whether the request, or one to a proxy for it, has begun to be written."""

    def prepare(self, request: Request, library: ModuleType) -> httpx.Request:
        """The request as httpx takes it, and told to say when it connects."""
        self._is_new = self.is_writing = False
        self.used_at = monotonic()
        steps = dict.fromkeys(("connect", "read", "write", "pool"), request.timeout)
        prepared: httpx.Request = library.Request(
            "POST",
            request.url,
            headers=dict(request.headers),
            content=request.body,
            extensions={"timeout": steps, "trace": self._trace},
        )
        return prepared

    def was_closed(self, error: Exception) -> bool:
        """Whether `error` says no more than that a kept connection had ended."""
        return not self._is_new and str(error) == _CLOSED

    def cut(self) -> None:
        """End what is under way on the connection, from another thread."""
        import socket

        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)

    def _trace(self, step: str, info: dict[str, object]) -> None:
        # TLS takes the socket over: the one it was given is of no use from then on.
        if step.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._is_new = True
            stream = info.get("return_value")
            if get := getattr(stream, "get_extra_info", None):
                self._socket = get("socket")
            sleep(GIVES_WAY)
        self.is_writing |= step.endswith("send_request_headers.started")


class HttpxTransport:
    """HTTP/1.1 over httpx: kept-alive connections, no redirects.

    httpx is imported at the first `send`, or else the compatible `library` of that
    name. `proxy` is a URL (by default, what the environment says), `ca_file` a file of
    certificates to trust instead of the usual ones. Any thread may call `send`; each
    request under way has a connection of its own. A forked child needs a new one. Once
    nobody holds the transport any more, its connections close and its thread ends.
    """

    def __init__(
        self,
        proxy: str | None = None,
        ca_file: Path | None = None,
        library: str = "httpx",
    ) -> None:
        from weakref import finalize  # here, where logging has loaded it already

        self._proxy = proxy
        self._ca_file = ca_file
        self._name = library
        self._library: ModuleType | None = None
        self._free: dict[str, list[Connection]] = {}
        self._trust: ssl.SSLContext | None = None
        self._opening = Lock()
        self._watch = Watch()
        finalize(self, _close, self._free, self._watch).atexit = False

    def prepare(self) -> None:
        """Do now what the first `send` would: import, and read the certificates.

        Raises nothing: what goes wrong goes wrong again in `send`, which reports it.
        """
        with suppress(Exception):
            self._prepared()

    def send(self, request: Request) -> Answer:
        """Send; a kept connection that the server has closed is replaced at once.

        So a server that closes without an answer may get a request twice, unless the
        request says that it may not.
        """
        try:
            library, trust = self._prepared()
            free, connection = self._connection(request.url, library, trust)
        except Exception as error:
            # The error's own text may repeat a proxy's password.
            hint = (
                "check TRACKPLAN_PROXY and TRACKPLAN_CA_FILE or, without them, the "
                "variables of proxies, SSL_CERT_FILE and SSL_CERT_DIR"
            )
            message = f"{type(error).__name__}: {hint}"
            raise TransportError(message, written=False) from None
        try:
            exchange = partial(self._exchange, connection, request, library)
            answer = exchange()
            if answer is None and request.may_repeat:
                answer = exchange()
        finally:
            free.append(connection)
        if answer is None:
            raise TransportError("the server closed the connection", written=True)
        return answer

    def close(self) -> None:
        """Close the connections that are free; a later `send` opens new ones."""
        _close(self._free, self._watch)

    def _prepared(self) -> tuple[ModuleType, ssl.SSLContext]:
        library = self._library = self._library or _load(self._name)
        if self._trust is None:
            with self._opening, fork_gate():  # OpenSSL has locks too
                self._trust = self._trust or _trusted(self._ca_file, library)
        return library, self._trust

    def _connection(
        self, url: str, library: ModuleType, trust: ssl.SSLContext
    ) -> tuple[list[Connection], Connection]:
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        free = self._free.setdefault(f"{parts.scheme}://{parts.netloc}", [])
        with suppress(IndexError):
            connection = free.pop()
            self._close_stale()
            return free, connection
        with self._opening, fork_gate():
            pool = library.HTTPTransport(
                verify=trust,
                proxy=proxy_for(self._proxy, parts.scheme, parts.netloc),
                limits=library.Limits(max_connections=1, keepalive_expiry=KEPT_ALIVE),
            )
        return free, Connection(pool)

    def _close_stale(self) -> None:
        """Close what requests had no need of lately: the first in each list."""
        before = monotonic() - KEPT_ALIVE
        for free in list(self._free.values()):
            with suppress(IndexError):
                while free[0].used_at < before:
                    free.pop(0).pool.close()

    def _exchange(
        self, connection: Connection, request: Request, library: ModuleType
    ) -> Answer | None:
        """The answer; None when a kept connection turned out to be closed."""
        prepared = connection.prepare(request, library)
        with self._watch.over(request.timeout, connection.cut) as watched:
            try:
                response = connection.pool.handle_request(prepared)
            except Exception as error:
                if not watched.is_cut and connection.was_closed(error):
                    return None
                failure = _failure(error, library, connection.is_writing)
                if watched.is_cut and failure.written:
                    failure = TransportError("the answer took too long", written=True)
                raise failure from None
            _drain(response)
        return Answer(
            response.status_code, retry_after(response.headers.get("Retry-After"))
        )


def _close(connections: dict[str, list[Connection]], watch: Watch) -> None:
    for free in list(connections.values()):
        with suppress(IndexError):  # another thread may take the last
            while free:
                free.pop().pool.close()
    watch.end()


def _load(name: str) -> ModuleType:
    preload(*NEEDED, "h11", name.replace("httpx", "httpcore"), name)
    return import_module(name)


def _trusted(ca_file: Path | None, library: ModuleType) -> ssl.SSLContext:
    if ca_file:
        import ssl

        return ssl.create_default_context(cafile=ca_file)
    context: ssl.SSLContext = library.create_ssl_context()
    return context


def proxy_for(setting: str | None, scheme: str, netloc: str) -> str | None:
    from urllib.request import getproxies, proxy_bypass

    if setting:
        return setting
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    # A collector on this machine is out of reach for a proxy.
    if not proxy or proxy_bypass(netloc) or is_loopback(f"//{netloc}"):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _failure(error: Exception, library: ModuleType, is_writing: bool) -> TransportError:
    name = type(error).__name__
    if not isinstance(error, library.TransportError):
        return TransportError(name, is_writing)  # its text may quote the request
    unwritten = (library.ConnectError, library.ConnectTimeout, library.ProxyError)
    is_quoting = isinstance(error, library.ProtocolError) and str(error) != _CLOSED
    text = name if is_quoting else f"{name}: {error}"
    return TransportError(text, not isinstance(error, unwritten))


_CLOSED = "Server disconnected without sending a response."
"""What h11 says of it; other words of its may quote an answer that echoes a request."""


def _drain(response: httpx.Response) -> None:
    """Read the body, to keep the connection, unless it is long."""
    with suppress(Exception):  # the status decides, whatever the body is
        try:
            size = 0
            for part in response.iter_raw():
                size += len(part)
                if size > LONGEST_BODY:
                    break
        finally:
            response.close()


def retry_after(header: str | None) -> float | None:
    """The seconds a Retry-After header asks for, at most 300; None for garbage."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = _until(header)
    return (
        min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else None
    )


def _until(date: str) -> float:
    from email.utils import mktime_tz, parsedate_tz

    with suppress(Exception):  # the parser is known to fail in its own ways on garbage
        if parsed := parsedate_tz(date):
            return mktime_tz(parsed) - time()
    return math.nan
