"""Examples, judged by what will judge the calls."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan import rules
from trackplan.check.build import Builder
from trackplan.check.findings import Findings, describe
from trackplan.check.tree import Path
from trackplan.load import Array, Data, Object
from trackplan.model import Schema
from trackplan.runtime.validate import explain
from trackplan.runtime.values import join


def check_examples(found: Findings, builder: Builder) -> None:
    """Find examples that their own schema refuses."""
    if found.is_broken(("$defs",)):
        return
    definitions = {one.name: one.schema for one in builder.definitions()}
    with_examples = [one for one in found.sound() if "examples" in one[1]]
    for path, data in with_examples:
        examples = data["examples"]
        if isinstance(examples, Array):
            is_call = len(path) == 2 and path[0] != "$defs"
            lower = builder.closed if is_call else builder.lower
            _check(found, path, lower(data, path), examples, definitions)


def _check(
    found: Findings,
    path: Path,
    schema: Schema,
    examples: Array,
    definitions: dict[str, Schema],
) -> None:
    for index, example in enumerate(examples):
        place = (*path, "examples", index)
        name = f"example {index + 1} of {describe(path)}"
        try:
            problems = explain(schema, example, definitions)
        except RecursionError:  # a recursive schema and an example as deep as it goes
            fact, cure = f"{name} is nested too deep to be judged", "shorten it"
            found.at_value(place, rules.BAD_EXAMPLE, fact, cure)
            continue
        for problem in problems:
            where = f"`{problem.path}` in " if problem.path else ""
            fact = f"{where}{name}: expected {problem.expected}, got {problem.got}"
            cure = "correct the example, or the schema"
            inside = _steps(example, problem.path)
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
