"""Texts that a pattern is likely to match: the shortest way through it, and longer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from trackplan.runtime.patterns import matcher

_GROUP = re.compile(r"\((?:\?(?:<[^=!>][^>]*>|<?[=!]|:))?")
_EMPTY = re.compile(r"[\^$]|\\[bB]")
_ATOM = re.compile(
    r"\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\(?:u....|x..|c.|.)|.",
    re.DOTALL,
)
_COUNT = re.compile(r"(?:([*+?])|\{([0-9]+)(?:,[0-9]*)?\})\??")
_CHARS = "a0A1b2_-./: " + "".join(map(chr, range(33, 127))) + "é\u2028"
_MOST = 200
"""A part is repeated so often at most."""


@cache
def matches(pattern: str) -> tuple[str, ...]:
    """Return texts that match an ECMA-262 pattern, if any was found."""
    made = (_Walk(pattern, more).alternatives() for more in (0, 1, 2))
    return tuple(text for text in dict.fromkeys(made) if matcher(pattern)(text))


class _Walk:
    """One way through a pattern: first alternatives, and `more` turns than needed."""

    def __init__(self, pattern: str, more: int) -> None:
        self._pattern = pattern
        self._more = more
        self._at = 0

    def alternatives(self) -> str:
        """Read a group, or the whole, up to its end."""
        texts = [self._sequence()]
        while self._pattern.startswith("|", self._at):
            self._at += 1
            texts.append(self._sequence())
        return texts[min(self._more, len(texts) - 1)]

    def _sequence(self) -> str:
        return "".join(self._terms())

    def _terms(self) -> Iterator[str]:
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            text = self._factor()
            count = self._scan(_COUNT)
            yield text * min(self._turns(count), _MOST)

    def _turns(self, count: re.Match[str] | None) -> int:
        if count is None:
            return 1
        least = {"*": 0, "?": 0, "+": 1}.get(count[1]) if count[1] else int(count[2])
        is_open = count[1] in ("*", "+")
        return (least or 0) + (self._more if is_open else 0)

    def _factor(self) -> str:
        if group := self._scan(_GROUP):
            text = self.alternatives()
            self._at += 1
            return "" if group[0].endswith(("=", "!")) else text
        if self._scan(_EMPTY):
            return ""
        atom = self._scan(_ATOM)
        return _character(atom[0]) if atom else ""

    def _scan(self, rule: re.Pattern[str]) -> re.Match[str] | None:
        found = rule.match(self._pattern, self._at)
        self._at = found.end() if found else self._at
        return found


@cache
def _character(atom: str) -> str:
    fits = matcher(atom)
    return next((char for char in _CHARS if fits(char)), "")
