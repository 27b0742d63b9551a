"""Text → data, and the place of every key and value.

YAML is read as 1.2 core (https://yaml.org/spec/1.2.2/#103-core-schema), as editors
read it: `no` is text, a date is text, a duplicate key is an error. Objects and arrays
come back as `Object` and `Array`: a dict and a list that remember where they stood.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

import yaml
from yaml import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from trackplan import rules
from trackplan.diagnostic import Diagnostic, Rule
from trackplan.load import scalars, surrogates, syntax
from trackplan.model import Place

MAX_ALIASED = 20_000
"""How many values the aliases of a plan may stand for in all."""
MAX_DEPTH = 64
"""How deep values may be nested, aliases included: all that follows may recurse."""


class Lines:
    """The lines of a file, and the spans in it of all that is read of it.

    A span is the numbers of its first character and of the one after its last. Those of
    10,000 events take 8 MB; as places they would take 150.
    """

    __slots__ = ("_file", "_spans", "_starts", "_text")

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._starts: list[int] = []
        self._spans = array("I", (0, 0))

    def keep(self, spans: Sequence[int]) -> int:
        """Take in spans, two numbers each, and return the number of the first."""
        at = len(self._spans)
        self._spans.extend(spans)
        return at

    def kept(self, at: int) -> Place:
        """Return the place of a span that was kept."""
        return self.place(*self._spans[at : at + 2])

    def place(self, start: int, end: int) -> Place:
        """Return the place of a span."""
        if not self._starts:
            self._starts = [0, *(one.end() for one in re.finditer("\n", self._text))]
        line = bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        is_on_line = self._text.find("\n", start, end) < 0
        return Place(self._file, line, column, max(1, end - start) if is_on_line else 1)

    def between(self, at: int) -> str:
        """Return the text between two spans, the first of which was kept at `at`."""
        _, end, start, _ = self._spans[at : at + 4]
        return self._text[end:start]

    def rest(self, place: Place) -> str:
        """Return the text of a line from a place that `place` returned."""
        start = self._starts[place.line - 1] + place.column - 1
        end = self._text.find("\n", start)
        return self._text[start : end if end >= 0 else None]


class Object(dict[str, "Data"]):
    """A mapping of the plan, with the places of itself, its keys and its values."""

    __slots__ = ("_order", "at", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.at = 0
        """Where `lines` keeps its span, and then those of each key and value."""
        self._order: dict[str, int] | None = None

    @property
    def place(self) -> Place:
        """Where the mapping begins."""
        return self.lines.kept(self.at)

    def key_place(self, key: str) -> Place:
        """Return where a key stands."""
        return self.lines.kept(self._at(key))

    def value_place(self, key: str) -> Place:
        """Return where the value of a key stands."""
        return self.lines.kept(self._at(key) + 2)

    def has_colon(self, key: str) -> bool:
        """Tell whether a `:` follows a key: in braces, `{key}` is one too."""
        return ":" in self.lines.between(self._at(key))

    def _at(self, key: str) -> int:
        if self._order is None:
            starts = count(self.at + 2, 4)
            self._order = dict(zip(self, starts, strict=False))
        return self._order[key]


class Merged(Object):
    """A mapping whose keys come from others, which know the places."""

    __slots__ = ("_origins",)

    def __init__(self, first: Object) -> None:
        super().__init__(first.lines)
        self.at = first.at
        self._origins: dict[str, Object] = {}

    def take(self, key: str, origin: Object) -> None:
        """Take over a key, its value and their places."""
        self[key] = origin[key]
        self._origins[key] = origin

    def key_place(self, key: str) -> Place:
        """Return where a key stands."""
        return self._origins[key].key_place(key)

    def value_place(self, key: str) -> Place:
        """Return where the value of a key stands."""
        return self._origins[key].value_place(key)


class Array(list["Data"]):
    """A sequence of the plan, with the place of itself and of its items."""

    __slots__ = ("at", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.at = 0
        """Where `lines` keeps its span, and then those of its items."""

    @property
    def place(self) -> Place:
        """Where the sequence begins."""
        return self.lines.kept(self.at)

    def item_place(self, index: int) -> Place:
        """Return where an item stands."""
        return self.lines.kept(self.at + 2 + 2 * index)


Data: TypeAlias = "bool | int | float | str | Object | Array | None"


class PlanSyntaxError(Exception):
    """The text is no plan at all; `diagnostic` says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def decode(raw: bytes, file: str) -> str:
    """Return the text of a plan file, its line ends as `\\n`.

    Raises PlanSyntaxError where it is not UTF-8.
    """
    try:
        return with_plain_line_ends(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = Place(file, line, column)
        fact = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise _error(rules.NOT_YAML, place, fact, "save the file as UTF-8") from None


def read(path: Path) -> str:
    """Return the text of a plan file. Raises OSError, PlanSyntaxError as `decode`."""
    return decode(path.read_bytes(), str(path))


def with_plain_line_ends(text: str) -> str:
    """Return `text` without a byte order mark and with `\\n` alone at the line ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, file: str) -> tuple[Data, list[Diagnostic]]:
    """Return the data of one YAML document and what is wrong with its keys and values.

    `text` has plain line ends. Raises PlanSyntaxError where it cannot be read on.
    """
    refused = syntax.refused_character(text, file)
    if refused is not None:
        raise PlanSyntaxError(refused)
    builder = _Builder(file, text)
    try:
        return builder.document(), builder.diagnostics
    except yaml.YAMLError as error:
        raise PlanSyntaxError(syntax.explain(error, text, file)) from None


class _Builder:
    """Builds data from libyaml's events: linear, and without PyYAML's node objects."""

    def __init__(self, file: str, text: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._text = text
        self._lines = Lines(file, text)
        self._aliased = 0
        self._anchors: dict[str, Data] = {}
        self._extents: dict[int, _Extent] = {}
        """Those of what aliases lead to, by its identity."""

    def document(self) -> Data:
        events = surrogates.events(self._text)
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    fact = "a second YAML document starts here"
                    cure = "keep one document a file; use `include` for more files"
                    raise _error(rules.NOT_YAML, self._place(event), fact, cure)
                data = self._value(next(events), events, 0)
        return data

    def _value(
        self, event: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> Data:
        if depth > MAX_DEPTH:
            raise self._too_deep(event)
        value: Data
        if isinstance(event, ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, MappingStartEvent):
            self._check_tag(event, "map")
            value = self._object(event, events, depth + 1)
        elif isinstance(event, SequenceStartEvent):
            self._check_tag(event, "seq")
            value = self._array(event, events, depth + 1)
        else:
            return self._alias(cast("yaml.AliasEvent", event), depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _too_deep(self, event: yaml.Event) -> PlanSyntaxError:
        fact = f"the plan is nested more than {MAX_DEPTH} deep here"
        cure = "give the inner part a name in `$defs`, and refer to it"
        return _error(rules.NOT_YAML, self._place(event), fact, cure)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Data:
        name = str(event.anchor)
        if name not in self._anchors:
            fact = f"the alias `*{name}` stands inside or before its anchor"
            cure = f"put `&{name}` before it, or refer to `$defs` by `$ref`"
            raise _error(rules.NOT_YAML, self._place(event), fact, cure)
        value = self._anchors[name]
        _, size, height = self._extent(value)
        if depth + height > MAX_DEPTH:
            raise self._too_deep(event)
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            fact = f"the aliases up to here stand for more than {MAX_ALIASED:,} values"
            cure = "name shared schemas in `$defs`, and refer to them by `$ref`"
            raise _error(rules.NOT_YAML, self._place(event), fact, cure)
        return value

    def _extent(self, value: Data) -> _Extent:
        """Measure what an alias stands for, each value in it once."""
        if not isinstance(value, Object | Array):
            return _Extent(value, 1, 0)
        known = self._extents.get(id(value))
        if known is None:
            keys = len(value) if isinstance(value, Object) else 0
            inner = value.values() if isinstance(value, Object) else value
            below = [self._extent(one) for one in inner]
            size = 1 + keys + sum(one.size for one in below)
            height = 1 + max((one.height for one in below), default=-1)
            known = self._extents[id(value)] = _Extent(value, size, height)
        return known

    def _object(
        self, start: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> Object:
        result = Object(self._lines)
        spans = [*_span(start)]
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._value(event, events, depth)
            value_event = next(events)
            if not isinstance(key, str) or key == "<<":
                key = self._odd_key(event, key, value_event)
            value = self._value(value_event, events, depth)
            if key is None:
                continue
            if key in result:
                first = 2 + 4 * list(result).index(key)
                self._duplicate(key, event, spans[first : first + 2])
            else:
                result[key] = value
                spans += _span(event) + _span(value_event)
        result.at = self._lines.keep(spans)
        return result

    def _odd_key(self, event: yaml.Event, key: Data, value: yaml.Event) -> str | None:
        """Report a key that is no text, or merges others in YAML 1.1."""
        written = event.value if isinstance(event, ScalarEvent) else ""
        if isinstance(event, ScalarEvent) and _is_merge(event):
            fact = "`<<` merges mappings in YAML 1.1 alone"
            cure = "write the keys out, or share schemas by `$ref`"
            self._report(rules.MERGE_KEY, event, fact, cure)
            return None
        if isinstance(key, str):
            return key
        fact = f"the key `{written}` is not text" if written else "a key is not text"
        cure = f'write it in quotes: "{written}"' if written else "give it a name"
        if written and ":" not in self._text[_span(event)[1] : _span(value)[0]]:
            cure = "a comma begins a new entry in braces: write 10000 for 10,000"
        self._report(rules.KEY_NOT_TEXT, event, fact, cure)
        return None

    def _duplicate(self, key: str, event: yaml.Event, first: Sequence[int]) -> None:
        fact = f"the key `{key}` stands here a second time"
        line = self._lines.place(*first).line
        cure = f"keep one of the two; the first is on line {line}"
        self._report(rules.DUPLICATE_KEY, event, fact, cure)

    def _array(
        self, start: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> Array:
        result = Array(self._lines)
        spans = [*_span(start)]
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            result.append(self._value(event, events, depth))
            spans += _span(event)
        result.at = self._lines.keep(spans)
        return result

    def _scalar(self, event: ScalarEvent) -> Data:
        text = sys.intern(event.value)  # 28 MB less for 10,000 events: texts recur
        try:
            if event.tag is not None:
                return scalars.tagged(text, event.tag)
            return scalars.plain(text) if event.implicit[0] else text
        except scalars.NotJsonError as error:
            cure = "write text, a finite number, true, false or null, without a tag"
            self._report(rules.VALUE_NOT_JSON, event, str(error), cure)
            return text

    def _check_tag(self, event: yaml.CollectionStartEvent, kind: str) -> None:
        if event.tag not in (None, "!", scalars.STANDARD + kind):
            written = scalars.tag_as_written(event.tag)
            fact = f"the tag `{written}` does not fit what it stands before"
            self._report(rules.VALUE_NOT_JSON, event, fact, "leave the tag out")

    def _report(self, rule: Rule, event: yaml.Event, fact: str, cure: str) -> None:
        self.diagnostics.append(Diagnostic(rule, self._place(event), fact, cure))

    def _place(self, event: yaml.Event) -> Place:
        return self._lines.place(*_span(event))


def _span(event: yaml.Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None  # libyaml always says so
    assert end is not None
    return start.index, end.index


class _Extent(NamedTuple):
    value: Data
    size: int
    """How many values there are, it and its keys included."""
    height: int
    """How deep they are nested below it."""


def _is_merge(event: ScalarEvent) -> bool:
    return event.value == "<<" and bool(event.implicit[0])


def _error(rule: Rule, place: Place, fact: str, cure: str) -> PlanSyntaxError:
    return PlanSyntaxError(Diagnostic(rule, place, fact, cure))
