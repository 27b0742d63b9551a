"""The limits that a schema sets to each kind of value, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from trackplan.catalog.line import Code, Line, joined, listed
from trackplan.model import Json
from trackplan.pages import json_text
from trackplan.render.reading import required

NO_PROPERTIES = "no properties"
_Limits: TypeAlias = Iterator[Line]


def code(value: Json) -> Code:
    """Return JSON data as its text, with everything invisible escaped."""
    return Code(json_text(value))


def limits(kind: str, schema: Mapping[str, Json]) -> list[Line]:
    """Return what a schema asks of the values of one JSON type."""
    return list(_BY_KIND[kind](schema)) if kind in _BY_KIND else []


def nouns(schema: Mapping[str, Json]) -> Iterator[Line]:
    """Yield what a schema that names no type asks of each."""
    for kind, noun in _NOUNS.items():
        lines = limits(kind, schema)
        if lines:
            yield (f"{noun}: ", *joined(", ", lines))


_NOUNS = {
    "string": "strings",
    "number": "numbers",
    "array": "arrays",
    "object": "objects",
}


def _string(schema: Mapping[str, Json]) -> _Limits:
    yield from _size(schema, "Length", "character", "characters")
    if "pattern" in schema:
        yield "matching ", Code(str(schema["pattern"]))
    if "format" in schema:
        yield (_FORMATS[str(schema["format"])],)


def _number(schema: Mapping[str, Json]) -> _Limits:
    found = {
        word: schema[keyword] for keyword, word in _BOUNDS.items() if keyword in schema
    }
    if found.keys() == {"at least ", "at most "}:
        yield (f"{_shown(found['at least '])} to {_shown(found['at most '])}",)
    else:
        yield from ((f"{word}{_shown(bound)}",) for word, bound in found.items())
    if "multipleOf" in schema:
        yield (f"a multiple of {_shown(schema['multipleOf'])}",)


def _array(schema: Mapping[str, Json]) -> _Limits:
    yield from _size(schema, "Items", "item", "items")
    if schema.get("uniqueItems"):
        yield ("all different",)
    if schema.get("items") is False:
        yield ("no further items" if "prefixItems" in schema else "no items",)
    if schema.get("unevaluatedItems") is False:
        yield ("no items but those described",)


def _object(schema: Mapping[str, Json]) -> _Limits:
    named = schema.get("properties", {})
    yield from _unnamed(schema)
    yield from _size(schema, "Properties", "property", "properties")
    if schema.get("additionalProperties") is False:
        described = named or "patternProperties" in schema
        yield ("no other properties" if described else NO_PROPERTIES,)
    elif schema.get("unevaluatedProperties") is False:
        yield ("no properties but those described",)
    elif (
        named and "type" in schema and schema.get("additionalProperties", True) is True
    ):
        yield ("other properties allowed",)


def _unnamed(schema: Mapping[str, Json]) -> _Limits:
    named = schema.get("properties")
    known = named if isinstance(named, Mapping) else {}
    wanted = [(Code(name),) for name in required(schema) if name not in known]
    if wanted:
        yield "with ", *listed(wanted)


def _size(schema: Mapping[str, Json], noun: str, one: str, many: str) -> _Limits:
    low, high = schema.get(f"min{noun}", 0), schema.get(f"max{noun}")
    if high is None:
        if low:
            yield (f"at least {_shown(low)} {one if low == 1 else many}",)
    elif low == high:
        yield (f"exactly {_shown(low)} {one if low == 1 else many}",)
    elif low:
        yield (f"{_shown(low)} to {_shown(high)} {many}",)
    else:
        yield (f"at most {_shown(high)} {one if high == 1 else many}",)


def _shown(number: Json) -> str:
    return json.dumps(number)


_BY_KIND: Mapping[str, Callable[[Mapping[str, Json]], _Limits]] = {
    "string": _string,
    "number": _number,
    "integer": _number,
    "array": _array,
    "object": _object,
}
_BOUNDS = {
    "minimum": "at least ",
    "exclusiveMinimum": "more than ",
    "maximum": "at most ",
    "exclusiveMaximum": "less than ",
}
_FORMATS = {
    "date": "a date such as 2026-03-02",
    "date-time": "a date and time such as 2026-03-02T09:30:00Z",
    "duration": "a duration such as PT1H30M",
    "email": "an email address",
    "hostname": "a host name",
    "idn-email": "an email address of any script",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "iri": "an IRI",
    "iri-reference": "an IRI or a relative one",
    "json-pointer": "a JSON Pointer",
    "regex": "a regular expression",
    "relative-json-pointer": "a relative JSON Pointer",
    "time": "a time of day such as 09:30:00Z",
    "uri": "a URI",
    "uri-reference": "a URI or a relative one",
    "uri-template": "a URI template",
    "uuid": "a UUID",
}
