"""Text → data, and the place of every key and value.

YAML is read as 1.2 core (https://yaml.org/spec/1.2.2/#103-core-schema), as editors
read it: `no` is text, a date is text, a duplicate key is an error. Objects and arrays
come back as `Object` and `Array`: a dict and a list that remember where they stood.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

import yaml

from trackplan import rules
from trackplan.diagnostic import Diagnostic, Rule
from trackplan.load import scalars, surrogates, syntax
from trackplan.model import Place

MAX_ALIASED = 20_000
"""How many values the aliases of a plan may stand for in all."""
MAX_DEPTH = 64
"""How deep values may be nested, aliases included: all that follows may recurse."""


class Object(dict[str, "Data"]):
    """A mapping of the plan, with the places of itself, its keys and its values.

    The places are kept as numbers: of 10,000 events they take 20 MB, as objects 150.
    """

    __slots__ = ("_order", "_spans", "place")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._spans = array("I")
        self._order: dict[str, int] | None = None

    def add(self, key: str, value: Data, at: Span, value_at: Span) -> None:
        """Take in a new key, with where it and its value stand."""
        self[key] = value
        self._spans.extend(at + value_at)

    def key_place(self, key: str) -> Place:
        """Return where a key stands."""
        return self._place(key, 0)

    def value_place(self, key: str) -> Place:
        """Return where the value of a key stands."""
        return self._place(key, 3)

    def _place(self, key: str, skipped: int) -> Place:
        if self._order is None or len(self._order) != len(self):
            self._order = {name: 6 * index for index, name in enumerate(self)}
        at = self._order[key] + skipped
        return Place(self.place.file, *self._spans[at : at + 3])


class Merged(Object):
    """A mapping whose keys come from others, which know the places."""

    __slots__ = ("_origins",)

    def __init__(self, place: Place) -> None:
        super().__init__(place)
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

    __slots__ = ("_spans", "place")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self._spans = array("I")

    def add(self, value: Data, at: Span) -> None:
        """Append an item, with where it stands."""
        self.append(value)
        self._spans.extend(at)

    def item_place(self, index: int) -> Place:
        """Return where an item stands."""
        return Place(self.place.file, *self._spans[3 * index : 3 * index + 3])


Span: TypeAlias = tuple[int, int, int]
"""Line, column and length, as in `Place`."""
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
    builder = _Builder(file)
    try:
        return builder.document(text), builder.diagnostics
    except yaml.YAMLError as error:
        raise PlanSyntaxError(syntax.explain(error, text, file)) from None


class _Anchored(NamedTuple):
    value: Data
    size: int
    """How many values it holds, itself included."""
    height: int
    """How deep they are nested below it."""


class _Builder:
    """Builds data from libyaml's events: linear, and without PyYAML's node objects."""

    def __init__(self, file: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._file = file
        self._nodes = 0
        self._aliased = 0
        self._deepest = 0
        self._anchors: dict[str, _Anchored] = {}

    def document(self, text: str) -> Data:
        events = surrogates.events(text)
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
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
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        self._nodes += 1
        if depth > self._deepest:
            self._go_to(depth, event)
        if isinstance(event, yaml.ScalarEvent):
            value: Data = self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchored(value, 1, 0)
            return value
        return self._collection(cast("yaml.CollectionStartEvent", event), events, depth)

    def _collection(
        self,
        start: yaml.CollectionStartEvent,
        events: Iterator[yaml.Event],
        depth: int,
    ) -> Object | Array:
        started, above, self._deepest = self._nodes, self._deepest, depth
        value: Object | Array
        if isinstance(start, yaml.MappingStartEvent):
            self._check_tag(start, "map")
            value = self._object(start, events, depth)
        else:
            self._check_tag(start, "seq")
            value = self._array(start, events, depth)
        if start.anchor is not None:
            size, height = self._nodes - started + 1, self._deepest - depth
            self._anchors[start.anchor] = _Anchored(value, size, height)
        self._deepest = max(above, self._deepest)
        return value

    def _go_to(self, depth: int, event: yaml.Event) -> None:
        self._deepest = max(depth, self._deepest)
        if depth > MAX_DEPTH:
            fact = f"the plan is nested more than {MAX_DEPTH} deep here"
            cure = "give the inner part a name in `$defs`, and refer to it"
            raise _error(rules.NOT_YAML, self._place(event), fact, cure)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Data:
        anchored = self._anchors.get(str(event.anchor))
        if anchored is None:
            fact = f"the alias `*{event.anchor}` stands inside or before its anchor"
            cure = f"put `&{event.anchor}` before it, or refer to `$defs` by `$ref`"
            raise _error(rules.NOT_YAML, self._place(event), fact, cure)
        self._go_to(depth + anchored.height, event)
        self._nodes += anchored.size
        self._aliased += anchored.size
        if self._aliased > MAX_ALIASED:
            fact = f"the aliases up to here stand for more than {MAX_ALIASED:,} values"
            cure = "name shared schemas in `$defs`, and refer to them by `$ref`"
            raise _error(rules.NOT_YAML, self._place(event), fact, cure)
        return anchored.value

    def _object(
        self, start: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> Object:
        result = Object(self._place(start))
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, events, depth)
            value_event = next(events)
            value = self._value(value_event, events, depth + 1)
            if key is None:
                continue
            if key in result:
                self._duplicate(key, self._place(event), result.key_place(key))
            else:
                result.add(key, value, _span(event), _span(value_event))
        return result

    def _key(
        self, event: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> str | None:
        key = self._value(event, events, depth + 1)
        if isinstance(key, str) and key != "<<":
            return key
        written = event.value if isinstance(event, yaml.ScalarEvent) else ""
        if isinstance(event, yaml.ScalarEvent) and _is_merge(event):
            fact = "`<<` merges mappings in YAML 1.1 alone"
            cure = "write the keys out, or share schemas by `$ref`"
            self._report(rules.MERGE_KEY, event, fact, cure)
            return None
        if isinstance(key, str):
            return key
        fact = f"the key `{written}` is not text" if written else "a key is not text"
        cure = f'write it in quotes: "{written}"' if written else "give it a name"
        self._report(rules.KEY_NOT_TEXT, event, fact, cure)
        return None

    def _duplicate(self, key: str, place: Place, first: Place) -> None:
        fact = f"the key `{key}` stands here a second time"
        cure = f"keep one of the two; the first is on line {first.line}"
        self.diagnostics.append(Diagnostic(rules.DUPLICATE_KEY, place, fact, cure))

    def _array(
        self, start: yaml.Event, events: Iterator[yaml.Event], depth: int
    ) -> Array:
        result = Array(self._place(start))
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            value = self._value(event, events, depth + 1)
            result.add(value, _span(event))
        return result

    def _scalar(self, event: yaml.ScalarEvent) -> Data:
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
        return Place(self._file, *_span(event))


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None  # libyaml always says so
    assert end is not None
    length = end.column - start.column if end.line == start.line else 1
    return start.line + 1, start.column + 1, max(1, length)


def _is_merge(event: yaml.ScalarEvent) -> bool:
    return event.value == "<<" and bool(event.implicit[0])


def _error(rule: Rule, place: Place, fact: str, cure: str) -> PlanSyntaxError:
    return PlanSyntaxError(Diagnostic(rule, place, fact, cure))
