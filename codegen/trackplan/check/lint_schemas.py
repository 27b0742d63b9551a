"""Lints of schemas: what leaves no value, takes too much, or takes too long."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import cast

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.lint_limits import lint_limits
from trackplan.check.references import References
from trackplan.check.slow import slow
from trackplan.check.tree import IN_PLACE, Path
from trackplan.load import Array, Data, Object
from trackplan.model import ASKED_OF, HOLDS_MANY, Place, is_record
from trackplan.runtime.validate import explain
from trackplan.runtime.values import equality_key

_YAML_1_1 = frozenset(
    ("y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO")
) | frozenset(("on", "On", "ON", "off", "Off", "OFF"))
_BOUNDS = ("maxLength", "enum", "const", "pattern", "format", "$ref", "allOf", "anyOf")


def lint_schemas(
    found: Findings,
    properties: Sequence[tuple[Path, Data]],
    references: References,
    sources: Mapping[str, str],
) -> None:
    """Find schemas that work and do not do what their author wants."""
    lines = {file: text.split("\n") for file, text in sources.items()}
    is_fine: dict[str, bool] = {}
    for path, schema in found.sound():
        if "enum" in schema or "const" in schema:
            _yaml_1_1(found, path, schema, lines)
        content = repr(schema)  # events have properties in common: judge those once
        if not is_fine.get(content):
            before = len(found.diagnostics)
            lint_limits(found, path, schema)
            _idle(found, path, schema)
            _idle_types(found, path, schema)
            _repeated(found, path, schema)
            _unbounded(found, path, schema)
            _slow(found, path, schema)
            is_fine.setdefault(content, len(found.diagnostics) == before)
    _open_objects(found, properties, references)


def _yaml_1_1(
    found: Findings, path: Path, schema: Object, lines: Mapping[str, list[str]]
) -> None:
    values = schema.get("enum")
    places: list[tuple[Path, Data]] = [((*path, "const"), schema.get("const"))]
    if isinstance(values, Array):
        places += [((*path, "enum", i), value) for i, value in enumerate(values)]
    for place, value in places:
        is_boolean = isinstance(value, str) and value in _YAML_1_1
        if is_boolean and _is_plain(found.value_place(place), value, lines):
            fact = f"`{value}` is text here, and a boolean to YAML 1.1 readers"
            cure = f'write it in quotes: "{value}"'
            found.at_value(place, rules.YAML_1_1_BOOLEAN, fact, cure)


def _is_plain(place: Place, value: Data, lines: Mapping[str, list[str]]) -> bool:
    line = lines[place.file][place.line - 1]
    return line.startswith(str(value), place.column - 1)


def _idle(found: Findings, path: Path, schema: Object) -> None:
    """Find keywords that say nothing of any type named, or lack the one they need."""
    kinds = cast("str | list[str]", schema.get("type", []))
    types = {kinds} if isinstance(kinds, str) else {*kinds}
    if "integer" in types:
        types.add("number")
    for key in schema:
        place = (*path, key)
        needed, about = _NEEDS.get(key), _ABOUT.get(key)
        if needed:
            if needed not in schema:
                fact = f"`{key}` says nothing without `{needed}`, in {describe(path)}"
                cure = f"add `{needed}`, or remove it"
                found.at_key(place, rules.IDLE_KEYWORD, fact, cure)
        elif types and about and about not in types:
            fact = f"`{key}` is about {_WORDS[about]}, and nothing else is taken"
            fact += f" in {describe(path)}"
            cure = "remove it, or correct the type"
            found.at_key(place, rules.IDLE_KEYWORD, fact, cure)


def _idle_types(found: Findings, path: Path, schema: Object) -> None:
    """Find types that no listed value has, such as a null that is not listed."""
    kinds, values = schema.get("type"), schema.get("enum")
    if not isinstance(kinds, Array) or not isinstance(values, Array):
        return
    idle = [
        kind for kind in kinds if all(explain({"type": kind}, v, {}) for v in values)
    ]
    for kind in idle if len(idle) < len(kinds) else ():
        fact = f"`type` of {describe(path)} takes {kind}, and `enum` lists none"
        cure = "list one in `enum`, or remove the type"
        place = (*path, "type", kinds.index(kind))
        found.at_value(place, rules.IDLE_KEYWORD, fact, cure)


def _repeated(found: Findings, path: Path, schema: Object) -> None:
    values = schema.get("enum")
    seen: set[Hashable] = set()
    for index, value in enumerate(values if isinstance(values, Array) else ()):
        key = equality_key(value)
        if key in seen:
            place = (*path, "enum", index)
            fact = f"{describe(place)} stands in the list before"
            found.at_value(place, rules.IDLE_KEYWORD, fact, "remove it")
        seen.add(key)


_WORDS = {
    "string": "text",
    "number": "numbers",
    "array": "lists",
    "object": "objects",
}
_ABOUT = {keyword: kind for kind, every in ASKED_OF.items() for keyword in every}
_NEEDS = {
    "then": "if",
    "else": "if",
    "minContains": "contains",
    "maxContains": "contains",
}


def _unbounded(found: Findings, path: Path, schema: Object) -> None:
    kinds = schema.get("type")
    is_text = "string" in kinds if isinstance(kinds, str | Array) else False
    if schema.get("pii") is True and is_text and schema.keys().isdisjoint(_BOUNDS):
        fact = f"{describe(path)} is personal data, and text of any length"
        cure = "add a `maxLength`, a `format` or a `pattern`"
        found.at_key(path, rules.UNBOUNDED_PII, fact, cure)


def _slow(found: Findings, path: Path, schema: Object) -> None:
    pattern, named = schema.get("pattern"), schema.get("patternProperties")
    if isinstance(pattern, str):
        _slow_pattern(found, (*path, "pattern"), pattern)
    for key in named if isinstance(named, Object) else ():
        _slow_pattern(found, (*path, "patternProperties", key), key)


def _slow_pattern(found: Findings, path: Path, pattern: str) -> None:
    reason = slow(pattern)
    if reason is None:
        return
    if reason.is_exponential:
        fact = f"the pattern `{pattern}` can read a text in exponentially many ways"
        cure = "let only one turn of the repeat fit: `(a+)+` matches what `a+` does"
    else:
        fact = f"the pattern `{pattern}` repeats the same characters twice in a row"
        cure = "let one of the two go: `a*a+` matches what `a+` does"
    report = found.at_value if path[-1] == "pattern" else found.at_key
    fact += f", at character {reason.at + 1}"
    report(path, rules.SLOW_PATTERN, fact, cure)


def _open_objects(
    found: Findings, properties: Sequence[tuple[Path, Data]], references: References
) -> None:
    combined = _combined(found, references)
    objects = list(properties)
    definitions = found.plan.get("$defs")
    if isinstance(definitions, Object) and not found.is_broken(("$defs",)):
        objects += [
            (("$defs", name), schema)
            for name, schema in definitions.items()
            if ("$defs", name) not in combined
        ]
    for path, schema in objects:
        _open_object(found, path, schema)


def _open_object(found: Findings, path: Path, schema: Data) -> None:
    if isinstance(schema, Object) and isinstance(schema.get("items"), Object):
        _open_object(found, (*path, "items"), schema["items"])
    if not isinstance(schema, Object) or not is_record(schema):
        return
    if schema.keys().isdisjoint(_CLOSING):
        fact = f"{describe(path)} takes properties that are not declared"
        cure = "add `additionalProperties: false`, or `true` if that is meant"
        found.at_key(path, rules.OPEN_OBJECT, fact, cure)


_CLOSING = ("additionalProperties", "unevaluatedProperties", "patternProperties")


def _combined(found: Findings, references: References) -> set[Path]:
    """Return the schemas that are combined with others: closing them would break it."""
    targets: set[Path] = set()
    for path, schema in found.schemas:
        if "$ref" not in schema:
            continue
        if path[-1] in IN_PLACE or path[-2] in HOLDS_MANY or "properties" in schema:
            target = references.target(schema["$ref"], path)
            if target is not None:
                targets.add(target[0])
    return targets
