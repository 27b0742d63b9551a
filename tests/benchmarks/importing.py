"""What it costs to import generated code, and to call a function of it once."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import plans
from .generating import BARE, BIN
from .measure import Command, Figure, compare, compare_processes, processes, said

SDKS = {
    "segment": "import segment.analytics",
    "posthog": "import posthog",
    "rudder": "import rudderstack.analytics",
    "amplitude": "import amplitude",
    "mixpanel": "import mixpanel",
}
RUNTIME = "import trackplan.runtime"
NEEDED = "import typing, threading"
"""What no typed package with threads can do without."""
ALONE = """\
import time, trackplan.runtime
start = time.perf_counter()
import generated
print((time.perf_counter() - start) * 1000)"""
"""Says what the package adds, which is less than the noise between two processes."""
CALL = """\
from generated import configure, track_account_address_created as track
configure(deliver=False)
track("user-123", item_id="i", plan="free", seats=1, is_trial=False)"""
SETUP = """\
from trackplan.runtime import configure
configure(deliver=False)"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield what the runtime costs beside the SDKs, then generated packages."""
    rounds = 5 if quick else 15
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = {BARE: "pass", NEEDED: NEEDED, RUNTIME: RUNTIME, **SDKS}
        commands = {case: _python(code, folder) for case, code in programs.items()}
        yield from compare_processes("alone", processes(commands, rounds), BARE)
        for count in (10, 100) if quick else (10, 100, 1_000, 10_000):
            yield from _generated(count, folder / str(count), rounds)


def _python(code: str, folder: Path) -> Command:
    return Command([BIN / "python", "-c", code], folder)


def _generated(count: int, folder: Path, rounds: int) -> Iterator[Figure]:
    folder.mkdir()
    (folder / "tracking_plan.yaml").write_text(plans.plan(count))
    command = [BIN / "trackplan", "generate"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    programs = {
        RUNTIME: RUNTIME,
        "import generated": "import generated",
        "runtime, configured": SETUP,
        "import, configure, call": CALL,
    }
    commands = {name: _python(code, folder) for name, code in programs.items()}
    samples = processes(commands, rounds)
    yield from compare_processes(f"{count:,} events", samples, RUNTIME)
    alone = [said(_python(ALONE, folder)) for _ in range(3 * rounds)]
    times = {"the package alone": [float(one) for one in alone]}
    yield from compare(f"{count:,} events", times, unit="ms")

    def forget() -> None:
        for cache in folder.glob("generated/**/__pycache__"):
            shutil.rmtree(cache)

    without = {RUNTIME: commands.pop(RUNTIME)}
    without |= {name: one._replace(before=forget) for name, one in commands.items()}
    samples = processes(without, max(3, rounds // 3))
    yield from compare_processes(f"{count:,} events, no .pyc", samples, RUNTIME)
