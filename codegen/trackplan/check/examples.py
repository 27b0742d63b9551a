"""Examples and defaults, judged by what will judge the calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from trackplan import rules
from trackplan.check.build import Builder
from trackplan.check.findings import Findings, describe
from trackplan.check.tree import Path
from trackplan.load import Array, Data, Object
from trackplan.model import Schema
from trackplan.runtime.validate import explain
from trackplan.runtime.values import join


class _Given(NamedTuple):
    """A value that stands in the plan beside its schema."""

    noun: str
    name: str
    place: Path
    value: Data


def check_examples(found: Findings, builder: Builder) -> None:
    """Find examples and defaults that their own schema refuses."""
    if found.is_broken(("$defs",)):
        return
    definitions = {one.name: one.schema for one in builder.definitions()}
    for path, data in found.sound():
        if "examples" in data or "default" in data:
            is_call = len(path) == 2 and path[0] != "$defs"
            schema = (builder.closed if is_call else builder.lower)(data, path)
            for given in _given(path, data):
                _check(found, given, schema, definitions)


def _given(path: Path, data: Object) -> Iterator[_Given]:
    examples, what = data.get("examples"), describe(path)
    for index, one in enumerate(examples if isinstance(examples, Array) else ()):
        name, place = f"example {index + 1} of {what}", (*path, "examples", index)
        yield _Given("example", name, place, one)
    if data.get("default") is not None:  # many tools write null for none
        name, place = f"`default` of {what}", (*path, "default")
        yield _Given("default", name, place, data["default"])


def _check(
    found: Findings, given: _Given, schema: Schema, definitions: dict[str, Schema]
) -> None:
    noun, name, place, value = given
    try:
        problems = explain(schema, value, definitions)
    except RecursionError:  # a recursive schema and a value as deep as it goes
        fact, cure = f"{name} is nested too deep to be judged", "shorten it"
        found.at_value(place, rules.BAD_EXAMPLE, fact, cure)
        return
    for problem in problems:
        where = f"`{problem.path}` in " if problem.path else ""
        fact = f"{where}{name}: expected {problem.expected}, got {problem.got}"
        cure = f"correct the {noun}, or the schema"
        inside = _steps(value, problem.path)
        found.at_value((*place, *inside), rules.BAD_EXAMPLE, fact, cure)


def _steps(data: Data, path: str) -> Iterator[str | int]:
    """Yield the steps of a written path into `data`, as far as it goes there."""
    steps: dict[str, tuple[str | int, Data]] = {}
    if isinstance(data, Object):
        steps = {join("", key): (key, value) for key, value in data.items()}
    elif isinstance(data, Array):
        steps = {f"[{index}]": (index, value) for index, value in enumerate(data)}
    for text in sorted(steps, key=len, reverse=True):
        rest = path.removeprefix(text)
        if rest != path and rest[:1] in ("", ".", "["):
            step, value = steps[text]
            yield step
            yield from _steps(value, rest.removeprefix("."))
            return
