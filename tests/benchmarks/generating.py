"""What it costs to generate: the whole process, from text to files on the disk."""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from trackplan.cache import YOUNG

from . import plans
from .measure import Command, Figure, compare_processes, processes

BIN = Path(sys.executable).parent
BARE = "python -c pass"
NEEDED = "import yaml, jinja2"
"""What has to be loaded before a changed event can be read and rendered."""
PEERS = {
    "glean_parser": [
        *("glean_parser", "translate", "-f", "python_server"),
        *("-o", "out", "metrics.yaml"),
    ],
    "openapi-python-client": [
        *("openapi-python-client", "generate", "--path", "openapi.json"),
        *("--output-path", "out", "--meta", "none", "--overwrite"),
    ],
    "datamodel-code-generator": [
        *("datamodel-codegen", "--input", "schema.json", "--output", "out"),
        *("--input-file-type", "jsonschema", "--output-model-type", "typing.TypedDict"),
    ],
}
OF_AGE = YOUNG / 1e9 + 1
"""Seconds after which a file's times alone tell that it has not changed."""
PEERS_UP_TO = 1_000
"""Events: beyond it each of the peers takes from half a minute to minutes."""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield what it costs cold, with nothing changed, and with one event changed."""
    counts = (10, 100) if quick else (10, 100, 1_000, 10_000)
    cold: dict[int, float] = {}
    for count in counts:
        for figure in _generate(count, 3 if quick else 7):
            if figure.subject == "trackplan" and "cold" in figure.case:
                cold[count] = figure.median
            yield figure
    for small, large in pairwise(counts):
        yield _growth(cold, small, large)


def _generate(count: int, rounds: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        bare = {BARE: Command([BIN / "python", "-c", "pass"], Path(folder))}
        ours = _command(Path(folder), "trackplan", count, ["trackplan", "generate"])
        cold = {"trackplan": ours}
        if count <= PEERS_UP_TO:
            for peer, arguments in PEERS.items():
                cold[peer] = _command(Path(folder), peer, count, arguments)
        fewer = rounds if count <= 100 else max(3, rounds // 2)
        case = f"{count:,} events"
        yield from compare_processes(
            f"{case}, cold", processes(cold, fewer), "trackplan"
        )
        time.sleep(OF_AGE)
        again = bare | {"trackplan": ours._replace(before=None)}
        samples = processes(again, 2 * rounds)
        yield from compare_processes(f"{case}, nothing changed", samples, BARE)
        changed = bare | {
            NEEDED: Command([BIN / "python", "-c", NEEDED], Path(folder)),
            "trackplan": ours._replace(before=_change(ours.folder, count)),
        }
        samples = processes(changed, rounds)
        yield from compare_processes(f"{case}, one changed", samples, BARE)


def _command(parent: Path, name: str, count: int, arguments: list[str]) -> Command:
    folder = parent / name
    folder.mkdir()
    file, text = plans.INPUTS[name]
    (folder / file).write_text(text(count))

    def clean() -> None:
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)

    return Command([BIN / arguments[0], *arguments[1:]], folder, clean)


def _change(folder: Path, count: int) -> Callable[[], None]:
    longest = iter(range(65, 1_000))
    path = folder / "tracking_plan.yaml"
    return lambda: path.write_text(plans.plan(count, next(longest))) and None


def _growth(cold: dict[int, float], small: int, large: int) -> Figure:
    exponent = math.log(cold[large] / cold[small]) / math.log(large / small)
    case = f"growth, {small:,} to {large:,} events"
    return Figure(case, "trackplan", "", exponent, exponent, exponent, note="exponent")
