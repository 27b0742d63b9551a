"""150 events a second for as long as you like, with another fault every minute.

    python -m tests.faults.soak MINUTES [--seed N] [--no-spool]

It prints the memory each minute, and at the end what came of it all.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from .rows import Row
from .run import Server, Subject, Trial, memory_mb

RATE = 150
FAULTS = (
    *("fine", "500", "429", "reset", "take and reset", "hang", "drip"),
    *("closing", "down 10", "down 45", "slow 20", "slow 50", "slow 200"),
)


class Soak(Trial):
    """A trial whose server changes its script every minute."""

    minute = 0
    _next = 0.0

    def look(self, pid: int, now: float) -> None:
        super().look(pid, now)
        if now >= self._next:
            script = random.choice(FAULTS)
            self.server.follow(script)
            memory = memory_mb(pid, "VmRSS")
            calls = self.ledger.done()
            line = f"{self.minute:>6} {memory:>6.1f} MB {calls:>8,} calls  {script}"
            print(line, flush=True)
            self.minute, self._next = self.minute + 1, now + 60


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.faults.soak", description=__doc__)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--spool", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    print(f"seed {options.seed}")
    random.seed(options.seed)
    row = Row(
        "soak",
        calls=int(RATE * 60 * options.minutes),
        rate=RATE,
        settings={"TRACKPLAN_TIMEOUT": "2"},
        limit=120,
    )
    subject = Subject("trackplan", options.spool)
    with tempfile.TemporaryDirectory() as folder, Server(row) as server:
        outcome = Soak(row, subject, Path(folder), server).outcome()
    for name, value in outcome._asdict().items():
        print(f"{name:>17}  {value}")


if __name__ == "__main__":
    main()
