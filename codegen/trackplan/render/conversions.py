"""Conversions of arguments that stand for JSON, such as a datetime for its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trackplan.model import Definition, Property, Schema
from trackplan.render.hints import kinds_of, stand_in
from trackplan.render.layout import call
from trackplan.render.reading import resolved
from trackplan.render.scope import Scope


def conversion_lines(
    one: Property, definitions: Mapping[str, Definition], scope: Scope
) -> Iterator[str]:
    """Yield the lines that put JSON in the place of an argument that stands for it."""
    name = one.python_name
    for kind in _stand_ins(one.schema, definitions):
        yield f"    if {scope.outer('type')}({name}) is {scope.outer(kind)}:"
        if kind == "date":
            yield f"        {name} = {name}.isoformat()"
        else:
            function = scope.outer(_FUNCTIONS[kind])
            yield f"        {call(f'{name} = {function}', name, '', 8)}"


_FUNCTIONS = {"datetime": "as_text", "Decimal": "as_number", "UUID": "str"}


def _stand_ins(schema: Schema, definitions: Mapping[str, Definition]) -> Iterator[str]:
    """Yield the types, beside JSON's own, that the hint of a property names."""
    schema = resolved(schema, definitions)
    if isinstance(schema, bool) or schema.keys() & {"$ref", "enum", "const"}:
        return
    for kind in kinds_of(schema) if "type" in schema else ():
        if found := stand_in(kind, schema):
            yield found
