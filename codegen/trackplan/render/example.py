"""Calls of generated functions, as docstrings and the catalog show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trackplan.model import Call, Json
from trackplan.render.layout import WIDTH, columns, literal

USER_ID = "user-123"
GROUP_ID = "company-456"
_INDENT = 8  # where a docstring has it


def example_call(call: Call, example: Mapping[str, Json]) -> str:
    """Return the Python call that sends an example."""
    names = {one.wire_name: one.python_name for one in call.properties}
    keywords = [f"{names[k]}={source(v)}" for k, v in example.items() if k in names]
    others = {key: value for key, value in example.items() if key not in names}
    if others:
        keywords.append(f"additional_properties={source(others)}")
    ids = [USER_ID, GROUP_ID] if call.is_group else [USER_ID]
    arguments = [*map(literal, ids), *keywords]
    line = f"{call.function}({', '.join(arguments)})"
    if columns(line) + _INDENT <= WIDTH:
        return line
    body = "\n".join(f"    {one}," for one in arguments)
    return f"{call.function}(\n{body}\n)"


def source(value: Json) -> str:
    """Return a Python expression for JSON data, on one line."""
    if isinstance(value, Mapping):
        items = (f"{literal(key)}: {source(item)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(source, value)) + "]"
    return literal(value)
