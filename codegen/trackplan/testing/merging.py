"""Two schemas that hold at one place, as one: as far as that is simple."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

_APPLIED = ("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else")


def merged(one: Mapping[str, object], two: Mapping[str, object]) -> dict[str, object]:
    """Return what both ask for, but for the keywords that lead to other schemas.

    Where a keyword stands in both and cannot be joined, the first one is kept.
    """
    result = dict(one)
    for keyword, operand in two.items():
        if keyword in _APPLIED:
            continue
        if keyword not in result:
            result[keyword] = operand
        elif keyword in _JOINED:
            result[keyword] = _JOINED[keyword](result[keyword], operand)
    return result


def both(one: object, two: object) -> object:
    """Return a schema that asks for both."""
    return {"allOf": [one, two]}


def _by_key(one: object, two: object) -> object:
    first = cast("Mapping[str, object]", one)
    second = cast("Mapping[str, object]", two)
    shared = {key: both(first[key], second[key]) for key in first if key in second}
    return {**first, **second, **shared}


def _either(one: object, two: object) -> object:
    return list(dict.fromkeys((*_list(one), *_list(two))))


def _common(one: object, two: object) -> object:
    return [value for value in _list(one) if value in _list(two)]


def _types(one: object, two: object) -> object:
    first, second = _with_integers(one), _with_integers(two)
    common = [kind for kind in first if kind in second]
    # An integer is a number, and so superfluous beside it.
    return [kind for kind in common if kind != "integer" or "number" not in common]


def _with_integers(kinds: object) -> list[object]:
    names = _list(kinds)
    return [*names, "integer"] if "number" in names else names


def _list(value: object) -> list[object]:
    return [value] if isinstance(value, str) else [*cast("Sequence[object]", value)]


def _greater(one: object, two: object) -> object:
    return max(cast("float", one), cast("float", two))


def _less(one: object, two: object) -> object:
    return min(cast("float", one), cast("float", two))


_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_JOINED: Final[Mapping[str, Callable[[object, object], object]]] = {
    "type": _types,
    "enum": _common,
    "required": _either,
    "properties": _by_key,
    "patternProperties": _by_key,
    "items": both,
    "additionalProperties": both,
    "propertyNames": both,
    **dict.fromkeys(_LOW, _greater),
    **dict.fromkeys(_HIGH, _less),
}
