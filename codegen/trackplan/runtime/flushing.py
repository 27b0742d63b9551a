"""Flushing where it must not be forgotten: in asyncio, and before a process freezes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial, wraps
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from .client import flush

if TYPE_CHECKING:
    from asyncio import Future

P = ParamSpec("P")
R = TypeVar("R")


async def aflush(timeout: float | None = None) -> bool:
    """Wait like `flush`, and leave the event loop free meanwhile.

    A thread of its own does: the few of the loop's executor are needed for other work.
    """
    from asyncio import get_running_loop

    loop = get_running_loop()
    flushed: Future[bool] = loop.create_future()

    def wait() -> None:
        tell: Callable[[], None]
        try:
            tell = partial(flushed.set_result, flush(timeout))
        except BaseException as error:
            tell = partial(flushed.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended before
            loop.call_soon_threadsafe(_tell, flushed, tell)

    Thread(target=wait, name="trackplan-flush", daemon=True).start()
    return await flushed


def _tell(flushed: Future[bool], tell: Callable[[], None]) -> None:
    if not flushed.done():  # cancelled, that is
        tell()


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
