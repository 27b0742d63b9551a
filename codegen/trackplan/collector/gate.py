"""Who may talk to the collector: the Write Code of a request and its Host header."""

from __future__ import annotations

import base64
import hmac
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?", re.IGNORECASE)


def write_code_of(authorization: str) -> str | None:
    """Return the Write Code of an `Authorization` header, None where it has none.

    HTTP Basic: the Write Code is the user name, the password is empty.
    """
    scheme, _, credentials = authorization.partition(" ")
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode()
    except ValueError:
        return None
    code, colon, password = text.partition(":")
    well_formed = scheme.lower() == "basic" and colon and not password and code.strip()
    return code if well_formed else None


def same(code: str, expected: str) -> bool:
    """Compare two Write Codes in a time that does not tell how far they agree."""
    return hmac.compare_digest(code.encode(), expected.encode())


def tail(code: str) -> str | None:
    """Return what may be shown of a Write Code: too little to be of use to anyone."""
    return code[-4:] if len(code) >= 8 else None


class LocalOnly:
    """Middleware that answers by `refusal` what is not addressed to this machine.

    A page of a foreign site can make its own name resolve to 127.0.0.1 and would then
    read what arrived here (DNS rebinding); its requests carry its name in `Host`.
    """

    def __init__(self, app: ASGIApp, refusal: ASGIApp) -> None:
        self._app = app
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "")
            app = app if _LOCAL.fullmatch(host) else self._refusal
        await app(scope, receive, send)
