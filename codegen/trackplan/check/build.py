"""Data without errors → the model: names made, schemas stripped and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from trackplan import naming
from trackplan.check.findings import Findings
from trackplan.check.names import event_function, parameter
from trackplan.check.references import References
from trackplan.check.schemas import always_required
from trackplan.check.tree import Path
from trackplan.load import Data, Object
from trackplan.model import (
    HOLDS_MANY,
    HOLDS_NAMED,
    HOLDS_ONE,
    Call,
    Definition,
    Deprecation,
    Event,
    Json,
    Note,
    Plan,
    Property,
    Schema,
    Traits,
    pointer,
)
from trackplan.runtime.validate import ASSERTED

C = TypeVar("C", bound=Call)

_KEPT = {key: index for index, key in enumerate((*ASSERTED, "$defs", "pii"))}
_LEADING = {"$ref", *HOLDS_ONE, *HOLDS_MANY, *HOLDS_NAMED}
_SAID = frozenset({"description", "examples", "deprecated", "default"})


class Builder:
    """Builds the model of a plan that `check` found no error in."""

    def __init__(self, found: Findings, references: References) -> None:
        self._plan = found.plan
        self._schemas = found.schemas
        self._references = references
        self._lowered: dict[str, Schema] = {}

    def plan(self) -> Plan:
        events = self._section("events")
        return Plan(
            name=_text(self._plan, "name") or "",
            definitions=self.definitions(),
            user=self._traits("user", "identify"),
            group=self._traits("group", "group"),
            events=tuple(
                self._event(name, cast("Object", events[name]))
                for name in sorted(events)
            ),
            description=_text(self._plan, "description"),
            notes={
                path: _note(data)
                for path, data in self._schemas
                if not _SAID.isdisjoint(data)
            },
            own={path: own for path, data in self._schemas if (own := _own(data))},
        )

    def definitions(self) -> tuple[Definition, ...]:
        section = self._section("$defs")
        return tuple(
            Definition(
                name=name,
                type_name=naming.type_name(("$defs", name)) or "",
                schema=self.lower(section[name], ("$defs", name)),
                description=_text(section[name], "description"),
                place=section.key_place(name),
            )
            for name in sorted(section)
        )

    def lower(self, schema: Data, path: Path) -> Schema:
        """Return a schema with only what judges values, in one order of keywords.

        Each `$ref` becomes a pointer from the top of the plan.
        """
        if not isinstance(schema, Object):
            return bool(schema)
        lowered: dict[str, Json] = {}
        for key in sorted(schema.keys() & _KEPT.keys(), key=_KEPT.__getitem__):
            value = schema[key]
            is_plain = key not in _LEADING
            lowered[key] = value if is_plain else self._lower(value, (*path, key))
        if len(path) == 2:
            return lowered
        # Properties resemble each other: shared, those of 10,000 events save 20 MB.
        return self._lowered.setdefault(repr(lowered), lowered)

    def closed(self, call: Object, path: Path) -> Schema:
        """Return the schema of a call, closed unless the plan opens it."""
        schema = dict(cast("Mapping[str, Json]", self.lower(call, path)))
        schema.pop("type", None)
        if not {"additionalProperties", "unevaluatedProperties"} & schema.keys():
            schema["additionalProperties"] = False
        return schema

    def _lower(self, value: Data, path: Path) -> Json:
        keyword = path[-1]
        if keyword == "$ref":
            target = self._references.target(value, path[:-1])
            return pointer(target[0]) if target else str(value)
        if keyword in HOLDS_ONE:
            return self.lower(value, path)
        if keyword in HOLDS_MANY and isinstance(value, list):
            return [self.lower(item, (*path, i)) for i, item in enumerate(value)]
        if keyword in HOLDS_NAMED and isinstance(value, Object):
            return {
                name: self.lower(item, (*path, name)) for name, item in value.items()
            }
        return cast("Json", value)

    def _section(self, name: str) -> Object:
        section = self._plan.get(name)
        return section if isinstance(section, Object) else Object(self._plan.lines)

    def _event(self, name: str, data: Object) -> Event:
        return self._call(Event, ("events", name), name, event_function(name, data))

    def _traits(self, kind: str, name: str) -> Traits | None:
        if kind not in self._section("traits"):
            return None
        return self._call(Traits, ("traits", kind), name, f"{name}_user")

    def _call(
        self, kind: type[C], path: tuple[str, str], name: str, function: str | None
    ) -> C:
        section = self._section(path[0])
        data = cast("Object", section[path[1]])
        schema = self.closed(data, path)
        return kind(
            name=name,
            function=function or "",
            schema=schema,
            properties=self._properties(data, path, schema),
            open=_is_open(cast("Mapping[str, Json]", schema)),
            description=_text(data, "description"),
            owner=_text(data, "owner"),
            tags=tuple(str(tag) for tag in cast("list[Data]", data.get("tags", []))),
            when=_text(data, "when"),
            deprecated=_deprecation(data),
            examples=cast("tuple[Mapping[str, Json], ...]", _examples(data)),
            place=section.key_place(path[1]),
            external=_text(data.get("usage"), "external"),
        )

    def _properties(
        self, data: Object, path: Path, closed: Schema
    ) -> tuple[Property, ...]:
        section = data.get("properties")
        if not isinstance(section, Object):
            return ()
        found = always_required(self._references, path, data, set())
        required = {name for _, name in found}
        schemas = cast("Mapping[str, Mapping[str, Schema]]", closed)["properties"]
        return tuple(
            Property(
                wire_name=name,
                python_name=parameter(name, schema) or "",
                schema=schemas[name],
                required=name in required,
                description=_text(schema, "description"),
                examples=_examples(schema),
                deprecated=_deprecation(schema),
                pii=isinstance(schema, Object) and schema.get("pii") is True,
                place=section.key_place(name),
            )
            for name, schema in section.items()
        )


def _own(data: Object) -> dict[str, Json]:
    return {key: cast("Json", data[key]) for key in data if key.startswith("x-")}


def _is_open(schema: Mapping[str, Json]) -> bool:
    takes_all = schema.get("additionalProperties") is not False
    return takes_all or "patternProperties" in schema


def _text(data: Data, key: str) -> str | None:
    value = data.get(key) if isinstance(data, Object) else None
    return value.strip() or None if isinstance(value, str) else None


def _note(data: Object) -> Note:
    return Note(
        description=_text(data, "description"),
        examples=_examples(data),
        deprecated=_deprecation(data),
        default=(cast("Json", data["default"]),) if "default" in data else (),
    )


def _examples(data: Data) -> tuple[Json, ...]:
    values = data.get("examples") if isinstance(data, Object) else None
    return tuple(cast("list[Json]", values)) if isinstance(values, list) else ()


def _deprecation(data: Data) -> Deprecation | None:
    value = data.get("deprecated") if isinstance(data, Object) else None
    if isinstance(value, Object):
        return Deprecation(**{key: str(text) for key, text in value.items()})
    return Deprecation() if value is True else None
