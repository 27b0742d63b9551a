"""Python values and the JSON they stand for."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias, cast
from uuid import UUID

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
    steps = ("[…]" if isinstance(s, Given) else _joined(("", s))[2:] for s in path)
    return "".join(steps)


MAX_DEPTH = 128
"""How deep data may be nested, the properties of an event counted as the first."""


def to_json(value: object, problems: list[Finding]) -> Json:
    """Return the JSON data `value` stands for, sharing nothing with it.

    What has no JSON form (NaN, a set, a circular list, a naive datetime, …) is
    appended to `problems` and stands as null in the result.
    """
    return _Conversion(problems).convert(value, ())


class _Conversion:
    def __init__(self, problems: list[Finding]) -> None:
        self._problems = problems
        self._open: set[int] = set()

    def convert(self, value: object, path: Path) -> Json:
        if value is None or value is True or value is False:
            return value
        for kind, converted in _SCALARS:
            if isinstance(value, kind):
                return converted(self, value, path)
        if isinstance(value, Mapping | Sequence) and not isinstance(value, _BYTES):
            return self._container(value, path)
        return self._refuse(path, "type", "a JSON value", f"a {type(value).__name__}")

    def _container(
        self, value: Mapping[object, object] | Sequence[object], path: Path
    ) -> Json:
        if id(value) in self._open:
            return self._refuse(path, "type", "a JSON value", "a circular reference")
        if len(path) >= MAX_DEPTH:
            expected = f"data nested at most {MAX_DEPTH} deep"
            return self._refuse(path[:1], "type", expected, "data nested deeper")
        self._open.add(id(value))
        try:
            if isinstance(value, Mapping):
                return self._object(value, path)
            return [self.convert(item, (*path, i)) for i, item in enumerate(value)]
        finally:
            self._open.discard(id(value))

    def _object(self, value: Mapping[object, object], path: Path) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key, item in value.items():
            if isinstance(key, Enum):
                key = key.value
            if not isinstance(key, str):
                got = f"a key of type {type(key).__name__}"
                self._refuse(path, "type", "an object with text as keys", got)
                continue
            name = str.__str__(key)
            result[name] = self.convert(item, (*path, Given(name)))
        return result

    def _refuse(self, path: Path, keyword: str, expected: str, got: str) -> Json:
        self._problems.append(Finding(path, keyword, expected, got, got))
        return None

    def unset(self, _: Unset, path: Path) -> Json:
        return self._refuse(path, "type", "a JSON value", "UNSET")

    def enum(self, value: Enum, path: Path) -> Json:
        return self.convert(value.value, path)

    def text(self, value: str, _: Path) -> Json:
        return str.__str__(value)

    def integer(self, value: int, _: Path) -> Json:
        return int.__index__(value)

    def number(self, value: float, path: Path) -> Json:
        if math.isfinite(value):
            return float.__float__(value)
        return self._refuse(path, "type", "a finite number", "NaN or an infinity")

    def decimal(self, value: Decimal, path: Path) -> Json:
        nearest = float(value) if not value.is_snan() else math.nan
        if math.isfinite(nearest) and value == value.to_integral_value():
            return int(value)
        return self.number(nearest, path)

    def moment(self, value: datetime, path: Path) -> Json:
        expected = "a datetime with a time zone"
        if value.utcoffset() is None:
            return self._refuse(path, "format", expected, "a datetime without one")
        try:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except OverflowError:
            got = "a datetime beyond the years 1 to 9999"
            return self._refuse(path, "format", expected, got)

    def day(self, value: date, _: Path) -> Json:
        return value.isoformat()

    def uuid(self, value: UUID, _: Path) -> Json:
        return str(value)


_BYTES = (bytes, bytearray, memoryview)

# In order: UNSET is an Enum, an Enum may be a str, a datetime is a date.
_SCALARS: tuple[tuple[type, Callable[..., Json]], ...] = (
    (Unset, _Conversion.unset),
    (Enum, _Conversion.enum),
    (str, _Conversion.text),
    (int, _Conversion.integer),
    (float, _Conversion.number),
    (Decimal, _Conversion.decimal),
    (datetime, _Conversion.moment),
    (date, _Conversion.day),
    (UUID, _Conversion.uuid),
)


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
    return names.get(type(value), f"a {type(value).__name__}")


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
