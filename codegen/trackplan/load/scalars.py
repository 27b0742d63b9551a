"""What the text of a YAML scalar means: the core schema of YAML 1.2, held to JSON.

https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TypeAlias

Scalar: TypeAlias = "bool | int | float | str | None"

STANDARD = "tag:yaml.org,2002:"


class NotJsonError(ValueError):
    """A scalar that JSON cannot hold; the argument is the fact."""


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("+-.0123456789")


def _not_finite(_: str) -> float:
    return math.nan


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text[2:], 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _not_finite),
)


def plain(text: str) -> Scalar:
    """Return the value of a scalar written without quotes. Raises NotJsonError."""
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] not in _NUMBER_STARTS:
        return text
    for pattern, number in _NUMBERS:
        if pattern.fullmatch(text):
            return _number(text, number)
    return text


def _number(text: str, number: Callable[[str], int | float]) -> int | float:
    """Convert; what a double cannot hold, JSON readers would turn to infinity."""
    try:
        value = number(text)
        finite = math.isfinite(value)
    except (ValueError, OverflowError):
        raise NotJsonError("the number is too large for JSON readers") from None
    if not finite:
        raise NotJsonError(f"`{text}` is no JSON number")
    return value


_TAGGED: dict[str, tuple[type, ...]] = {
    f"{STANDARD}int": (int,),
    f"{STANDARD}float": (int, float),
    f"{STANDARD}bool": (bool,),
    f"{STANDARD}null": (type(None),),
}


def tagged(text: str, tag: str) -> Scalar:
    """Return the value of a scalar with an explicit tag. Raises NotJsonError."""
    if tag in ("!", f"{STANDARD}str"):
        return text
    kinds = _TAGGED.get(tag)
    if kinds is None:
        raise NotJsonError(f"the tag `{tag_as_written(tag)}` is not known")
    value = plain(text)
    if type(value) not in kinds:
        raise NotJsonError(f"`{text}` is not what its tag says")
    return float(value) if float in kinds and isinstance(value, int) else value


def tag_as_written(tag: str) -> str:
    """Return `!!int` for the standard tag that libyaml spells out."""
    return tag.replace(STANDARD, "!!", 1)
