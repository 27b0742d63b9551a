"""Data without errors → the model: names made, schemas stripped and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from trackplan import naming
from trackplan.check.findings import Path
from trackplan.check.names import event_function, parameter
from trackplan.check.references import References
from trackplan.check.tree import MANY, NAMED, ONE
from trackplan.load import Data, Object
from trackplan.model import (
    Call,
    Definition,
    Deprecation,
    Event,
    Json,
    Place,
    Plan,
    Property,
    Schema,
    Traits,
)
from trackplan.runtime.validate import ASSERTED

C = TypeVar("C", bound=Call)

_KEPT = (*ASSERTED, "$defs", "pii")


class Builder:
    """Builds the model of a plan that `check` found no error in."""

    def __init__(self, plan: Object, references: References) -> None:
        self._plan = plan
        self._references = references

    def plan(self) -> Plan:
        traits = self._section("traits")
        events = self._section("events")
        return Plan(
            name=_text(self._plan, "name") or "",
            definitions=self.definitions(),
            user=self._traits(traits, "user", "identify"),
            group=self._traits(traits, "group", "group"),
            events=tuple(
                self._event(name, events, cast("Object", events[name]))
                for name in sorted(events)
            ),
        )

    def definitions(self) -> tuple[Definition, ...]:
        section = self._section("$defs")
        return tuple(
            Definition(
                name=name,
                type_name=naming.type_name(("$defs", name)) or "",
                schema=self.lower(section[name]),
                description=_text(section[name], "description"),
                place=section.key_places[name],
            )
            for name in sorted(section)
        )

    def lower(self, schema: Data) -> Schema:
        """Return a schema with only what judges values, in one order of keywords."""
        if not isinstance(schema, Object):
            return bool(schema)
        kept = {key: self._lower(key, schema[key]) for key in _KEPT if key in schema}
        if "if" not in kept:
            kept.pop("then", None)
            kept.pop("else", None)
        return kept

    def closed(self, call: Object) -> Schema:
        """Return the schema of a call, closed unless the plan opens it."""
        schema = dict(cast("Mapping[str, Json]", self.lower(call)))
        schema.pop("type", None)
        if not {"additionalProperties", "unevaluatedProperties"} & schema.keys():
            schema["additionalProperties"] = False
        return schema

    def _lower(self, keyword: str, value: Data) -> Json:
        if keyword == "$ref":
            target = self._references.target(str(value))
            return _pointer(target[0]) if target else str(value)
        if keyword in ONE:
            return self.lower(value)
        if keyword in MANY and isinstance(value, list):
            return [self.lower(item) for item in value]
        if keyword in NAMED and isinstance(value, Object):
            return {name: self.lower(item) for name, item in value.items()}
        return cast("Json", value)

    def _section(self, name: str) -> Object:
        section = self._plan.get(name)
        return section if isinstance(section, Object) else Object(self._plan.place)

    def _event(self, name: str, section: Object, data: Object) -> Event:
        function = event_function(name, data) or ""
        return self._call(Event, name, function, data, section.key_places[name])

    def _traits(self, section: Object, kind: str, name: str) -> Traits | None:
        data = section.get(kind)
        if not isinstance(data, Object):
            return None
        return self._call(Traits, name, f"{name}_user", data, section.key_places[kind])

    def _call(
        self, kind: type[C], name: str, function: str, data: Object, place: Place
    ) -> C:
        schema = self.closed(data)
        return kind(
            name=name,
            function=function,
            schema=schema,
            properties=self._properties(data),
            open=cast("Mapping[str, Json]", schema).get("additionalProperties")
            is not False,
            description=_text(data, "description"),
            owner=_text(data, "owner"),
            tags=tuple(str(tag) for tag in cast("list[Data]", data.get("tags", []))),
            when=_text(data, "when"),
            deprecated=_deprecation(data),
            examples=cast("tuple[Mapping[str, Json], ...]", _examples(data)),
            place=place,
        )

    def _properties(self, data: Object) -> tuple[Property, ...]:
        section = data.get("properties")
        required = cast("list[Data]", data.get("required", []))
        if not isinstance(section, Object):
            return ()
        return tuple(
            Property(
                wire_name=name,
                python_name=parameter(name, schema) or "",
                schema=self.lower(schema),
                required=name in required,
                description=_text(schema, "description"),
                examples=_examples(schema),
                deprecated=_deprecation(schema),
                pii=isinstance(schema, Object) and schema.get("pii") is True,
                place=section.key_places[name],
            )
            for name, schema in section.items()
        )


def _pointer(path: Path) -> str:
    tokens = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#/" + "/".join(tokens).replace("%", "%25")


def _text(data: Data, key: str) -> str | None:
    value = data.get(key) if isinstance(data, Object) else None
    return value.strip() or None if isinstance(value, str) else None


def _examples(data: Data) -> tuple[Json, ...]:
    values = data.get("examples") if isinstance(data, Object) else None
    return tuple(cast("list[Json]", values)) if isinstance(values, list) else ()


def _deprecation(data: Data) -> Deprecation | None:
    value = data.get("deprecated") if isinstance(data, Object) else None
    if isinstance(value, Object):
        return Deprecation(**{key: str(text) for key, text in value.items()})
    return Deprecation() if value is True else None
