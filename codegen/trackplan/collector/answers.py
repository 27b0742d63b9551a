"""What the collector answers, in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

_ERRORS = {
    400: "the request is refused",
    401: "the Write Code is missing or wrong",
    403: "another site may not ask for this",
    404: "there is nothing at this path",
    405: "this path does not take this method",
    413: "the body is too large",
    503: "there is no room for more",
}


def as_text(content: object) -> str:
    """Return JSON in ASCII: a body may hold half a surrogate pair, UTF-8 cannot."""
    return json.dumps(content, allow_nan=False)


def ok(content: object) -> Response:
    return Response(as_text(content), media_type="application/json")


def refusal(
    status: int, problems: Sequence[str], headers: Mapping[str, str] | None = None
) -> Response:
    content = {
        "error": _ERRORS.get(status, "the request fails"),
        "problems": problems,
    }
    text = as_text(content)
    return Response(text, status, headers, media_type="application/json")
