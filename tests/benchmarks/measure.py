"""Measures subjects in turn, round after round, and compares them."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
"""With PYTHONDONTWRITEBYTECODE, for one, every program would compile itself anew."""
_ENVIRONMENT["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# A peer looks there for the formatter that it hands its code to, and else leaves it out.

Samples = Mapping[str, Sequence[float]]
"""What each subject took, one figure a round."""


class Figure(NamedTuple):
    """What one subject took in one case, over all rounds."""

    case: str
    subject: str
    unit: str
    median: float
    low: float
    """The lower quartile."""
    high: float
    """The upper quartile."""
    ratio: float | None = None
    """Against the subject that the case is measured by: the median over the rounds."""
    more: float | None = None
    """How much more than that subject, in the unit: the median over the rounds."""
    memory_mb: float | None = None
    """The largest resident set, the median over the rounds."""
    note: str = ""


class Command(NamedTuple):
    """A program to run as a process."""

    arguments: Sequence[str | Path]
    folder: Path
    before: Callable[[], object] | None = None
    """What is done before each run, outside the measurement."""
    code: int = 0
    """The exit code that is expected."""


class Usage(NamedTuple):
    """What one process used."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, of user and system together."""
    memory_mb: float
    """The largest resident set."""


def mean_call(subject: Callable[[], object], number: int) -> float:
    """Return the nanoseconds of one call, all of them measured together."""
    repeat = range(number)
    gc.collect()
    start = time.perf_counter_ns()
    for _ in repeat:
        subject()
    return (time.perf_counter_ns() - start) / number


def median_call(subject: Callable[[], object], number: int) -> float:
    """Return the nanoseconds of the median call, with those of looking at the clock."""
    gc.collect()
    times = []
    for _ in range(number):
        start = time.perf_counter_ns()
        subject()
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times)


def rounds(
    subjects: Mapping[str, Callable[[], object]],
    rounds: int,
    number: int,
    after: Callable[[], object] = lambda: None,
    measure: Callable[[Callable[[], object], int], float] = mean_call,
) -> dict[str, list[float]]:
    """Return the nanoseconds of one call; a round makes `number` calls of each subject.

    `after` is called behind each subject's turn, and not measured. `measure` makes the
    calls, and says what one takes.
    """
    samples: dict[str, list[float]] = {name: [] for name in subjects}
    for which in range(rounds):
        for name in _turned(subjects, which):
            samples[name].append(measure(subjects[name], number))
            after()
    return samples


def processes(subjects: Mapping[str, Command], rounds: int) -> dict[str, list[Usage]]:
    """Return what each process used; a round runs each once."""
    samples: dict[str, list[Usage]] = {name: [] for name in subjects}
    for which in range(rounds):
        for name in _turned(subjects, which):
            samples[name].append(run(subjects[name]))
    return samples


def _turned(names: Mapping[str, object], which: int) -> list[str]:
    """Let another one begin each round: the first after a pause is often slower."""
    order = list(names)
    at = which % len(order)
    return order[at:] + order[:at]


def run(command: Command) -> Usage:
    """Run a program once. Raises RuntimeError where it ends otherwise than expected."""
    if command.before:
        command.before()
    start = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Not Popen.wait: only this one says what the process used.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != command.code:
        shown = " ".join(map(str, command.arguments))
        raise RuntimeError(
            f"exit code {process.returncode}, in {command.folder}: {shown}"
        )
    in_bytes = 1 if sys.platform == "darwin" else 1024
    memory = usage.ru_maxrss * in_bytes / 2**20
    return Usage(wall, usage.ru_utime + usage.ru_stime, memory)


def said(command: Command) -> str:
    """Return what a program prints."""
    done = subprocess.run(
        command.arguments,
        cwd=command.folder,
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def compare(
    case: str, samples: Samples, by: str | None = None, unit: str = "ns"
) -> Iterator[Figure]:
    """Yield a figure for each subject, with its ratio to the subject `by`, if any."""
    for subject, values in samples.items():
        low, median, high = quartiles(values)
        figure = Figure(case, subject, unit, median, low, high)
        if by is not None:
            pairs = list(zip(values, samples[by], strict=True))
            ratio = statistics.median(value / base for value, base in pairs)
            more = statistics.median(value - base for value, base in pairs)
            figure = figure._replace(ratio=ratio, more=more)
        yield figure


def compare_processes(
    case: str, samples: Mapping[str, Sequence[Usage]], by: str | None = None
) -> Iterator[Figure]:
    """Yield a figure of wall time and memory for each program."""
    walls = {name: [one.wall * 1000 for one in samples[name]] for name in samples}
    for figure in compare(case, walls, by, "ms"):
        memory = statistics.median(one.memory_mb for one in samples[figure.subject])
        yield figure._replace(memory_mb=memory)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high
