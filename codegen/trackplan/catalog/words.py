"""What a schema asks for, in words, with the places it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias, cast

from trackplan import naming
from trackplan.catalog.limits import NO_PROPERTIES, code, limits, nouns
from trackplan.catalog.line import Code, Line, Link, joined, listed, plain
from trackplan.model import Call, Definition, Json, Note, Path, Schema, steps
from trackplan.render.hints import kinds_of, values_of
from trackplan.render.reading import dependent, named, required, target
from trackplan.render.reading import listed as schemas_of


class Words(NamedTuple):
    """A schema in words: one line, the properties it names, and its other parts."""

    line: Line
    fields: tuple[Field, ...] = ()
    parts: tuple[Part, ...] = ()


class Field(NamedTuple):
    """A property of an object."""

    name: str
    python_name: str | None
    """The parameter that takes it, for the properties of a call."""
    required: bool
    personal: bool
    note: Note
    words: Words


class Part(NamedTuple):
    """A part of a schema that is no property, after the label that says which."""

    label: Line
    words: Words = Words(())


NOTHING = Words((NO_PROPERTIES,))
"""What a call takes that takes none."""
_Parts: TypeAlias = Iterator[Part]
_LONGEST_LINE = 100
"""In characters: what is said of a definition where it is referred to."""


def _takes_any(schema: Mapping[str, Json]) -> bool:
    is_open = schema.get("additionalProperties", True) is True
    return is_open and schema.get("unevaluatedProperties", True) is True


class Describer:
    """Puts the schemas of one plan in words."""

    def __init__(
        self, definitions: Sequence[Definition], notes: Mapping[Path, Note]
    ) -> None:
        self._definitions = {one.name: one for one in definitions}
        self._notes = notes
        self._short: dict[str, Line] = {}

    def words(self, schema: Schema, path: Path) -> Words:
        """Return the schema at `path` in words."""
        if isinstance(schema, bool):
            return Words(("any value",) if schema else ("no value",))
        fields = tuple(self._fields(schema, path))
        parts = tuple(self._parts(schema, path))
        line = self._line(schema)
        if not (line or fields or parts):
            line = ("any value",)
        if not fields and len(parts) == 1:
            label, (rest, inner_fields, inner_parts) = parts[0]
            if not (line and (inner_fields or inner_parts)):
                said = joined(": ", [label, rest])
                return Words(joined("; ", [line, said]), inner_fields, inner_parts)
        return Words(line, fields, parts)

    def call(self, call: Call) -> Words:
        """Return what a call takes: its properties, and what else holds for them."""
        schema = cast("Mapping[str, Json]", call.schema)
        path = call.path
        known = {one.wire_name: one for one in call.properties}
        fields = (
            one._replace(
                python_name=known[one.name].python_name,
                required=known[one.name].required,
            )
            for one in self._fields(schema, path)
        )
        said = limits("object", {**schema, "type": "object"})
        if "$ref" in schema:
            said.insert(0, self._reference(str(schema["$ref"])))
        elif not call.properties and _takes_any(schema):
            said.insert(0, ("any properties",))
        line = joined(", ", said)
        return Words(line, tuple(fields), tuple(self._parts(schema, path)))

    # --- The line -----------------------------------------------------------------

    def _line(self, schema: Mapping[str, Json]) -> Line:
        subject: list[Line] = []
        if "$ref" in schema:
            subject.append(self._reference(str(schema["$ref"])))
        if "enum" in schema or "const" in schema:
            values = [(code(value),) for value in values_of(schema)]
            word = _ALWAYS if len(values) == 1 else "one of "
            subject.append((word, *joined(", ", values)) if values else ("no value",))
        elif "type" in schema:
            subject.append(_kinds(schema))
            return joined(", ", subject)
        return joined("; ", [*subject, *nouns(schema)])

    def _reference(self, pointer: str) -> Line:
        name, *rest = map(str, steps(pointer)[1:])
        link = Link(definition_id(name), "/".join([name, *rest]))
        said = () if rest else self._in_short(name)
        return joined(": ", [(link,), said])

    def _in_short(self, name: str) -> Line:
        """Return what a definition asks for, or only its type where that is long."""
        if name not in self._short:
            schema = self._definitions[name].schema
            self._short[name] = ()  # for now: it may refer to itself
            if isinstance(schema, Mapping) and "type" in schema:
                self._short[name] = (" or ".join(kinds_of(schema)),)
            words = self.words(schema, ("$defs", name))
            is_line = not words.fields and not words.parts
            if is_line and len(plain(words.line)) <= _LONGEST_LINE:
                self._short[name] = words.line
        return self._short[name]

    # --- Properties ---------------------------------------------------------------

    def _fields(self, schema: Mapping[str, Json], path: Path) -> Iterator[Field]:
        properties = named(schema, "properties")
        wanted = self._required(schema) if properties else set[str]()
        for name, child in properties.items():
            yield self._field(name, child, (*path, "properties", name), name in wanted)

    def _required(self, schema: Schema) -> set[str]:
        """Return the properties that every object has, whatever else holds for it."""
        if isinstance(schema, bool):
            return set()
        found = self._target(schema)
        parts = [*schemas_of(schema, "allOf"), *([found.schema] if found else [])]
        return set(required(schema)).union(*map(self._required, parts))

    def _field(self, name: str, schema: Schema, path: Path, wanted: bool) -> Field:
        personal, note = self.is_personal(schema), self.note(schema, path)
        return Field(name, None, wanted, personal, note, self.words(schema, path))

    def note(self, schema: Schema, path: Path) -> Note:
        """Return what is said of a schema, which a reference may make deprecated."""
        note, found = self._notes.get(path, Note()), self._target(schema)
        if note.deprecated or found is None:
            return note
        below = self.note(found.schema, ("$defs", found.name))
        return replace(note, deprecated=below.deprecated)

    def is_personal(self, schema: Schema) -> bool:
        """Tell whether a value is personal data, as a whole."""
        found = self._target(schema)
        is_below = found is not None and self.is_personal(found.schema)
        return is_below or (isinstance(schema, Mapping) and schema.get("pii") is True)

    def _target(self, schema: Schema) -> Definition | None:
        """Return the definition that a schema refers to as a whole."""
        if isinstance(schema, bool) or "$ref" not in schema:
            return None
        return target(schema, self._definitions)

    # --- Parts --------------------------------------------------------------------

    def _parts(self, schema: Mapping[str, Json], path: Path) -> _Parts:
        yield from self._of_array(schema, path)
        yield from self._of_object(schema, path)
        yield from self._alternatives(schema, path)
        yield from self._conditions(schema, path)
        for name, child in named(schema, "$defs").items():
            yield self._part(("definition ", Code(name)), child, (*path, "$defs", name))

    def _part(
        self, label: Line, schema: Schema, path: Path, verb: str = "given"
    ) -> Part:
        words = self.words(schema, path)
        clause = self._clause(schema, path, (), verb)
        if clause and isinstance(schema, Mapping) and "type" not in schema:
            words = Words(clause)
        line, note = words.line, self.note(schema, path)
        if self.is_personal(schema):
            line = joined(", ", [line, ("personal data",)])
        if note.deprecated:
            line = joined(", ", [line, ("deprecated",)])
        if note.description:
            line = joined(". ", [line, (note.description,)])
        return Part(label, words._replace(line=line))

    def _inner(
        self, label: str, schema: Mapping[str, Json], keyword: str, path: Path
    ) -> _Parts:
        """Yield the schema under a keyword, unless it only allows or refuses all."""
        child = cast("Schema", schema.get(keyword, True))
        if not isinstance(child, bool):
            yield self._part((label,), child, (*path, keyword))

    def _of_array(self, schema: Mapping[str, Json], path: Path) -> _Parts:
        first = schemas_of(schema, "prefixItems")
        for index, child in enumerate(first):
            label = f"item {index + 1}"
            yield self._part((label,), child, (*path, "prefixItems", index))
        rest = "each further item" if first else "each item"
        yield from self._inner(rest, schema, "items", path)
        if "contains" in schema:
            least, most = schema.get("minContains", 1), schema.get("maxContains")
            label = (
                f"{least} or more items" if most is None else f"{least} to {most} items"
            )
            child = cast("Schema", schema["contains"])
            yield self._part((label,), child, (*path, "contains"))
        yield from self._inner(
            "an item not described", schema, "unevaluatedItems", path
        )

    def _of_object(self, schema: Mapping[str, Json], path: Path) -> _Parts:
        yield from self._inner("each name", schema, "propertyNames", path)
        for pattern, child in named(schema, "patternProperties").items():
            label: Line = ("properties with a name matching ", Code(pattern))
            yield self._part(label, child, (*path, "patternProperties", pattern))
        are_some_named = bool({"properties", "patternProperties"} & schema.keys())
        others = "each other property" if are_some_named else "each property"
        yield from self._inner(others, schema, "additionalProperties", path)
        others = "a property not described"
        yield from self._inner(others, schema, "unevaluatedProperties", path)
        for name, needed in dependent(schema).items():
            if needed:
                wanted = listed([(Code(one),) for one in needed])
                verb = " is" if len(needed) == 1 else " are"
                yield Part(("where ", Code(name), " is given, ", *wanted, verb, " too"))
        for name, child in named(schema, "dependentSchemas").items():
            label = ("where ", Code(name), " is given")
            yield self._part(label, child, (*path, "dependentSchemas", name))

    def _alternatives(self, schema: Mapping[str, Json], path: Path) -> _Parts:
        for keyword, label in _ALTERNATIVES.items():
            options = schemas_of(schema, keyword)
            if options:
                inner = (
                    self._part((), child, (*path, keyword, index))
                    for index, child in enumerate(options)
                )
                yield Part((label,), Words((), parts=tuple(inner)))
        if "not" in schema:
            child = cast("Schema", schema["not"])
            yield self._part(("never",), child, (*path, "not"))

    def _conditions(self, schema: Mapping[str, Json], path: Path) -> _Parts:
        given = [key for key in ("then", "else") if key in schema]
        if "if" not in schema or not given:
            return
        condition = cast("Schema", schema["if"])
        when = self._clause(condition, (*path, "if"), required(schema))
        if when is None:
            yield self._part(("if it fits",), condition, (*path, "if"))
        for key in given:
            child = cast("Schema", schema[key])
            start: Line = ("otherwise",) if key == "else" else ("then",)
            if when is not None and key == "then":
                start = ("if ", *when)
            elif when is not None and len(given) == 1:
                start = ("unless ", *when)
            yield self._part(start, child, (*path, key), "required")

    def _clause(
        self, schema: Schema, path: Path, known: Sequence[str], verb: str = "given"
    ) -> Line | None:
        """Return a schema of one or two plain properties as a clause, or None.

        `known` are the properties that are always there.
        """
        if isinstance(schema, bool) or not schema.keys() <= _IN_CLAUSE:
            return None
        clauses: list[Line] = []
        fields, wanted = list(self._fields(schema, path)), required(schema)
        if len(fields) > 2 or not all(map(_is_plain, fields)):
            return None
        for name, *_, words in fields:
            is_there = name in known or name in wanted
            start = " is " if is_there else ", where given, is "
            line = words.line[1:] if words.line[0] == _ALWAYS else words.line
            clauses.append((Code(name), start, *line))
        properties = named(schema, "properties")
        others: list[Line] = [(Code(one),) for one in wanted if one not in properties]
        if others:
            are = "is" if len(others) == 1 else "are"
            clauses.append((*listed(others), f" {are} {verb}"))
        return joined(" and ", clauses) or None


_ALWAYS = "always "
_ALTERNATIVES = {
    "allOf": "all of these",
    "anyOf": "at least one of these",
    "oneOf": "exactly one of these",
}
_IN_CLAUSE = frozenset({"properties", "required", "type"})


def _is_plain(field: Field) -> bool:
    has_more = field.words.fields or field.words.parts or field.personal
    return not has_more and field.note == Note()


def definition_id(name: str) -> str:
    """Return the anchor of a shared definition: no two names have the same."""
    made = naming.function_name("definition", name) or "definition"
    return made.replace("_", "-")


def _kinds(schema: Mapping[str, Json]) -> Line:
    kinds = kinds_of(schema)
    found = [(kind, limits(kind, schema)) for kind in kinds]
    if len(found) == 1:
        ((kind, lines),) = found
        return joined(", ", [(kind,), *lines])
    words = [
        (kind, " (", *joined(", ", lines), ")") if lines else (kind,)
        for kind, lines in found
    ]
    return joined(" or ", words)
