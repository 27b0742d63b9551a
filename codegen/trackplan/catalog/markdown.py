"""The catalog as Markdown (GitHub's), every text of the plan escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from trackplan.catalog.data import Catalog, Entry, Example, Shared
from trackplan.catalog.limits import code
from trackplan.catalog.line import Code, Line, Link
from trackplan.catalog.words import Field, Words
from trackplan.model import Deprecation, Note
from trackplan.pages import json_text


def to_markdown(catalog: Catalog, origin: str) -> str:
    """Return the catalog as Markdown; `origin` says what it was made from."""
    return "\n".join(_document(catalog, origin)) + "\n"


def _document(catalog: Catalog, origin: str) -> Iterator[str]:
    plan = catalog.plan
    yield f"# {_text(plan.name)} tracking plan" if plan.name else "# Tracking plan"
    yield from ("", f"{_text(origin)}.")
    yield from _paragraph(plan.description)
    for title, entries in (("Events", catalog.events), ("Traits", catalog.traits)):
        if entries:
            yield from ("", f"## {title}")
        for entry in entries:
            yield from _entry(entry)
    if catalog.definitions:
        yield from ("", "## Shared definitions")
    for shared in catalog.definitions:
        yield from _shared(shared)


def _entry(entry: Entry) -> Iterator[str]:
    call = entry.call
    yield from _heading(entry.anchor, entry.title)
    yield from _paragraph(call.description)
    if call.deprecated:
        yield from ("", f"> {_deprecation(call.deprecated, entry.replacement)}")
    facts = {
        "When": _text(call.when or ""),
        "Owner": _text(call.owner or ""),
        "Sent by": _text(call.external or ""),
        "Tags": ", ".join(map(_text, call.tags)),
        "Python": _code(call.function),
    }
    yield ""
    yield from (f"- {name}: {said}" for name, said in facts.items() if said)
    yield from ("", "No properties." if entry.is_bare else "Properties:")
    rest = [entry.words.line] if entry.words.line and not entry.is_bare else []
    rules = [*_below(entry.words, ""), *(f"- {_line(one)}" for one in rest)]
    yield from ["", *rules] if rules else []
    for example in entry.examples:
        yield from _example(example)
    if entry.made_up:
        yield from ("", "Made up, since the plan gives no example:")
        yield from ("", *_fenced(entry.made_up, "python"))


def _shared(shared: Shared) -> Iterator[str]:
    yield from _heading(shared.anchor, shared.definition.name)
    yield from _paragraph(shared.note.description)
    if shared.note.deprecated:
        yield from ("", f"> {_deprecation(shared.note.deprecated, None)}")
    if shared.personal:
        yield from ("", "Personal data.")
    if shared.words.line:
        yield from ("", _line(shared.words.line))
    if shared.words.fields or shared.words.parts:
        yield ""
        yield from _below(shared.words, "")
    for values in _values(shared.note):
        yield from ("", f"{values}.")
    uses = (
        f"{_link(one.anchor, one.title)}{_in_brackets(one.properties)}"
        for one in shared.uses
    )
    yield from ("", f"Used by {', '.join(uses) or 'nothing'}.")


def _heading(anchor: str, title: str) -> tuple[str, str]:
    return "", f'### <a id="{html.escape(anchor)}"></a>{_text(title)}'


def _paragraph(text: str | None) -> Iterator[str]:
    for part in (text or "").splitlines():
        if part.strip():
            yield from ("", _text(part))


def _below(words: Words, indent: str) -> Iterator[str]:
    for field in words.fields:
        yield f"{indent}- {_field(field)}"
        yield from _below(field.words, f"{indent}  ")
    for part in words.parts:
        label, line = _line(part.label), _line(part.words.line)
        yield f"{indent}- {': '.join(one for one in (label, line) if one)}"
        yield from _below(part.words, f"{indent}  ")


def _field(field: Field) -> str:
    marks = ["required"] if field.required else []
    if field.personal:
        marks.append("personal data")
    if field.python_name not in (None, field.name):
        marks.append(_code(f"{field.python_name}="))
    texts = [_line(field.words.line), _text(field.note.description or "")]
    if field.note.deprecated:
        texts.append(_deprecation(field.note.deprecated, None))
    texts += _values(field.note)
    said = " ".join(f"{one.rstrip('.')}." for one in texts if one)
    head = f"**{_code(field.name)}**" + (f" ({', '.join(marks)})" if marks else "")
    return f"{head}: {said}" if said else head


def _values(note: Note) -> Iterator[str]:
    if note.examples:
        yield f"For example {', '.join(_line((code(one),)) for one in note.examples)}"
    for value in note.default:
        yield f"Default {_line((code(value),))}, which is not sent"


def _deprecation(deprecated: Deprecation, replacement: str | None) -> str:
    since = f" since {_text(deprecated.since)}" if deprecated.since else ""
    reason = f": {_text(deprecated.reason.rstrip('.'))}" if deprecated.reason else ""
    said = f"Deprecated{since}{reason}."
    if deprecated.replaced_by:
        name = deprecated.replaced_by
        instead = _link(replacement, name) if replacement else _text(name)
        said += f" Use {instead} instead."
    if deprecated.remove_after:
        said += f" To be removed after {_text(deprecated.remove_after)}."
    return said


def _example(example: Example) -> Iterator[str]:
    yield from ("", *_fenced(example.call, "python"))
    yield from ("", *_fenced(json_text(example.body, 2), "json"))


def _fenced(text: str, language: str) -> tuple[str, str, str]:
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}", text, fence


def _line(line: Line) -> str:
    return "".join(
        _code(piece.text)
        if isinstance(piece, Code)
        else _link(piece.anchor, piece.text)
        if isinstance(piece, Link)
        else _escaped(piece)
        for piece in line
    )


def _link(anchor: str, text: str) -> str:
    return f"[{_text(text)}](#{anchor})"


def _in_brackets(names: Sequence[str]) -> str:
    return f" ({', '.join(map(_code, names))})" if names else ""


def _code(text: str) -> str:
    flat = " ".join(text.splitlines())
    fence = "`" * (_longest_run(flat) + 1)
    pad = " " if flat[:1] in ("`", " ", "") or flat[-1:] in ("`", " ") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~$#])")
_AT_START = re.compile(r"^(\d+(?=[.)])|(?=[+=-]))")


def _text(text: str) -> str:
    """Escape text as one line: nothing in it is markup, wherever it stands."""
    return _AT_START.sub(r"\1\\", _escaped(" ".join(text.split())))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
