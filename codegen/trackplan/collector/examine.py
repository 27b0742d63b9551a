"""The bytes of a request body, and what is to be made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from trackplan.runtime.values import Json

from .decode import decode
from .judge import Judgement
from .protocol import Finding

Find: TypeAlias = Callable[[Json], list[Finding]]
Judge: TypeAlias = Callable[[Mapping[str, Json]], Judgement]


class Outcome(NamedTuple):
    """How a request body is answered, and why."""

    status: int
    """The HTTP status of the answer."""
    body: Json
    """As it came; its text where it is not JSON, null where it was too large."""
    judgement: Judgement
    problems: tuple[str, ...]
    """Where it falls short of the API's documentation; one sentence each."""


def examine(data: bytes, find: Find, judge: Judge, *, strict: bool) -> Outcome:
    """Read `data` and judge it, unless `find` sees in it what is to be refused."""
    body, findings = decode(data)
    findings = findings or find(body)
    problems = tuple(finding.text for finding in findings)
    refused = any(strict or finding.fatal for finding in findings)
    if refused or not isinstance(body, dict):
        return Outcome(400, body, Judgement("refused"), problems)
    return Outcome(200, body, judge(body), problems)
