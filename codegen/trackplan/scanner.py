"""The pieces of an ECMA-262 pattern that `translate` takes, one after the other."""

from __future__ import annotations

import re

GROUP = re.compile(r"\((?:\?(?:(<?[=!])|:|<[^>]*>))?")
"""What opens a group; the first group of a match tells that it looks around."""
EMPTY = re.compile(r"[\^$]|\\[bB1-9]|\\k<[^>]*>")
"""What takes no character, or is taken for that: back references."""
ATOM = re.compile(
    r"\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\u[dD][89abAB]..\\u[dD][c-fC-F].."
    r"|\\(?:u....|x..|c.|.)|.",
    re.DOTALL,
)
"""What stands for one character."""
COUNTS = re.compile(r"(?:([*+?])|\{([0-9]+)(,?)([0-9]*)\})\??")
"""How often the piece before it is repeated."""


class Scanner:
    """Goes through a pattern from piece to piece."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def _skip(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _scan(self, rule: re.Pattern[str]) -> re.Match[str] | None:
        found = rule.match(self._pattern, self._at)
        self._at = found.end() if found else self._at
        return found
