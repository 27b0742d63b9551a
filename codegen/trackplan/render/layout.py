"""Text that Python and `ruff format` take as it is: literals, docstrings, lists.

Everything that comes from the plan passes through `literal` or `docstring`,
so that no plan text can become code.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

WIDTH = 88
"""The columns of a line."""


def columns(text: str) -> int:
    """Return how many columns a line of text takes, as `ruff format` counts them."""
    if text.isascii():
        return len(text)
    return len(text) + sum(map(_surplus, _BEYOND_ASCII.findall(text)))


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@cache
def _surplus(character: str) -> int:
    """Return how many columns a character takes more than one: -1, 0 or 1."""
    if unicodedata.category(character) in ("Mn", "Me") or character in _ATTACHED:
        return -1
    return int(unicodedata.east_asian_width(character) in ("W", "F"))


_ATTACHED = frozenset(
    "\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc0\u0cc2\u0cc7\u0cc8\u0cca\u0ccb\u0cd5\u0cd6"
    "\u0d3e\u0d57\u0dcf\u0ddf\uff9e\uff9f"
).union(map(chr, range(0x1160, 0x1200)))
"""Vowel signs of India, voicing marks of narrow katakana, and jamo after the first:
they take no column of their own, though Unicode calls them spacing marks or letters."""


def literal(value: object) -> str:
    """Return a Python literal for a JSON scalar; `ast.literal_eval` gives it back."""
    if isinstance(value, str):
        return _text(value)
    return repr(value).replace("e+", "e")  # as ruff writes 1e+16


def _text(value: str) -> str:
    """Quote as ruff does: double quotes, unless single ones need fewer escapes."""
    inner = repr(f'"{value}')[2:-1]  # repr quotes text with a " in it singly
    if value.count('"') > value.count("'"):
        return f"'{inner}'"
    escaped = inner.replace("\\'", "'").replace('"', '\\"')
    return f'"{escaped}"'


def prose(text: str) -> str:
    """Escape text for the inside of a triple-quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.replace("\n", "").isprintable():
        return escaped
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in escaped)


def _escape(character: str) -> str:
    return " " if character.isspace() else repr(character)[1:-1]


def docstring(paragraphs: Iterable[str], indent: int) -> str:
    """Return a docstring with its quotes; its lines after the first are indented."""
    margin = " " * indent
    text = "\n\n".join(part for part in paragraphs if part)
    text = re.sub(r"\n\s*\n", "\n\n", prose(text).strip()) or "Undescribed."
    lines = [line.rstrip() for line in text.split("\n")]
    if lines[0].startswith('"'):
        lines[0] = f"The {lines[0]}"
    if (
        len(lines) == 1
        and columns(lines[0]) + indent + 6 <= WIDTH
        and lines[0][-1] not in '"\\'
    ):
        return f'"""{lines[0]}"""'
    body = "\n".join(f"{margin}{line}" if line else "" for line in lines[1:])
    return f'"""{lines[0]}\n' + (f"{body}\n" if body else "") + f'{margin}"""'


def wrapped(text: str, indent: int, hanging: str = "") -> str:
    """Wrap prose to the line width; lines after the first begin with `hanging`."""
    width = WIDTH - indent
    paragraphs = [" ".join(one.split()) for one in text.strip().splitlines()]
    return f"\n{hanging}".join(_filled(one, width, hanging) for one in paragraphs)


def _filled(paragraph: str, width: int, hanging: str) -> str:
    if len(paragraph) <= width:  # most are, and textwrap takes its time
        return paragraph
    return textwrap.fill(
        paragraph,
        width,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def exploded(before: str, items: Sequence[str], after: str, indent: int) -> str:
    """Return `before`, one item a line with a comma, and `after`."""
    margin = " " * indent
    body = [f"{margin}    {item}," for item in items]
    return "\n".join([f"{margin}{before}", *body, f"{margin}{after}"])


def call(before: str, argument: str, after: str, indent: int = 0) -> str:
    """Return `before(argument)after`, the argument on a line of its own if needed."""
    line = f"{before}({argument}){after}"
    if indent + columns(line) <= WIDTH:
        return line
    margin = " " * indent
    return f"{before}(\n{margin}    {argument}\n{margin}){after}"


def shielded(module: str) -> str:
    """Return a module whose blocks with too long a line `ruff format` leaves alone.

    Only names of extreme length lead there; texts too long ruff leaves alone itself.
    """
    head, *blocks = module.split("\n\n\n")
    return "\n\n\n".join([head, *map(_shielded, blocks)])


def _shielded(block: str) -> str:
    if _HOLDS_SCHEMAS.match(block):
        return block
    if _widest(block) <= WIDTH or _widest(_DOCSTRING.sub("", block)) <= WIDTH:
        return block
    body = block.rstrip("\n")
    return f"# fmt: off\n{body}\n# fmt: on" + "\n" * (len(block) - len(body))


def _widest(block: str) -> int:
    return max(map(len if block.isascii() else columns, block.split("\n")))


_DOCSTRING = re.compile(r'^ *""".*?"""$', re.DOTALL | re.MULTILINE)
_HOLDS_SCHEMAS = re.compile(r"\w+ = (Call|Definitions)\(")


# Not `\w`, which leaves out marks that an identifier can have.
_NAME = re.compile(r"[^\x00-/:-@\[-^`{-\x7f]+")
_STRING = re.compile(
    r""" "[^"\\]*(?:\\.[^"\\]*)*" | '[^'\\]*(?:\\.[^'\\]*)*' """, re.VERBOSE
)


@lru_cache(maxsize=100)  # what stands around the properties comes back at each event
def names_in(code: str) -> frozenset[str]:
    """Return the identifiers of generated code, those inside literals left out."""
    return frozenset(_NAME.findall(_STRING.sub("", code)))
