"""Lint: one property, one type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trackplan import rules
from trackplan.check.findings import Findings, describe, place_as_seen
from trackplan.check.names import calls
from trackplan.check.references import References
from trackplan.check.tree import Path
from trackplan.load import Array, Data, Object

_MAX_HOPS = 10


def lint_types(found: Findings, references: References) -> None:
    """Find properties whose type differs from that in other events."""
    uses: dict[str, dict[str, list[Path]]] = defaultdict(dict)
    for path, call in calls(found.plan):
        properties = call.get("properties")
        if path[0] == "events" and isinstance(properties, Object):
            for name in () if found.is_broken(path) else properties:
                place = (*path, "properties", name)
                kind = _kind(properties[name], place, references)
                if kind:
                    uses[name].setdefault(kind, []).append(place)
    for kinds in uses.values():
        if len(kinds) > 1:
            _report(found, kinds)


def _report(found: Findings, kinds: dict[str, list[Path]]) -> None:
    usual = max(kinds, key=lambda kind: len(kinds[kind]))
    other = kinds[usual][0]
    for kind, paths in kinds.items():
        for path in paths if kind != usual else ():
            where = place_as_seen(found.key_place(other), found.key_place(path))
            fact = f"{describe(path)} is {kind}, and {usual} in `{other[1]}` ({where})"
            cure = "use one type, or two names"
            found.at_key(path, rules.CONFLICTING_TYPES, fact, cure)


def _kind(schema: Data, path: Path, references: References) -> str:
    """Return the types of a schema in words, null aside; empty where it has none."""
    for _ in range(_MAX_HOPS):
        if not isinstance(schema, Object):
            return ""
        if "type" in schema:
            break
        target = references.target(schema.get("$ref"), path)
        if target is None:
            break
        path, schema = target
    if not isinstance(schema, Object):
        return ""
    kinds = schema.get("type")
    values = schema.get("enum")
    if isinstance(kinds, str):
        return _words([kinds])
    if isinstance(kinds, Array):
        return _words(str(kind) for kind in kinds)
    if isinstance(values, Array):
        return _words(json_kind(value) for value in values)
    return _words([json_kind(schema["const"])]) if "const" in schema else ""


def _words(kinds: Iterable[str]) -> str:
    return " or ".join(sorted({kind for kind in kinds if kind != "null"}))


def json_kind(value: Data) -> str:
    """Return the JSON type of a value of the plan."""
    if value is None:
        return "null"
    if isinstance(value, Object):
        return "object"
    if isinstance(value, Array):
        return "array"
    return _NAMES[type(value)]


_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string"}
