"""The catalog as JSON: the resolved plan. Its keys are described in the README."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from trackplan.catalog.data import Catalog, Entry, Shared
from trackplan.catalog.line import plain
from trackplan.catalog.words import Field, Part, Words
from trackplan.model import Deprecation, Note

FORMAT = 1


def to_json(catalog: Catalog, origin: str) -> str:
    """Return the resolved plan as JSON text; `origin` says what it was made from."""
    plan = catalog.plan
    document = {
        "$comment": origin,
        "catalog": FORMAT,
        "name": plan.name,
        "description": plan.description,
        "events": [_entry(one) for one in catalog.events],
        "traits": [_entry(one) for one in catalog.traits],
        "definitions": [_shared(one) for one in catalog.definitions],
        "$defs": {one.name: one.schema for one in plan.definitions},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _entry(entry: Entry) -> Mapping[str, object]:
    call = entry.call
    return {
        "id": entry.anchor,
        "name": call.name,
        "function": call.function,
        "description": call.description,
        "when": call.when,
        "owner": call.owner,
        "external": call.external,
        "tags": call.tags,
        "status": entry.status,
        "deprecated": _deprecation(call.deprecated),
        "open": call.open,
        **_words(entry.words),
        "examples": [{"call": one.call, "body": one.body} for one in entry.examples],
        "schema": call.schema,
    }


def _shared(shared: Shared) -> Mapping[str, object]:
    definition = shared.definition
    return {
        "id": shared.anchor,
        "name": definition.name,
        "type": definition.type_name,
        "pii": shared.personal,
        **_note(shared.note),
        **_words(shared.words),
        "used_by": [
            {"id": one.anchor, "name": one.title, "properties": one.properties}
            for one in shared.uses
        ],
    }


def _words(words: Words) -> Mapping[str, object]:
    return {
        "words": plain(words.line),
        "properties": _fields(words.fields),
        "rules": [_part(one) for one in words.parts],
    }


def _fields(fields: Sequence[Field]) -> list[Mapping[str, object]]:
    return [
        {
            "name": one.name,
            "python_name": one.python_name,
            "required": one.required,
            "pii": one.personal,
            **_note(one.note),
            **_words(one.words),
        }
        for one in fields
    ]


def _note(note: Note) -> Mapping[str, object]:
    return {
        "description": note.description,
        "deprecated": _deprecation(note.deprecated),
        "examples": note.examples,
        **({"default": note.default[0]} if note.default else {}),
    }


def _part(part: Part) -> Mapping[str, object]:
    return {"label": plain(part.label), **_words(part.words)}


def _deprecation(deprecated: Deprecation | None) -> Mapping[str, str | None] | None:
    if deprecated is None:
        return None
    return {
        "since": deprecated.since,
        "remove_after": deprecated.remove_after,
        "replaced_by": deprecated.replaced_by,
        "reason": deprecated.reason,
    }
