"""How many events a second reach a local server, and what each costs the processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.faults.rows import Row
from tests.faults.run import ROOT, Server, plan

from .measure import Figure, quartiles

PROGRAM = """
import json, sys, time
from fault_plan import configure, flush, track_fault_tested
configure()
count = int(sys.argv[1])
start, cpu = time.perf_counter(), time.process_time()
for number in range(count):
    track_fault_tested(f"u{number % 50}", mark=f"ev-{number}-u{number % 50}")
assert flush(300)
print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]))
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the rate and the cost by connections allowed and latency."""
    count, rounds = (300, 2) if quick else (2_000, 5)
    for script, latency in (("fine", "0 ms"), ("slow 50", "50 ms")):
        for connections in (1, 2, 4, 8, 16):
            events = count if latency == "0 ms" else min(count, 40 * connections)
            with Server(Row("bench", script)) as server:
                taken = [_run(server.url, connections, events) for _ in range(rounds)]
            case = f"{latency} a request, {connections} connections"
            yield _figure(case, "events a second", "/s", [events / t for t, _ in taken])
            micros = [cpu / events * 1e6 for _, cpu in taken]
            yield _figure(case, "processor per event", "µs", micros)


def _figure(case: str, subject: str, unit: str, values: list[float]) -> Figure:
    low, median, high = quartiles(values)
    return Figure(case, subject, unit, median, low, high)


def _run(url: str, connections: int, events: int) -> tuple[float, float]:
    own = {
        "PYTHONPATH": str(plan()),
        "USERLENS_EVENTS_URL": url,
        "USERLENS_WRITE_CODE": "a-write-code",
        "TRACKPLAN_CONNECTIONS": str(connections),
    }
    command = [sys.executable, "-c", PROGRAM, str(events)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, check=True
    )
    seconds, cpu = json.loads(done.stdout)
    return seconds, cpu
