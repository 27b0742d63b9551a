"""Names of a plan that mean something to Python, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trackplan import naming
from trackplan.runtime import PlanViolation, contract
from trackplan.testing import capture

BUILTINS = ["type", "str", "int", "float", "bool", "list", "dict", "len", "object"]
BUILTINS += ["id", "format", "print", "any", "sum", "map", "property", "bytes", "max"]
LOCALS = ["value", "item", "key", "payload", "self", "cls", "args", "kwargs", "found"]
RUNTIME = [name for name in contract.__all__ if name.islower()]
MODULES = ["datetime", "date", "decimal", "typing", "uuid", "track_names", "fits_thing"]
WIRE_NAMES = [
    *('a "quoted" name', "apostrophe's", "back\\slash", "emoji \U0001f389 party"),
    *("class", "None", "match", "1st", "2 spaces", "__init__", "$dollar"),
    *("ﬁnance", "ª", "μ", "ß", "İstanbul", "数量", "e\u0301", "new\nline", "tab\tx"),
    *(
        "nul\x00z",
        "dot.ted",
        "slash/ed",
        "til~de",
        "per%cent",
        "}brace{",
        "#hash",
        "x" * 99,
    ),
]
SCHEMAS: list[Any] = [
    {"type": "string", "minLength": 1},
    {"type": "integer", "minimum": 1},
    {"type": "number"},
    {"type": ["boolean", "null"]},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "string", "format": "date"},
    {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "integer"}]},
    {"$ref": "#/$defs/thing"},
    {},
]
FITTING: list[Any] = ["a", 1, 0.5, None, ["a"], {"a": 1}, "2024-02-29", 7, {"of": 1}, 1]
WRONG: list[Any] = ["", 0, True, 1, ["a", "a"], {"a": "1"}, "2024-02-30", 0.5, {}, {1}]


def package(generate: Callable[[str], ModuleType], names: list[str]) -> ModuleType:
    properties = {n: SCHEMAS[i % len(SCHEMAS)] for i, n in enumerate(names)}
    thing: dict[str, Any] = {"properties": {n: {"type": "integer"} for n in names}}
    thing["properties"]["of"] = {"type": "integer"}
    event = {
        "properties": properties,
        "if": {"properties": {names[0]: {"const": "never"}}, "required": names[:1]},
        "then": {"required": names[1:3]},
        "minProperties": 1,
    }
    plan = {
        "trackplan": 1,
        "$defs": {"thing": {"type": "object", "required": ["of"], **thing}},
        "traits": {"user": event},
        "events": {
            "Names": event,
            "Open Names": {**event, "additionalProperties": True},
        },
    }
    return generate(json.dumps(plan, ensure_ascii=False))


@pytest.mark.parametrize("names", [BUILTINS, LOCALS, RUNTIME, MODULES, WIRE_NAMES])
def test_a_property_can_have_any_name(
    generate: Callable[[str], ModuleType], names: list[str]
) -> None:
    module = package(generate, names)
    parameters = [str(naming.snake_case(name)) for name in names]
    fitting = [FITTING[i % len(FITTING)] for i in range(len(names))]
    functions: list[Any] = [module.track_names, module.identify_user]
    functions.append(module.track_open_names)
    with capture() as sent:
        for function in functions:
            function("user-123", **dict(zip(parameters, fitting, strict=True)))
    expected = dict(zip(names, fitting, strict=True))
    assert [body.get("properties", body.get("traits")) for body in sent] == [
        expected,
        expected,
        expected,
    ]


@pytest.mark.parametrize("names", [BUILTINS, LOCALS, RUNTIME, MODULES, WIRE_NAMES])
def test_a_property_of_any_name_is_judged(
    generate: Callable[[str], ModuleType], names: list[str]
) -> None:
    module = package(generate, names)
    for index, name in enumerate(names):
        given: dict[str, Any] = {
            str(naming.snake_case(name)): WRONG[index % len(WRONG)]
        }
        with capture() as sent, pytest.raises(PlanViolation):
            module.track_names("user-123", **given)
        assert sent == []


TWICE = """\
trackplan: 1
events:
  Money Changed:
    properties:
      from: {type: string, pattern: "^[A-Z]{3}$"}
      to: {type: string, pattern: "^[A-Z]{3}$"}
  Money Sent:
    properties:
      to: {type: string, pattern: "^[A-Z]{3}$"}
"""


def test_an_event_uses_no_helper_of_another(
    write: Callable[[str, Path], None], tmp_path: Path
) -> None:
    write(TWICE, tmp_path / "twice")
    code = (tmp_path / "twice" / "events.py").read_text("utf-8")
    assert code.count("_track_money_changed__matches") == 3
    assert code.count("_track_money_sent__matches") == 2
