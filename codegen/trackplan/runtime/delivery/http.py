"""The transport over httpx, the only module that imports it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, time
from typing import TYPE_CHECKING

from trackplan.runtime.settings import is_loopback

from .forking import fork_gate, preload
from .transport import Answer, Request, TransportError

if TYPE_CHECKING:
    import httpx

LONGEST_RETRY_AFTER = 300.0
LONGEST_BODY = 65_536
NEEDED = ("email.utils", "encodings.idna", "urllib.request", "h11", "httpcore", "httpx")


class HttpxTransport:
    """HTTP/1.1 over httpx: kept alive, the environment's proxies, no redirects.

    httpx is imported at the first `send`. `timeout`, in seconds, bounds each step of a
    request and may be changed at any time. For one thread at a time.
    """

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._pools: dict[str, httpx.HTTPTransport] = {}
        self._pid = os.getpid()

    def send(self, request: Request) -> Answer:
        """Send; a kept connection that the server has closed is replaced at once."""
        try:
            pool = self._pool(request.url)
        except Exception as error:
            # The error's own text may repeat a proxy's password.
            hint = "check the proxy variables, SSL_CERT_FILE and SSL_CERT_DIR"
            raise TransportError(
                f"{type(error).__name__}: {hint}", written=False
            ) from None
        answer = self._exchange(pool, request) or self._exchange(pool, request)
        if answer is None:
            raise TransportError("the server closes every connection", written=True)
        return answer

    def close(self) -> None:
        """Close the connections; a later `send` opens new ones."""
        for pool in self._pools.values():
            pool.close()
        self._pools = {}

    def _pool(self, url: str) -> httpx.HTTPTransport:
        from urllib.parse import urlsplit

        if self._pid != os.getpid():  # connections are never shared across a fork
            self._pools, self._pid = {}, os.getpid()
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._pools:
            preload(*NEEDED)
            import httpx

            proxy = _proxy(parts.scheme, parts.netloc)
            with fork_gate():  # OpenSSL has locks too
                self._pools[origin] = httpx.HTTPTransport(proxy=proxy)
        return self._pools[origin]

    def _exchange(self, pool: httpx.HTTPTransport, request: Request) -> Answer | None:
        """The answer; None when a kept connection turned out to be closed."""
        import httpx

        reused = True

        def trace(step: str, _info: object) -> None:
            nonlocal reused
            reused = reused and not step.startswith("connection.connect_tcp")

        try:
            response = pool.handle_request(_prepared(request, self.timeout, trace))
        except httpx.RemoteProtocolError as error:
            if reused and "without sending a response" in str(error):
                return None
            raise TransportError(_described(error), written=True) from None
        except Exception as error:
            unwritten = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
            written = not isinstance(error, unwritten) and isinstance(
                error, httpx.TransportError
            )
            raise TransportError(_described(error), written) from None
        _drain(response, monotonic() + self.timeout)
        return Answer(
            response.status_code, retry_after(response.headers.get("Retry-After"))
        )


def _proxy(scheme: str, netloc: str) -> str | None:
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    # A collector on this machine is out of reach for a proxy.
    if not proxy or proxy_bypass(netloc) or is_loopback(f"//{netloc}"):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _prepared(
    request: Request, timeout: float, trace: Callable[[str, object], None]
) -> httpx.Request:
    import httpx

    steps = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
    return httpx.Request(
        "POST",
        request.url,
        headers=dict(request.headers),
        content=request.body,
        extensions={"timeout": steps, "trace": trace},
    )


def _described(error: Exception) -> str:
    import httpx

    # Only the text of what the network said: other errors may quote the request.
    network = isinstance(error, httpx.TransportError)
    return f"{type(error).__name__}: {error}" if network else type(error).__name__


def _drain(response: httpx.Response, deadline: float) -> None:
    """Read the body, to keep the connection, unless it is long or slow."""
    with suppress(Exception):  # the status decides, whatever the body is
        try:
            size = 0
            for part in response.iter_raw():
                size += len(part)
                if size > LONGEST_BODY or monotonic() > deadline:
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
