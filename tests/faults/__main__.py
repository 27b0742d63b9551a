"""Prints a table: one line a fault and sender."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from .rows import ROWS, Row
from .run import PEER_PYTHON, Outcome, Subject, run
from .senders import SENDERS

TRACKPLAN = (Subject("trackplan"), Subject("trackplan", spool=True))
HEAD = (
    "lost",
    "counted",
    "raised",
    "twice",
    "order",
    "pause ms",
    "own ms",
    ">5 ms",
    "machine",
    "exit s",
    "MB",
    "s",
)
WIDTHS = (7, 8, 7, 7, 6, 9, 8, 6, 8, 7, 6, 6)


def main() -> None:
    options = _parser().parse_args()
    rows = [row for row in ROWS if not options.rows or _is_named(row, options.rows)]
    subjects = _subjects(options.peers)
    print(_line("fault", "sender", HEAD))
    outcomes = []
    for row, subject in _pairs(rows, subjects):
        calls = min(row.calls, options.events or row.calls)
        outcome = run(row._replace(calls=calls), subject)
        outcomes.append(outcome._asdict())
        print(_line(row.name, subject.name, _cells(outcome)), flush=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(outcomes, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.faults", description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows, by the beginning of their names")
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=PEER_PYTHON.exists(),
        help="other senders beside ours; by default if they are installed",
    )
    parser.add_argument("--events", type=int, help="at most so many calls a row")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    return parser


def _subjects(peers: bool) -> list[Subject]:
    if peers and not PEER_PYTHON.exists():
        sys.exit("The peers are not installed: run `make faults-peers`.")
    others = (Subject(name) for name in SENDERS if name != "trackplan")
    return [*TRACKPLAN, *(others if peers else ())]


def _pairs(rows: list[Row], subjects: list[Subject]) -> Iterator[tuple[Row, Subject]]:
    return (
        (row, subject)
        for row in rows
        for subject in subjects
        if row.peers or subject in TRACKPLAN
    )


def _is_named(row: Row, names: list[str]) -> bool:
    return any(row.name.startswith(name) for name in names)


def _cells(outcome: Outcome) -> tuple[str, ...]:
    if outcome.skipped:
        return (f"  skipped: {outcome.skipped}",)
    exit_s = "-" if outcome.exit_s is None else f"{outcome.exit_s:.2f}"
    wrong = [] if outcome.sums else ["sums"]
    wrong += [f"{outcome.garbled} garbled"] if outcome.garbled else []
    wrong += [outcome.note] if outcome.note else []
    return (
        f"{outcome.lost:,}",
        f"{outcome.counted:,}",
        f"{outcome.raised:,}",
        f"{outcome.duplicated:,}",
        f"{outcome.out_of_order:,}",
        f"{outcome.longest_pause_ms:,.1f}",
        f"{outcome.own_pause_ms:,.1f}",
        f"{outcome.long_pauses:,}",
        f"{outcome.machine_pause_ms:,.1f}",
        exit_s,
        f"{outcome.memory_mb:.0f}",
        f"{outcome.seconds:.1f}",
        "  " + "; ".join(wrong),
    )


def _line(fault: str, sender: str, cells: tuple[str, ...]) -> str:
    widths = (*WIDTHS, 0)
    figures = "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False)
    )
    return f"{fault:<34}{sender:<18}{figures}".rstrip()


main()
