"""The collector as an ASGI application: requests in, answers and arrivals out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trackplan.model import Plan
from trackplan.runtime.errors import ConfigurationError

from .examine import Find, Judge, Outcome, examine
from .gate import LocalOnly, same, tail, write_code_of
from .judge import Judgement, judge
from .protocol import event_findings, raw_findings
from .store import Arrival, Store

MAX_BODY = 1024 * 1024
"""The largest body taken, in bytes."""


def create_app(
    plan: Plan | None,
    *,
    strict: bool,
    write_code: str | None,
    limit: int = 10_000,
    any_host: bool = False,
) -> Starlette:
    """Return a collector that judges by `plan` and keeps the last `limit` requests.

    Lenient, it takes what the vendor's own clients send and notes what is wrong;
    `strict`, it refuses whatever the API's documentation does not allow. Without
    `write_code` any Write Code does. `any_host` is for an app served under names other
    than localhost: it switches off the protection against DNS rebinding.

    Raises ConfigurationError for a blank `write_code`.
    """
    if write_code is not None and not write_code.strip():
        raise ConfigurationError(
            "The expected Write Code is blank; give one, or none to take any."
        )
    expected = write_code and write_code.strip()
    collector = _Collector(plan, strict, expected, Store(limit))
    app = Starlette(
        routes=collector.routes(),
        middleware=[] if any_host else [Middleware(LocalOnly, refusal=_NOT_LOCAL)],
        exception_handlers={HTTPException: _not_served, ClientDisconnect: _left},
    )
    # A redirect would make clients send the Write Code a second time.
    app.router.redirect_slashes = False
    return app


@dataclass(frozen=True, slots=True)
class _Collector:
    plan: Plan | None
    strict: bool
    write_code: str | None = field(repr=False)
    store: Store

    def routes(self) -> list[Route]:
        return [
            Route("/event", self.event, methods=["POST"]),
            Route("/raw/event", self.raw_event, methods=["POST"]),
            Route("/api/events", self.events),
            Route("/healthz", _healthy),
        ]

    async def event(self, request: Request) -> Response:
        return await self._take(request, event_findings, partial(judge, self.plan))

    async def raw_event(self, request: Request) -> Response:
        return await self._take(request, raw_findings, lambda _: Judgement("forwarded"))

    async def events(self, request: Request) -> Response:
        kept = self.store.snapshot()
        entries = [{"id": number, **arrival.as_json()} for number, arrival in kept]
        return _json(200, {"events": entries})

    async def _take(self, request: Request, find: Find, judge: Judge) -> Response:
        code = write_code_of(request.headers.get("authorization", ""))
        if code is None or (self.write_code and not same(code, self.write_code)):
            return _unauthorized(code)
        now = datetime.now(UTC)
        data = await _read(request)
        outcome = (
            _TOO_LARGE
            if data is None
            else examine(data, find, judge, strict=self.strict)
        )
        self.store.add(Arrival(now, request.url.path, tail(code), outcome))
        if outcome.status == 200:
            return _json(200, {"status": "ok"})
        return _refusal(outcome.status, outcome.problems)


async def _read(request: Request) -> bytes | None:
    """Return the body, None where it is larger than `MAX_BODY`."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            return None
    return bytes(data)


async def _healthy(request: Request) -> Response:
    return _json(200, {"status": "ok"})


# --- Answers ----------------------------------------------------------------------

_TOO_LARGE = Outcome(
    status=413,
    body=None,
    judgement=Judgement("refused"),
    problems=(f"The body is over {MAX_BODY} bytes; send less in one request.",),
)
_ERRORS = {
    400: "the request is refused",
    401: "the Write Code is missing or wrong",
    404: "there is nothing at this path",
    405: "this path does not take this method",
    413: "the body is too large",
}


def _json(
    status: int, content: object, headers: Mapping[str, str] | None = None
) -> Response:
    # ASCII only: a body may hold half a surrogate pair, which UTF-8 cannot carry.
    text = json.dumps(content, allow_nan=False)
    return Response(text, status, headers, media_type="application/json")


def _refusal(
    status: int, problems: Sequence[str], headers: Mapping[str, str] | None = None
) -> Response:
    return _json(status, {"error": _ERRORS[status], "problems": problems}, headers)


def _unauthorized(code: str | None) -> Response:
    problem = (
        "`Authorization` carries no Write Code; send HTTP Basic with the Write Code as "
        "user name and an empty password."
        if code is None
        else "The Write Code is not the one this collector expects; send that one."
    )
    challenge = {"WWW-Authenticate": 'Basic realm="Userlens", charset="UTF-8"'}
    return _refusal(401, [problem], challenge)


def _not_served(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    asked = f"`{request.method} {request.url.path}` is not served here"
    cure = "send `POST /event`, `POST /raw/event` or `GET /api/events`"
    return _refusal(error.status_code, [f"{asked}; {cure}."], error.headers)


def _left(request: Request, error: Exception) -> Response:
    """Answer a client that went away in the middle of its body: nobody reads it."""
    return _refusal(400, ["The body is incomplete; send all of it."])


_NOT_LOCAL = _refusal(
    400, ["`Host` is not this machine; ask for localhost, 127.0.0.1 or [::1]."]
)
