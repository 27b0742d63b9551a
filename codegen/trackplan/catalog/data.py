"""A plan with everything resolved that its readers ask for: words, calls, uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

from trackplan.catalog.line import Line, Link
from trackplan.catalog.words import NOTHING, Describer, Words, definition_id
from trackplan.model import Call, Definition, Event, Json, Note, Plan, Schema
from trackplan.render.example import GROUP_ID, USER_ID, example_call
from trackplan.render.functions import told
from trackplan.runtime.wire import Record, body
from trackplan.testing.examples import shortest

_LONGEST_CALL = 2000
"""In characters: what is made up and longer explains nothing."""
_OCCURRED = 1772443800.0  # any moment serves, as long as it stays the same


class Example(NamedTuple):
    """An example of a call, in Python and on the wire."""

    call: str
    body: Mapping[str, object]


class Entry(NamedTuple):
    """An event, or one kind of traits."""

    anchor: str
    title: str
    call: Call
    words: Words
    examples: Sequence[Example]
    made_up: str | None
    """A short call that is valid, where the plan gives no example and one was found."""
    replacement: str | None
    """The anchor of the event to use instead, where the plan has it."""

    @property
    def is_bare(self) -> bool:
        """Whether it takes no properties."""
        return self.words == NOTHING

    @property
    def status(self) -> Literal["active", "deprecated"]:
        return "deprecated" if self.call.deprecated else "active"


class Use(NamedTuple):
    """Where a shared definition is used: the entry, and the properties there."""

    anchor: str
    title: str
    properties: Sequence[str]
    """Empty where another part of the entry refers to it."""


class Shared(NamedTuple):
    """A shared definition."""

    anchor: str
    definition: Definition
    note: Note
    personal: bool
    words: Words
    uses: Sequence[Use]

    @property
    def title(self) -> str:
        return self.definition.name

    @property
    def status(self) -> Literal["active", "deprecated"]:
        return "deprecated" if self.note.deprecated else "active"


class Catalog(NamedTuple):
    """The catalog of a plan; everything by name, as the plan's own parts are."""

    plan: Plan
    events: Sequence[Entry]
    traits: Sequence[Entry]
    definitions: Sequence[Shared]

    @property
    def owners(self) -> list[str]:
        return sorted({one.call.owner for one in self.events if one.call.owner})

    @property
    def tags(self) -> list[str]:
        return sorted({tag for one in self.events for tag in one.call.tags})


def catalog(plan: Plan) -> Catalog:
    """Return the catalog of a plan."""
    describer = Describer(plan.definitions, plan.notes)
    anchors = {event.name: _anchor(event) for event in plan.events}
    traits = [one for one in (plan.user, plan.group) if one]
    schemas = {one.name: one.schema for one in plan.definitions}
    events = [_entry(one, describer, anchors, schemas) for one in plan.events]
    people = [_entry(one, describer, anchors, schemas) for one in traits]
    words = {
        one.name: describer.words(one.schema, ("$defs", one.name))
        for one in plan.definitions
    }
    places = [*((e.anchor, e.title, e.words) for e in (*people, *events))]
    places += [(definition_id(name), name, said) for name, said in words.items()]
    uses = _uses(places)
    shared = [
        Shared(
            definition_id(one.name),
            one,
            describer.note(one.schema, ("$defs", one.name)),
            describer.is_personal(one.schema),
            words[one.name],
            uses.get(definition_id(one.name), ()),
        )
        for one in plan.definitions
    ]
    return Catalog(plan, events, people, shared)


def _anchor(call: Call) -> str:
    """Return the anchor of a call: its function's name is unique, and a safe one."""
    if isinstance(call, Event):
        return f"event-{call.function.removeprefix('track_').replace('_', '-')}"
    return "traits-group" if call.is_group else "traits-user"


def _entry(
    call: Call,
    describer: Describer,
    anchors: Mapping[str, str],
    schemas: Mapping[str, Schema],
) -> Entry:
    title = call.name
    if not isinstance(call, Event):
        title = "Group traits" if call.is_group else "User traits"
    instead = call.deprecated.replaced_by if call.deprecated else None
    return Entry(
        anchor=_anchor(call),
        title=title,
        call=call,
        words=describer.call(call),
        examples=[
            Example(example_call(call, one), _body(call, one)) for one in call.examples
        ],
        made_up=None if call.examples else _made_up(call, schemas),
        replacement=anchors.get(instead) if instead else None,
    )


def _made_up(call: Call, schemas: Mapping[str, Schema]) -> str | None:
    data = shortest(told(call), schemas)
    if data is None:
        return None
    text = example_call(call, cast("Mapping[str, Json]", data))
    return text if len(text) <= _LONGEST_CALL else None


def _body(call: Call, example: Mapping[str, Json]) -> Mapping[str, object]:
    is_event = isinstance(call, Event)
    kind = "track" if is_event else cast("Literal['identify', 'group']", call.name)
    record = Record(
        kind=kind,
        user_id=USER_ID,
        group_id=GROUP_ID if call.is_group else None,
        event=call.name if is_event else None,
        data=dict(example),
        occurred=_OCCURRED,
    )
    return body(record, send_timestamp=True)


def _uses(places: Sequence[tuple[str, str, Words]]) -> dict[str, list[Use]]:
    """Return where each definition is used, by its anchor."""
    found: dict[str, list[Use]] = {}
    for anchor, title, words in places:
        here: dict[str, list[str]] = {}
        for link in _links(words._replace(fields=())):
            here.setdefault(link, [])
        for field in words.fields:
            for link in _links(field.words):
                properties = here.setdefault(link, [])
                if field.name not in properties:
                    properties.append(field.name)
        for link, properties in here.items():
            found.setdefault(link, []).append(Use(anchor, title, properties))
    return found


def _links(words: Words) -> Iterator[str]:
    """Yield the anchors of the definitions that are referred to."""
    yield from _in_line(words.line)
    for field in words.fields:
        yield from _links(field.words)
    for part in words.parts:
        yield from _in_line(part.label)
        yield from _links(part.words)


def _in_line(line: Line) -> Iterator[str]:
    return (piece.anchor for piece in line if isinstance(piece, Link))
