"""Prints a table for each part: one line a case and subject."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from importlib import import_module
from pathlib import Path

from .measure import Figure

PARTS = {
    "import": "importing",
    "check": "checking",
    "generate": "generating",
    "usage": "using",
    "deliver": "delivering",
    "call": "calling",
}
"""The module of each part, which has a function `figures(quick)`; that of `usage` also
takes the folder to read. The system counts as the memory of a program what the process
that started it had: `call` comes last, since it imports all SDKs."""

HEAD = f"{'':<34}{'':<28}{'median':>10}{'':>3}{'quartiles':>21}{'ratio':>9}{'more':>9}{'MB':>7}"


def main() -> None:
    options = _parser().parse_args()
    print(_machine())
    found: dict[str, list[Figure]] = {}
    for part in options.parts or PARTS:
        print(f"\n{part}\n{HEAD}", flush=True)
        found[part] = []
        module = import_module(f".{PARTS[part]}", __package__)
        more = [options.folder] if part == "usage" else []
        for figure in module.figures(options.quick, *more):
            print(_line(figure), flush=True)
            found[part].append(figure)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        parts = {part: [one._asdict() for one in found[part]] for part in found}
        result = {"machine": _machine(), "parts": parts}
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    if options.page:
        for part, figures in found.items():
            _write(options.page, part, figures)
    sys.stdout.flush()
    os._exit(0)  # a thread of amplitude's waits until its queue is full


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"of {', '.join(PARTS)}; by default all",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--page", type=Path, help="write the tables into this page too")
    parser.add_argument(
        "--folder", type=Path, help="the code that `usage` reads, not Python's library"
    )
    parser.add_argument(
        "--quick", action="store_true", help="few rounds and small cases, to try it out"
    )
    return parser


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _write(page: Path, part: str, figures: list[Figure]) -> None:
    """Put a part's table where the page has the one from before."""
    table = "\n".join(
        [f"<!-- {part} -->", "```", _machine(), HEAD, *map(_line, figures)]
    )
    before = re.compile(f"<!-- {part} -->\n```\n.*?(?=\n```)", re.S)
    text = page.read_text("utf-8")
    if not before.search(text):
        raise SystemExit(f"{page} has no place for the table: <!-- {part} -->")
    page.write_text(before.sub(lambda _: table, text), "utf-8")


def _line(figure: Figure) -> str:
    ratio = "" if figure.ratio is None else f"{figure.ratio:,.2f}"
    more = "" if figure.more is None else _number(figure.more)
    memory = "" if figure.memory_mb is None else f"{figure.memory_mb:,.0f}"
    spread = f"{_number(figure.low)} - {_number(figure.high)}"
    line = f"{figure.case:<34}{figure.subject:<28}{_number(figure.median):>10}"
    line += f"{figure.unit:>3}{spread:>21}{ratio:>9}{more:>9}{memory:>7}  {figure.note}"
    return line.rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


main()
