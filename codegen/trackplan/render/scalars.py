"""Tests of one value by itself: its type, its bounds, its text, the values allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from trackplan.model import Json
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    Condition,
    Test,
    all_of,
    negated,
    some_of,
)
from trackplan.render.hints import values_of
from trackplan.render.layout import literal
from trackplan.render.reading import (
    COMBINING,
    in_order,
    limits,
    literals_by_kind,
)
from trackplan.render.scope import Arguments, Scope, Value

# --- Types ------------------------------------------------------------------------


def is_kind(scope: Scope, value: Value, kind: str) -> Condition:
    """Return a test of the exact type: subclasses are left to `validate`."""
    if value.kinds == {kind}:
        return TRUE
    if kind == "None" and not value.is_combined:
        return Test(value.name, "is", "None")
    function = scope.outer("type") if value.is_typed else scope.outer("kind")
    python_type = "NoneType" if kind == "None" else scope.outer(kind)
    return Test(f"{function}({value.name})", "is", python_type)


def is_no_kind(scope: Scope, value: Value, possible: frozenset[str]) -> Condition:
    """Return a test that the type is none of the `possible` ones."""
    right, wrong = value.kinds & possible, value.kinds - possible
    if len(right) <= len(wrong):
        return all_of(negated(is_kind(scope, value, kind)) for kind in in_order(right))
    return some_of(is_kind(scope, value, kind) for kind in in_order(wrong))


def accept_anything(scope: Scope, value: Value) -> Condition:
    """Prove that a value is JSON."""
    return TRUE if value.is_json else f"{scope.outer('is_json')}({value.name})"


# --- Keywords of one type ---------------------------------------------------------


def kept(
    scope: Scope, kind: str, schema: Mapping[str, Json], name: str
) -> Iterator[Condition]:
    """Yield what proves that a scalar of this type keeps the keywords of its type."""
    if kind in ("int", "float"):
        yield from _bounds(kind, schema, name)
    elif kind == "str":
        if limits("Length", schema) == (1, None):
            yield Test(name, "!=", '""')  # faster than its length
        else:
            yield size(scope, "Length", schema, name)
        yield from _text(scope, schema, name)


def broken(
    scope: Scope, kind: str, schema: Mapping[str, Json], name: str
) -> Iterator[Condition]:
    """Yield what proves that a value of this type breaks a keyword of its type."""
    if kind in ("int", "float"):
        for keyword, sign in _BOUNDS.items():
            if keyword in schema:
                yield Test(name, _OPPOSITE[sign], _number(schema[keyword], kind))
        if kind == "int" and isinstance(schema.get("multipleOf"), int):
            yield Test(f"{name} % {schema['multipleOf']}", "!=", "0")
    elif kind == "str":
        yield from _size_broken(scope, "Length", schema, name)
        yield from map(negated, _text(scope, schema, name))
    elif kind == "list":
        yield from _size_broken(scope, "Items", schema, name)


def _bounds(kind: str, schema: Mapping[str, Json], name: str) -> Iterator[Condition]:
    low = _tightest(schema, "minimum", "exclusiveMinimum", max)
    high = _tightest(schema, "maximum", "exclusiveMaximum", min)
    before = f"{_number(low[0], kind)} {_FLIPPED[low[1]]} " if low else ""
    after = f" {high[1]} {_number(high[0], kind)}" if high else ""
    if kind == "float":  # NaN and the infinities are no JSON numbers
        before = before or "-INFINITY < "
        after = after or " < INFINITY"
    if before and not after and low:
        yield Test(name, low[1], _number(low[0], kind))
    elif after and not before and high:
        yield Test(name, high[1], _number(high[0], kind))
    elif before or after:
        yield f"{before}{name}{after}"
    factor = schema.get("multipleOf")
    if factor is not None:  # decimal fractions are decided by `validate`
        is_exact = kind == "int" and isinstance(factor, int)
        yield Test(f"{name} % {factor}", "==", "0") if is_exact else FALSE


def _text(scope: Scope, schema: Mapping[str, Json], name: str) -> Iterator[Condition]:
    if "pattern" in schema:
        matched = f"{scope.matcher(str(schema['pattern']))}({name})"
        yield Test(matched, "is not", "None")
    if "format" in schema:
        test = "is_" + str(schema["format"]).replace("-", "_")
        yield f"{scope.outer(test)}({name})"


def size(scope: Scope, noun: str, schema: Mapping[str, Json], name: str) -> Condition:
    """Prove that the size of `name` is within `min…` and `max…` of the noun."""
    low, high = limits(noun, schema)
    length = f"{scope.outer('len')}({name})"
    if low and high is not None:
        return (
            Test(length, "==", str(low))
            if low == high
            else f"{low} <= {length} <= {high}"
        )
    if high is not None:
        return Test(length, "<=", str(high))
    return Test(length, ">=", str(low)) if low else TRUE


def _size_broken(
    scope: Scope, noun: str, schema: Mapping[str, Json], name: str
) -> Iterator[Condition]:
    low, high = limits(noun, schema)
    length = f"{scope.outer('len')}({name})"
    if low:
        yield Test(length, "<", str(low))
    if high is not None:
        yield Test(length, ">", str(high))


_BOUNDS = {
    "minimum": ">=",
    "exclusiveMinimum": ">",
    "maximum": "<=",
    "exclusiveMaximum": "<",
}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}
_FLIPPED = {">=": "<=", ">": "<"}


def _tightest(
    schema: Mapping[str, Json],
    inclusive: str,
    exclusive: str,
    choose: Callable[[float, float], float],
) -> tuple[float, str] | None:
    """Return the bound that decides, with its sign, or None where there is none."""
    loose = cast("float | None", schema.get(inclusive))
    strict = cast("float | None", schema.get(exclusive))
    if strict is not None and (loose is None or choose(loose, strict) == strict):
        return strict, _BOUNDS[exclusive]
    return None if loose is None else (loose, _BOUNDS[inclusive])


def _number(limit: Json, kind: str) -> str:
    """Return a literal that compares fast with the type: a float with floats."""
    number = cast("float", limit)
    is_exact = isinstance(limit, int) and abs(limit) < 2**53
    return literal(float(number) if kind == "float" and is_exact else number)


# --- enum and const ---------------------------------------------------------------

_WITH_VALUES = COMBINING - {"$defs"} | {"enum", "const", "type"}


def accept_values(
    scope: Scope, schema: Mapping[str, Json], value: Value, kinds: frozenset[str]
) -> Condition:
    """Prove that a value is one that `enum` or `const` lists."""
    is_plain = schema.keys() <= _WITH_VALUES and not {"enum", "const"} <= schema.keys()
    if isinstance(value, Arguments) or not is_plain:
        return FALSE
    members = literals_by_kind(values_of(schema))
    if value.is_json and members.keys() == {"str"} and len(value.kinds) > 1:
        return _equals_one(value.name, members["str"])
    return some_of(
        all_of([is_kind(scope, value, kind), _is_in(scope, kind, texts, value.name)])
        for kind, texts in members.items()
        if kind in kinds
    )


def reject_values(schema: Mapping[str, Json], value: Value, scope: Scope) -> Condition:
    """Prove that JSON data is not among the values of `enum` or `const`."""
    if isinstance(value, Arguments):
        return FALSE
    members = literals_by_kind(values_of(schema))
    if members.keys() <= {"str"}:  # no other JSON value is equal to a text
        return negated(_equals_one(value.name, members.get("str", [])))
    numbers = [*members.get("int", []), *members.get("float", [])]
    return some_of(
        is_kind(scope, value, kind)
        for kind in in_order(value.kinds)
        if not (numbers if kind in ("int", "float") else members.get(kind))
    )


def _is_in(scope: Scope, kind: str, texts: Sequence[str], name: str) -> Condition:
    if kind in ("None", "list", "dict"):
        return TRUE if kind == "None" else FALSE
    if kind == "bool":
        return some_of(Test(name, "is", text) for text in texts)
    if len(texts) == 1:
        return Test(name, "==", texts[0])
    return Test(name, "in", scope.one_of(texts))


def _equals_one(name: str, texts: Sequence[str]) -> Condition:
    if not texts:
        return FALSE
    if len(texts) == 1:
        return Test(name, "==", texts[0])
    return Test(name, "in", f"({', '.join(texts)})")
