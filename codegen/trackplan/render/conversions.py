"""Conversions of arguments that stand for JSON, such as a datetime for its text."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan.model import Property
from trackplan.render.hints import Hints
from trackplan.render.layout import call
from trackplan.render.scope import Scope


def conversion_lines(one: Property, hints: Hints, scope: Scope) -> Iterator[str]:
    """Yield the lines that put JSON in the place of an argument that stands for it."""
    name = one.python_name
    for kind in dict.fromkeys(hints.stand_ins(one.schema)):
        function = scope.outer(_FUNCTIONS[kind])
        yield f"    if {scope.outer('type')}({name}) is {scope.outer(kind)}:"
        yield f"        {call(f'{name} = {function}', name, '', 8)}"


_FUNCTIONS = {
    "Decimal": "as_number",
    "UUID": "str",
    "date": "str",
    "datetime": "as_text",
}
