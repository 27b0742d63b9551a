"""Schemas → type hints, as precise as Python's types allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from trackplan import naming
from trackplan.model import (
    Definition,
    Json,
    Schema,
    has_own_type,
    is_record,
    says_open,
    steps,
    typed_children,
)
from trackplan.render.layout import WIDTH, columns, exploded, literal, names_in

Path: TypeAlias = tuple[str | int, ...]

HOMES = {
    "Any": "typing",
    "Decimal": "decimal",
    "Literal": "typing",
    "Mapping": "collections.abc",
    "Never": "typing",
    "NotRequired": "typing",
    "Sequence": "collections.abc",
    "TypeAlias": "typing",
    "TypedDict": "typing",
    "UUID": "uuid",
    "date": "datetime",
    "datetime": "datetime",
}
"""The modules that the names hints use come from."""

_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_FORMATS = {"date-time": "datetime", "date": "date", "uuid": "UUID"}


@dataclass(frozen=True, slots=True)
class Hints:
    """Makes the hints of one generated module; `used` collects the names they use."""

    definitions: Mapping[str, Definition]
    used: set[str]
    is_inside: bool = False
    """Whether they stand in the hint of an open record, which may hold itself."""

    def hint(self, schema: Schema, path: Path) -> str:
        """Return the type of what callers may pass for the schema at `path`."""
        return self._with_names(_union(self._members(schema, path)))

    def members(self, schema: Schema, path: Path) -> list[str]:
        """Return the types of which what callers may pass has one."""
        return _distinct(self._members(schema, path))

    def optional_hint(self, schema: Schema, path: Path) -> str:
        """Return the type of what callers may pass, or leave out."""
        members = (one for one in self._members(schema, path) if one != "Never")
        hint = _union(members)
        return self._with_names(f"{hint} | Unset" if hint else "Unset")

    def _with_names(self, hint: str) -> str:
        self.used.update(names_in(hint))
        return hint

    def declarations(self, schema: Schema, path: Path) -> Iterator[str]:
        """Yield the definition of every type that is named below `schema`."""
        for step, child in typed_children(schema):
            below = (*path, *step)
            yield from self.declarations(child, below)
            name = naming.type_name(below) if has_own_type(child) else None
            if name:
                yield self.declaration(name, child, below)

    def declaration(self, name: str, schema: Schema, path: Path) -> str:
        """Return the definition of the type `name`."""
        if is_record(schema):
            return self._record(name, cast("Mapping[str, Json]", schema), path)
        return self._alias(name, schema, path)

    def _alias(self, name: str, schema: Schema, path: Path) -> str:
        start = f"{name}: TypeAlias ="
        hints = list(self._own_members(schema, path))
        hint = self._with_names(_union(hints))
        self.used.add("TypeAlias")
        if len(hints) > 1 or not hints[0].startswith("Literal["):
            return f"{start} {literal(hint)}"
        if columns(f"{start} {hints[0]}") <= WIDTH:
            return f"{start} {hints[0]}"
        values = [literal(v) for v in values_of(cast("Mapping[str, Json]", schema))]
        return exploded(f"{start} Literal[", values, "]", 0)

    def _record(self, name: str, schema: Mapping[str, Json], path: Path) -> str:
        self.used.add("TypedDict")
        properties = cast("Mapping[str, Schema]", schema["properties"])
        required = cast("Sequence[str]", schema.get("required", ()))
        fields: dict[str, str] = {}
        for key, child in properties.items():
            hint = self.hint(child, (*path, "properties", key))
            if key not in required:
                self.used.add("NotRequired")
                hint = f"NotRequired[{hint}]"
            fields[key] = hint
        for key in required:
            if key not in properties:
                fields[key] = self._with_names(_union(self._rest(schema, path)))
        if all(naming.is_attribute(key) for key in fields):
            lines = [_field_line(key, hint) for key, hint in fields.items()]
            return "\n".join([f"class {name}(TypedDict):", *lines])
        items = [f"{literal(key)}: {literal(hint)}" for key, hint in fields.items()]
        body = exploded("{", items, "},", 4)
        return f'{name} = TypedDict(\n    "{name}",\n{body}\n)'

    def _members(self, schema: Schema, path: Path) -> Iterator[str]:
        name = naming.type_name(path) if has_own_type(schema) else None
        if name:
            yield from self._named(name, schema, path)
        else:
            yield from self._own_members(schema, path)

    def _named(self, name: str, schema: Schema, path: Path) -> Iterator[str]:
        """Yield a named type, and what else a record's schema takes."""
        yield name
        if not is_record(schema):
            return
        record = cast("Mapping[str, Json]", schema)
        if says_open(record):
            inner = replace(self, is_inside=True)
            value = "object" if self.is_inside else inner._value(record, path)
            yield f"Mapping[str, {value}]"
        for kind in kinds_of(record):
            if kind != "object":
                yield "None" if kind == "null" else "object"

    def _own_members(self, schema: Schema, path: Path) -> Iterator[str]:
        if isinstance(schema, bool):
            yield "object" if schema else "Never"
        elif "$ref" in schema:
            definition = self.definitions.get(definition_name(schema))
            if definition is None:
                yield "object"
            else:
                top: Path = ("$defs", definition.name)
                yield from self._named(definition.type_name, definition.schema, top)
        elif "enum" in schema or "const" in schema:
            yield from self._enumeration(schema)
        elif "type" in schema:
            for kind in kinds_of(schema):
                yield from self._kind(kind, schema, path)
        else:
            yield from self._alternatives(schema, path)

    def _enumeration(self, schema: Mapping[str, Json]) -> Iterator[str]:
        values = values_of(schema)
        texts = [literal(v) for v in values if isinstance(v, str | int)]
        if any(isinstance(v, list | dict) for v in values):
            yield "object"
        if any(isinstance(v, float) for v in values):
            yield "float"
        if texts:
            yield f"Literal[{', '.join(dict.fromkeys(texts))}]"
        if None in values:
            yield "None"
        if not values:
            yield "Never"

    def _kind(self, kind: str, schema: Mapping[str, Json], path: Path) -> Iterator[str]:
        if kind == "array":
            yield f"Sequence[{self._item(schema, path)}]"
        elif kind == "object":
            yield f"Mapping[str, {self._value(schema, path)}]"
        else:
            yield _SCALARS[kind]
            yield from _stand_in(kind, schema)

    def _item(self, schema: Mapping[str, Json], path: Path) -> str:
        members: list[str] = []
        first = cast("Sequence[Schema]", schema.get("prefixItems", ()))
        for index, child in enumerate(first):
            members += self._members(child, (*path, "prefixItems", index))
        rest = cast("Schema", schema.get("items", True))
        if rest is not False or not first:
            members += self._members(rest, (*path, "items"))
        return _union(members)

    def _value(self, schema: Mapping[str, Json], path: Path) -> str:
        members = list(self._rest(schema, path))
        properties = cast("Mapping[str, Schema]", schema.get("properties", {}))
        for key, child in properties.items():
            members += self._members(child, (*path, "properties", key))
        return _union(members)

    def _rest(self, schema: Mapping[str, Json], path: Path) -> Iterator[str]:
        """Yield the type of what properties may hold that a schema does not name."""
        if "patternProperties" in schema:
            yield "object"
        else:
            rest = cast("Schema", schema.get("additionalProperties", True))
            yield from self._members(rest, (*path, "additionalProperties"))

    def _alternatives(self, schema: Mapping[str, Json], path: Path) -> Iterator[str]:
        keyword, options = _options(schema)
        for index, child in enumerate(options):
            yield from self._members(child, (*path, keyword, index))
        if not options:
            yield "object"

    def stand_ins(self, schema: Schema) -> Iterator[str]:
        """Yield those of the types in a hint that have to be converted to JSON."""
        if isinstance(schema, bool):
            return
        if "$ref" in schema:
            if found := self.definitions.get(definition_name(schema)):
                yield from self.stand_ins(found.schema)
        elif "enum" in schema or "const" in schema:
            return
        elif "type" in schema:
            for kind in kinds_of(schema):
                yield from _stand_in(kind, schema)
        else:
            for one in _options(schema)[1]:
                yield from self.stand_ins(one)


def _union(members: Iterable[str]) -> str:
    return " | ".join(_distinct(members))


def _distinct(members: Iterable[str]) -> list[str]:
    """Return types without those that another one makes needless."""
    every = list(dict.fromkeys(members))
    if "object" in every:
        return ["object"]
    names = [name for name in every if name != "Never"] or every
    if "float" in names:  # to type checkers, an int is a float
        names = [name for name in names if name != "int"]
    if "None" in names:
        names = [name for name in names if name != "None"] + ["None"]
    return names


def _field_line(key: str, hint: str) -> str:
    line = f"    {key}: {hint}"
    if columns(line) <= WIDTH or not hint.startswith("NotRequired["):
        return line
    inner = hint.removeprefix("NotRequired[")[:-1]
    return f"    {key}: NotRequired[\n        {inner}\n    ]"


def definition_name(schema: Mapping[str, Json]) -> str:
    """Return the `$defs` entry that a `$ref` leads to, or "" if it goes deeper."""
    _, name, *deeper = steps(str(schema["$ref"]))
    return "" if deeper else str(name)


def _stand_in(kind: str, schema: Mapping[str, Json]) -> Iterator[str]:
    """Yield the Python type that is taken beside a JSON type's own, and converted."""
    if kind == "number":
        yield "Decimal"
    if kind == "string" and schema.get("format") in _FORMATS:
        yield _FORMATS[str(schema["format"])]


def _options(schema: Mapping[str, Json]) -> tuple[str, Sequence[Schema]]:
    """Return the schemas of which a value fits one, and where they stand."""
    for keyword in ("anyOf", "oneOf", "allOf"):
        options = cast("Sequence[Schema]", schema.get(keyword, ()))
        if options and (keyword != "allOf" or len(options) == 1):
            return keyword, options
    return "", ()


def kinds_of(schema: Mapping[str, Json]) -> Sequence[str]:
    """Return the JSON types a schema names; `integer` stands for itself."""
    kinds = schema["type"]
    return [kinds] if isinstance(kinds, str) else cast("Sequence[str]", kinds)


def values_of(schema: Mapping[str, Json]) -> list[Json]:
    """Return the values of `const` or `enum` that `type` lets pass."""
    values = [schema["const"]] if "const" in schema else schema["enum"]
    kinds = kinds_of(schema) if "type" in schema else ()
    every = cast("Sequence[Json]", values)
    return [v for v in every if not kinds or not kinds_of_value(v).isdisjoint(kinds)]


def kinds_of_value(value: Json) -> frozenset[str]:
    """Return the JSON types a value has; a whole number is an integer and a number."""
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return frozenset({"integer", "number"})
    for kind, name in (
        (float, "number"),
        (str, "string"),
        (list, "array"),
        (dict, "object"),
    ):
        if isinstance(value, kind):
            return frozenset({name})
    return frozenset({"null"})
