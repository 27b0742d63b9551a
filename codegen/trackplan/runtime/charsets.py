"""Sets of characters as ECMA-262 names them, written for Python's `re`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
LINE_ENDS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
# ECMA-262 22.2.2.9 CharacterClassEscape; \s: WhiteSpace (12.2), LineTerminator (12.3).
SHORTHANDS: dict[str, Ranges] = {
    "d": ((0x30, 0x39),),
    "s": (
        *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
        *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
        (0xFEFF, 0xFEFF),
    ),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
}
# ECMA-262 table 68 (binary properties): those that need no table of Unicode's.
BINARY: dict[str, Ranges] = {
    "Any": ((0, LAST),),
    "ASCII": ((0, 0x7F),),
    "White_Space": (*SHORTHANDS["s"][:-1], (0x85, 0x85)),
}
# Planes 4 to 13 are unassigned and 15 and 16 private, so their 800,000 need no look.
_SCANNED = ((0, 0x3FFFF), (0xE0000, 0xEFFFF))
_UNIFORM = (
    *(("Cn", 0x40000, 0xDFFFF), ("Co", 0xF0000, 0xFFFFD), ("Cn", 0xFFFFE, 0xFFFFF)),
    *(("Co", 0x100000, 0x10FFFD), ("Cn", 0x10FFFE, 0x10FFFF)),
)
# ECMA-262 table 69 (General_Category): the letters, then the names.
_CATEGORIES = """
    C Other, Cc Control cntrl, Cf Format, Cn Unassigned, Co Private_Use, Cs Surrogate,
    L Letter, LC Cased_Letter, Ll Lowercase_Letter, Lm Modifier_Letter,
    Lo Other_Letter, Lt Titlecase_Letter, Lu Uppercase_Letter, M Mark Combining_Mark,
    Mc Spacing_Mark, Me Enclosing_Mark, Mn Nonspacing_Mark, N Number,
    Nd Decimal_Number digit, Nl Letter_Number, No Other_Number, P Punctuation punct,
    Pc Connector_Punctuation, Pd Dash_Punctuation, Pe Close_Punctuation,
    Pf Final_Punctuation, Pi Initial_Punctuation, Po Other_Punctuation,
    Ps Open_Punctuation, S Symbol, Sc Currency_Symbol, Sk Modifier_Symbol,
    Sm Math_Symbol, So Other_Symbol, Z Separator, Zl Line_Separator,
    Zp Paragraph_Separator, Zs Space_Separator
"""


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Return every code point that `ranges` leaves out."""
    edges = [(-1, -1), *_merged(ranges), (LAST + 1, LAST + 1)]
    gaps = [(before + 1, after - 1) for (_, before), (after, _) in pairwise(edges)]
    return tuple((low, high) for low, high in gaps if low <= high)


@lru_cache
def class_text(ranges: Ranges, negated: bool = False) -> str:
    """Return a character class of `re`; an empty set matches nothing."""
    if not ranges:  # `[]` matches nothing and `[^]` anything
        ranges, negated = ((0, LAST),), not negated
    spans = [
        re.escape(chr(low)) + (f"-{re.escape(chr(high))}" if high > low else "")
        for low, high in _merged(ranges)
    ]
    return f"[{'^' if negated else ''}{''.join(spans)}]"


@lru_cache
def category(name: str) -> Ranges | None:
    """Return the code points of a general category, by any of its names, or None."""
    code = _category_codes().get(name)
    if code is None:
        return None
    starts = ("Lu", "Ll", "Lt") if code == "LC" else code
    return tuple(
        (low, high) for run, low, high in _category_runs() if run.startswith(starts)
    )


@cache
def _category_codes() -> dict[str, str]:
    rows = [row.split() for row in _CATEGORIES.split(",")]
    return {name: row[0] for row in rows for name in row}


@cache
def _category_runs() -> list[tuple[str, int, int]]:
    """Every code point's category, in runs: takes some 40 ms, once per process."""
    from unicodedata import category  # a shared library that only `\\p` needs

    runs: list[tuple[str, int, int]] = []
    for first, last in _SCANNED:
        at = first
        for code, run in groupby(map(category, map(chr, range(first, last + 1)))):
            length = sum(1 for _ in run)
            runs.append((code, at, at + length - 1))
            at += length
    return sorted([*runs, *_UNIFORM], key=itemgetter(1))
