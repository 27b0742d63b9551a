"""Faults on request, to see how an application bears them."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple, cast

from starlette.types import ASGIApp, Receive, Scope, Send

from trackplan.runtime.errors import ConfigurationError

from .answers import refusal

RESET = "trackplan.reset"
"""The ASGI extension that resets the connection of a request; a server offers it."""


class Fault(NamedTuple):
    """What befalls a share of the requests: an answer, or a reset."""

    share: float
    status: int | None
    """None: the connection is reset before any answer."""
    retry_after: int | None = None
    """Seconds."""


class Faults(NamedTuple):
    """The faults of a collector."""

    kinds: tuple[Fault, ...] = ()
    latency: float = 0.0
    """Seconds before anything else is done for a request."""


def read_faults(
    inject: Sequence[str], latency: str | None, reset: str | None
) -> Faults:
    """Return faults from what the command line takes.

    Answers are `STATUS:SHARE%` or `STATUS:SHARE%:RETRY_AFTER`. Raises
    ConfigurationError for what cannot be read, and for more than 100 % in all.
    """
    kinds = [_answer(text) for text in inject]
    if reset is not None:
        share = _share(reset, f"--reset {reset}", "as in 5%")
        kinds.append(Fault(share, None))
    total = sum(kind.share for kind in kinds)
    if total > 1 + 1e-9:
        raise ConfigurationError(
            f"The faults come to {total:.0%} of the requests; ask for 100% at most."
        )
    wait = _seconds(latency, f"--latency {latency}", "as in 200ms or 2s")
    return Faults(tuple(kinds), wait or 0.0)


def _answer(text: str) -> Fault:
    option, example = f"--inject {text}", "as in 500:10% or 429:5%:2s"
    status, _, rest = text.partition(":")
    share, colon, wait = rest.partition(":")
    if not re.fullmatch("[45][0-9][0-9]", status):
        raise _unreadable(option, "a status from 400 to 599", example)
    seconds = _seconds(wait if colon else None, option, example)
    if seconds is not None and seconds != int(seconds):
        raise _unreadable(option, "whole seconds for Retry-After", example)
    retry_after = None if seconds is None else int(seconds)
    return Fault(_share(share, option, example), int(status), retry_after)


def _share(text: str, option: str, example: str) -> float:
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?%", text) and float(text[:-1]) <= 100:
        return float(text[:-1]) / 100
    raise _unreadable(option, "a share from 0% to 100%", example)


def _seconds(text: str | None, option: str, example: str) -> float | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(ms|s)", text)
    if found is None:
        raise _unreadable(option, "a time in ms or s", example)
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _unreadable(option: str, wanted: str, example: str) -> ConfigurationError:
    return ConfigurationError(f"`{option}` lacks {wanted}; write it {example}.")


class Faulty:
    """Middleware that lets `faults` befall requests; `counts` says how many of each."""

    def __init__(
        self,
        app: ASGIApp,
        faults: Faults,
        counts: Counter[str],
        random: Random | None = None,
    ) -> None:
        self._app = app
        self._faults = faults
        self._counts = counts
        self._random = random or Random()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self._faults.latency)
        fault = self._drawn()
        if fault is None:
            await self._app(scope, receive, send)
            return
        self._counts["reset" if fault.status is None else str(fault.status)] += 1
        if fault.status is None:
            await _reset(scope, receive)
        else:
            await _answered(fault.status, fault.retry_after, scope, receive, send)

    def _drawn(self) -> Fault | None:
        drawn = self._random.random()
        for fault in self._faults.kinds:
            if drawn < fault.share:
                return fault
            drawn -= fault.share
        return None


async def _answered(
    status: int, retry_after: int | None, scope: Scope, receive: Receive, send: Send
) -> None:
    await _whole_request(receive)
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    answer = refusal(status, ["The collector was asked to fail now and then."], headers)
    await answer(scope, receive, send)


async def _reset(scope: Scope, receive: Receive) -> None:
    await _whole_request(receive)
    reset = scope.get("extensions", {}).get(RESET)
    if reset is not None:
        cast("Callable[[], None]", reset)()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _whole_request(receive: Receive) -> None:
    """Read to the end: a client that still writes may not see what comes before."""
    while (await receive()).get("more_body"):
        pass
