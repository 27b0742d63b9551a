"""Characters that nobody sees, in names and in values that are listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import category

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.tree import Path
from trackplan.load import Array, Object

_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"


def lint_unseen(found: Findings, properties: Sequence[Path]) -> None:
    """Find names and listed values with what their reader does not see."""
    events = found.plan.get("events")
    names: list[Path] = [
        ("events", name) for name in (events if isinstance(events, Object) else ())
    ]
    for path in (*names, *properties):
        name = str(path[-1])
        if (why := unseen(name)) and not found.is_broken(path):
            fact = f"{describe(path)} {why}"
            found.at_key(path, rules.UNSEEN_CHARACTER, fact, _CURE, without(name))
    for path, value in _listed(found):
        if why := unseen(value):
            fact = f"`{value}`, {describe(path)}, {why}"
            found.at_value(path, rules.UNSEEN_CHARACTER, fact, _CURE, without(value))


def _listed(found: Findings) -> Iterator[tuple[Path, str]]:
    for path, schema in found.sound():
        if isinstance(const := schema.get("const"), str):
            yield (*path, "const"), const
        if isinstance(listed := schema.get("enum"), Array):
            for index, value in enumerate(listed):
                if isinstance(value, str):
                    yield (*path, "enum", index), value


def unseen(text: str) -> str | None:
    """Return what `text` has that its reader does not see, or takes for no part of it.

    What writing needs stays: joiners between characters beyond ASCII (Persian, emoji),
    and spaces that keep a number or a sign with its word (`10 km`, `Oui !`).
    """
    if text.isascii():
        return None
    for before, char, after in _around(text):
        if _is_unseen(before, char, after):
            return f"holds U+{ord(char):04X}, which nobody sees"
    if len(text) > 1 and text[0] in _CURLY and text[-1] in _CURLY:
        return "stands in curly quotes, which are part of it"
    return None


def without(text: str) -> str:
    """Return `text` as its reader takes it to be."""
    seen = (
        (" " if category(char) == "Zs" else "") if _is_unseen(*three) else char
        for three in _around(text)
        for char in three[1]
    )
    return "".join(seen).strip(f"{_CURLY} ")


def _around(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each character with those beside it; a space stands for the ends."""
    return zip(f" {text}", text, f"{text[1:]} ", strict=False)


def _is_unseen(before: str, char: str, after: str) -> bool:
    is_beside_ascii = before.isascii() or after.isascii()
    if category(char) == "Cf":
        return is_beside_ascii
    if category(char) != "Zs" or char == " ":
        return False
    is_between_words = before.isalpha() and after.isalnum() and is_beside_ascii
    return is_between_words or " " in (before, after)


_CURE = "write it without"
