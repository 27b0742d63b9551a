"""Patterns whose time may grow exponentially: a repeat directly inside a repeat.

Modest on purpose. A group is slow where it is repeated without bound and one of its
alternatives is made of an unbounded repeat and otherwise only of what may be absent:
`(a+)+`, `(\\w+\\s?)*`. Then a text can be divided among the turns in many ways. Not
seen: alternatives that overlap, `(a|a)*`, and repeats side by side, `a*a*`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<open>\((?:\?(?:<[^=!>][^>]*>|<?[=!]|:))?)|(?P<close>\))|(?P<or>\|)
    |(?P<edge>[\^$]|\\[bB])
    |(?P<atom>\[\^?\]?(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")


@dataclass
class _Group:
    start: int
    is_look: bool = False
    repeats: bool = False
    """Whether this alternative holds an unbounded repeat."""
    is_solid: bool = False
    """Whether this alternative holds something that must be there once."""
    is_risky: bool = False
    """Whether an alternative is all repeats."""

    def end_alternative(self) -> None:
        self.is_risky |= self.repeats and not self.is_solid
        self.repeats = self.is_solid = False


def slow_at(pattern: str) -> int | None:
    """Return where a repeat directly inside a repeat begins, or None."""
    stack = [_Group(0)]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        start, at = at, token.end()
        if token["open"]:
            stack.append(_Group(start, is_look=token["open"][-1] in "=!"))
        elif token["or"]:
            stack[-1].end_alternative()
        elif token["close"] and len(stack) > 1:
            group = stack.pop()
            group.end_alternative()
            at, quantifier = _quantifier(pattern, at)
            if group.is_risky and _is_unbounded(quantifier):
                return group.start
            if not group.is_look:
                _add(stack[-1], quantifier, is_risky=group.is_risky)
        elif token["atom"]:
            at, quantifier = _quantifier(pattern, at)
            _add(stack[-1], quantifier, is_risky=False)
    return None


def _quantifier(pattern: str, at: int) -> tuple[int, str]:
    found = _QUANTIFIER.match(pattern, at)
    return (found.end(), found[0]) if found else (at, "")


def _is_unbounded(quantifier: str) -> bool:
    return quantifier[:1] in ("*", "+") or ",}" in quantifier


def _add(group: _Group, quantifier: str, *, is_risky: bool) -> None:
    if is_risky or _is_unbounded(quantifier):
        group.repeats = True
    elif quantifier[:1] != "?" and not quantifier.startswith("{0"):
        group.is_solid = True
