"""Texts that fit a pattern or a format, made of choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, TypeAlias, TypeVar

from trackplan.runtime.patterns import matcher
from trackplan.scanner import ATOM, COUNTS, EMPTY, GROUP, Scanner

T = TypeVar("T")
Choose: TypeAlias = Callable[[int], int]
"""Returns one of that many possibilities; 0 is the simplest."""

ALPHABET: Final = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    " _-.,:;/\\|@#$%&*+=~^?!'\"`()[]{}<>\n\t\x00\x7f\x85\xa0éßЖ中\u0301\u2028€😀"
)
"""What texts are made of, the simplest first."""

FORMATS: Final = {
    "date": r"20[2-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
    "date-time": r"20[2-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](|\.[0-9]{3})(Z|[+-]0[0-9]:30)",
    "duration": r"P[1-9][0-9]?(D|W|DT[1-9]H)",
    "email": r"[a-z]{3,8}(|\.[a-z]{2,8}|\+[a-z]{2,8})@example\.(com|org)",
    "hostname": r"([a-z]{3,8}\.)?example\.(com|org)",
    "idn-email": r"[a-zéß]{3,8}@example\.(com|org)",
    "ipv4": r"192\.0\.2\.[1-9][0-9]?",
    "ipv6": r"2001:db8:(:|[0-9a-f]{4}::)[1-9a-f][0-9a-f]{0,3}",
    "iri": r"https://example\.(com|org)/[a-zéß]{0,8}",
    "iri-reference": r"(https://example\.com)?/[a-zéß]{0,8}",
    "json-pointer": r"(/[a-z]{1,8}(~[01])?){0,3}",
    "regex": r"\^[a-z]{1,8}[+*]?\$",
    "relative-json-pointer": r"[0-9](#|(/[a-z]{1,8}){0,3})",
    "time": r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]0[0-9]:30)",
    "uri": r"https://example\.(com|org)(|/|(/[a-z]{1,8}){1,3})(|\?[a-z]{1,8}=[0-9])",
    "uri-reference": r"(https://example\.com)?(/[a-z]{1,8}){1,3}",
    "uri-template": r"https://example\.com/\{[a-z]{1,8}\}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}
"""Patterns for a part of each format."""

_REPEATS = 5
"""How often more than it must a part of a pattern is repeated, at most."""
_MOST = 10_000
"""How often it is repeated at all: more would take too long."""


def pick(options: Sequence[T], choose: Choose) -> T:
    """Return one of the options, of which there must be one."""
    return options[choose(len(options))]


def matching(pattern: str, choose: Choose) -> str:
    """Return a text that most likely fits an ECMA-262 pattern that `translate` takes.

    Lookarounds and back-references are passed over.
    """
    return _Writer(pattern, choose).text()


class _Writer(Scanner):
    """Reads a pattern and writes a text for it as it goes."""

    def __init__(self, pattern: str, choose: Choose) -> None:
        super().__init__(pattern)
        self._choose = choose

    def text(self) -> str:
        options = [self._sequence()]
        while self._skip("|"):
            options.append(self._sequence())
        return pick(options, self._choose)

    def _sequence(self) -> str:
        text = ""
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            text += self._term()
        return text

    def _term(self) -> str:
        start = self._at
        copies = [self._factor()]
        low, high = self._counts()
        end = self._at
        count = low + self._choose(min(high - low, _REPEATS) + 1)
        if count > _MOST:
            count = 0  # then the text does not fit
        while len(copies) < count:
            self._at = start
            copies.append(self._factor())
        self._at = end
        return "".join(copies[:count])

    def _factor(self) -> str:
        if group := self._scan(GROUP):
            text = self.text()
            self._at += 1
            return "" if group[1] else text
        if self._scan(EMPTY):
            return ""
        atom = self._scan(ATOM)
        characters = _characters(atom[0] if atom else "")
        return pick(characters, self._choose) if characters else ""

    def _counts(self) -> tuple[int, int]:
        found = self._scan(COUNTS)
        if found is None:
            return 1, 1
        low = {"*": 0, "+": 1, "?": 0}.get(found[1], int(found[2] or 0))
        if found[1] == "?":
            return low, 1
        if found[1] or (found[3] and not found[4]):
            return low, low + _REPEATS
        return low, int(found[4]) if found[3] else low


@cache
def _characters(atom: str) -> str:
    """Return the characters that an escape, a class or a character stands for."""
    matches = matcher(atom)
    own = "".join(char for char in atom if char not in ALPHABET)
    found = "".join(char for char in ALPHABET + own if matches(char))
    if not found:  # an escape for one that is neither
        found = next((chr(i) for i in range(0x11000) if matches(chr(i))), "")
    return found
