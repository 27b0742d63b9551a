"""Conditions as trees, laid out on lines as `ruff format` lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, NamedTuple, TypeAlias, cast

from trackplan.render.layout import WIDTH, columns


class _Compound:
    """Its text is made once: the layout asks for that of each part, level by level."""

    word: ClassVar[str]
    empty: ClassVar[str]

    def __init__(self, parts: tuple[Condition, ...]) -> None:
        self.parts = parts
        self.text = f" {self.word} ".join(map(_nested, parts)) or self.empty

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.text == flat(cast("Condition", other))

    def __hash__(self) -> int:
        return hash(self.text)


class All(_Compound):
    """A conjunction; of nothing, it is true."""

    word, empty = "and", "True"


class Some(_Compound):
    """A disjunction; of nothing, it is false."""

    word, empty = "or", "False"


class Test(NamedTuple):
    """A comparison that has an opposite: NaN takes no part in one of order."""

    left: str
    operator: str
    right: str


Condition: TypeAlias = "All | Some | Test | str"
"""A Python condition; a text is one call or comparison."""


def flat(condition: Condition) -> str:
    """Return a condition on one line."""
    if isinstance(condition, str):
        return condition
    return " ".join(condition) if isinstance(condition, Test) else condition.text


def _nested(condition: Condition) -> str:
    text = flat(condition)
    is_compound = isinstance(condition, _Compound) and len(condition.parts) > 1
    return f"({text})" if is_compound else text


TRUE = All(())
FALSE = Some(())


def all_of(parts: Iterable[Condition]) -> Condition:
    """Return the conjunction, simplified."""
    flattened: dict[str, Condition] = {}
    for part in parts:
        if isinstance(part, Some) and not part.parts:
            return FALSE
        for inner in part.parts if isinstance(part, All) else (part,):
            flattened.setdefault(flat(inner), inner)
    return _joined(All, flattened)


def some_of(parts: Iterable[Condition]) -> Condition:
    """Return the disjunction, simplified."""
    flattened: dict[str, Condition] = {}
    for part in parts:
        if isinstance(part, All) and not part.parts:
            return TRUE
        for inner in part.parts if isinstance(part, Some) else (part,):
            flattened.setdefault(flat(inner), inner)
    return _joined(Some, flattened)


def _joined(kind: type[All | Some], parts: dict[str, Condition]) -> Condition:
    every = tuple(parts.values())
    return every[0] if len(every) == 1 else kind(every)


def negated(condition: Condition) -> Condition:
    """Return the opposite, by De Morgan's laws."""
    if isinstance(condition, Test):
        return Test(condition.left, _OPPOSITES[condition.operator], condition.right)
    if isinstance(condition, str):
        return f"not {condition}" if condition.endswith(")") else f"not ({condition})"
    combine = some_of if isinstance(condition, All) else all_of
    return combine(negated(part) for part in condition.parts)


_OPPOSITES = {
    "is": "is not",
    "==": "!=",
    "in": "not in",
    "is not": "is",
    "!=": "==",
    "not in": "in",
    "<": ">=",
    ">": "<=",
    ">=": "<",
    "<=": ">",
}


def statement(before: str, condition: Condition, after: str, indent: int) -> str:
    """Return `before condition after` (`if …:`, `return …`) as ruff lays it out."""
    margin = " " * indent
    line = f"{margin}{before} {flat(condition)}{after}"
    if columns(line) <= WIDTH or isinstance(condition, str | Test):
        return line
    body = _inside(condition, indent)
    return "\n".join([f"{margin}{before} (", *body, f"{margin}){after}"])


def unless(condition: Condition, indent: int) -> str:
    """Return the `if` line of a guard that `condition` must pass."""
    guard = statement("if", negated(condition), ":", indent)
    if "\n" not in guard or not isinstance(condition, All | Some):
        return guard
    margin = " " * indent
    line = f"{margin}if not ({flat(condition)}):"
    if columns(line) <= WIDTH:
        return line
    return "\n".join([f"{margin}if not (", *_inside(condition, indent), f"{margin}):"])


def returned(condition: Condition, indent: int, to_bool: str = "bool") -> str:
    """Return `return condition`; two long halves become two statements.

    `to_bool` is what `bool` is called where the code stands.
    """
    if _is_untyped(condition):
        return _returned_bool(condition, indent, to_bool)
    line = statement("return", condition, "", indent)
    if (
        "\n" not in line
        or isinstance(condition, str | Test)
        or len(condition.parts) != 2
    ):
        return line
    first, second = condition.parts
    is_all = isinstance(condition, All)
    guard = unless(first, indent) if is_all else statement("if", first, ":", indent)
    margin = " " * indent
    return (
        f"{guard}\n{margin}    return {not is_all}\n{returned(second, indent, to_bool)}"
    )


def _is_untyped(condition: Condition) -> bool:
    """Tell whether a type checker takes a condition over `Any` for `Any` itself."""
    if isinstance(condition, All | Some):
        return bool(condition.parts) and all(map(_is_untyped, condition.parts))
    if isinstance(condition, Test):
        is_sized = condition.left.endswith(")")
        return condition.operator not in _TYPED and not is_sized
    return re.search(r" [<>]=? \w+( |$)", condition) is not None


_TYPED = ("is", "is not", "in", "not in")


def _returned_bool(condition: Condition, indent: int, to_bool: str) -> str:
    margin = " " * indent
    line = f"{margin}return {to_bool}({flat(condition)})"
    if columns(line) <= WIDTH:
        return line
    body = _inside(condition, indent)
    return "\n".join([f"{margin}return {to_bool}(", *body, f"{margin})"])


def _inside(condition: Condition, indent: int) -> list[str]:
    """Return the lines between parentheses that stand on lines of their own."""
    line = f"{' ' * indent}    {flat(condition)}"
    if columns(line) <= WIDTH or isinstance(condition, str | Test):
        return [line]
    return _operands(condition, indent + 4)


def _operands(condition: All | Some, indent: int) -> list[str]:
    lines: list[str] = []
    margin = " " * indent
    for index, part in enumerate(condition.parts):
        start = f"{margin}{f'{condition.word} ' if index else ''}"
        line = f"{start}{_nested(part)}"
        if columns(line) <= WIDTH or isinstance(part, str | Test):
            lines.append(line)
        else:
            lines += [f"{start}(", *_inside(part, indent), f"{margin})"]
    return lines
