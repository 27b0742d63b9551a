"""Generated code passes ruff, mypy --strict and pyright strict, whatever the plan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import trackplan

TEXTS = [
    *('ends with a "quote"', "ends with \\", '"""', "'''", '"starts', "a\tb", "\x07"),
    *("nul\x00", "bidi \u202e\u2066", "nbsp\xa0", "line\u2028end", "\x85", "a\r\nb"),
    *("\\N{BULLET} \\x41 {{ x }} {% raw %} #}", "x" * 200, "word " * 60, "\u200b"),
    *("* list\n  - a\n\n\n\n  b", "# noqa", "# type: ignore", "# fmt: off", '""', '"'),
    *("\\", "%s {0}", "\U0001f469\u200d\U0001f469", "\ufeff"),
]
NAMES = [
    *("type", "str", "int", "float", "bool", "list", "dict", "object", "len", "id"),
    *("kind", "copied", "matcher", "is_json", "value", "item", "key", "self", "class"),
    *("date", "datetime", "UUID", "Literal", "Sequence", "1st", "İstanbul", "a-b c"),
]
SHAPES: list[Any] = [
    {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-z]+$"},
    {"type": ["number", "null"], "minimum": 0, "exclusiveMaximum": 1e300},
    {"type": "integer", "minimum": -(10**30), "maximum": 10**30, "multipleOf": 7},
    {"type": "number", "minimum": 1e-300, "multipleOf": 0.01},
    {"enum": ["a" * 30, "b" * 30, "c" * 30]},
    {"enum": [f"value {number}" for number in range(200)]},
    {"enum": [1, 2.5, "x", None, True, [1], {"a": 1}]},
    {"enum": TEXTS},
    {"const": None},
    {"const": {"a": [1]}},
    {"type": "string", "format": "date-time"},
    {"type": ["string", "null"], "format": "uuid"},
    {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    {"type": ["array", "null"], "items": {"$ref": "#/$defs/thing"}, "minItems": 1},
    {"type": "array", "items": {"type": ["string", "null"]}, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {}], "items": False},
    {"type": "array", "prefixItems": [False, {"type": "string"}], "items": False},
    {"type": "array", "contains": {"minimum": 5}, "minContains": 2, "maxContains": 4},
    {"type": "object", "additionalProperties": {"type": "array"}},
    {
        "type": "object",
        "properties": {"ab": {"type": "integer"}, "c": {"type": "string"}},
        "patternProperties": {"^a": {"maximum": 5}, "b$": {"type": "number"}},
        "propertyNames": {"maxLength": 9},
        "additionalProperties": False,
    },
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "sku": {"type": "string", "minLength": 1},
                "tags": {"type": "array", "items": {"type": "string"}},
                "deeper": {"type": "object", "properties": {"x": {"type": "null"}}},
            },
            "required": ["sku"],
            "additionalProperties": False,
        },
    },
    {"anyOf": [{"type": "object", "required": [f"k{n}"]} for n in range(12)]},
    {"oneOf": [{"type": "string", "minLength": n, "maxLength": n} for n in range(9)]},
    {"if": {"type": "string"}, "then": {"minLength": 3}, "else": {"type": "integer"}},
    {"not": {"type": ["string", "array"]}},
    {"$ref": "#/$defs/node"},
    {"allOf": [{"$ref": "#/$defs/node"}, {"required": ["next"]}]},
    {"type": ["string", "integer", "number", "boolean", "null", "array", "object"]},
    {"type": "object", "properties": {"a": {}}, "unevaluatedProperties": False},
    {"anyOf": [False, {"type": "string", "enum": [7]}, {"type": "string"}]},
    *(True, False, {}, {"not": {}}),
]
DEFINITIONS: Any = {
    "thing": {"type": "object", "properties": {n: {"type": "string"} for n in NAMES}},
    "node": {
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
    },
    "shadow": {
        "type": "object",
        "properties": {
            "str": {"type": "string"},
            "date": {"type": "string", "format": "date"},
            "Literal": {"enum": ["a"]},
            "Sequence": {"type": "array"},
        },
    },
    "level": {"type": ["string", "null"], "enum": ["low", "high", None]},
    "day": {"type": "string", "format": "date"},
    "context": {
        "type": "object",
        "properties": {"page": {"type": "string"}},
        "unevaluatedProperties": {"type": "integer"},
    },
    "tree": {
        "type": "object",
        "properties": {"leaf": {"type": "integer"}},
        "additionalProperties": {"$ref": "#/$defs/tree"},
    },
    "json": {
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "items": {"$ref": "#/$defs/json"}},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/json"}},
        ]
    },
    "keyed": {
        "anyOf": [
            {"type": "object", "propertyNames": {"maxLength": 5}},
            {"type": "array", "items": {"$ref": "#/$defs/keyed"}},
        ]
    },
    "vague": {"type": ["object", "string"], "properties": {"a": {"type": "string"}}},
}
WRONG_CALLS = """
from datetime import date
from decimal import Decimal

import nasty_basic as plan
import nasty_many
import nasty_open

nasty_many.track_many_7("user-123", amount=1, level="low")
nasty_many.track_many_7("user-123", amount="1")  # wrong: no number
nasty_many.track_many_999("user-123")  # wrong: no such event
plan.track_paid("user-123", plan="free")  # wrong: amount is missing
plan.track_paid("user-123", plan="gold", amount=1)  # wrong: no such literal
plan.track_paid("user-123", plan=None, amount=1)  # wrong: not nullable
plan.track_paid("user-123", plan="free", amount=None)  # wrong: not nullable
plan.track_paid("user-123", plan="free", amount=1, note=5)  # wrong: no text
plan.track_paid("user-123", plan="free", amount=1, lines=[{}])  # wrong: no sku
plan.track_paid("user-123", plan="free", amount=1, other=1)  # wrong: no parameter
plan.track_paid("user-123", "free", amount=1)  # wrong: keyword only
plan.track_paid(5, plan="free", amount=1)  # wrong: no text
plan.track_paid("user-123", plan="free", amount=1)
plan.track_paid("user-123", plan="pro", amount=1.5, note=None, lines=({"sku": "a"},))
plan.track_paid("user-123", plan="pro", amount=1, note=plan.UNSET, timestamp=None)

page: nasty_open.Context = {"page": "a"}
named: nasty_open.Context = {"page": "a", "n": 1}  # wrong: not a declared key
nasty_open.track_opened("user-123", labels={"team": "a", "env": "prod"})
nasty_open.track_opened("user-123", labels={"team": "a", "env": 5})  # wrong: no text
nasty_open.track_opened("user-123", context={"page": "a", "n": 1})
nasty_open.track_opened("user-123", context={"n": [None, {"a": 1}]})
nasty_open.track_opened("user-123", contexts=[{"page": "a", "n": 1}, {}])
nasty_open.track_opened("user-123", pattern={"page": "a", "x-n": 1}, shared=page)
nasty_open.track_opened("user-123", shared={**page, "n": 1})
nasty_open.track_opened("user-123", must={"page": "a", "url": "x"}, context=None)
nasty_open.track_opened("user-123", amounts={"day": date.max, "a": Decimal(1), "b": 2})
nasty_open.track_opened("user-123", amounts={"a": {"n": 1}})  # wrong: no number
nasty_open.track_opened("user-123", unsaid={"page": "a", "url": "x"})
nasty_open.track_opened("user-123", unsaid={"page": "a"})  # wrong: url is missing
nasty_open.track_opened("user-123", unsaid={"url": "x", "n": 1})  # wrong: not declared
nasty_open.track_opened("user-123", tree={"a": {"b": {"leaf": 1}}, "leaf": 5})
nasty_open.track_opened("user-123", tree={"a": "b"})  # wrong: no object
"""


COMBINED: list[Any] = [
    {"type": "number", "maximum": 1e16, "anyOf": [{"minimum": 1}, {"maximum": 0}]},
    {"$ref": "#/$defs/level", "maxLength": 20},
    {"type": ["string", "number"], "oneOf": [{"type": "string"}]},
    {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "number"}]},
    {"allOf": [{"$ref": "#/$defs/day"}]},
    {"type": "string", "if": {"minLength": 3}, "then": {"pattern": "^a"}},
    {"type": ["integer", "null"], "not": {"minimum": 5}},
]


def event(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"properties": properties, **more}


def shapes(prefix: str) -> dict[str, Any]:
    return {f"{prefix}{number}": shape for number, shape in enumerate(SHAPES)}


def documented(text: str) -> dict[str, Any]:
    about: dict[str, Any] = {"description": text, "when": text, "owner": text}
    properties = {"p": {"const": text, "description": text}, "q": {"enum": [text, 1]}}
    deprecated = {"reason": text, "since": text, "replaced_by": text}
    examples = [{"p": text, "q": text}]
    return event(
        properties, **about, tags=[text], deprecated=deprecated, examples=examples
    )


def plan(events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"trackplan": 1, "$defs": DEFINITIONS, "events": events, **more}


def long_names(length: int) -> dict[str, Any]:
    prefix = "name" * length
    properties = shapes(prefix)
    first, second, *_ = properties
    rules = {
        "required": [first],
        "dependentRequired": {first: [second]},
        "if": {"properties": {first: {"const": "a"}}, "required": [first]},
        "then": {"required": [second]},
        "minProperties": 1,
    }
    named = {f"Event {prefix}": event(properties, **rules)}
    return plan(named, traits={"user": event(properties), "group": event(properties)})


def holding(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


PAGE = {"page": {"type": "string"}}
OPEN: dict[str, Any] = {
    "labels": holding(
        {"team": {"type": "string"}}, additionalProperties={"type": "string"}
    ),
    "context": {**holding(PAGE, additionalProperties=True), "type": ["object", "null"]},
    "contexts": {"type": "array", "items": holding(PAGE, additionalProperties={})},
    "pattern": holding(
        PAGE, patternProperties={"^x-": {"type": "integer"}}, additionalProperties=False
    ),
    "must": holding(PAGE, required=["page", "url"], additionalProperties=True),
    "amounts": holding(
        {"day": {"type": "string", "format": "date"}},
        additionalProperties={"type": "number"},
    ),
    "unsaid": holding(PAGE, required=["url"]),
    "never": holding(PAGE, required=["url"], additionalProperties=False),
    "shared": {"$ref": "#/$defs/context"},
    "tree": {"$ref": "#/$defs/tree"},
}
PLANS: dict[str, dict[str, Any]] = {
    "basic": plan(
        {
            "Paid": event(
                {
                    "plan": {"enum": ["free", "pro"]},
                    "amount": {"type": "number"},
                    "note": {"type": ["string", "null"]},
                    "lines": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"sku": {"type": "string"}},
                            "required": ["sku"],
                        },
                    },
                },
                required=["plan", "amount"],
            )
        }
    ),
    "open": plan({"Opened": event(OPEN)}),
    "texts": plan(
        {f"Text {n}": documented(text) for n, text in enumerate(TEXTS)},
        name=" ".join(TEXTS),
    ),
    "shapes": plan(
        {
            "Optional": event(shapes("p")),
            "Required": event(shapes("p"), required=list(shapes("p"))),
            "Open": event(shapes("p"), additionalProperties={"type": "string"}),
            "Pattern": event({"ab": True}, patternProperties={"^a": {"minLength": 3}}),
            "Referring": event({"next": {}}, allOf=[{"$ref": "#/$defs/node"}]),
            "Nothing": {},
        }
    ),
    "names": plan(
        {
            f"Names {shift}": event(
                {n: SHAPES[(i + shift) % len(SHAPES)] for i, n in enumerate(NAMES)},
                required=NAMES[::3],
                anyOf=[{"required": [name]} for name in NAMES],
            )
            for shift in range(0, len(SHAPES), 4)
        }
    ),
    **{f"long_{length}": long_names(length) for length in (3, 6, 9, 12, 20)},
    "many": plan(
        {
            f"Many {number}": event(
                {"amount": {"type": "number"}, "level": {"$ref": "#/$defs/level"}},
                deprecated=number == 8,
            )
            for number in range(101)
        }
        | {f"Event {'name' * length}": {} for length in (6, 12, 20)},
        traits={"user": event(shapes("p"))},
    ),
    "combined": plan(
        {
            f"Length {length}": event(
                {f"c{n}{'x' * length}": one for n, one in enumerate(COMBINED)},
                required=[f"c{n}{'x' * length}" for n in range(0, len(COMBINED), 2)],
            )
            for length in range(1, 36, 2)
        }
    ),
    "returned": plan(
        {
            f"Length {length}": event(
                {"p": holding(PAGE, required=["page", "n" * length])}
            )
            for length in range(1, 30)
        }
    ),
    # What they take from the runtime is hidden by a property, or is not used at all.
    "imports": plan(
        {
            "Old": event(
                {"kind": {"type": "array", "uniqueItems": True}}, deprecated=True
            ),
            "Dated": event({"date": {"$ref": "#/$defs/day"}}),
            "Vague": event(
                {
                    "a": {"$ref": "#/$defs/vague"},
                    "never": {"type": "string", "enum": [7]},
                }
            ),
        }
    ),
    "empty": {"trackplan": 1},
    "only_traits": {"trackplan": 1, "traits": {"user": {}}},
}


def yaml(data: dict[str, Any]) -> str:
    """Return JSON that is YAML: what YAML takes for the end of a line is escaped."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "\x85\u2028\u2029\ufeff\x7f":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, write: Callable[[str, Path], None]
) -> Path:
    """Return the folder with a package of each plan, and with the wrong calls."""
    folder = tmp_path_factory.mktemp("layout")
    for name, data in PLANS.items():
        write(yaml(data), folder / f"nasty_{name}")
    (folder / "wrong_calls.py").write_text(WRONG_CALLS, encoding="utf-8")
    settings = {"typeCheckingMode": "strict", "extraPaths": [source_root()]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def source_root() -> str:
    return str(Path(trackplan.__file__).parents[1])


def run(tool: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ)
    if "site-packages" not in source_root():
        environ["MYPYPATH"] = source_root()
    command = [sys.executable, "-m", tool, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def places(folder: Path) -> set[str]:
    """Return the lines of the wrong calls, as `file:line`."""
    lines = WRONG_CALLS.split("\n")
    return {
        f"wrong_calls.py:{n}" for n, line in enumerate(lines, 1) if "# wrong" in line
    }


@pytest.mark.parametrize("arguments", [["check"], ["format", "--diff"]])
def test_ruff_has_nothing_to_say(folder: Path, arguments: list[str]) -> None:
    packages = sorted(path.name for path in folder.glob("nasty_*"))
    done = run("ruff", *arguments, "--isolated", "--no-cache", *packages, folder=folder)
    assert done.returncode == 0, done.stdout[:4000] + done.stderr


def test_mypy_finds_the_wrong_calls_and_nothing_else(folder: Path) -> None:
    options = ("--strict", "--cache-dir", os.devnull, "--no-error-summary")
    done = run("mypy", *options, ".", folder=folder)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    found = {line.partition(": error:")[0] for line in errors}
    assert found == places(folder), "\n".join(errors[:40]) + done.stderr


def test_pyright_finds_the_wrong_calls_and_nothing_else(folder: Path) -> None:
    done = run("pyright", "--outputjson", folder=folder)
    reports = json.loads(done.stdout)["generalDiagnostics"]
    found = {
        f"{Path(one['file']).name}:{one['range']['start']['line'] + 1}": one["message"]
        for one in reports
    }
    assert found.keys() == places(folder), found


WIDE = [
    *("東京", "Ｔ１", "ｶﾞﾊﾟ", "한국", "\u1112\u1161\u11ab", "e\u0301", "কা", "ส่ง", "தா"),
    *("a", "Ж", "שָׁ", "مَ", "क्षि", "ಕೀ", "മാ", "ශා", "e\u0302\u0301", "\uff11", "ー"),
    *("👍🏽", "❤\ufe0f", "1\ufe0f\u20e3", "🇩🇪", "…①", "か\u3099"),
]
"""Texts of which many have more columns, or fewer, than code points."""


def wide(text: str) -> dict[str, Any]:
    """Return an event with a text wherever the length of a line can depend on it."""
    key = f"key {text}"
    record = holding({key: {"type": "string"}, "n": {"const": text}}, required=[key])
    properties = {
        key: {"enum": [f"{text}{number}" for number in range(3)]},
        "pattern": {"type": "string", "pattern": text, "minLength": 2},
        "either": {"type": ["string", "null"], "enum": [text, f"{text}-"]},
        "record": record,
        "records": {"type": "array", "items": record},
        "one": {"oneOf": [{"const": text}, {"const": f"{text}-"}, {"type": "null"}]},
    }
    deprecated = {"reason": text}
    return event(properties, description=text, when=text, deprecated=deprecated)


def test_a_line_is_as_long_as_it_has_columns(
    tmp_path: Path, write: Callable[[str, Path], None]
) -> None:
    for number, text in enumerate(WIDE):
        lengths = range(1, 40 // len(text))
        events = {f"The Length Is {n} {text}": wide(text * n) for n in lengths}
        write(yaml(plan(events)), tmp_path / f"wide_{number}")
    done = run("ruff", "format", "--diff", "--isolated", "--no-cache", folder=tmp_path)
    assert done.returncode == 0, done.stdout[:4000] + done.stderr


def test_a_long_description_leaves_its_function_to_ruff(
    tmp_path: Path, write: Callable[[str, Path], None]
) -> None:
    write(yaml(plan({"Paid": {"description": "東京" * 60}})), tmp_path / "paid")
    assert "# fmt: off" not in (tmp_path / "paid" / "events.py").read_text("utf-8")
