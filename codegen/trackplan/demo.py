"""The whole loop on one machine: check, generate, call, deliver, see what arrived."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import httpx
from rich.console import Console
from rich.table import Table

from trackplan import runtime
from trackplan.collector import Server, create_app
from trackplan.model import Call, Event, Json, Plan
from trackplan.render import render
from trackplan.render.example import source as as_python
from trackplan.runtime import PlanViolation
from trackplan.runtime.validate import explain
from trackplan.write import apply, changes

USER, GROUP = "user-123", "company-456"


def show(plan: Plan, path: Path) -> int:
    """Run the demo for a plan and print it on stdout. Returns the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 110
    console.print(f"[bold]1. check[/]     {path}: {len(plan.events)} events, no errors")
    with tempfile.TemporaryDirectory(prefix="trackplan-demo-") as folder:
        package = Path(folder, "generated")
        apply(changes(render(plan, path.name), package))
        sys.path.insert(0, folder)
        console.print("[bold]2. generate[/]  typed functions, in a temporary folder")
        app = create_app(plan, strict=True, write_code=None)
        with Server(app) as server:
            console.print(
                f"[bold]3. collect[/]   a stand-in for Userlens on {server.url}"
            )
            return _loop(plan, server.url, console)


def _loop(plan: Plan, url: str, console: Console) -> int:
    generated = vars(importlib.import_module("generated"))
    runtime.configure(
        write_code="demo-not-a-secret",
        events_url=url,
        raw_url=url,
        on_violation="raise",
        deliver=True,
    )
    console.print("[bold]4. call[/]")
    calls = [(call, call.examples[0]) for call in _shown(plan)]
    for call, example in calls:
        console.print(f"     {_as_source(call, example)}", markup=False)
        _perform(generated, call, example)
    _call_wrongly(plan, generated, console)
    delivered = runtime.flush(5.0)
    arrived = httpx.get(f"{url}/api/events", trust_env=False).json()["events"]
    console.print(f"[bold]6. deliver[/]   {_in_words(runtime.stats())}")
    console.print("[bold]7. see[/]       what the collector received:")
    console.print(_table(arrived))
    is_complete = len(arrived) == len(calls)
    is_good = all(entry["verdict"] == "good" for entry in arrived)
    return 0 if delivered and is_complete and is_good else 1


def _shown(plan: Plan) -> list[Call]:
    """Return the traits and up to twenty events with an example, as in the plan."""
    events = sorted(plan.events, key=lambda one: (one.place.file, one.place.line))
    calls: list[Call] = [one for one in (plan.user, plan.group, *events) if one]
    return [one for one in calls if one.examples and not one.deprecated][:22]


def _arguments(call: Call, example: Mapping[str, Json]) -> dict[str, Json]:
    names = {one.wire_name: one.python_name for one in call.properties}
    keywords = {names[key]: value for key, value in example.items() if key in names}
    others = {key: value for key, value in example.items() if key not in names}
    return {**keywords, "additional_properties": others} if others else keywords


def _positional(call: Call) -> list[str]:
    return [USER, GROUP] if call.is_group else [USER]


def _as_source(call: Call, example: Mapping[str, Json]) -> str:
    parts = [as_python(value) for value in _positional(call)]
    arguments = _arguments(call, example).items()
    parts += [f"{name}={as_python(value)}" for name, value in arguments]
    return f"{call.function}({', '.join(parts)})"


def _perform(
    generated: Mapping[str, object], call: Call, example: Mapping[str, Json]
) -> None:
    function = cast("Callable[..., None]", generated[call.function])
    function(*_positional(call), **_arguments(call, example))


def _call_wrongly(
    plan: Plan, generated: Mapping[str, object], console: Console
) -> None:
    events = [one for one in _shown(plan) if isinstance(one, Event)]
    if not events:
        console.print("     no event of the plan has an example: give it one to call")
        return
    call = max(events, key=lambda one: len(one.examples))
    wrong = _broken(plan, call)
    console.print("[bold]5. a wrong call[/] is stopped before it is sent:")
    console.print(f"     {_as_source(call, wrong)}", markup=False)
    try:
        _perform(generated, call, wrong)
    except PlanViolation as violation:
        for line in str(violation).splitlines():
            console.print(f"     {line}", style="red", markup=False)


def _broken(plan: Plan, call: Call) -> dict[str, Json]:
    """Return the call's example with up to two properties that the plan refuses."""
    definitions = {one.name: one.schema for one in plan.definitions}
    wrong = dict(call.examples[0])
    for name in list(wrong)[-2:]:
        for value in ("99", -1, False):
            if explain(call.schema, {**call.examples[0], name: value}, definitions):
                wrong[name] = value
                break
    return wrong


def _in_words(stats: runtime.Stats) -> str:
    return (
        f"{stats.delivered} delivered, {stats.set_aside} set aside "
        f"({stats.violations} for breaking the plan), {stats.queued} still queued"
    )


def _table(arrived: list[dict[str, str]]) -> Table:
    table = Table(expand=True)
    table.add_column("type", no_wrap=True, min_width=8)
    table.add_column("event", no_wrap=True, min_width=22)
    table.add_column("what it carried", no_wrap=True, ratio=1)
    table.add_column("verdict", no_wrap=True, min_width=9)
    for entry in arrived:
        body = cast("Mapping[str, Mapping[str, Json]]", entry["body"])
        data = body.get("properties", body.get("traits", {}))
        table.add_row(
            entry["type"],
            entry["event"] or "",
            as_python(data),
            entry["verdict"],
        )
    return table
