"""A scripted HTTP server, in a process of its own so that it shares no interpreter.

    python -m tests.faults.server SCRIPT [POISON_STEP]

It prints its port. On stdin, the name of another script changes to it, and `tell` asks
what was taken so far, in order. It reads nothing of a body but the marks of the events in it,
and so takes what every peer sends; what trackplan sends, it reads in full.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from gzip import decompress
from itertools import chain, cycle, repeat
from typing import Literal, NamedTuple

MARK = re.compile(rb"ev-(\d+)-(\w+)")
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Act(NamedTuple):
    """What the server does with one request."""

    status: int = 200
    taken: bool = True
    """Whether the events count as arrived, given a status of 200."""
    delay: float = 0.0
    then: Literal["keep", "close", "reset", "hang", "drip", "down"] = "keep"
    """What becomes of the connection; only the first two answer in full."""
    seconds: float = 0.0
    """What Retry-After says, or how long the port refuses connections."""


FINE = Act()
RESET = Act(taken=False, then="reset")
TAKE_AND_RESET = Act(then="reset")
HANG = Act(taken=False, then="hang")
DRIP = Act(taken=False, then="drip")


def _first(times: int, act: Act) -> Iterator[Act]:
    return chain(repeat(act, times), repeat(FINE))


def _down(seconds: float) -> Iterator[Act]:
    fault = Act(taken=False, then="down", seconds=seconds)
    return chain(repeat(FINE, 20), [fault], repeat(FINE))


def _closing() -> Iterator[Act]:
    while True:
        yield Act(then="close" if random.random() < 0.2 else "keep")


SCRIPTS: dict[str, Callable[[], Iterator[Act]]] = {
    "fine": lambda: repeat(FINE),
    "poison": lambda: repeat(FINE),
    "500": lambda: _first(5, Act(500)),
    "429": lambda: _first(3, Act(429, seconds=2)),
    "429 long": lambda: _first(1, Act(429, seconds=15)),
    "401": lambda: _first(3, Act(401)),
    "reset": lambda: cycle([FINE, FINE, RESET]),
    "take and reset": lambda: cycle([FINE, FINE, TAKE_AND_RESET]),
    "hang": lambda: _first(2, HANG),
    "hanging": lambda: repeat(HANG),
    "drip": lambda: _first(2, DRIP),
    "closing": _closing,
    "down 5": lambda: _down(5),
    "down 10": lambda: _down(10),
    "down 45": lambda: _down(45),
    "slow 20": lambda: repeat(Act(delay=0.02)),
    "slow 50": lambda: repeat(Act(delay=0.05)),
    "slow 200": lambda: repeat(Act(delay=0.2)),
}


class Connection(asyncio.Protocol):
    """One connection; a client has one request under way on it."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self._server = server
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.welcome(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, rest = self._read.partition(b"\r\n\r\n")
        if not end or len(rest) < _length(head):
            return
        self._read = b""
        self._server.ask(self, head, rest)

    def reset(self) -> None:
        """Send RST rather than FIN."""
        if connection := self.transport.get_extra_info("socket"):
            no_linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.transport.abort()

    def drip(self, text: bytes) -> None:
        """Send one byte a second."""
        if text and not self.transport.is_closing():
            self.transport.write(text[:1])
            asyncio.get_running_loop().call_later(1, self.drip, text[1:])


class Server:
    """Follows a script, and keeps what it took as (number of the call, user)."""

    def __init__(self, script: str, poison_step: int) -> None:
        self.connections: set[Connection] = set()
        self._poison_step = poison_step
        self._taken: list[tuple[int, str]] = []
        self._requests = self._garbled = 0
        self._follow(script)
        # Bound and not listening: while down, the port is refused and nobody else's.
        self._bound = socket.socket()
        self._bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._bound.bind(("127.0.0.1", 0))
        self._port: int = self._bound.getsockname()[1]

    async def serve(self) -> None:
        """Serve until stdin ends."""
        self._ended = asyncio.Event()
        await self._listen()
        print(self._port, flush=True)
        asyncio.get_running_loop().add_reader(0, self._obey)
        await self._ended.wait()

    def welcome(self, connection: Connection) -> None:
        """Take a connection, unless it came in the last instant before going down."""
        self.connections.add(connection)
        if not self._listener.is_serving():
            connection.reset()

    def ask(self, connection: Connection, head: bytes, body: bytes) -> None:
        """Take a request; the answer may come later."""
        self._requests += 1
        act = next(self._acts)
        answer = partial(self._answer, connection, act, self._events(head, body))
        if act.delay:
            asyncio.get_running_loop().call_later(act.delay, answer)
        else:
            answer()

    def _answer(
        self, connection: Connection, act: Act, events: list[tuple[int, str]]
    ) -> None:
        status = 400 if any(map(self._is_poison, events)) else act.status
        if act.taken and status == 200:
            self._taken += events
        response = _response(status, act.seconds)
        match act.then:
            case "reset":
                connection.reset()
            case "down":
                self._go_down(act.seconds)
            case "drip":
                connection.drip(response)
            case "keep":
                connection.transport.write(response)
            case "close":
                connection.transport.write(response)
                soon = random.uniform(0, 0.005)
                loop = asyncio.get_running_loop()
                loop.call_later(soon, connection.transport.close)

    def _events(self, head: bytes, body: bytes) -> list[tuple[int, str]]:
        if b"content-encoding: gzip" in head.lower():
            body = decompress(body)
        events = [(int(number), user.decode()) for number, user in MARK.findall(body)]
        if head.startswith(b"POST /event "):
            self._garbled += not _is_whole(body, events)
        return events

    def _is_poison(self, event: tuple[int, str]) -> bool:
        step = self._poison_step
        return step > 0 and event[0] % step == step // 2

    async def _listen(self) -> None:
        self._listener = await asyncio.get_running_loop().create_server(
            partial(Connection, self), "127.0.0.1", self._port, backlog=1024
        )

    def _go_down(self, seconds: float) -> None:
        self._listener.close()
        for connection in list(self.connections):
            connection.reset()
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, lambda: loop.create_task(self._listen()))

    def _obey(self) -> None:
        lines = os.read(0, 4096).decode().splitlines()
        for line in lines:
            if line == "tell":
                print(json.dumps(self._figures()), flush=True)
            else:
                self._follow(line)
        if not lines:
            self._ended.set()

    def _figures(self) -> dict[str, object]:
        return {
            "taken": self._taken,
            "requests": self._requests,
            "garbled": self._garbled,
        }

    def _follow(self, script: str) -> None:
        self._acts = SCRIPTS[script]()


def _length(head: bytes) -> int:
    found = LENGTH.search(head)
    return int(found[1]) if found else 0


def _response(status: int, retry_after: float) -> bytes:
    # The body is for the peers that read it.
    body = b'{"code": %d, "status": %d}' % (status, status == 200)
    wait = b"Retry-After: %d\r\n" % retry_after if retry_after else b""
    head = b"HTTP/1.1 %d Scripted\r\nContent-Type: application/json\r\n%s" % (
        status,
        wait,
    )
    return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _is_whole(body: bytes, events: list[tuple[int, str]]) -> bool:
    """Whether a body of trackplan's says what was called, and only that."""
    try:
        content = json.loads(body)
        [(number, user)] = events
    except ValueError:
        return False
    content.pop("timestamp", None)
    return bool(
        content
        == {
            "type": "track",
            "source": "userlens-restapi",
            "userId": user,
            "event": "Fault Tested",
            "properties": {"mark": f"ev-{number}-{user}"},
        }
    )


if __name__ == "__main__":
    asyncio.run(Server(sys.argv[1], int(sys.argv[2])).serve())
