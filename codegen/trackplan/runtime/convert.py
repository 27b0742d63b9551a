"""Python values → the JSON they stand for.

Imported by the first call that needs it: `decimal`, `uuid` and what judges by a schema
are a third of what the runtime would take to import.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import cast
from uuid import UUID

from .plain import has_zone, number_of, text_of
from .values import Finding, Given, Json, Path, Unset, class_name

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
        if type(value) in _JSON:
            return cast("Json", value)
        for kind, converted in _SCALARS:
            if isinstance(value, kind):
                return converted(self, value, path)
        if isinstance(value, Mapping | Sequence) and not isinstance(value, _BYTES):
            return self._container(value, path)
        return self._refuse(path, "type", "a JSON value", f"a {class_name(value)}")

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
        return self._not_finite(path)

    def _not_finite(self, path: Path) -> Json:
        return self._refuse(path, "type", "a finite number", "NaN or an infinity")

    def decimal(self, value: Decimal, path: Path) -> Json:
        number = number_of(value)
        return self._not_finite(path) if number is None else number

    def moment(self, value: datetime, path: Path) -> Json:
        if text := text_of(value):
            return text
        got = f"a {type(value).__name__} without one"
        if has_zone(value):
            got = "a datetime beyond the years 1 to 9999"
        return self._refuse(path, "format", "a datetime with a time zone", got)

    def day(self, value: date, _: Path) -> Json:
        return value.isoformat()

    def uuid(self, value: UUID, _: Path) -> Json:
        return str(value)


_JSON = frozenset({str, int, bool, type(None)})
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
