"""JSON values: how they are named, shown and compared, and what is found in them."""

import builtins
from collections.abc import Container, Hashable
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Unset(Enum):
    """The type of `UNSET`, the default of every optional property."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset.UNSET
"""Not given, and so not sent; `None`, by contrast, is sent as null."""


class Problem(NamedTuple):
    """One thing wrong with a value."""

    path: str
    keyword: str
    expected: str
    got: str


class Given(str):
    """A key that the caller chose and no schema names: itself perhaps personal."""

    __slots__ = ()


Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""


class Finding(NamedTuple):
    """A problem before it is known what of it may be shown."""

    path: Path
    keyword: str
    expected: str
    got: str
    discreet: str
    """What to say instead of `got` where the value is personal."""

    def shown(self, personal: Container[Path]) -> Problem:
        """Return the problem, with nothing of what stands under `personal` paths."""
        path = self.path
        prefixes = (path[:length] for length in range(len(path) + 1))
        depth = next((len(one) for one in prefixes if one in personal), None)
        if depth is None:
            return Problem(_joined(path), self.keyword, self.expected, self.got)
        where = _joined(path[:depth]) + _joined_discreetly(path[depth:])
        return Problem(where, self.keyword, self.expected, self.discreet)


def _joined(path: Path) -> str:
    result = ""
    for step in path:
        result = f"{result}[{step}]" if isinstance(step, int) else join(result, step)
    return result


def _joined_discreetly(path: Path) -> str:
    steps = ("[…]" if isinstance(s, Given) else _joined(("_", s))[1:] for s in path)
    return "".join(steps)


def join(path: str, key: str) -> str:
    """Return `path` with the property `key` appended."""
    if not key or not key.isprintable() or any(c in key for c in ".[] "):
        return f"{path}[{shown(key)}]"
    return f"{path}.{key}" if path else key


def shown(value: object) -> str:
    """Return a scalar as JSON, shortened to about sixty characters."""
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "…"
        escaped = (
            text.encode("unicode_escape").decode() if not text.isprintable() else text
        )
        return f'"{escaped}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    return repr(value)


def type_name(value: object) -> str:
    """Return the JSON type of `value` in words, with its size, never its content."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"an array of {len(cast('list[object]', value))}"
    if isinstance(value, dict):
        return f"an object with {len(cast('dict[str, object]', value))} properties"
    names = {bool: "a boolean", int: "an integer", float: "a number", str: "a string"}
    return names.get(type(value)) or f"a {class_name(value)}"


def class_name(value: object) -> str:
    """Return the name of a class, with its module where a builtin has that name."""
    kind = type(value)
    is_builtin = vars(builtins).get(kind.__name__, kind) is kind
    return kind.__name__ if is_builtin else f"{kind.__module__}.{kind.__name__}"


def is_number(value: object) -> bool:
    """Tell whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def equality_key(value: object) -> Hashable:
    """Return a key equal for equal JSON values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, list):
        return ("array", tuple(map(equality_key, cast("list[object]", value))))
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return ("object", frozenset((key, equality_key(item)) for key, item in items))
    return ("number" if is_number(value) else type(value).__name__, value)
