"""The schemas of two plans side by side, so that one judge can decide by both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from trackplan.diff.normal import NEVER, Object, map_schemas, normal
from trackplan.model import Definition, Json, Path, Schema, children, steps
from trackplan.runtime.validate import explain

_BEFORE = "\ue000"
"""Ends the name that a definition of the plan before has beside the other's."""
_START = "#/$defs/"
_TURNING = frozenset({"not", "if", "oneOf", "contains"})
"""Keywords whose schemas may refuse more by taking more."""


class World:
    """Both plans' `$defs`; those that changed stand twice."""

    def __init__(
        self, before: Sequence[Definition], after: Sequence[Definition]
    ) -> None:
        old, new = ({d.name: d.schema for d in one} for one in (before, after))
        self._uses = {name: set(_used(schema)) for name, schema in old.items()}
        self.changed = _changed(old, new, self._uses)
        """The definitions of the plan before that mean something else now, perhaps."""
        self._definitions: dict[str, Schema] = dict(new)
        for name, schema in old.items():
            if name in self.changed:
                self._definitions[name + _BEFORE] = self.old(schema)
        self._resolved: dict[str, Schema] = {}
        self._normal: dict[int, tuple[Schema, Schema]] = {}

    def old(self, schema: Schema) -> Schema:
        """Return a schema of the plan before, its references leading to that."""
        if isinstance(schema, bool):
            return schema
        made = map_schemas(schema, self.old)
        pointer = made.get("$ref")
        if isinstance(pointer, str) and _target(pointer) in self.changed:
            name, slash, rest = pointer.removeprefix(_START).partition("/")
            made["$ref"] = f"{_START}{name}{_BEFORE}{slash}{rest}"
        return made

    def reached(self, schema: Schema) -> set[str]:
        """Return the definitions that a schema of the plan before leads to."""
        found = set(_used(schema))
        while more := {n for one in found for n in self._uses.get(one, ())} - found:
            found |= more
        return found

    def is_untouched(self, old: Schema, new: Schema) -> bool:
        """Tell whether what changed for a schema is said of definitions already."""
        if repr(old) != repr(new):
            return False
        return not self.changed or text(self.old(old)) == text(new)

    def normal(self, schema: Schema) -> Schema:
        """Return the one spelling of a schema."""
        known = self._normal.get(id(schema))
        if known is None:
            known = schema, normal(schema)
            self._normal[id(schema)] = known  # which keeps it, and so its id
        return known[1]

    def resolve(self, pointer: str) -> Schema:
        """Return the schema that a `$ref` leads to."""
        if pointer not in self._resolved:
            found: object = {"$defs": self._definitions}
            for step in steps(pointer):
                found = cast("Mapping[str | int, object]", found)[step]
            self._resolved[pointer] = self.normal(cast("Schema", found))
        return self._resolved[pointer]

    def parts(self, schema: Schema) -> list[Object]:
        """Return the schemas that `schema` asks for together, without references.

        One that looks at what others have seen stays whole, beside its parts.
        """
        schema = self.normal(schema)
        if isinstance(schema, bool):
            return [] if schema else [NEVER]
        rest = {k: v for k, v in schema.items() if k not in ("$ref", "allOf")}
        found: list[Object] = [schema if looks(schema) else rest] if rest else []
        if "$ref" in schema:
            found += self.parts(self.resolve(str(schema["$ref"])))
        for one in cast("Sequence[Schema]", schema.get("allOf", ())):
            found += self.parts(one)
        return found

    def accepts(self, schema: Schema, value: Json) -> bool:
        """Tell whether a value is valid, by the judge that production has."""
        return not explain(schema, value, self._definitions)


def looks(schema: Object) -> bool:
    """Tell whether a schema looks at what others have seen."""
    return "unevaluatedItems" in schema or "unevaluatedProperties" in schema


def path_of(pointer: str) -> Path:
    """Return the path in its own plan that a reference leads to."""
    return steps(pointer.replace(_BEFORE, ""))


def written(schema: Schema) -> str:
    """Return what is equal for two schemas that are written alike, of either plan."""
    return repr(schema).replace(repr(_BEFORE)[1:-1], "")


def text(schema: Schema) -> str:
    """Return what is equal for two schemas, of either plan, that are written alike.

    Where a definition that changed counts the other way round, below `not` for one, a
    schema is told from that of the other plan: what is safe there is not here.
    """
    return repr(_told(schema))


def _told(schema: Schema) -> Schema:
    if isinstance(schema, bool) or looks(schema):
        return schema
    forward = {key: one for key, one in schema.items() if key not in _TURNING}
    made = {**schema, **map_schemas(forward, _told)}
    pointer = str(made.get("$ref", ""))
    if pointer.endswith(_BEFORE):  # not one that leads into a definition
        made["$ref"] = pointer.removesuffix(_BEFORE)
    return made


def _target(pointer: str) -> str:
    """Return the entry of `$defs` that a reference leads into."""
    return str(steps(pointer)[1]).removesuffix(_BEFORE)


def _changed(
    old: Mapping[str, Schema], new: Mapping[str, Schema], uses: Mapping[str, set[str]]
) -> set[str]:
    """Return the definitions that differ, or refer to one that does."""
    changed = {name for name in old if repr(old[name]) != repr(new.get(name))}
    while more := {n for n in uses if n not in changed and uses[n] & changed}:
        changed |= more
    return changed


def _used(schema: Schema) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if "$ref" in schema:
        yield _target(str(schema["$ref"]))
    for _, one in children(schema):
        yield from _used(one)
