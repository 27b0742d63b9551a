"""The collector as an ASGI application: requests in, answers and arrivals out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from trackplan.model import Plan
from trackplan.runtime.errors import ConfigurationError

from .answers import ok, refusal
from .examine import Find, Judge, Labels, Outcome, examine
from .faults import Faults, Faulty
from .gate import LocalOnly, same, tail, write_code_of
from .judge import Judgement
from .protocol import event_findings, raw_findings
from .reload import Read, watch
from .state import State
from .store import Arrival, Store
from .views import Views

MAX_BODY = 1024 * 1024
"""The largest body taken, in bytes."""


class Source(NamedTuple):
    """Where a plan comes from."""

    read: Read
    watched: Sequence[Path]
    """What was read so far, the plan first; when one changes, all is read anew."""


def create_app(
    plan: Plan | None,
    *,
    strict: bool,
    write_code: str | None,
    limit: int = 10_000,
    any_host: bool = False,
    source: Source | None = None,
    package: str = "generated",
    faults: Faults = Faults(),  # noqa: B008  it is immutable
    cors: Sequence[str] = (),
) -> Starlette:
    """Return a collector that judges by `plan` and keeps the last `limit` requests.

    Lenient, it takes what the vendor's own clients send and notes what is wrong;
    `strict`, it refuses whatever the API's documentation does not allow. Without
    `write_code` any Write Code does. `any_host` is for an app served under names other
    than localhost: it switches off the protection against DNS rebinding. With `source`
    the plan is read anew when its files change. `package` is the generated package,
    which tests import. `faults` befall what is sent to it. Pages of the sites in `cors`
    may send to it from a browser.

    Raises ConfigurationError for a blank `write_code`, and for a site that is none.
    """
    if write_code is not None and not write_code.strip():
        raise ConfigurationError(
            "The expected Write Code is blank; give one, or none to take any."
        )
    expected = write_code and write_code.strip()
    name = str(source.watched[0]) if source else None
    state = State(plan, name, strict, Store(limit))
    around = [*_cross_origin(cors), Middleware(Faulty, faults, state.faults)]
    app = Starlette(
        routes=[
            *_Intake(state, expected).routes(around, has_preflight=bool(cors)),
            *Views(state, package).routes(),
        ],
        middleware=[] if any_host else [Middleware(LocalOnly, refusal=_NOT_LOCAL)],
        exception_handlers={HTTPException: _not_served, ClientDisconnect: _left},
        lifespan=_lifespan(state, source),
    )
    app.state.collected = state
    app.state.close_streams = state.feed.close
    # A redirect would make clients send the Write Code a second time.
    app.router.redirect_slashes = False
    return app


Lifespan: TypeAlias = "Callable[[Starlette], AbstractAsyncContextManager[None]]"


def _lifespan(state: State, source: Source | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = source and asyncio.create_task(
            watch(source.read, source.watched, state.take)
        )
        yield
        if watching:
            watching.cancel()
        state.bench.close()

    return lifespan


def _cross_origin(sites: Sequence[str]) -> list[Middleware]:
    for site in sites:
        if not re.fullmatch(r"\*|https?://[^/\s*]+", site):
            raise ConfigurationError(
                f"`{site}` is no origin; give one as in https://localhost:3000, or *."
            )
    headers = ["Authorization", "Content-Type"]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(sites),
        allow_methods=["POST"],
        allow_headers=headers,
    )
    return [cors] if sites else []


@dataclass(frozen=True, slots=True)
class _Intake:
    """The routes that take what is sent to Userlens."""

    state: State
    write_code: str | None = field(repr=False)

    def routes(self, around: Sequence[Middleware], has_preflight: bool) -> list[Route]:
        methods = ["POST", *(["OPTIONS"] if has_preflight else [])]
        return [
            Route("/event", self.event, methods=methods, middleware=around),
            Route("/raw/event", self.raw_event, methods=methods, middleware=around),
        ]

    async def event(self, request: Request) -> Response:
        return await self._take(request, event_findings, self.state.bench.judge)

    async def raw_event(self, request: Request) -> Response:
        return await self._take(request, raw_findings, lambda _: Judgement("forwarded"))

    async def _take(self, request: Request, find: Find, judge: Judge) -> Response:
        code = write_code_of(request.headers.get("authorization", ""))
        if code is None or (self.write_code and not same(code, self.write_code)):
            return _unauthorized(code)
        now = datetime.now(UTC)
        data = await _read(request)
        outcome = (
            _TOO_LARGE
            if data is None
            else await run_in_threadpool(
                examine, data, find, judge, strict=self.state.strict
            )
        )
        self.state.store.add(Arrival(now, request.url.path, tail(code), data, outcome))
        self.state.feed.tell()
        if outcome.status == 200:
            return ok({"status": "ok"})
        return refusal(outcome.status, outcome.problems)


async def _read(request: Request) -> bytes | None:
    """Return the body, None where it is larger than `MAX_BODY`."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            return None
    return bytes(data)


# --- Answers ----------------------------------------------------------------------

_TOO_LARGE = Outcome(
    status=413,
    labels=Labels(),
    judgement=Judgement("refused"),
    problems=(f"The body is over {MAX_BODY} bytes; send less in one request.",),
)


def _unauthorized(code: str | None) -> Response:
    problem = (
        "`Authorization` carries no Write Code; send HTTP Basic with the Write Code as "
        "user name and an empty password."
        if code is None
        else "The Write Code is not the one this collector expects; send that one."
    )
    challenge = {"WWW-Authenticate": 'Basic realm="Userlens", charset="UTF-8"'}
    return refusal(401, [problem], challenge)


def _not_served(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    asked = f"`{request.method} {request.url.path}` is not served here"
    cure = "send `POST /event`, `POST /raw/event` or `GET /api/events`"
    return refusal(error.status_code, [f"{asked}; {cure}."], error.headers)


def _left(request: Request, error: Exception) -> Response:
    """Answer a client that went away in the middle of its body: nobody reads it."""
    return refusal(400, ["The body is incomplete; send all of it."])


_NOT_LOCAL = refusal(
    400, ["`Host` is not this machine; ask for localhost, 127.0.0.1 or [::1]."]
)
