from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from trackplan import runtime
from trackplan.runtime import client as clients
from trackplan.runtime.client import Client
from trackplan.runtime.delivery.transport import MemoryTransport
from trackplan.runtime.wire import Record

if TYPE_CHECKING:
    from tests.runtime.conftest import Held

Check = Callable[[], bool]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryTransport]:
    """What the shared client of this test sends to."""
    transport = MemoryTransport()
    client = Client(write_code="wc-0123456789", transport=transport)
    monkeypatch.setitem(clients._shared, "client", client)
    yield transport
    client.shutdown(0)


def track() -> None:
    clients.current().accept(Record("track", "user-123", None, "A", {}, 0.0))


def test_a_block_is_flushed_at_its_end(memory: MemoryTransport) -> None:
    with runtime.flushing(10):
        track()
    assert len(memory.requests) == 1


def test_a_block_that_raises_is_flushed_too(memory: MemoryTransport) -> None:
    @runtime.flushing(10)
    def handler() -> None:
        track()
        raise KeyError

    with pytest.raises(KeyError):
        handler()
    assert len(memory.requests) == 1


def test_a_decorated_function_flushes_and_returns(memory: MemoryTransport) -> None:
    @runtime.flushing(10)
    def handler(event: str) -> str:
        track()
        return event.upper()

    assert handler("done") == "DONE"
    assert len(memory.requests) == 1


def test_a_decorated_coroutine_flushes_and_returns(memory: MemoryTransport) -> None:
    @runtime.flushing(10)
    async def handler(event: str) -> str:
        track()
        await asyncio.sleep(0)
        return event.upper()

    assert asyncio.run(handler("done")) == "DONE"
    assert len(memory.requests) == 1


def test_aflush_leaves_the_event_loop_free(memory: MemoryTransport) -> None:
    async def program() -> tuple[bool, bool]:
        track()
        flush = asyncio.create_task(runtime.aflush(10))
        await asyncio.sleep(0)
        was_free = not flush.done()
        return was_free, await flush

    assert asyncio.run(program()) == (True, True)
    assert len(memory.requests) == 1


def test_many_aflushes_leave_the_loop_s_executor_free(
    monkeypatch: pytest.MonkeyPatch, held: Held
) -> None:
    client = Client(write_code="wc-0123456789", transport=held)
    monkeypatch.setitem(clients._shared, "client", client)

    async def program() -> list[bool]:
        track()
        flushes = [asyncio.create_task(runtime.aflush(30)) for _ in range(50)]
        await asyncio.sleep(0)
        other = asyncio.get_running_loop().run_in_executor(None, held.let_go.set)
        await asyncio.wait_for(other, 10)
        return await asyncio.gather(*flushes)

    assert asyncio.run(program()) == [True] * 50
    client.shutdown(0)


def test_aflush_raises_what_flush_raises(memory: MemoryTransport) -> None:
    async def program() -> None:
        await asyncio.wait_for(runtime.aflush("5"), 10)  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        asyncio.run(program())
