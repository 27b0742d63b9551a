"""What can be seen of the collector: the page, and the API that it is made with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from trackplan.model import Call, Plan
from trackplan.runtime.values import Json

from . import filters
from .anatomy import anatomy
from .answers import ok, refusal
from .coverage import coverage
from .judge import call_of, data_of
from .places import place_of
from .snippets import as_curl, as_test
from .state import State
from .store import Arrival

MOST_BYTES = 4 * 1024 * 1024
"""What the bodies of one page of arrivals come to, one more at most."""
_NEWEST = 10**18
_PAGE = {
    "/": ("inspector.html", "text/html"),
    "/inspector.js": ("inspector.js", "text/javascript"),
    "/style.css": ("style.css", "text/css"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Views:
    """The routes that show a state."""

    state: State
    package: str
    """The generated package, as tests import it."""

    def routes(self) -> list[Route]:
        return [
            *(Route(path, _asset) for path in _PAGE),
            Route("/healthz", _healthy),
            Route("/api/events", self.events),
            Route("/api/events/{id}", self.event),
            Route("/api/stream", self.stream),
            Route("/api/coverage", self.coverage),
            Route("/api/summary", self.summary),
            Route("/api/reset", self.reset, methods=["POST"]),
            Route("/api/openapi.json", _description),
        ]

    async def events(self, request: Request) -> Response:
        try:
            wanted = filters.read(request.query_params)
            after = filters.number(request.query_params, "after", 0, 0, _NEWEST)
            most = filters.MOST
            limit = filters.number(request.query_params, "limit", most, 1, most)
        except filters.QueryError as error:
            return refusal(400, [str(error)])
        entries: list[object] = []
        size = 0
        for number, arrival in self.state.store.after(after):
            if wanted.admits(arrival):
                if len(entries) == limit or size > MOST_BYTES:
                    return ok({"events": entries, "next": after})
                entries.append({"id": number, **arrival.as_json()})
                size += arrival.size
            after = number
        return ok({"events": entries, "next": None})

    async def event(self, request: Request) -> Response:
        text = request.path_params["id"]
        number = int(text) if text.isascii() and text.isdigit() else 0
        arrival = self.state.store.get(number) if len(text) < 20 else None
        if arrival is None:
            cure = "`GET /api/events` lists those that are kept"
            return refusal(404, [f"No such event is kept; {cure}."])
        url = f"{request.base_url}{arrival.endpoint[1:]}"
        return ok({"id": number, **arrival.as_json(), **self._explained(arrival, url)})

    def _explained(self, arrival: Arrival, url: str) -> Mapping[str, object]:
        plan, body = self.state.plan, arrival.body
        call: Call | None = None
        parts: list[dict[str, object]] = []
        violations = arrival.outcome.judgement.violations
        if arrival.is_judged:
            fields = cast("Mapping[str, Json]", body)
            call = call_of(plan, fields) if plan else None
            given = cast("Mapping[str, Json]", data_of(fields))
            parts = anatomy(given, call, violations)
        return {
            "parts": parts,
            "call": call and _call(call),
            "curl": None if arrival.data is None else as_curl(url, arrival.data),
            "test": self._test(plan, call, arrival),
        }

    def _test(
        self, plan: Plan | None, call: Call | None, arrival: Arrival
    ) -> str | None:
        if plan is None or call is None or not call.function:
            return None
        body = cast("Mapping[str, Json]", arrival.body)
        wrong = [one.path for one in arrival.outcome.judgement.violations]
        return as_test(call, body, wrong, self.package)

    async def stream(self, request: Request) -> Response:
        try:
            wanted = filters.read(request.query_params)
        except filters.QueryError as error:
            return refusal(400, [str(error)])
        if self.state.feed.is_full:
            return refusal(503, ["Too many listen already; close a page of them."])
        last = request.headers.get("last-event-id", "")
        messages = self.state.feed.stream(wanted, last)
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(messages, 200, headers, "text/event-stream")

    async def coverage(self, request: Request) -> Response:
        return ok(coverage(self.state.plan, self.state.store.tally))

    async def summary(self, request: Request) -> Response:
        return ok(self.state.summary())

    async def reset(self, request: Request) -> Response:
        # Any site can make a browser send this; only the page itself may mean it.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return refusal(403, ["Another site asks for this; open the page itself."])
        self.state.reset()
        return ok({"status": "ok"})


async def _healthy(request: Request) -> Response:
    return ok({"status": "ok"})


async def _description(request: Request) -> Response:
    return ok(description())


@cache
def description() -> dict[str, object]:
    """Return the OpenAPI description of the collector."""
    text = files("trackplan.collector").joinpath("openapi.json").read_text("utf-8")
    return cast("dict[str, object]", json.loads(text))


async def _asset(request: Request) -> Response:
    name, media_type = _PAGE[request.url.path]
    content = files("trackplan").joinpath("pages", name).read_bytes()
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    return Response(content, 200, headers, media_type)


def _call(call: Call) -> dict[str, object]:
    return {
        "name": call.name,
        "function": call.function,
        "description": call.description,
        "when": call.when,
        "owner": call.owner,
        "place": place_of(call.place),
    }
