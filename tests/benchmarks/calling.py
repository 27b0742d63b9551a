"""What a call costs its caller, beside validators and the capture calls of other SDKs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from itertools import cycle, islice, repeat
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import yaml

from tests.faults.child import spending
from tests.faults.rows import Row
from tests.faults.run import Server
from trackplan.runtime import configure, flush, wire
from trackplan.runtime.client import Client
from trackplan.runtime.contract import Call, Definitions
from trackplan.runtime.delivery.framing import kept
from trackplan.runtime.delivery.transport import Answer, MemoryTransport, Request

from .generating import BIN
from .measure import Figure, compare, median_call, quartiles, rounds
from .sdks import captures
from .validators import checks, queued

PLAN = Path(__file__).parent / "calls.yaml"
LINE = {"sku": "A-1", "quantity": 2, "price": 9.5}
WHEN, ID = "2026-01-02T03:04:05Z", "0123abcd-0123-4567-89ab-0123456789ab"

VALID: dict[str, dict[str, Any]] = {
    "Plan Changed": {"fromPlan": "free", "toPlan": "pro", "revenue": 99.0},
    "Invoice Paid": {
        "invoiceId": "in-123",
        "currency": "EUR",
        "amount": 99.0,
        "seats": 12,
        "isRenewal": True,
        "email": "jane@example.com",
        "paidAt": WHEN,
        "receipt": ID,
    },
    "Search Done": {"query": "invoices", "page": 2},
    "Address Changed": {
        "address": {"street": "1 Main St", "city": "Springfield", "country": "US"}
    },
    "Order Placed": {"orderId": "o-1", "items": [LINE] * 10},
    "Seats Bought": {"plan": "enterprise", "seats": 12},
}
WRONG: dict[str, dict[str, Any]] = {
    "Plan Changed": {"toPlan": "gold"},
    "Invoice Paid": {"seats": 0},
    "Search Done": {"page": "two"},
    "Address Changed": {"address": {"street": "", "city": "Springfield"}},
    "Order Placed": {"items": [*[LINE] * 9, {**LINE, "quantity": "2"}]},
    "Seats Bought": {"seats": -1},
}
"""What is changed in the valid properties."""
COPIES = {"address": "{{**{}}}", "items": "[{{**one}} for one in {}]"}
"""How a property is copied, so that what is queued shares nothing with the caller."""
PRICE = Decimal("9.50")
STAND_INS: dict[str, dict[str, Any]] = {
    "Invoice Paid": {
        "amount": PRICE,
        "paidAt": datetime.fromisoformat(WHEN),
        "receipt": UUID(ID),
    },
    "Order Placed": {"items": [{**LINE, "price": PRICE}] * 10},
}
"""What Python has for some of the valid properties."""


class Gate(MemoryTransport):
    """Lets the sender go on between the turns, and not while calls are measured."""

    def __init__(self) -> None:
        super().__init__()
        self._open = threading.Event()

    def send(self, request: Request) -> Answer:
        self._open.wait()
        return Answer(200)

    def drain(self, *clients: Client) -> None:
        """Have the shared sender settle all that waits, or those of `clients`."""
        self._open.set()
        for settle in [client.flush for client in clients] or [flush]:
            settle(60)
        self._open.clear()


def figures(quick: bool) -> Iterator[Figure]:
    """Yield valid calls, wrong ones, the SDKs, and the pauses of a caller."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _all(_package(folder), quick)
        yield from _spooled(f"{folder}/spool", (5, 200) if quick else (101, 400))


def _package(folder: str) -> ModuleType:
    """Generate the functions, and import them."""
    command = [BIN / "trackplan", "generate", PLAN, "-o", f"{folder}/bench_plan"]
    subprocess.run(command, check=True, capture_output=True)
    sys.path.insert(0, folder)
    return import_module("bench_plan")


def _all(package: ModuleType, quick: bool) -> Iterator[Figure]:
    gate = Gate()
    configure(write_code="a-write-code", transport=gate, on_violation=lambda _: None)
    schemas = yaml.safe_load(PLAN.read_text())["events"]
    counts = (5, 200) if quick else (25, 1_000)
    for event, schema in schemas.items():
        yield from _event(package, gate, event, schema, counts)
    for event in STAND_INS:
        yield from _stand_ins(package, gate, event, counts)
    for event in ("Plan Changed", "Invoice Paid"):
        yield from _sdks(package, gate, event, counts)
    yield from _pauses(package, 2_000 if quick else 20_000)


def _event(
    package: ModuleType,
    gate: Gate,
    event: str,
    schema: dict[str, Any],
    counts: tuple[int, int],
) -> Iterator[Figure]:
    queue: deque[Any] = deque(maxlen=10_000)
    unchecked = Call("track", event, "{}", Definitions({}))
    closed = {**schema, "type": "object", "additionalProperties": False}
    others = checks(event, closed)
    calls = {"trackplan": _call(package, event, VALID[event])}
    calls["floor: no validation"] = _floor(event, unchecked.send, "put(user_id, {})")
    calls["a tuple on a deque"] = _floor(event, queue.append, "put((user_id, {}))")
    for name, check in others.items():
        put = queued(name, check, unchecked.send, _copy(event))
        calls[name] = _with_a_dictionary("call(user, {})", put, VALID[event])
    samples = rounds(calls, *counts, after=gate.drain)
    yield from compare(f"{event}, valid", samples, "floor: no validation")
    wrong = {**VALID[event], **WRONG[event]}
    calls = {"trackplan": _call(package, event, wrong)}
    for name, check in others.items():
        put = queued(name, _refusing(check), unchecked.send)
        calls[name] = _with_a_dictionary("call(user, {})", put, wrong)
    samples = rounds(calls, counts[0], max(counts[1] // 10, 20), after=gate.drain)
    yield from compare(f"{event}, wrong", samples, "trackplan")


def _call(
    package: ModuleType, event: str, data: dict[str, Any], user: str = "user-123"
) -> Callable[[], object]:
    function = getattr(package, f"track_{event.lower().replace(' ', '_')}")
    return _with_keywords(function, data, user)


def _with_keywords(
    function: Callable[..., object], data: dict[str, Any], user: str = "user-123"
) -> Callable[[], object]:
    names = {_snake(key): value for key, value in data.items()}
    keywords = ", ".join(f"{name}={name}" for name in names)
    return _line(f"call(user, {keywords})", call=function, user=user, **names)


def _with_a_dictionary(
    code: str, function: Callable[..., object], data: dict[str, Any]
) -> Callable[[], object]:
    pairs = ", ".join(f"{key!r}: {key}" for key in data)
    return _line(code.format(f"{{{pairs}}}"), call=function, user="user-123", **data)


def _line(code: str, **variables: object) -> Callable[[], object]:
    """A line of an application: a `partial` would merge keywords, and take twice as long."""
    scope: dict[str, Any] = {}
    exec(f"def line({', '.join(variables)}):\n return lambda: {code}", scope)
    line: Callable[[], object] = scope["line"](**variables)
    return line


def _snake(key: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in key)


def _floor(event: str, put: Callable[..., object], how: str) -> Callable[[], object]:
    """The same payload, made of the same arguments, and put there without a check."""
    names = {_snake(key): key for key in VALID[event]}
    pairs = ", ".join(
        f"{key!r}: {COPIES.get(key, '{}').format(name)}" for name, key in names.items()
    )
    body = how.format(f"{{{pairs}}}")
    scope: dict[str, Any] = {"put": put}
    exec(f"def call(user_id, *, {', '.join(names)}):\n {body}", scope)
    return _with_keywords(scope["call"], VALID[event])


def _copy(event: str) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
    """Return what copies the properties of an event, where that is needed."""
    nested = COPIES.keys() & VALID[event].keys()
    if not nested:
        return None
    parts = [f"{key!r}: {COPIES[key].format(f'data[{key!r}]')}" for key in nested]
    copy: Callable[[dict[str, Any]], dict[str, Any]]
    copy = eval(f"lambda data: {{**data, {', '.join(parts)}}}")
    return copy


def _refusing(check: Callable[[Any], object]) -> Callable[[Any], object]:
    def refused(data: Any) -> None:
        try:
            check(data)
        except Exception:
            return
        raise AssertionError(f"a peer takes what is wrong: {check}")

    return refused


def _stand_ins(
    package: ModuleType, gate: Gate, event: str, counts: tuple[int, int]
) -> Iterator[Figure]:
    """Yield a call with a datetime, a UUID or decimals beside one with plain JSON."""
    subjects = {"JSON": {}, "what Python has for it": STAND_INS[event]}
    calls = {
        name: _call(package, event, {**VALID[event], **changed})
        for name, changed in subjects.items()
    }
    samples = rounds(calls, counts[0], counts[1] // 10, after=gate.drain)
    yield from compare(f"{event}, converted", samples, "JSON")


def _sdks(
    package: ModuleType, gate: Gate, event: str, counts: tuple[int, int]
) -> Iterator[Figure]:
    calls = {"trackplan": _call(package, event, VALID[event])}
    with Server(Row("bench")) as server:
        for name, capture in captures(server.url).items():
            line = f"call(user, {event!r}, {{}})"
            calls[name] = _with_a_dictionary(line, capture, VALID[event])
        samples = rounds(calls, *counts, after=gate.drain)
    yield from compare(f"{event}, capture", samples, "trackplan")


def _spooled(folder: str, counts: tuple[int, int]) -> Iterator[Figure]:
    """Yield what a call does once it is checked, with a spool and without."""
    name = "Plan Changed"
    row: wire.Row = ("track", "user-123", None, name, VALID[name], time.time())
    gate = Gate()
    memory = Client(write_code="a-write-code", transport=gate)
    spool = Client(write_code="a-write-code", transport=gate, spool=folder)
    line = kept(1, row)
    with Path(folder).with_name("line").open("ab", buffering=0) as file:
        calls: dict[str, Callable[[], object]] = {
            "the queue in memory": partial(memory.accept, row),
            "the spool": partial(spool.accept, row),
            "json.dumps and one write": partial(_dumped, file.fileno(), row),
            "one write of the line": partial(os.write, file.fileno(), line),
        }
        drain = partial(gate.drain, memory, spool)
        # The median: in between, a worker reads what was written, and takes its turn.
        samples = rounds(calls, *counts, after=drain, measure=median_call)
    for client in (memory, spool):
        client.shutdown(60)
    yield from compare(f"{name}, once checked", samples, "the queue in memory")


def _dumped(file: int, row: wire.Row) -> None:
    os.write(file, json.dumps(wire.body(row, send_timestamp=True)).encode())


def _pauses(package: ModuleType, number: int) -> Iterator[Figure]:
    """Yield a piece of Python without a sender, then calls beside one that sends."""
    event = "Plan Changed"
    users = [_call(package, event, VALID[event], f"user-{n}") for n in range(100)]
    with Server(Row("bench")) as server:
        configure(events_url=server.url, transport=None)
        for name, wait in (("tight", 0.0), ("1,000 a second", 0.001)):
            case = f"beside the sender, {name}"
            alone = repeat(partial(json.dumps, VALID[event]))
            yield _tail(case, "json.dumps, without a sender", alone, number, wait)
            yield _tail(case, "trackplan", cycle(users), number, wait)
            flush(120)


def _tail(
    case: str,
    subject: str,
    calls: Iterator[Callable[[], object]],
    number: int,
    wait: float,
) -> Figure:
    number = number if wait == 0 else min(number, 10_000)
    micros, own = [], []
    with spending() as ask:
        for call in islice(calls, number):
            before = ask()
            start = time.perf_counter()
            call()
            seconds = time.perf_counter() - start
            own.append(ask().own(before, seconds) * 1e6)
            micros.append(seconds * 1e6)
            if wait:
                time.sleep(wait)
    low, median, high = quartiles(micros)
    note = f"99.9th percentile {_late(micros):,.0f} µs, own {_late(own):,.0f}; "
    note += f"longest {max(micros):,.0f}, own {max(own):,.0f}"
    return Figure(case, subject, "µs", median, low, high, note=note)


def _late(micros: list[float]) -> float:
    """The 99.9th percentile."""
    return sorted(micros)[-max(len(micros) // 1000, 1)]
