"""The one place that makes Python names out of names in the plan, and guesses names.

A name is never numbered and never depends on another one: the same text gives the
same name whatever else the plan holds, so adding an event renames nothing.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

RESERVED_PARAMETERS = frozenset(
    {"user_id", "group_id", "timestamp", "additional_properties"}
)
"""Parameters that every generated function may have besides its properties."""

RESERVED_TYPES = frozenset(
    {
        *dir(builtins),
        "PythonFinalizationError",  # new in Python 3.13; a plan passes on all or none
        *("Decimal", "Literal", "Mapping", "NotRequired", "Sequence", "TypedDict"),
        *(
            "UUID",
            "UNSET",
            "Unset",
            "Any",
            "Call",
            "Definitions",
            "Never",
            "NoneType",
            "TypeAlias",
            "INFINITY",
            "DEFINITIONS",
            "TYPE_CHECKING",
        ),
        *("Outcome", "PlanViolation", "Stats", "TrackplanError", "Violation"),
    }
)
"""Type names that generated code already uses for something else."""


@cache  # the names of properties come back in many events, and here many times
def words(name: str) -> tuple[str, ...]:
    """Split a name in words: `fromPlan`, `From Plan` and `from-plan` are two each."""
    normal = unicodedata.normalize("NFKC", name)
    parted = "".join(char if _is_in_word(char) else " " for char in normal)
    return tuple(part for word in parted.split() for part in _HUMP.split(word) if part)


def _is_in_word(char: str) -> bool:
    """Letters, digits and the marks that many scripts write vowels with."""
    is_wordy = char.isalnum() or unicodedata.category(char).startswith("M")
    return is_wordy and f"a{char}".isidentifier()


@cache
def snake_case(name: str) -> str | None:
    """Return a Python name for a function or parameter, or None if there is none."""
    return _identifier("_".join(word.lower() for word in words(name)))


def pascal_case(*names: str) -> str | None:
    """Return a Python name for a type, or None if there is none."""
    parts = [word for name in names for word in words(name)]
    return _identifier("".join(word[:1].upper() + word[1:] for word in parts))


def function_name(prefix: str, name: str) -> str | None:
    """Return `prefix_name`, or None if the name has nothing Python can use."""
    result = "_".join([prefix, *(word.lower() for word in words(name))])
    return _identifier(result) if result != prefix else None


def type_name(path: tuple[str | int, ...]) -> str | None:
    """Return the type name of the object schema at `path` in the plan, or None.

    ("events", "Invoice Paid", "properties", "line", "items") is `InvoicePaidLineItem`.
    """
    parts = [str(path[1])]
    steps = iter(path[2:])
    for step in steps:
        if step in ("properties", "patternProperties"):
            parts.append(str(next(steps)))
        elif step in _NUMBERED:
            parts.append(f"{_NUMBERED[step]}{int(next(steps)) + 1}")
        else:
            parts.append("Item" if step == "items" else "Value")
    return pascal_case(*parts)


_NUMBERED: dict[str | int, str] = {
    "allOf": "Part",
    "anyOf": "Option",
    "oneOf": "Choice",
    "prefixItems": "Item",
}


def is_python_name(name: str) -> bool:
    """Tell whether a `python_name` can be taken as it stands."""
    # Two underscores together part the names of our own helpers.
    is_plain = re.fullmatch(r"[a-z](_?[a-z0-9])*_?", name) is not None
    return is_plain and not keyword.iskeyword(name)


def _identifier(name: str) -> str | None:
    """Return `name` as Python reads it, mended where it begins or is taken wrongly."""
    normal = unicodedata.normalize("NFKC", name)
    if normal and not normal.isidentifier():  # it begins with a digit or a mark
        normal = f"_{normal}"
    if keyword.iskeyword(normal):
        normal = f"{normal}_"
    return normal if normal.isidentifier() else None


def is_attribute(name: str) -> bool:
    """Tell whether `name` can be written in a class body and stays what it is."""
    is_plain = name.isidentifier() and not keyword.iskeyword(name)
    return is_plain and not name.startswith("__") and _identifier(name) == name


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that `word` was probably meant to be."""
    from difflib import get_close_matches  # only failures need it

    folded = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None
