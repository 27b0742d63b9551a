"""One row with one sender: server, child, and what came of it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from .child import Job
from .ledger import RAISED, RETURNED, Ledger
from .rows import Row

ROOT = Path(__file__).parents[2]
PEER_PYTHON = ROOT / ".venv" / "peers" / "bin" / "python"
GRACE = 30.0
"""Seconds beyond the limit of a flush in which a program must have ended."""


class Outcome(NamedTuple):
    """What came of a row."""

    row: str
    sender: str
    skipped: str = ""
    calls: int = 0
    """Those that came back."""
    lost: int = 0
    """Not delivered, and not said to be."""
    counted: int = 0
    """Not delivered, and said to be set aside or still queued."""
    raised: int = 0
    """Not delivered, and said so to the caller, by an exception."""
    duplicated: int = 0
    out_of_order: int = 0
    """Behind a later event of the same user."""
    longest_pause_ms: float = 0.0
    own_pause_ms: float = 0.0
    """The longest, without the time for which the machine had no processor for it."""
    longest_call: int = 0
    """The number of the call that paused so long."""
    long_pauses: int = 0
    """Calls of more than 5 ms."""
    machine_pause_ms: float = 0.0
    """How late this process, which does next to nothing, was woken at worst."""
    exit_s: float | None = None
    memory_mb: float = 0.0
    seconds: float = 0.0
    garbled: int = 0
    """Requests that did not say what was called."""
    sums: bool = True
    """Whether the statistics of every process add up."""
    note: str = ""
    stats: list[dict[str, Any]] = []  # noqa: RUF012 - never changed


class Server:
    """The server process of one row."""

    def __init__(self, row: Row) -> None:
        step = row.calls // 10 if row.script == "poison" else 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server", row.script, str(step)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://127.0.0.1:{int(self._line())}"

    def follow(self, script: str) -> None:
        """Change the script."""
        self._say(script)

    def figures(self) -> dict[str, Any]:
        """What it took so far."""
        self._say("tell")
        figures: dict[str, Any] = json.loads(self._line())
        return figures

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


class Subject(NamedTuple):
    """What is put to the test."""

    sender: str
    spool: bool = False

    @property
    def name(self) -> str:
        return f"{self.sender}, spool" if self.spool else self.sender

    @property
    def python(self) -> str:
        return sys.executable if self.sender == "trackplan" else str(PEER_PYTHON)


def run(row: Row, subject: Subject) -> Outcome:
    """Put `subject` through `row`. Bounded: what does not end is stopped."""
    if reason := _why_not(row, subject):
        return Outcome(row.name, subject.name, skipped=reason)
    with tempfile.TemporaryDirectory() as folder, Server(row) as server:
        trial = Trial(row, subject, Path(folder), server)
        with _spool(trial.spool, row.spool):
            return trial.outcome()


def _why_not(row: Row, subject: Subject) -> str:
    if not subject.spool and (row.spool or row.corrupt):
        return "it has no spool"
    if row.spool and os.geteuid():
        return "only root may mount a disk to fill"
    if row.act == "preload" and not find_spec("gunicorn"):
        return "gunicorn is not installed"
    return ""


@contextmanager
def _spool(folder: Path, size: int) -> Iterator[None]:
    """A folder for the spool, on a disk of `size` bytes unless that is 0."""
    folder.mkdir()
    if not size:
        yield
        return
    options = ["-t", "tmpfs", "-o", f"size={size}"]
    subprocess.run(["mount", *options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


class Trial:
    """One row with one sender, under way."""

    def __init__(
        self, row: Row, subject: Subject, folder: Path, server: Server
    ) -> None:
        self.spool = folder / "spool"
        self.server = server
        self.ledger = Ledger(folder / "ledger", row.calls)
        self._row = row
        self._subject = subject
        self._folder = folder
        self._exit_s: float | None = None
        self._memory_mb = 0.0
        self._machine_pause = 0.0
        self._note = ""

    def outcome(self) -> Outcome:
        """Run it all."""
        begin = time.monotonic()
        self.spool.mkdir(exist_ok=True)  # as there is one after a first start
        self._start(self._row.act, self._row.signal)
        if self._subject.spool:  # a second process delivers what the first has left
            self._corrupt()
            self.server.follow("fine")
            self._start("revive")
        return self._judged(time.monotonic() - begin)

    def _start(self, act: str, sent: int = 0) -> None:
        with (
            self._log.open("a") as log,
            subprocess.Popen(
                [self._subject.python, "-m", "tests.faults.child"],
                cwd=ROOT,
                env=self._environ(act),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as process,
        ):
            try:
                self._watch(process, sent)
            finally:
                with suppress(ProcessLookupError):  # whoever of its group is left
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode not in (0, -sent):
            self._note = self._note or self._last_words(process.returncode)

    def _environ(self, act: str) -> dict[str, str]:
        row, url = self._row, self.server.url
        where = (url, str(self._folder))
        job = Job(self._subject.sender, act, row.calls, row.rate, row.limit, *where)
        own = {
            "FAULTS_JOB": json.dumps(job),
            "PYTHONPATH": str(plan()),
            "USERLENS_EVENTS_URL": url,
            "USERLENS_WRITE_CODE": "a-write-code",
        }
        spool = {"TRACKPLAN_SPOOL": str(self.spool)} if self._subject.spool else {}
        return _inherited() | own | spool | row.settings

    def _watch(self, process: subprocess.Popen[bytes], sent: int) -> None:
        calling = self._row.calls / self._row.rate if self._row.rate else 0
        bound = 1.5 * calling + self._row.limit + GRACE
        deadline = time.monotonic() + bound
        told = 0.0
        while process.poll() is None:
            now = time.monotonic()
            self.look(process.pid, now)
            if sent and not told and self._is_time():
                process.send_signal(sent)
                told = now
            if now > deadline:
                self._note = f"stopped after {bound:.0f} s"
                return
            self._nap()
        if self._exit_s is None and (ended := told or self.ledger.ended):
            self._exit_s = time.monotonic() - ended

    def _nap(self) -> None:
        """Sleep for 10 ms, and see by how much longer the machine makes it."""
        due = time.monotonic() + 0.01
        time.sleep(0.01)
        self._machine_pause = max(self._machine_pause, time.monotonic() - due)

    def look(self, pid: int, _now: float) -> None:
        """See how the program is doing, many times a second."""
        self._memory_mb = max(self._memory_mb, memory_mb(pid, "VmHWM"))

    def _is_time(self) -> bool:
        return self.ledger.done() >= self._row.calls * self._row.at

    def _corrupt(self) -> None:
        """Change bytes anywhere in the spool."""
        files = [path for path in self.spool.rglob("*") if path.is_file()]
        files = [path for path in files if path.stat().st_size]
        for path in random.choices(files, k=self._row.corrupt) if files else ():
            content = bytearray(path.read_bytes())
            content[random.randrange(len(content))] ^= 0xFF
            path.write_bytes(content)

    def _judged(self, seconds: float) -> Outcome:
        figures = self.server.figures()
        arrived = [(number, user) for number, user in figures["taken"]]
        times = Counter(number for number, _ in arrived)
        missing = len(self.ledger.numbers(RETURNED) - times.keys())
        if (unmade := self._row.calls - self.ledger.done()) and not self._row.signal:
            self._note = self._note or f"{unmade} calls were not made"
        stats = self._stats()
        counted = min(missing, _counted(stats, self._subject.spool))
        return Outcome(
            self._row.name,
            self._subject.name,
            calls=self.ledger.done(),
            lost=missing - counted,
            counted=counted,
            raised=len(self.ledger.numbers(RAISED) - times.keys()),
            duplicated=times.total() - len(times),
            out_of_order=_out_of_order(arrived),
            longest_pause_ms=round(self.ledger.longest * 1000, 2),
            own_pause_ms=round(self.ledger.longest_own * 1000, 2),
            longest_call=self.ledger.which,
            long_pauses=self.ledger.long,
            machine_pause_ms=round(self._machine_pause * 1000, 2),
            exit_s=self._exit_s and round(self._exit_s, 2),
            memory_mb=self._memory_mb,
            seconds=round(seconds, 1),
            garbled=figures["garbled"],
            sums=all(map(_adds_up, stats)),
            note=self._note,
            stats=stats,
        )

    def _stats(self) -> list[dict[str, Any]]:
        """The last statistics of each process, in the order in which they ended."""
        path = self._folder / "stats"
        lines = path.read_text().splitlines() if path.exists() else []
        reports = [json.loads(line) for line in lines]
        return list({one["pid"]: one for one in reports}.values())

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _last_words(self, code: int) -> str:
        return f"exit code {code}: {(self._log.read_text().splitlines() or [''])[-1]}"


@cache
def plan() -> Path:
    """The folder of the code generated from the bench's own plan."""
    folder = ROOT / "build" / "faults"
    files = (Path(__file__).parent / "plan.yaml", "-o", folder / "fault_plan")
    command = [sys.executable, "-m", "trackplan", "generate", *map(str, files)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def _inherited() -> dict[str, str]:
    """The environment without anything that a sender reads, or that says `pytest`."""
    ours = ("USERLENS_", "TRACKPLAN_", "PYTEST_")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(ours) and not name.lower().endswith("_proxy")
    }


def memory_mb(pid: int, field: str) -> float:
    """A figure of a process's memory, where there is a /proc to give it."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(field + r":\s+(\d+) kB", status):
            return round(int(found[1]) / 1024, 1)
    return 0.0


def _counted(stats: list[dict[str, Any]], spool: bool) -> int:
    """How many events the processes say they have not delivered."""
    waiting = stats[-1:] if spool else stats  # the second process adopts the rest
    set_aside: int = sum(one.get("set_aside", 0) for one in stats)
    queued: int = sum(one.get("queued", 0) for one in waiting)
    skipped: int = sum(one.get("skipped", 0) for one in stats)
    return set_aside + queued + skipped


def _adds_up(stats: dict[str, Any]) -> bool:
    came = stats.get("accepted", 0) + stats.get("adopted", 0)
    went = ("delivered", "queued", "set_aside")
    return bool(came == sum(stats.get(name, 0) for name in went))


def _out_of_order(arrived: list[tuple[int, str]]) -> int:
    """How many events came first after a later one of the same user."""
    latest: dict[str, int] = {}
    count = 0
    for number, user in dict.fromkeys(arrived):
        count += number < latest.get(user, -1)
        latest[user] = max(number, latest.get(user, -1))
    return count
