"""The JSON that stands for a datetime or a decimal."""

from __future__ import annotations

import math
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal


def text_of(moment: datetime) -> str | None:
    """RFC 3339, in UTC; None without a zone, or beyond the years 1 to 9999 there."""
    if moment.utcoffset() is None:
        return None
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


def number_of(decimal: Decimal) -> int | float | None:
    """A whole number exactly, any other as the nearest float; None for NaN and such."""
    if not decimal.is_finite():
        return None
    nearest = float(decimal)
    if not math.isfinite(nearest):
        return None
    return int(decimal) if decimal == decimal.to_integral_value() else nearest
