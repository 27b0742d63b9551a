"""The bytes of a request body as JSON, or why they are none."""

from __future__ import annotations

import json
import math

from trackplan.runtime.values import Json

from .protocol import Finding

MAX_DEPTH = 100
"""How deep arrays and objects may nest: what recursion can judge and write out."""

_TOO_DEEP = f"The body nests deeper than {MAX_DEPTH} levels; send flatter data."


def decode(data: bytes) -> tuple[Json, list[Finding]]:
    """Return the JSON value in `data`; or its text, and why it is not taken as JSON."""
    try:
        body: Json = json.loads(
            data.decode(), parse_int=_integer, parse_float=_float, parse_constant=_float
        )
        problem = None if _nests_within(MAX_DEPTH, body) else _TOO_DEEP
    except RecursionError:
        body, problem = None, _TOO_DEEP
    except ValueError as error:
        body, problem = None, _why_no_json(error)
    if problem is None:
        return body, []
    return data.decode(errors="replace"), [Finding(problem)]


def _integer(digits: str) -> int:
    if len(digits) > 1000:
        raise ValueError(f"{digits[:20]}…")
    return int(digits)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _nests_within(depth: int, value: Json) -> bool:
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_nests_within(depth - 1, item) for item in inner)


def _why_no_json(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"Byte {error.start + 1} of the body is not UTF-8; send JSON as UTF-8."
    if isinstance(error, json.JSONDecodeError):
        place = f"line {error.lineno}, column {error.colno}"
        return f"The body is not JSON ({error.msg}, {place}); send one JSON object."
    return f"The body holds the number `{error}`; send null or a finite number."
