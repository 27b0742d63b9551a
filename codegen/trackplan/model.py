"""The tracking plan as the rest of the tool sees it: checked, named, frozen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, cast
from urllib.parse import unquote

Json: TypeAlias = (
    "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
)
Schema: TypeAlias = "Mapping[str, Json] | bool"
"""A JSON Schema, draft 2020-12, stripped of the plan's own metadata."""
Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a plan to a schema."""

ASKED_OF: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    ),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": (
        *("minItems", "maxItems", "prefixItems", "items", "uniqueItems", "contains"),
        *("minContains", "maxContains", "unevaluatedItems"),
    ),
    "object": (
        *("required", "minProperties", "maxProperties", "properties", "propertyNames"),
        *("patternProperties", "additionalProperties", "unevaluatedProperties"),
        *("dependentRequired", "dependentSchemas"),
    ),
}
"""The keywords that ask something of values of one type alone, by that type."""


HOLDS_ONE = frozenset(
    {"items", "contains", "additionalProperties", "propertyNames", "not", "if"}
    | {"then", "else", "unevaluatedItems", "unevaluatedProperties"}
)
HOLDS_MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
HOLDS_NAMED = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs"}
)
"""The keywords that hold a schema, a list of them, or a mapping of them by name."""


def children(schema: Mapping[str, Json]) -> Iterator[tuple[Path, Schema]]:
    """Yield every schema directly inside `schema`, with the step that leads there."""
    for key, value in schema.items():
        if key in HOLDS_ONE:
            yield (key,), cast("Schema", value)
        elif key in HOLDS_MANY:
            for at, one in enumerate(cast("Sequence[Schema]", value)):
                yield (key, at), one
        elif key in HOLDS_NAMED:
            for name, one in cast("Mapping[str, Schema]", value).items():
                yield (key, name), one


def pointer(path: Path) -> str:
    """Return the `$ref` that leads to a schema, from the top of the plan."""
    tokens = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#/" + "/".join(tokens).replace("%", "%25")


def steps(pointer: str) -> Path:
    """Return the path to the schema that a `$ref`, or its fragment, leads to."""
    path: list[str | int] = []
    for token in unquote(pointer).split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        is_index = path and path[-1] in HOLDS_MANY and _INDEX.fullmatch(step)
        path.append(int(step) if is_index else step)
    return tuple(path)


_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")


class Place(NamedTuple):
    """Where something stands in a plan file. Line and column count from 1."""

    file: str
    line: int
    column: int
    length: int = 1


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Why and until when something may still be used; all free text."""

    since: str | None = None
    remove_after: str | None = None
    replaced_by: str | None = None
    reason: str | None = None


class Property(NamedTuple):
    """One property of an event, or one trait."""

    wire_name: str
    python_name: str
    schema: Schema
    required: bool
    """By the call, in `allOf` and `$ref` too: no call without it is valid."""
    description: str | None
    examples: tuple[Json, ...]
    deprecated: Deprecation | None
    pii: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """What events and traits share: one JSON Schema object, one function."""

    name: str
    """The event's name on the wire; `identify` or `group` for traits."""
    function: str
    schema: Schema
    properties: tuple[Property, ...]
    """In the order of the plan."""
    open: bool
    """Whether properties the plan does not name are taken."""
    description: str | None
    owner: str | None
    tags: tuple[str, ...]
    when: str | None
    deprecated: Deprecation | None
    examples: tuple[Mapping[str, Json], ...]
    place: Place
    external: str | None = None
    """What sends it, where that is not the code of the project."""

    @property
    def is_group(self) -> bool:
        """Whether it names a group besides the user."""
        return isinstance(self, Traits) and self.name == "group"

    @property
    def path(self) -> Path:
        """Where it stands in the plan."""
        if isinstance(self, Traits):
            return ("traits", "group" if self.is_group else "user")
        return ("events", self.name)


@dataclass(frozen=True, slots=True)
class Event(Call):
    """An event: becomes a `track_…` function."""


@dataclass(frozen=True, slots=True)
class Traits(Call):
    """User or group traits: become `identify_user` or `group_user`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A shared schema of `$defs`."""

    name: str
    type_name: str
    schema: Schema
    description: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Note:
    """What the plan says to people about a schema; it judges nothing."""

    description: str | None = None
    examples: tuple[Json, ...] = ()
    deprecated: Deprecation | None = None
    default: tuple[Json, ...] = ()
    """The one there is, or none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A tracking plan without errors. Events and definitions are sorted by name."""

    name: str
    definitions: tuple[Definition, ...]
    user: Traits | None
    group: Traits | None
    events: tuple[Event, ...]
    description: str | None = None
    notes: Mapping[Path, Note] = field(default_factory=dict)
    """What is said about schemas, by where they stand in the plan."""
    own: Mapping[Path, Mapping[str, Json]] = field(default_factory=dict)
    """The `x-…` keys of schemas, by where they stand."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Traits first, then the events."""
        traits = tuple(traits for traits in (self.user, self.group) if traits)
        return (*traits, *self.events)


def typed_children(
    schema: Schema,
) -> Iterator[tuple[tuple[str | int, ...], Schema]]:
    """Yield the schemas directly below that a hint is made of, with their paths."""
    if isinstance(schema, bool) or schema.keys().isdisjoint(_TYPED_CHILDREN):
        return
    properties = cast("Mapping[str, Schema]", schema.get("properties", {}))
    yield from ((("properties", name), child) for name, child in properties.items())
    for keyword in ("additionalProperties", "items"):
        if keyword in schema:
            yield (keyword,), cast("Schema", schema[keyword])
    for keyword in ("prefixItems", "allOf", "anyOf", "oneOf"):
        options = cast("Sequence[Schema]", schema.get(keyword, ()))
        yield from (((keyword, i), child) for i, child in enumerate(options))


_TYPED_CHILDREN = frozenset(
    {"properties", "additionalProperties", "items", "prefixItems"}
    | {"allOf", "anyOf", "oneOf"}
)


def is_record(schema: Schema) -> bool:
    """Tell whether a schema describes an object by its properties."""
    if isinstance(schema, bool) or not schema.get("properties"):
        return False
    kinds = schema.get("type")
    return kinds == "object" or (isinstance(kinds, list) and "object" in kinds)


def says_open(schema: Mapping[str, Json]) -> bool:
    """Tell whether a schema says itself that objects may hold what it does not name."""
    rest = schema.get("unevaluatedProperties", False)
    rest = schema.get("additionalProperties", rest)
    return rest is not False or bool(schema.get("patternProperties"))


def has_own_type(schema: Schema) -> bool:
    """Tell whether a schema becomes a named type: a record, or a long enumeration."""
    if isinstance(schema, bool) or "$ref" in schema:
        return False
    values = schema.get("enum")
    is_long = isinstance(values, list) and sum(len(str(v)) + 4 for v in values) > 50
    return is_long or is_record(schema)
