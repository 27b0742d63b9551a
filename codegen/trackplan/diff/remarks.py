"""What a plan says to people, and asks of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from trackplan.diff.change import SAME, Change
from trackplan.model import Call, Json, Note, Path, Plan, Schema, children
from trackplan.rules.changes import REMARK_CHANGED

_OWN = {"owner": "owner", "tags": "tags", "when": "when", "usage": "external"}
"""What is said of a call by the key in the plan, and how the model calls it."""


class Remarks:
    """The remarks of two plans on what stands in both."""

    def __init__(self, before: Plan, after: Plan) -> None:
        self._old, self._new = _by_root(before), _by_root(after)

    def of_plan(self, old: Plan, new: Plan) -> Iterator[Change]:
        """Yield what is said otherwise of the whole."""
        for key in ("name", "description"):
            if getattr(old, key) != getattr(new, key):
                fact = f"`{key}` of the plan changed"
                yield Change(REMARK_CHANGED, "the plan", fact, SAME, SAME, (key,))

    def of_call(self, subject: str, old: Call, new: Call) -> Iterator[Change]:
        """Yield what is said otherwise of a call, and of what stands in it."""
        own = [
            key
            for key, name in _OWN.items()
            if getattr(old, name) != getattr(new, name)
        ]
        yield from self._below(
            subject, (old.path, old.schema), (new.path, new.schema), own
        )

    def of_definition(
        self, subject: str, name: str, old: Schema, new: Schema
    ) -> Iterator[Change]:
        """Yield what is said otherwise of a definition, and of what stands in it."""
        path: Path = ("$defs", name)
        yield from self._below(subject, (path, old), (path, new), [])

    def _below(
        self,
        subject: str,
        old: tuple[Path, Schema],
        new: tuple[Path, Schema],
        own: list[str],
    ) -> Iterator[Change]:
        was, now = self._old.get(old[0], {}), self._new.get(new[0], {})
        if was == now and repr(old[1]) == repr(new[1]) and not own:
            return
        personal = _personal(old[1]), _personal(new[1])
        paths = personal[0].keys() & personal[1].keys()
        for path in sorted(paths, key=lambda path: (len(path), str(path))):
            keys = own if path == () else []
            keys = [*keys, *_differing(was.get(path, {}), now.get(path, {}))]
            if personal[0].get(path) != personal[1].get(path):
                keys.append("pii")
            if keys:
                named = " and ".join(f"`{key}`" for key in sorted(keys))
                fact = f"{named} of {_words(path)} changed"
                place = (*new[0], *path)
                yield Change(REMARK_CHANGED, subject, fact, SAME, SAME, place)


def _by_root(plan: Plan) -> dict[Path, dict[Path, dict[str, Json]]]:
    """Return what is said, by event or definition and by the path inside it."""
    found: dict[Path, dict[Path, dict[str, Json]]] = {}
    for path in plan.notes.keys() | plan.own.keys():
        said = dict(plan.own.get(path, {})) | _said(plan.notes.get(path, Note()))
        found.setdefault(path[:2], {})[path[2:]] = said
    return found


def _said(note: Note) -> dict[str, Json]:
    said = {
        "description": note.description,
        "examples": list(note.examples),
        "default": list(note.default),
        "deprecated": repr(note.deprecated) if note.deprecated else None,
    }
    return {key: cast("Json", one) for key, one in said.items() if one}


def _differing(was: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    return [k for k in was.keys() | now.keys() if repr(was.get(k)) != repr(now.get(k))]


def _personal(schema: Schema, path: Path = ()) -> dict[Path, bool]:
    """Return the path of every schema, with whether it is personal data."""
    if isinstance(schema, bool):
        return {path: False}
    found = {path: schema.get("pii") is True}
    for step, one in children(schema):
        found |= _personal(one, (*path, *step))
    return found


def _words(path: Path) -> str:
    if not path:
        return "it"
    if len(path) == 2 and path[0] == "properties":
        return f"property `{path[1]}`"
    return f"`{'.'.join(map(str, path))}`"
