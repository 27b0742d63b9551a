"""What `check` and `diff` cost as plans grow."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

from . import plans
from .generating import BARE, BIN
from .measure import Command, Figure, compare_processes, processes

ALL = "diff, every event changed"


def figures(quick: bool) -> Iterator[Figure]:
    """Yield what each costs, and how it grows."""
    counts = (10, 100) if quick else (10, 100, 1_000, 10_000)
    found: dict[tuple[str, int], float] = {}
    for count in counts:
        for figure in _costs(count, 3 if quick else 5):
            found[figure.subject, count] = figure.median
            yield figure
    for subject in ("check", "diff", ALL):
        for small, large in pairwise(counts):
            if (subject, large) not in found:
                continue
            grown = found[subject, large] / found[subject, small]
            value = math.log(grown) / math.log(large / small)
            case = f"growth, {small:,} to {large:,} events"
            yield Figure(case, subject, "", value, value, value, note="exponent")


def _costs(count: int, rounds: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tracking_plan.yaml").write_text(plans.plan(count))
        (folder / "before.yaml").write_text(plans.plan(count, 65))
        every = plans.plan(count).replace("maxLength: 64", "maxLength: 65")
        (folder / "every.yaml").write_text(every)
        diff = [BIN / "trackplan", "diff", "--against"]
        cache = folder / ".trackplan_cache"
        forget = partial(shutil.rmtree, cache, ignore_errors=True)
        commands = {
            BARE: Command([BIN / "python", "-c", "pass"], folder),
            "check": Command([BIN / "trackplan", "check"], folder, forget),
            "check, nothing changed": Command([BIN / "trackplan", "check"], folder),
            "diff": Command([*diff, "before.yaml"], folder, code=1),
        }
        if count <= 1_000:
            commands[ALL] = Command([*diff, "every.yaml"], folder, code=1)
        samples = processes(commands, rounds)
        yield from compare_processes(f"{count:,} events", samples, BARE)
