"""What has not the shape of the format: jsonschema's errors in our words and places."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import cast

from jsonschema.exceptions import ValidationError

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.plan_format import (
    Keywords,
    json_type,
    keywords,
    taken_above,
    takes,
)
from trackplan.check.tree import Path, at
from trackplan.load import Data, Object
from trackplan.model import HOLDS_NAMED
from trackplan.naming import closest

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


def report(error: ValidationError, found: Findings) -> None:
    """Add what is wrong, with its place and its cure, to what was found."""
    translate = _TRANSLATIONS.get(str(error.validator), _limit)
    translate(error, tuple(error.absolute_path), found)


def _unknown_keys(error: ValidationError, path: Path, found: Findings) -> None:
    schema = cast("Mapping[str, Keywords]", error.schema)
    known, takes_own = list(schema["properties"]), "patternProperties" in schema
    data, empty = cast("Object", error.instance), ""
    if cure := _below_empty(path, found):
        fact = f"`{path[-1]}` stands inside {describe(path[:-1])}"
        found.at_key(path, rules.WRONG_KIND, fact, cure)
        return
    for key, value in data.items():
        if key in known:
            is_empty = value is None and takes(schema["properties"][key], {})
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
    if key in taken_above():
        return f"leave it out: {taken_above()[key]} take it", None
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
    kind = json_type(value)
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
    keyword = keywords().get(key)
    is_among_names = path[-2:-1] in _HOLDING_NAMES and value is not None
    if keyword is None or not is_among_names or not takes(keyword, value):
        return None
    fact = f"`{key}` stands inside {describe(path[:-1])}"
    if cure := _below_empty(path, found):
        return fact, cure
    if len(path) == len(("events", "name")):
        return fact, f"indent it below the entry of `{path[0]}` that it belongs to"
    return fact, f"move it beside `{path[-2]}`, or write a schema if it is a property"


def _below_empty(path: Path, found: Findings) -> str | None:
    """Return the cure for a keyword where only others part it from an empty entry."""
    if path[-2:-1] not in _HOLDING_NAMES or path[-1] not in keywords():
        return None
    names = cast("Mapping[str, Data]", at(found.plan, path[:-1]))
    before = list(takewhile(lambda name: name != path[-1], names))
    while before and before[-1] in keywords() and names[before[-1]] is not None:
        before.pop()
    is_below = before and names[before[-1]] is None
    return _BELOW.format(before[-1]) if is_below else None


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
