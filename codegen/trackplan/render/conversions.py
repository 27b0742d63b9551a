"""Conversions of arguments that stand for JSON, such as a datetime for its text."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan.model import Property, Schema, typed_children
from trackplan.render.conditions import Condition, Some, some_of
from trackplan.render.hints import Hints, definition_name, kinds_of
from trackplan.render.layout import call
from trackplan.render.scope import Scope


def conversion_lines(one: Property, hints: Hints, scope: Scope) -> Iterator[str]:
    """Yield the lines that put JSON in the place of an argument that stands for it."""
    name = one.python_name
    for kind in dict.fromkeys(hints.stand_ins(one.schema)):
        function = scope.outer(_FUNCTIONS[kind])
        yield f"    if {scope.outer('type')}({name}) is {scope.outer(kind)}:"
        yield f"        {call(f'{name} = {function}', name, '', 8)}"


def or_converted(proved: Condition, name: str, scope: Scope) -> Condition:
    """Let the helper of an array or an object judge once more, what it holds converted.

    The first time costs what is plain JSON nothing; copies are made of what was proved.
    """
    if isinstance(proved, Some):
        return some_of(or_converted(one, name, scope) for one in proved.parts)
    if not isinstance(proved, str) or not proved.endswith(f"({name})"):
        return proved
    again = f"{name} := {scope.outer('as_json')}({name})"
    return some_of([proved, proved.replace(f"({name})", f"({again})")])


def holds_stand_ins(
    schema: Schema, hints: Hints, above: frozenset[str] = frozenset()
) -> bool:
    """Tell whether a hint takes an array, as which a tuple passes, or what else has to
    be converted inside an array or an object."""
    if isinstance(schema, bool):
        return False
    if "$ref" in schema:
        name = definition_name(schema)
        found = None if name in above else hints.definitions.get(name)
        return bool(found and holds_stand_ins(found.schema, hints, above | {name}))
    if "type" in schema and "array" in kinds_of(schema):
        return True
    return any(
        holds_stand_ins(child, hints, above)
        or (step[0] not in _IN_PLACE and any(hints.stand_ins(child)))
        for step, child in typed_children(schema)
    )


_IN_PLACE = ("allOf", "anyOf", "oneOf")
_FUNCTIONS = {
    "Decimal": "as_number",
    "UUID": "str",
    "date": "str",
    "datetime": "as_text",
}
