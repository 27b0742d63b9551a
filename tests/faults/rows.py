"""The faults, one a row."""

from __future__ import annotations

import signal
from typing import NamedTuple


class Row(NamedTuple):
    """One fault: what the server does, what the program does, what is done to both."""

    name: str
    script: str = "fine"
    """Of the server."""
    act: str = "flush"
    """Of the child."""
    calls: int = 5_000
    rate: float = 0
    """Calls a second; 0 for as fast as can be."""
    settings: dict[str, str] = {}  # noqa: RUF012 - never changed
    """Settings of trackplan, by their variables; peers keep their defaults."""
    limit: float = 20
    """Seconds for a flush; 30 more, and the row is stopped."""
    signal: int = 0
    at: float = 0.5
    """The part of the calls after which the signal is sent."""
    spool: int = 0
    """The bytes of a full disk under the spool; 0 for a disk with room."""
    corrupt: int = 0
    """Bytes to change in the spool before the second process."""
    peers: bool = False
    """Whether it can be asked of a peer."""


ROWS = (
    Row("200", peers=True),
    Row("500 five times", "500", peers=True),
    Row("429 three times, Retry-After 2 s", "429", peers=True),
    Row("429 once, Retry-After 15 s", "429 long", limit=30),
    Row("reset, event had not arrived", "reset", peers=True),
    Row("reset, event had arrived", "take and reset", peers=True),
    Row(
        "two requests hang",
        "hang",
        settings={"TRACKPLAN_TIMEOUT": "2"},
        limit=40,
        peers=True,
    ),
    Row(
        "two answers drip",
        "drip",
        settings={"TRACKPLAN_TIMEOUT": "2"},
        limit=40,
        peers=True,
    ),
    Row("down for 10 s", "down 10", limit=40, peers=True),
    Row("down for 45 s", "down 45", limit=90),
    Row("connections closed at random", "closing", peers=True),
    Row("ten poison events", "poison", peers=True),
    Row("50 ms a request", "slow 50", calls=2_000, limit=30),
    Row("200 ms a request", "slow 200", calls=1_000, limit=30),
    Row("401 three times, then fixed", "401", "reconfigure"),
    Row("401 three times", "401", limit=10, peers=True),
    Row("exit at once", act="leave", calls=1_000, peers=True),
    Row("exit at once, 20 ms a request", "slow 20", "leave", calls=1_000, peers=True),
    Row("exit while the server hangs", "hanging", "leave", calls=1_000, peers=True),
    Row("os._exit", act="leave at once", calls=1_000, peers=True),
    Row("SIGTERM, 20 ms a request", "slow 20", rate=2_000, signal=signal.SIGTERM),
    Row(
        "SIGTERM and a handler, 20 ms",
        "slow 20",
        "leave when told",
        rate=2_000,
        signal=signal.SIGTERM,
    ),
    Row("kill -9", rate=2_000, signal=signal.SIGKILL),
    Row(
        "kill -9, 20 ms a request",
        "slow 20",
        rate=2_000,
        signal=signal.SIGKILL,
        peers=True,
    ),
    Row("os.fork, twice", act="fork", peers=True),
    Row("multiprocessing, fork", act="multiprocessing fork"),
    Row("multiprocessing, spawn", act="spawn"),
    Row("multiprocessing, forkserver", act="forkserver"),
    Row("gunicorn --preload", act="preload", signal=signal.SIGTERM, at=1),
    Row("burst of 20,000", calls=20_000, limit=40, peers=True),
    Row("burst of 200,000", calls=200_000, limit=300),
    Row("a thousand threads", act="thread"),
    Row("two processes, one spool", act="twin"),
    Row("clock jumps a day, and back", act="jump"),
    Row("disk full", spool=256 * 1024),
    Row(
        "ten bytes of the spool changed",
        "hanging",
        "leave",
        settings={"TRACKPLAN_SHUTDOWN_TIMEOUT": "1"},
        corrupt=10,
    ),
)
