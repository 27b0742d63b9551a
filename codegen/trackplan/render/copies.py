"""Copies of what a caller passed, so that nothing mutable is shared with the queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from trackplan.model import Definition, Json, Property, Schema
from trackplan.render.layout import WIDTH, call, columns, literal
from trackplan.render.reading import (
    CONTAINER,
    is_reference,
    listed,
    named,
    proved_kinds,
    target,
)
from trackplan.render.scope import Scope

_CONTAINERS = frozenset({"list", "dict"})
_PLAIN = CONTAINER["list"] | CONTAINER["dict"] | {"type", "pii"}


def copy_lines(
    one: Property, definitions: Mapping[str, Definition], scope: Scope
) -> Iterator[str]:
    """Yield the lines that put a copy of a proved argument into the payload."""
    kinds = proved_kinds(one.schema, definitions)
    if not kinds & _CONTAINERS:
        return
    name = one.python_name
    copy = f"{scope.outer('copied')}({name})"
    conditions = [] if one.required else [f"{name} is not UNSET"]
    shaped = _shape(one.schema, definitions, name, scope.outer("item"))
    if shaped and kinds - {"None"} <= _CONTAINERS:
        if "None" in kinds:
            conditions.append(f"{name} is not None")
        copy = shaped
    indent = 8
    if conditions:
        yield f"        if {' and '.join(conditions)}:"
        indent = 12
    yield _assignment(f"_payload[{literal(one.wire_name)}]", copy, name, scope, indent)


def _assignment(left: str, copy: str, name: str, scope: Scope, indent: int) -> str:
    margin = " " * indent
    if columns(f"{margin}{left} = {copy}") <= WIDTH:
        return f"{margin}{left} = {copy}"
    copied = f"{left} = {scope.outer('copied')}"
    return f"{margin}{call(copied, name, '', indent)}"


def _shape(
    schema: Schema, definitions: Mapping[str, Definition], name: str, item: str
) -> str | None:
    """Return an expression that copies all there is, or None where shapes vary."""
    schema = _resolved(schema, definitions)
    kinds = proved_kinds(schema, definitions) - {"None"}
    if isinstance(schema, bool) or not schema.keys() <= _PLAIN or len(kinds) != 1:
        return None
    inner = list(_inner(schema, kinds))
    found = frozenset(k for one in inner for k in proved_kinds(one, definitions))
    if not found & _CONTAINERS:
        return f"[*{name}]" if kinds == {"list"} else f"{{**{name}}}"
    if kinds == {"list"} and len(inner) == 1 and len(found) == 1:
        copy = _shape(inner[0], definitions, item, "")
        if copy and item and " for " not in copy:
            return f"[{copy} for {item} in {name}]"
    return None


def _resolved(schema: Schema, definitions: Mapping[str, Definition]) -> Schema:
    if not is_reference(schema):
        return schema
    found = target(schema, definitions)
    return found.schema if found else schema


def _inner(schema: Mapping[str, Json], kinds: frozenset[str]) -> Iterator[Schema]:
    """Yield the schemas of all that an array or object can hold."""
    if kinds == {"list"}:
        yield from listed(schema, "prefixItems")
        rest = cast("Schema", schema.get("items", True))
    else:
        yield from named(schema, "properties").values()
        yield from named(schema, "patternProperties").values()
        rest = cast("Schema", schema.get("additionalProperties", True))
    if rest is not False:
        yield rest
