"""The JSON that stands for a datetime, a decimal and the like, and what holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, cast

if TYPE_CHECKING:
    from decimal import Decimal

T = TypeVar("T")


def has_zone(moment: datetime) -> bool:
    """Tell whether a moment has a time zone."""
    try:
        return moment.utcoffset() is not None
    except Exception:  # pandas.NaT, or a zone that somebody else wrote
        return False


def is_moment(value: object) -> TypeGuard[datetime]:
    """Tell whether `value` can be the timestamp of a call: a datetime with a zone."""
    return isinstance(value, datetime) and has_zone(value)


def text_of(moment: datetime) -> str | None:
    """RFC 3339, in UTC; None without a zone, or beyond the years 1 to 9999 there."""
    try:
        if moment.utcoffset() is None:
            return None
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except Exception:  # OverflowError, or as in `has_zone`
        return None


def number_of(decimal: Decimal) -> int | float | None:
    """A whole number exactly, any other as the nearest float; None for NaN and such."""
    if not decimal.is_finite():
        return None
    nearest = float(decimal)
    if not math.isfinite(nearest):
        return None
    return int(decimal) if decimal == decimal.to_integral_value() else nearest


def as_text(moment: datetime) -> str | datetime:
    """Return what stands for a moment in JSON; itself, where nothing does."""
    return text_of(moment) or moment


def as_number(decimal: Decimal) -> float | Decimal:
    """Return the number that stands for a decimal; itself, where there is none."""
    number = number_of(decimal)
    return decimal if number is None else number


def as_json(value: T) -> T:
    """Return what stands for JSON as JSON, in arrays and objects too.

    It shares with `value` what needs no conversion. What has no JSON form stays as it
    is, and so does what is of another type than these, be it a subclass; all of it,
    where it is nested too deep.
    """
    try:
        return cast("T", _json_of(value))
    except RecursionError:
        return value


def _json_of(value: object) -> object:
    convert = _converters().get(type(value))
    return value if convert is None else convert(value)


@cache
def _converters() -> Mapping[type, Callable[[Any], object]]:
    from decimal import Decimal  # where calls pass one, it is loaded
    from uuid import UUID

    return {
        dict: lambda value: {key: _json_of(item) for key, item in value.items()},
        list: lambda value: [*map(_json_of, value)],
        tuple: lambda value: [*map(_json_of, value)],
        datetime: as_text,
        date: date.isoformat,
        Decimal: as_number,
        UUID: str,
    }
