"""What `usage` takes to read a tree of code, and to look at it again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from . import plans
from .generating import BIN
from .measure import Command, Figure, compare_processes, processes


def figures(quick: bool, folder: Path | None) -> Iterator[Figure]:
    """Yield what each run takes on the code in `folder`, or Python's own library."""
    code = folder.absolute() if folder else Path(sysconfig.get_path("stdlib"))
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        (here / "plan.yaml").write_text(plans.plan(100))
        usage = [BIN / "trackplan", "usage", "plan.yaml", code]
        read = subprocess.run(
            [*usage, "--format", "json"], cwd=here, capture_output=True, check=False
        )
        lines = json.loads(read.stdout)["lines"]
        command = Command([*usage, "--fail-on", "stale-baseline"], here)
        forget = partial(shutil.rmtree, here / ".trackplan_cache")
        subjects = {"first run": command._replace(before=forget), "second run": command}
        samples = processes(subjects, 1 if quick else 3)
        yield from compare_processes(f"{lines:,} lines", samples, "second run")
