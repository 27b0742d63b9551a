"""Lint: conditions on a name or a value that the object they judge never has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias, cast

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.lint_limits import LOCAL, in_short
from trackplan.check.references import References
from trackplan.check.schemas import is_closed, is_declared
from trackplan.check.tree import IN_PLACE, Path, children
from trackplan.load import Array, Data, Object
from trackplan.model import HOLDS_MANY, HOLDS_NAMED
from trackplan.naming import closest
from trackplan.runtime.validate import explain

_Owner: TypeAlias = tuple[tuple[Path, Object], ...]
"""What declares a value: its schema, those that one refers to, closed ones around."""
_JUDGING = (*LOCAL, "enum", "const")
_CONDITIONS = frozenset({"dependentRequired", *IN_PLACE})


class _Finding(NamedTuple):
    fact: str
    cure: str
    guess: str | None
    is_value: bool


def lint_conditions(found: Findings, references: References) -> None:
    """Find names that a closed object does not declare, and values it refuses."""
    conditions = _Conditions(found, references)
    schemas = found.sound()
    # A look at all references would take a sixth of a check of 3,000 events.
    are_shared = any(
        path[0] == "$defs" and not _CONDITIONS.isdisjoint(schema)
        for path, schema in schemas
    )
    for path, schema in schemas:
        refers = "$ref" in schema and (are_shared or is_closed(path, schema))
        if (refers or not _CONDITIONS.isdisjoint(schema)) and _is_value(path):
            conditions.judge(path, schema)
    for place, (fact, cure, guess, is_value) in conditions.idle():
        report = found.at_value if is_value else found.at_key
        report(place, rules.IDLE_CONDITION, fact, cure, guess)


def _is_value(path: Path) -> bool:
    """Tell whether a schema is that of a value, not one beside it or in `$defs`."""
    steps = iter(path)
    keyword = next(steps)
    next(steps)
    for step in steps:
        keyword = step
        if step in HOLDS_NAMED or step in HOLDS_MANY:
            next(steps)
    return keyword not in (*IN_PLACE, "$defs")


class _Conditions:
    """What conditions ask for, held against what declares the value they judge.

    A shared one may ask for what only some of those that refer to it have.
    """

    def __init__(self, found: Findings, references: References) -> None:
        self._found = found
        self._references = references
        self._idle: dict[Path, _Finding] = {}
        self._used: set[Path] = set()
        self._seen: set[tuple[tuple[Path, ...], Path, bool]] = set()

    def judge(self, path: Path, schema: Object) -> None:
        """Look at all that judges a value beside its schema."""
        self._beside(self._owner(path, schema), path, schema, is_asked=False)

    def idle(self) -> Iterator[tuple[Path, _Finding]]:
        """Yield what no value has, by its place."""
        is_whole = not self._found.has_errors()
        for place, finding in self._idle.items():
            if place not in self._used and (is_whole or place[0] != "$defs"):
                yield place, finding

    def _owner(self, path: Path, schema: Data) -> _Owner:
        parts: list[tuple[Path, Object]] = []
        while isinstance(schema, Object):
            parts.append((path, schema))
            path, schema = self._target(path, schema) or ((), None)
        return tuple(parts)

    def _target(self, path: Path, schema: Object) -> tuple[Path, Data] | None:
        if "$ref" not in schema or self._found.is_broken(("$defs",)):
            return None
        return self._references.target(schema["$ref"], path)

    def _beside(
        self, owner: _Owner, path: Path, schema: Object, *, is_asked: bool
    ) -> None:
        """Look at what stands in a schema and judges the same value."""
        for step, name in _dependent(schema):
            self._name(owner, (*path, step[0]), (*path, *step), name)
        for step, child in children(schema):
            if step[0] in IN_PLACE:
                asked = is_asked or step[0] != "allOf"
                self._look(owner, (*path, *step), child, is_asked=asked)
        if target := self._target(path, schema):
            self._look(owner, *target, is_asked=is_asked)

    def _look(self, owner: _Owner, path: Path, schema: Data, *, is_asked: bool) -> None:
        """Judge a schema by what declares the value; `is_asked` tells a condition."""
        key = (tuple(where for where, _ in owner), path, is_asked)
        if not isinstance(schema, Object) or key in self._seen:
            return
        self._seen.add(key)
        closes = is_closed(path, schema)
        for step, name in _named(schema):
            if not closes or is_declared(name, schema):  # else TP511 says it
                self._name(owner, path, (*path, *step), name)
        for step, value in _values(schema) if is_asked else ():
            self._value(owner, path, (*path, *step), value)
        for name, child in _mapping(schema, "properties").items():
            below = self._below(owner, name)
            self._look(below, (*path, "properties", name), child, is_asked=is_asked)
        inner = (*owner, (path, schema)) if closes else owner
        self._beside(inner, path, schema, is_asked=is_asked)

    def _below(self, owner: _Owner, name: str) -> _Owner:
        for path, schema in owner:
            declared = _mapping(schema, "properties")
            if name in declared:
                return self._owner((*path, "properties", name), declared[name])
        return ()

    def _name(self, owner: _Owner, around: Path, place: Path, name: str) -> None:
        for path, schema in owner:
            if is_closed(path, schema) and not is_declared(name, schema):
                fact = f"`{name}` is named in {describe(around)}, and not declared"
                cure = f"declare it in {describe(path)}, or correct the name"
                guess = closest(name, _mapping(schema, "properties"))
                self._idle.setdefault(place, _Finding(fact, cure, guess, False))
                return
        self._used.add(place)

    def _value(self, owner: _Owner, around: Path, place: Path, value: Data) -> None:
        for path, schema in owner:
            local = {key: schema[key] for key in _JUDGING if key in schema}
            if problems := explain(local, value, {}):
                fact = f"{describe(around)} asks for {in_short(value)}, which "
                fact += f"`{problems[0].keyword}` of {describe(path)} refuses"
                texts = [one for _, one in _values(schema) if isinstance(one, str)]
                guess = closest(value, texts) if isinstance(value, str) else None
                finding = _Finding(fact, "correct one of the two", guess, True)
                self._idle.setdefault(place, finding)
                return
        self._used.add(place)


def _named(schema: Object) -> Iterator[tuple[Path, str]]:
    """Yield the properties that a schema looks at, with the steps to them."""
    for name in _mapping(schema, "properties"):
        yield ("properties", name), name
    yield from _listed(("required",), schema.get("required"))


def _dependent(schema: Object) -> Iterator[tuple[Path, str]]:
    """Yield the properties on which others depend, and those that depend on them."""
    for keyword in ("dependentRequired", "dependentSchemas"):
        for name, needed in _mapping(schema, keyword).items():
            yield (keyword, name), name
            yield from _listed((keyword, name), needed)


def _listed(step: Path, names: Data) -> Iterator[tuple[Path, str]]:
    for index, name in enumerate(names if isinstance(names, Array) else ()):
        yield (*step, index), str(name)


def _values(schema: Object) -> Iterator[tuple[Path, Data]]:
    if "const" in schema:
        yield ("const",), schema["const"]
    values = schema.get("enum")
    for index, value in enumerate(values if isinstance(values, Array) else ()):
        yield ("enum", index), value


def _mapping(schema: Object, keyword: str) -> Mapping[str, Data]:
    value = schema.get(keyword)
    return cast("Mapping[str, Data]", value) if isinstance(value, Object) else {}
