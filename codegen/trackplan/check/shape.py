"""The plan's shape: held against the JSON Schema of the plan format.

jsonschema decides; its errors are translated into our own words and places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import TypeAlias, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.tree import Path, at
from trackplan.load import Data, Object
from trackplan.model import HOLDS_NAMED, Place
from trackplan.naming import closest

_Keywords: TypeAlias = "Mapping[str, Mapping[str, object]]"
_Definitions: TypeAlias = "Mapping[str, Mapping[str, _Keywords]]"
UNSUPPORTED = {
    "$dynamicRef": "write `$ref` to an entry of `$defs`",
    "$dynamicAnchor": "write `$anchor`, or refer to the entry of `$defs`",
    "$recursiveRef": "write `$ref` to an entry of `$defs`",
    "$recursiveAnchor": "write `$anchor`, or refer to the entry of `$defs`",
    "$id": "leave it out: a plan is one document, and nothing is fetched",
    "$schema": "leave it out: every schema of a plan is draft 2020-12",
    "$defs": "move it into the `$defs` at the top of the plan",
    "$anchor": "move the schema into the plan's `$defs`",
    "$vocabulary": "leave it out: every vocabulary of draft 2020-12 applies",
}
INSTEAD = {
    "definitions": "write `$defs`",
    "id": "leave it out: refer to an entry of `$defs`",
    "dependencies": "write `dependentRequired` or `dependentSchemas`",
    "additionalItems": "write `prefixItems` for the first items, `items` for the rest",
    "divisibleBy": "write `multipleOf`",
    "disallow": "write `not: {type: …}`",
    "extends": "write `allOf`",
    "nullable": 'add "null" to the list of types: `type: [string, "null"]`',
}


def check_shape(found: Findings, *, is_part: bool = False) -> None:
    """Find where a plan, or a file it includes, has not the shape of the format."""
    errors = _validator(is_part).iter_errors(found.plan)
    # jsonschema's order is a set's, and what it finds behind an alias comes twice
    for error in sorted(errors, key=lambda one: _way(tuple(one.absolute_path), found)):
        translate = _TRANSLATIONS.get(str(error.validator), _limit)
        translate(error, tuple(error.absolute_path), found)


def _way(path: Path, found: Findings) -> list[Place]:
    """Return where each key that leads to `path` stands: an alias after its anchor."""
    return [found.key_place(path[:length]) for length in range(1, len(path) + 1)]


@cache
def _format() -> dict[str, _Definitions]:
    """Return the JSON Schema of the plan format."""
    text = files("trackplan").joinpath("plan.schema.json").read_text("utf-8")
    return cast("dict[str, _Definitions]", json.loads(text))


@cache
def _validator(is_part: bool) -> Draft202012Validator:
    definitions = _format()["$defs"]
    part = {"$ref": "#/$defs/part", "$defs": definitions}
    return _remembering(definitions)(part if is_part else _format())


def _remembering(
    definitions: Mapping[str, Mapping[str, object]],
) -> type[Draft202012Validator]:
    """Return a validator that judges equal data by the same definition once.

    Events and properties resemble each other: of 1,000 events it judges a handful, in
    a hundredth of the time. What is invalid it judges anew, to place each error.
    """
    judge = Draft202012Validator.VALIDATORS["$ref"]
    texts = {f"#/$defs/{name}": _texts(one) for name, one in definitions.items()}
    valid: set[tuple[str, str]] = set()

    def judge_once(
        validator: Draft202012Validator, reference: str, data: Data, schema: object
    ) -> Iterator[ValidationError]:
        content = reference, _content(data, texts[reference])
        if content not in valid:
            errors = list(judge(validator, reference, data, schema))
            if not errors:
                valid.add(content)
            yield from errors

    extend = cast("Callable[..., type[Draft202012Validator]]", validators.extend)
    return extend(Draft202012Validator, {"$ref": judge_once})


def _texts(definition: Mapping[str, object]) -> frozenset[str]:
    """Return the keys under which a definition takes any text, whatever it says."""
    keys = cast("Mapping[str, object]", definition.get("properties", {}))
    return frozenset(
        key
        for key, schema in keys.items()
        if isinstance(schema, dict) and schema.keys() | _SAYS == _SAYS
        if schema.get("type") == "string"
    )


_SAYS = {"type", "description"}


def _content(data: Data, texts: frozenset[str]) -> str:
    """Return what of the data decides whether it is valid; repr tells 1 from true."""
    if isinstance(data, Object):
        return repr(
            {k: v for k, v in data.items() if k not in texts or not isinstance(v, str)}
        )
    return repr(data)


def _unknown_keys(error: ValidationError, path: Path, found: Findings) -> None:
    schema = cast("Mapping[str, _Keywords]", error.schema)
    known, takes_own = list(schema["properties"]), "patternProperties" in schema
    data, empty = cast("Object", error.instance), ""
    if cure := _below_empty(path, found):
        fact = f"`{path[-1]}` stands inside {describe(path[:-1])}"
        found.at_key(path, rules.WRONG_KIND, fact, cure)
        return
    for key, value in data.items():
        if key in known:
            is_empty = value is None and _takes(schema["properties"][key], {})
            empty = key if is_empty else ""
            continue
        if takes_own and key.startswith("x-"):
            continue
        place, where = (*path, key), describe(path)
        if key in UNSUPPORTED:
            fact = f"`{key}` is not supported in {where}"
            found.at_key(place, rules.UNSUPPORTED_KEYWORD, fact, UNSUPPORTED[key])
        elif key in INSTEAD:
            fact = f"`{key}` is from an older draft, in {where}"
            cure = INSTEAD[key]
            if key == "definitions" and path:
                cure = "move its entries into the `$defs` at the top of the plan"
            found.at_key(place, rules.OLD_DRAFT, fact, cure)
        elif not path and key in _MAIN_ONLY and key not in known:
            fact = f"`{key}` stands in a file that a plan includes"
            found.at_key(place, rules.UNKNOWN_KEY, fact, "move it to the main file")
        else:
            fact = f"unknown key `{key}` in {where}"
            cure, guess = _cure_of_key(data, key, known, empty, takes_own=takes_own)
            found.at_key(place, rules.UNKNOWN_KEY, fact, cure, guess)


def _cure_of_key(
    data: Object, key: str, known: Sequence[str], empty: str, *, takes_own: bool
) -> tuple[str, str | None]:
    """Return the cure and the guess; `empty` is the key above that has no value."""
    value, guess = data[key], closest(key, known)
    if value is None and not data.has_colon(key):
        return _COMMA, None
    if empty and (guess is None or isinstance(value, Object)):
        return _BELOW.format(empty), None
    if key in _taken_above():
        return f"leave it out: {_taken_above()[key]} take it", None
    if guess is None and "properties" in known and _is_schema(value):
        return "move it under `properties` if it is a property", None
    if takes_own:
        return "correct it, or begin it with `x-` if it is your own", guess
    return f"use {' or '.join(f'`{one}`' for one in known)}", guess


def _is_schema(value: object) -> bool:
    return isinstance(value, dict) and not {"type", "$ref", "enum"}.isdisjoint(value)


def _wrong_kind(error: ValidationError, path: Path, found: Findings) -> None:
    wanted = error.validator_value
    names = [wanted] if isinstance(wanted, str) else cast("Sequence[str]", wanted)
    value = error.instance
    kind = _json_type(value)
    key = str(path[-1])
    if (key, kind) in _OLD_FORMS:
        fact = f"`{key}` is {_KINDS[kind]} in {describe(path[:-1])}, as in older drafts"
        found.at_value(path, rules.OLD_DRAFT, fact, _cure_of_old(path, value, kind))
        return
    if stray := _stray(path, value, found):
        found.at_key(path, rules.WRONG_KIND, *stray)
        return
    is_schema = names == ["object", "boolean"]
    expected = "a schema" if is_schema else " or ".join(_KINDS[name] for name in names)
    fact = f"{describe(path)} must be {expected}, and is {_shown(value, kind)}"
    cure, guess = f"write {expected}", None
    if value is None:
        cure, guess = _cure_of_nothing(path, names, found.rest_of_line(path).lstrip())
    elif "boolean" in names and str(value).lower() in _YES_OR_NO:
        cure = "write `true` or `false`, as in YAML 1.2"
        guess = _YES_OR_NO[str(value).lower()]
    elif is_schema:
        type_name = _type_meant(str(value)) if kind == "string" else None
        guess = f"{{type: {type_name}}}" if type_name else None
        cure = "write a schema, such as `{type: string}`"
    elif key == "usage" and names == ["object"]:
        cure = _EXTERNAL
    elif kind == "string" and names[0] == "array":
        is_squeezed = str(value).startswith("-")
        cure = "put a space after each `-`" if is_squeezed else cure
        guess = None if is_squeezed else f"[{value}]"
    elif names == ["string"] and kind in ("number", "boolean"):
        cure = "put it in quotes"
    found.at_value(path, rules.WRONG_KIND, fact, cure, guess)


def _cure_of_old(path: Path, value: object, kind: str) -> str:
    """Return the cure for a form of older drafts, where `false` was the default."""
    key = str(path[-1])
    if value is False:
        return "leave it out, which means the same"
    if key == "required" and path[-3:-2] != ("properties",):
        return "list in it the names of the properties that must be there"
    return _OLD_FORMS[key, kind]


def _cure_of_nothing(
    path: Path, names: Sequence[str], written: str
) -> tuple[str, str | None]:
    """Return the cure and the guess; `written` is what follows in place of a value."""
    if "string" in names and written.startswith("#"):
        return "put the text in quotes: `#` begins a comment", None
    if "type" in path[-2:] and written.startswith("null"):
        return "put it in quotes", '"null"'
    if names[0] == "object":
        return "indent what belongs to it, or write `{}` if it is to be empty", None
    return "give it a value, or remove it", None


def _stray(path: Path, value: object, found: Findings) -> tuple[str, str] | None:
    """Return the fact and the cure where a keyword stands among names."""
    key = str(path[-1])
    keyword = _keywords().get(key)
    is_among_names = path[-2:-1] in _HOLDING_NAMES and value is not None
    if keyword is None or not is_among_names or not _takes(keyword, value):
        return None
    fact = f"`{key}` stands inside {describe(path[:-1])}"
    if cure := _below_empty(path, found):
        return fact, cure
    if len(path) == len(("events", "name")):
        return fact, f"indent it below the entry of `{path[0]}` that it belongs to"
    return fact, f"move it beside `{path[-2]}`, or write a schema if it is a property"


def _below_empty(path: Path, found: Findings) -> str | None:
    """Return the cure for a keyword where only others part it from an empty entry."""
    if path[-2:-1] not in _HOLDING_NAMES or path[-1] not in _keywords():
        return None
    names = cast("Mapping[str, Data]", at(found.plan, path[:-1]))
    before = list(takewhile(lambda name: name != path[-1], names))
    while before and before[-1] in _keywords() and names[before[-1]] is not None:
        before.pop()
    is_below = before and names[before[-1]] is None
    return _BELOW.format(before[-1]) if is_below else None


@cache
def _keywords() -> _Keywords:
    """Return what the format says of each keyword of events and schemas."""
    definitions = _format()["$defs"]
    return {**definitions["event"]["properties"], **definitions["schema"]["properties"]}


@cache
def _taken_above() -> Mapping[str, str]:
    """Return the keys that no property takes, and what does."""
    event, traits, schema = (
        _format()["$defs"][one]["properties"] for one in ("event", "traits", "schema")
    )
    return {
        key: "events and traits" if key in traits else "events alone"
        for key in event
        if key not in schema
    }


def _takes(keyword: Mapping[str, object], value: object) -> bool:
    """Tell whether a keyword of the format takes values of this kind."""
    name = str(keyword.get("$ref", "")).removeprefix("#/$defs/")
    one: Mapping[str, object] = _format()["$defs"].get(name, keyword)
    kinds = one.get("type", list(_KINDS))
    names = [kinds] if isinstance(kinds, str) else cast("Sequence[str]", kinds)
    return _json_type(value) in {_WHOLE.get(one, one) for one in names}


def _shown(value: object, kind: str) -> str:
    if kind in ("number", "boolean"):
        return f"`{json.dumps(value)}`"
    return _KINDS[kind]


def _not_allowed(error: ValidationError, path: Path, found: Findings) -> None:
    allowed = cast("Sequence[str]", error.validator_value)
    text = str(error.instance)
    if "null" not in allowed:
        fact = f"{describe(path)} cannot be `{text}`"
        cure = f"choose {' or '.join(f'`{one}`' for one in allowed)}"
        found.at_value(path, rules.BAD_VALUE, fact, cure, closest(text, allowed))
        return
    owner = path[:-1] if isinstance(path[-1], str) else path[:-2]
    fact = f"unknown type `{text}` for {describe(owner)}"
    cure = f"types are {', '.join(allowed)}"
    if text.lower() in _TIMES:
        cure = f"write `type: string` with `format: {_TIMES[text.lower()]}`"
    found.at_value(path, rules.UNKNOWN_TYPE, fact, cure, _type_meant(text))


def _type_meant(text: str) -> str | None:
    lower = text.lower()
    return _OTHER_TYPES.get(lower) or closest(lower, _TYPES)


def _not_const(error: ValidationError, path: Path, found: Findings) -> None:
    wanted, got = json.dumps(error.validator_value), error.instance
    shown = json.dumps(got) if isinstance(got, str | int | float) else "something else"
    fact = f"{describe(path)} must be `{wanted}`, and is `{shown}`"
    found.at_value(path, rules.BAD_VALUE, fact, f"write `{wanted}`")


def _missing(error: ValidationError, path: Path, found: Findings) -> None:
    given = cast("Mapping[str, object]", error.instance)
    for key in cast("Sequence[str]", error.validator_value):
        if key not in given and closest(key, given) is None:  # else it is misspelt
            fact = f"{describe(path)} has no `{key}`"
            cure = _EXTERNAL if key == "external" else f"begin it with `{key}: 1`"
            found.at_key(path, rules.MISSING_KEY, fact, cure)


def _limit(error: ValidationError, path: Path, found: Findings) -> None:
    words = {
        "minimum": "must be at least {}",
        "exclusiveMinimum": "must be more than {}",
        "minItems": "must not be empty",
        "minLength": "must not be empty",
        "pattern": "must be letters, digits, `-`, `_` and `.`",
    }[str(error.validator)].format(error.validator_value)
    cure = "correct it, or leave it out"
    found.at_value(path, rules.BAD_VALUE, f"{describe(path)} {words}", cure)


def _ill_written(error: ValidationError, path: Path, found: Findings) -> None:
    if path[-1] != "$id":
        _limit(error, path, found)
        return
    fact = f"{describe(path)} has a fragment, as in older drafts"
    cure = "write `$anchor` for the part after `#`, or leave it out"
    found.at_value(path, rules.OLD_DRAFT, fact, cure)


def _repeated(error: ValidationError, path: Path, found: Findings) -> None:
    items = cast("Sequence[object]", error.instance)
    for index, item in enumerate(items):
        if item in items[:index]:
            fact = f"`{item}` stands in {describe(path)} a second time"
            found.at_value((*path, index), rules.BAD_VALUE, fact, "remove it")


_TRANSLATIONS: dict[str, Callable[[ValidationError, Path, Findings], None]] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_kind,
    "enum": _not_allowed,
    "const": _not_const,
    "required": _missing,
    "pattern": _ill_written,
    "uniqueItems": _repeated,
}
_MAIN_ONLY = ("name", "naming", "traits")
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_OTHER_TYPES = {
    **dict.fromkeys(("str", "text", "varchar", "uuid", "email", "url"), "string"),
    **dict.fromkeys(("datetime", "timestamp", "date", "time"), "string"),
    **dict.fromkeys(("int", "long", "bigint"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("dict", "map", "json", "record"), "object"),
    **dict.fromkeys(("none", "nil"), "null"),
}
_TIMES = {
    "datetime": "date-time",
    "timestamp": "date-time",
    "date": "date",
    "time": "time",
    "uuid": "uuid",
    "email": "email",
    "url": "uri",
}

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "empty",
}
_WHOLE = {"integer": "number"}
_HOLDING_NAMES = {(one,) for one in (*HOLDS_NAMED, "events")}
_COMMA = "a comma begins a new entry in braces: put text that has one in quotes"
_BELOW = "indent it below `{}`, which is empty"

_OLD_FORMS = {
    ("exclusiveMinimum", "boolean"): (
        "write the bound itself: `exclusiveMinimum: 0` without `minimum`"
    ),
    ("exclusiveMaximum", "boolean"): (
        "write the bound itself: `exclusiveMaximum: 10` without `maximum`"
    ),
    ("items", "array"): "write `prefixItems` for a list of schemas",
    ("required", "boolean"): "list the name under `required` one level up",
}


_YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "on", "true"), "true"),
    **dict.fromkeys(("no", "n", "off", "false"), "false"),
}
_EXTERNAL = "write `usage: {external: …}`, with what sends it"


def _json_type(value: object) -> str:
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
