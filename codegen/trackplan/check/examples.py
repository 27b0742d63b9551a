"""Examples, judged by what will judge the calls."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan import rules
from trackplan.check.build import Builder
from trackplan.check.findings import Findings, describe
from trackplan.check.tree import Path, roots, walk
from trackplan.load import Array, Object
from trackplan.model import Schema
from trackplan.runtime.validate import explain


def check_examples(found: Findings, builder: Builder) -> None:
    """Find examples that their own schema refuses."""
    if found.is_broken(("$defs",)):
        return
    definitions = {one.name: one.schema for one in builder.definitions()}
    for path, root in roots(found.plan):
        if not found.is_broken(path):
            for where, schema, examples in _with_examples(path, root, builder):
                _check(found, where, schema, examples, definitions)


def _with_examples(
    path: Path, root: object, builder: Builder
) -> Iterator[tuple[Path, Schema, Array]]:
    if not isinstance(root, Object):
        return
    for where, data in walk(root, path):
        examples = data.get("examples")
        if isinstance(examples, Array):
            is_call = where == path and path[0] != "$defs"
            lower = builder.closed if is_call else builder.lower
            yield where, lower(data, where), examples


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
            found.at_value(place, rules.BAD_EXAMPLE, fact, cure)
