"""Flushing where it must not be forgotten: in asyncio, and before a process freezes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar, cast

from .client import flush

P = ParamSpec("P")
R = TypeVar("R")


async def aflush(timeout: float | None = None) -> bool:
    """Wait like `flush`, and leave the event loop free meanwhile."""
    from asyncio import to_thread

    return await to_thread(flush, timeout)


class flushing:  # noqa: N801  used like a function, as contextlib's are
    """Flush at the end of a `with` or `async with` block, or of each call it decorates.

    For platforms that freeze a process once it has answered, such as AWS Lambda. An
    exception passes, and what was tracked before it is flushed too. `timeout` is in
    seconds; without one it is the setting `shutdown_timeout`.
    """

    def __init__(self, timeout: float | None = None) -> None:
        self._timeout = timeout

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        flush(self._timeout)

    async def __aenter__(self) -> None:
        """Begin the block."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await aflush(self._timeout)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function or a coroutine function."""
        from inspect import iscoroutinefunction

        @wraps(function)
        def flushed(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        @wraps(function)
        async def aflushed(*args: P.args, **kwargs: P.kwargs) -> object:
            async with self:
                return await cast("Awaitable[object]", function(*args, **kwargs))

        if iscoroutinefunction(function):
            return cast("Callable[P, R]", aflushed)
        return flushed
