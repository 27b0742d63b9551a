"""JSON Schema's `pattern` in the words of Python's `re`.

A `pattern` is an ECMA-262 regular expression in unicode mode (ECMA-262 22.2).
`translate` reads it by that grammar and writes source for `re` that `search`es the
same language, on any Python. What `re` cannot say exactly is refused, never
approximated; only `\\p{…}` follows the Unicode version of the Python that runs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from .charsets import (
    BINARY,
    LAST,
    LINE_ENDS,
    SHORTHANDS,
    category,
    class_text,
    complement,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .charsets import Ranges

_MANY = 0xFFFFFFFF  # `re` takes no repetition count of this size or more
_DEPTH = 50  # `re` recurses into groups; this many fit under Python's recursion limit
_PAIR, _CODE = (
    rule.replace(".", "[0-9A-Fa-f]")
    for rule in (r"u([Dd][89ABab]..)\\u([Dd][C-Fc-f]..)", r"x(..)|u(....)|u\{(.+)\}")
)
_LOOKBEHINDS = ("?<=", "?<!")
_LOOKAROUNDS = ("?=", "?!", *_LOOKBEHINDS)
_OPENINGS = ("?:", *_LOOKAROUNDS)
_CONTROLS = {"f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B}


class PatternError(ValueError):
    """A pattern that is not ECMA-262, or that `re` cannot express exactly."""

    message: str
    """The fact, naming the construct."""
    position: int
    """Where the construct starts: a 0-based offset in the pattern."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"{self.message}, at offset {self.position}"


def translate(pattern: str) -> str:
    """Source for Python's `re` that `search`es what the ECMA-262 `pattern` does."""
    reader = _Reader(pattern)
    reader.read()
    if reader.refusal is not None:
        raise reader.refusal
    for scope, end in reader.lookbehinds:
        _require_fixed_width("".join(reader.out[scope.slot : end]), scope.position)
    return "".join(reader.out)


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """The compiled `search` of an ECMA-262 `pattern`; one per pattern and process."""
    return re.compile(translate(pattern)).search


def is_well_formed(pattern: str) -> bool:
    """Whether `pattern` is ECMA-262, even where `translate` refuses it.

    A property that is not known here is taken for one that Unicode has.
    """
    try:
        _Reader(pattern).read()
    except PatternError:
        return False
    return True


class _Scope:
    """The whole pattern, a group or a lookaround."""

    def __init__(
        self, opening: str, position: int, slot: int, parent: _Scope | None
    ) -> None:
        self.opening = opening
        self.position = position
        self.slot = slot  # where its opening stands in the output
        self.parent = parent
        self.parent_branch: int = parent.branch if parent else 0
        self.depth: int = parent.depth + 1 if parent else 0
        self.branch: int = 0  # the alternative being read; in the end, the last one
        self.number = 0  # of a capturing group
        self.minimum = self.maximum = 1
        self.repeats_groups = False

    def lineage(self, branch: int) -> list[tuple[_Scope, int]]:
        """From the whole pattern down to here: scopes, each with an alternative."""
        steps: list[tuple[_Scope, int]] = [(self, branch)]
        while (scope := steps[-1][0]).parent is not None:
            steps.append((scope.parent, scope.parent_branch))
        return steps[::-1]


class _Reference:
    """A back-reference, to be resolved once all groups are known."""

    def __init__(
        self, label: str, position: int, slot: int, scope: _Scope, branch: int
    ) -> None:
        self.label = label
        self.position = position
        self.slot = slot
        self.scope = scope
        self.branch = branch


class _Reader:
    """One pass over a pattern: a syntax error is raised, the first refusal is kept."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.scope = _Scope("", 0, 0, None)
        self.groups: dict[str, _Scope] = {}  # by number and by name
        self.group_count = 0
        self.references: list[_Reference] = []
        self.lookbehinds: list[tuple[_Scope, int]] = []  # and where its output ends
        self.refusal: PatternError | None = None

    def read(self) -> None:
        while self.at < len(self.pattern):
            self.term()
        if self.scope.parent is not None:
            raise PatternError("the group is never closed", self.scope.position)
        for reference in self.references:
            self.resolve(reference)

    def refuse(self, message: str, position: int) -> None:
        self.refusal = self.refusal or PatternError(message, position)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def skip(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def scan(self, rule: str) -> re.Match[str] | None:
        found = re.compile(rule).match(self.pattern, self.at)
        if found:
            self.at = found.end()
        return found

    def term(self) -> None:
        """ECMA-262 22.2.1 Term, or one of the `|`, `(` and `)` between terms."""
        start = self.at
        self.at += 1
        match self.pattern[start]:
            case "(":
                self.open(start)
            case ")":
                self.close(start)
            case "|":
                self.scope.branch += 1
                self.out.append("|")
            case "^":
                self.out.append("^")
            case "$":
                self.out.append(r"\Z")
            case ".":
                self.atom(class_text(LINE_ENDS, negated=True))
            case "[":
                self.atom(self.character_class(start))
            case "\\":
                self.escape(start)
            case "*" | "+" | "?" as char:
                raise PatternError(f"`{char}` has nothing to repeat", start)
            case "{" | "}" | "]" as char:
                raise PatternError(f"a lone `{char}` is written `\\{char}`", start)
            case char:
                self.atom(re.escape(char))

    def atom(self, text: str) -> None:
        self.out.append(text)
        self.quantifier()

    def quantifier(self, scope: _Scope | None = None) -> None:
        start = self.at
        found = self.scan(r"(?:([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\})(\??)")
        if not found:
            return
        low, high = _counts(found)
        if low > high:
            raise PatternError(f"the quantifier `{found[0]}` counts down", start)
        if low >= _MANY:
            self.refuse(f"the quantifier `{found[0]}` is too large", start)
        counts = f"{{{low},{high if high < _MANY else ''}}}"
        self.out.append((found[1] or counts) + found[5])
        if scope is not None:
            scope.minimum, scope.maximum = low, high
            outer: _Scope | None = self.scope
            while outer and not outer.repeats_groups:
                outer.repeats_groups = True
                outer = outer.parent

    def open(self, start: int) -> None:
        opening = next((text for text in _OPENINGS if self.skip(text)), None)
        name = self.group_name(start) if opening is None and self.skip("?<") else ""
        if opening is None and not name and self.peek() == "?":
            text = self.pattern[start : start + 3]
            raise PatternError(f"`{text}` opens no ECMA-262 group", start)
        self.scope = _Scope(opening or "?:", start, len(self.out), self.scope)
        self.out.append(f"({self.scope.opening}")
        if opening is None:
            self.group_count += 1
            self.scope.number = self.group_count
            self.groups |= dict.fromkeys((str(self.group_count), name), self.scope)
        if self.scope.depth > _DEPTH:
            self.refuse(f"groups are nested more than {_DEPTH} deep", start)

    def group_name(self, start: int) -> str:
        """ECMA-262 22.2.1 GroupName, save the few that are no Python identifiers."""
        found = self.scan(r"([^<>()]*)>")
        name = found[1] if found else ""
        if not name.replace("$", "_").isidentifier():
            raise PatternError("a group's name has to be an identifier in `<…>`", start)
        if name in self.groups:
            raise PatternError(f"two groups have the name `{name}`", start)
        return name

    def close(self, start: int) -> None:
        scope = self.scope
        if scope.parent is None:
            raise PatternError("`)` closes no group", start)
        self.out.append(")")
        self.scope = scope.parent
        if scope.opening in _LOOKBEHINDS:
            self.lookbehinds.append((scope, len(self.out)))
        if scope.opening == "?:":
            self.quantifier(scope)

    def escape(self, start: int) -> None:
        char = self.peek()
        if self.skip("b"):
            self.out.append(r"(?a:\b)")
        elif self.skip("B"):
            # `re` finds no \B in the empty string before Python 3.14.
            self.out.append(r"(?!(?a:\b))")
        elif char == "k" or "1" <= char <= "9":
            self.reference(start)
        else:
            one = self.class_escape(start)
            self.atom(re.escape(chr(one)) if isinstance(one, int) else class_text(one))

    def reference(self, start: int) -> None:
        found = self.scan(r"k<([^<>()]+)>|([1-9][0-9]*)")
        if not found:
            raise PatternError("`\\k` needs the name of a group in `<…>`", start)
        label, branch = found[1] or found[2], self.scope.branch
        self.references.append(
            _Reference(label, start, len(self.out), self.scope, branch)
        )
        self.atom("(?:)")

    def resolve(self, reference: _Reference) -> None:
        """Write a back-reference where it can match more than the empty string."""
        label, position = reference.label, reference.position
        group = self.groups.get(label)
        if group is None:
            raise PatternError(f"there is no group `{label}`", position)
        if self.refusal is not None:
            return
        kind = _participation(group, reference)
        if kind == "unclear":
            rule = "may not look from a look-behind, nor at a repeated group"
            self.refuse(f"the back-reference `{label}` {rule}", position)
        elif kind != "never":
            name = f"g{group.number}"
            text = f"(?P={name})"
            self.out[group.slot] = f"(?P<{name}>"
            self.out[reference.slot] = (
                text if kind == "always" else f"(?({name}){text}|)"
            )

    def character_class(self, start: int) -> str:
        """ECMA-262 22.2.1 CharacterClass; in `re` some of these would be operators."""
        negated = self.skip("^")
        ranges: list[tuple[int, int]] = []
        while not self.skip("]"):
            low_at = self.at
            low = self.class_atom(start)
            if self.scan(r"-(?!\]|\Z)"):
                high = self.class_atom(start)
                if not isinstance(low, int) or not isinstance(high, int) or low > high:
                    text = self.pattern[low_at : self.at]
                    raise PatternError(f"`{text}` is not a range of characters", low_at)
                ranges.append((low, high))
            else:
                ranges += [(low, low)] if isinstance(low, int) else low
        return class_text(tuple(ranges), negated)

    def class_atom(self, start: int) -> int | Ranges:
        if self.at >= len(self.pattern):
            raise PatternError("the character class is never closed", start)
        at = self.at
        self.at += 1
        if self.pattern[at] != "\\":
            return ord(self.pattern[at])
        return 0x08 if self.skip("b") else self.class_escape(at)

    def class_escape(self, start: int) -> int | Ranges:
        """The character, or the characters, that an escape stands for."""
        char = self.peek()
        if char in SHORTHANDS or char.lower() in SHORTHANDS:
            self.at += 1
            ranges = SHORTHANDS[char.lower()]
        elif char in ("p", "P"):
            ranges = self.property(start)
        else:
            return self.character_escape(start)
        return ranges if char.islower() else complement(ranges)

    def property(self, start: int) -> Ranges:
        """ECMA-262 22.2.1 CharacterClassEscape, `p{…}`."""
        found = self.scan(r"[pP]\{(?:([A-Za-z_]+)=)?([A-Za-z0-9_]+)\}")
        if not found:
            raise PatternError("`\\p` needs the name of a property in `{…}`", start)
        key, name = found[1], found[2]
        if key in (None, "gc", "General_Category"):
            ranges = category(name) or (BINARY.get(name) if key is None else None)
            if ranges is not None:
                return ranges
        if key not in (None, "sc", "Script", "scx", "Script_Extensions"):
            raise PatternError(f"`\\{found[0]}` is not a Unicode property", start)
        self.refuse(f"the Unicode property `{found[0][2:-1]}` is not supported", start)
        return ()

    def character_escape(self, start: int) -> int:
        """ECMA-262 22.2.1 CharacterEscape, and `\\-` anywhere since people write it."""
        if found := self.scan(r"[fnrtv]"):
            return _CONTROLS[found[0]]
        if found := self.scan(r"c([A-Za-z])"):
            return ord(found[1]) % 32
        if found := self.scan(_PAIR):
            lead, trail = int(found[1], 16), int(found[2], 16)
            return 0x10000 + (lead - 0xD800) * 0x400 + trail - 0xDC00
        if found := self.scan(_CODE):
            code = int(found[1] or found[2] or found[3], 16)
            if code <= LAST:
                return code
        elif found := self.scan(r"[$()*+./?\[\\\]^{|}-]|0(?![0-9])"):
            return ord(found[0]) if found[0] != "0" else 0
        text = self.pattern[start : start + 2]
        raise PatternError(f"`{text}` is no ECMA-262 escape here", start)


def _participation(
    group: _Scope, reference: _Reference
) -> Literal["never", "always", "maybe", "unclear"]:
    """Whether `group` has matched when `reference` is reached, in ECMA-262.

    ECMA-262 22.2.2.3.1 RepeatMatcher forgets the groups in a loop at each turn, and
    takes no optional turn that matches nothing; `re` does neither. Where that could
    show it is unclear. A lookaround keeps the first match only, so order shows there.
    """
    here = reference.scope.lineage(reference.branch)
    there = group.lineage(group.branch)
    if any(scope.opening in _LOOKBEHINDS for scope, _ in here):
        return "unclear"
    shared = 0
    while here[shared : shared + 1] == there[shared : shared + 1] != []:
        shared += 1
    below = [scope for scope, _ in there[shared:]]
    if group.position > reference.position or any(scope is group for scope, _ in here):
        return "never"
    if here[shared:] and here[shared][0] is below[0]:  # in another alternative
        return "never"
    if any(scope.opening in ("?!", "?<!") for scope in below):
        return "never"
    optional = any(scope.minimum == 0 for scope in below)
    arounds = [scope for scope in below if scope.opening in _LOOKAROUNDS]
    if arounds and (optional or any(scope.repeats_groups for scope in arounds)):
        return "unclear"
    if any(scope.maximum > 1 for scope in below):
        return "unclear"
    if not optional and not any(scope.branch for scope in below[:-1]):
        return "always"
    looped = any(scope.maximum > 1 for scope, _ in here[:shared])
    return "unclear" if looped else "maybe"


def _require_fixed_width(lookbehind: str, position: int) -> None:
    try:
        re.compile(lookbehind)
    except re.error:
        message = "a look-behind of variable length is not supported"
        raise PatternError(message, position) from None


def _counts(found: re.Match[str]) -> tuple[int, int]:
    """The bounds of a quantifier; `_MANY` stands for no bound."""
    if found[1]:
        return {"*": (0, _MANY), "+": (1, _MANY), "?": (0, 1)}[found[1]]
    low, high = (
        min(int(digits.lstrip("0")[:11] or "0"), _MANY) if digits else _MANY
        for digits in (found[2], found[4] if found[3] else found[2])
    )
    return low, high
