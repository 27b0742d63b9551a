"""The JSON Schema of the plan format, and what it says of each key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias, cast

Keywords: TypeAlias = "Mapping[str, Mapping[str, object]]"
Definitions: TypeAlias = "Mapping[str, Mapping[str, Keywords]]"


@cache
def plan_format() -> dict[str, Definitions]:
    """Return the JSON Schema of the plan format."""
    text = files("trackplan").joinpath("plan.schema.json").read_text("utf-8")
    return cast("dict[str, Definitions]", json.loads(text))


@cache
def keywords() -> Keywords:
    """Return what the format says of each keyword of events and schemas."""
    definitions = plan_format()["$defs"]
    return {**definitions["event"]["properties"], **definitions["schema"]["properties"]}


@cache
def taken_above() -> Mapping[str, str]:
    """Return the keys that no property takes, and what does."""
    event, traits, schema = (
        plan_format()["$defs"][one]["properties"]
        for one in ("event", "traits", "schema")
    )
    return {
        key: "events and traits" if key in traits else "events alone"
        for key in event
        if key not in schema
    }


def takes(keyword: Mapping[str, object], value: object) -> bool:
    """Tell whether a keyword of the format takes values of this kind."""
    name = str(keyword.get("$ref", "")).removeprefix("#/$defs/")
    one: Mapping[str, object] = plan_format()["$defs"].get(name, keyword)
    kinds = one.get("type", _TYPES)
    names = [kinds] if isinstance(kinds, str) else cast("Sequence[str]", kinds)
    return json_type(value) in {_WHOLE.get(one, one) for one in names}


def json_type(value: object) -> str:
    for name, kind in (
        ("boolean", bool),
        ("number", (int, float)),
        ("string", str),
        ("array", list),
        ("object", dict),
    ):
        if isinstance(value, cast("type", kind)):
            return name
    return "null"


_TYPES = ("boolean", "number", "string", "array", "object", "null")
_WHOLE = {"integer": "number"}
