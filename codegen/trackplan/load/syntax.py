"""What libyaml complains of, as a fact and a cure at the place that needs mending."""

from __future__ import annotations

import re
from typing import TypeAlias, cast

import yaml

from trackplan import rules
from trackplan.diagnostic import Diagnostic
from trackplan.model import Place

_Special: TypeAlias = "tuple[int, int, str, str]"
_REFUSED_ASCII = r"[^\t\n\r\x20-\x7e]"
_REFUSED = (
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff]"
)
"""Characters YAML 1.2 does not allow, and those on which its versions disagree:
U+0085, U+2028 and U+2029 end a line in 1.1 alone. It takes 5 ms to compile."""


def marks(event: yaml.Event) -> tuple[yaml.Mark, yaml.Mark]:
    """Return where an event begins and ends; libyaml always says so."""
    return cast("yaml.Mark", event.start_mark), cast("yaml.Mark", event.end_mark)


def refused_character(text: str, file: str) -> Diagnostic | None:
    """Return the finding for the first character a plan may not hold, if any."""
    match = re.search(_REFUSED_ASCII if text.isascii() else _REFUSED, text)
    if match is None:
        return None
    code = ord(match[0])
    before = text[: match.start()]
    place = Place(file, before.count("\n") + 1, match.start() - before.rfind("\n"))
    written = f"\\u{code:04x}"
    if code == 0xFEFF:
        fact = "a byte order mark stands inside the text"
    else:
        fact = f"the character U+{code:04X} stands in the text"
    cure = f'remove it, or write `{written}` in double quotes: "…{written}…"'
    if 0xD800 <= code <= 0xDFFF:
        cure = "remove it: it is half of a character"
    return Diagnostic(rules.NOT_YAML, place, fact, cure)


def explain(error: yaml.YAMLError, text: str, file: str) -> Diagnostic:
    """Return the finding for an error of libyaml."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        fact, cure = "the YAML cannot be read", "check it with a YAML editor"
        return Diagnostic(rules.NOT_YAML, Place(file, 1, 1), fact, cure)
    lines = text.split("\n")
    mark, problem = error.problem_mark, str(error.problem)
    begin = error.context_mark
    special = (
        _conflict(lines)
        or _tab(mark, lines)
        or _squeezed_colon(problem, mark.line, lines)
        or _hidden_bracket(problem, begin, mark, lines)
        or _after_closing(problem, mark, lines)
    )
    if special is not None:
        return _finding(file, lines, *special)
    if begin is not None and _is_about_the_beginning(problem, begin, mark):
        mark = begin
    elif problem in _UNCLOSED:
        fact = f"{_UNCLOSED[problem]} is missing before this"
        cure = "add it; put text that has a quote, a comma or a bracket in quotes"
        return _finding(file, lines, mark.line, mark.column, fact, cure)
    fact, cure = _said(problem, mark, lines)
    return _finding(file, lines, mark.line, mark.column, fact, cure)


def _conflict(lines: list[str]) -> _Special | None:
    for number, line in enumerate(lines):
        if re.match("(<{7}|[|]{7}|={7}|>{7})( |$)", line):
            fact = "a merge conflict is left in the file"
            return number, 0, fact, "keep one of its sides, and remove its marks"
    return None


def _tab(mark: yaml.Mark, lines: list[str]) -> _Special | None:
    line = lines[mark.line] if mark.line < len(lines) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    column = mark.column if line.startswith("\t", mark.column) else line.find("\t")
    if column != mark.column and "\t" not in indentation:
        return None
    fact, cure = "a tab stands where YAML wants spaces", "indent with spaces"
    return mark.line, column, fact, cure


def _squeezed_colon(problem: str, number: int, lines: list[str]) -> _Special | None:
    """Find `key:value` on the line before, which YAML took for text."""
    before = lines[number - 1] if number else ""
    match = re.match(r"[ -]*[\w$-]+:(?=[^ ])", before)
    if match is None or problem != _COLON:
        return None
    fact, cure = "no space follows the `:`", "write `key: value`"
    return number - 1, match.end() - 1, fact, cure


def _hidden_bracket(
    problem: str, begin: yaml.Mark | None, mark: yaml.Mark, lines: list[str]
) -> _Special | None:
    """Find a comment that holds the bracket which was to close what is left open."""
    if problem == _NO_NODE:
        texts = [n for n in range(mark.line) if lines[n].split("#")[0].strip()]
        first = max(texts, default=mark.line)
    elif problem in _UNCLOSED and begin is not None:
        first = begin.line
    else:
        return None
    for number, line in enumerate(lines[first : mark.line + 1], first):
        for match in re.finditer(_QUOTED_OR_COMMENT, line):
            if match[0].startswith("#") and match[0].rstrip(" ,").endswith(("]", "}")):
                fact = "`#` begins a comment here"
                cure = "put the text in quotes, with the `#` inside"
                return number, match.start(), fact, cure
    return None


def _after_closing(problem: str, mark: yaml.Mark, lines: list[str]) -> _Special | None:
    """Find text that goes on behind the quote or bracket that seemed to hold it all."""
    line = lines[mark.line] if mark.line < len(lines) else ""
    before = line[: mark.column]
    closing = before.rstrip()[-1:]
    is_inside = problem in _UNCLOSED and before.endswith(("'", '"'))
    if closing not in _CLOSING or not (is_inside or problem in _UNALIGNED):
        return None
    fact, cure = f"text follows the closing `{closing}`", _CLOSING[closing]
    if extra := re.match(r"[],}]+(?=\s*(#|$))", line[mark.column :]):
        fact, cure = f"`{extra[0]}` follows the closing `{closing}`", "remove it"
    return mark.line, mark.column, fact, cure


def _is_about_the_beginning(problem: str, begin: yaml.Mark, mark: yaml.Mark) -> bool:
    """A bracket that is closed on a later line is more likely not closed at all."""
    if problem in _UNCLOSED:
        return begin.line != mark.line
    return problem in _AT_CONTEXT


def _said(problem: str, mark: yaml.Mark, lines: list[str]) -> tuple[str, str]:
    rest = lines[mark.line :]
    char = rest[0][mark.column : mark.column + 1] if rest else ""
    if problem == _NO_NODE and not "".join(rest).strip():
        return "the file ends inside a list or mapping", "close it with `]` or `}`"
    if problem == "found character that cannot start any token":
        return f"`{char}` cannot begin a value", "put the text in quotes"
    if problem == "found unknown escape character":
        escape = rest[0][mark.column : mark.column + 2]
        fact = f"the escape `{escape}` is not known in double quotes"
        return fact, "use single quotes, or double the backslash"
    return _SAID.get(problem, _UNSAID)


def _finding(
    file: str, lines: list[str], line: int, column: int, fact: str, cure: str
) -> Diagnostic:
    """Make the finding; what is missing at the end is missed after the last text."""
    if not "".join(lines[line:]).strip():
        line = max((n for n, one in enumerate(lines) if one.strip()), default=0)
        column = len(lines[line].rstrip())
    return Diagnostic(rules.NOT_YAML, Place(file, line + 1, column + 1), fact, cure)


_COLON = "mapping values are not allowed in this context"
_UNCLOSED = {
    "did not find expected ',' or ']'": "a `,` or `]`",
    "did not find expected ',' or '}'": "a `,` or `}`",
}
_UNALIGNED = {"did not find expected key", "did not find expected '-' indicator"}
_CLOSING = {
    "'": "put double quotes around the whole text, or double each `'` inside",
    '"': 'put single quotes around the whole text, or `\\` before each `"` inside',
    **dict.fromkeys("]}", "put it all in quotes if it is text"),
}
_QUOTED_OR_COMMENT = r"""(?<!\w)'[^']*'|"(?:[^"\\]|\\.)*"|(?<=\s)#.*"""
_NO_NODE = "did not find expected node content"
_AT_CONTEXT = {
    "could not find expected ':'",
    "found unexpected end of stream",
    "found unexpected document indicator",
}
_UNSAID = ("the YAML cannot be read on from here", "check the line and the one above")
_DIRECTIVE = ("a directive that YAML 1.2 does not have", "remove the line with `%`")
_TAG = ("a tag that is not complete", "leave the tag out, or put the text in quotes")
_SAID = {
    _COLON: (
        "a `:` stands where no key can stand",
        "line the key up with its block, or put text that has a colon in quotes",
    ),
    "mapping keys are not allowed in this context": (
        "a key stands where no key can stand",
        "line it up with the other keys of its block",
    ),
    "block sequence entries are not allowed in this context": (
        "a list item stands where no list can begin",
        "begin the list on a line of its own, below its key",
    ),
    "could not find expected ':'": (
        "a key has no `:` after it",
        "write `key: value`, with a space after the colon",
    ),
    "did not find expected key": (
        "this is not lined up with the keys above",
        "indent it like the other keys of its block",
    ),
    "did not find expected '-' indicator": (
        "this is not lined up with the list items above",
        "indent it like the other items, and begin it with `- `",
    ),
    "did not find expected ',' or ']'": (
        "the list that begins here is not closed",
        "close it with `]`, and part its items with commas",
    ),
    "did not find expected ',' or '}'": (
        "the mapping that begins here is not closed",
        "close it with `}`, and part its entries with commas",
    ),
    _NO_NODE: (
        "a value is missing here",
        "write the value, or remove what announces it",
    ),
    "found unexpected end of stream": (
        "a quote is opened and never closed",
        "close the quote",
    ),
    "found unexpected document indicator": (
        "a quote is opened and not closed before the document ends",
        "close the quote",
    ),
    "did not find expected <document start>": (
        "text stands after the end of the document",
        "remove the line `...`, or what follows it",
    ),
    "found incompatible YAML document": (
        "the `%YAML` line asks for a version that is not known",
        "remove the line",
    ),
    "found a tab character where an indentation space is expected": (
        "a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    "found an indentation indicator equal to 0": (
        "`0` is no indentation",
        "leave the number out",
    ),
    "did not find expected hexdecimal number": (
        "an escape has too few hexadecimal digits",
        "use single quotes, or double the backslash",
    ),
    "found invalid Unicode character escape code": (
        "an escape stands for no character",
        "use single quotes, or write the character itself",
    ),
    "did not find expected alphabetic or numeric character": (
        "`&` or `*` begins an anchor or alias and no name follows",
        "put the text in quotes",
    ),
    "found unknown directive name": _DIRECTIVE,
    "could not find expected directive name": _DIRECTIVE,
    "found unexpected non-alphabetical character": _DIRECTIVE,
    "found undefined tag handle": _TAG,
    "did not find expected tag URI": _TAG,
    "did not find expected '!'": _TAG,
    "did not find expected whitespace or line break": _TAG,
    "did not find expected comment or line break": (
        "text stands where only a comment can",
        "begin the text on the next line",
    ),
}
