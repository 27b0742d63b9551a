"""Where the `$ref`s of a plan lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import unquote

from trackplan import rules
from trackplan.check.findings import Findings, Path, closest, describe, place_as_seen
from trackplan.check.tree import IN_PLACE, MANY, NAMED, ONE, children, walk_all
from trackplan.load import Array, Data, Object

MAX_CHAIN = 100
"""How many references and combinations may judge one value, one inside the other."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}")


class References:
    """The `$ref`s of a plan: `#/$defs/…` pointers and `#anchor`s into `$defs`."""

    def __init__(self, plan: Object) -> None:
        self._plan = plan
        self._anchors: dict[str, Path] = {}
        self.twice: list[tuple[Path, Path]] = []
        """Schemas whose `$anchor` another schema has already, with that schema."""
        for path, schema in walk_all(plan):
            anchor = schema.get("$anchor")
            if path[0] == "$defs" and isinstance(anchor, str):
                if anchor in self._anchors:
                    self.twice.append((path, self._anchors[anchor]))
                self._anchors.setdefault(anchor, path)

    def target(self, reference: str) -> tuple[Path, Data] | None:
        """Return the path and the schema a reference leads to, or None."""
        path = self._path(reference)
        if path is None:
            return None
        data: Data = self._plan
        for step in path:
            if isinstance(data, Object) and isinstance(step, str) and step in data:
                data = data[step]
            elif isinstance(data, Array) and isinstance(step, int) and step < len(data):
                data = cast("list[Data]", data)[step]
            else:
                return None
        return (path, data) if _leads_to_schema(path) else None

    def closest(self, reference: str) -> str | None:
        """Return the reference that `reference` was probably meant to be."""
        defs = self._plan.get("$defs")
        names = {
            name: f"#/$defs/{name}"
            for name in (defs if isinstance(defs, Object) else ())
        }
        names.update({name: f"#{name}" for name in self._anchors})
        last = reference.removeprefix("#").rsplit("/", 1)[-1]
        guess = closest(last, names) if last else None
        return names[guess] if guess else None

    def _path(self, reference: str) -> Path | None:
        if reference.startswith("#/$defs/"):
            tokens = unquote(reference[2:]).split("/")
            steps = [token.replace("~1", "/").replace("~0", "~") for token in tokens]
            return tuple(_steps(steps))
        return self._anchors.get(reference[1:]) if reference[:1] == "#" else None


def _steps(tokens: list[str]) -> Iterator[str | int]:
    previous = ""
    for token in tokens:
        is_index = previous in MANY and _INDEX.fullmatch(token)
        yield int(token) if is_index else token
        previous = "" if previous in NAMED else token


def _leads_to_schema(path: Path) -> bool:
    steps = list(path)
    while steps:
        step = steps.pop(0)
        if step in NAMED or step in MANY:
            if not steps:
                return False
            steps.pop(0)
        elif step not in ONE:
            return False
    return True


def check_references(found: Findings, references: References) -> None:
    """Find references that lead nowhere, or nowhere but back."""
    for path, schema in walk_all(found.plan):
        reference = schema.get("$ref")
        if isinstance(reference, str) and not references.target(reference):
            fact, cure = _misled(reference)
            guess = references.closest(reference)
            place = (*path, "$ref")
            found.at_value(place, rules.UNKNOWN_REFERENCE, fact, cure, guess)
    for path, first in references.twice:
        where = place_as_seen(found.key_place(first), found.key_place(path))
        fact = f"`$anchor` of {describe(path)} is that of {describe(first)} ({where})"
        place = (*path, "$anchor")
        found.at_value(place, rules.BAD_VALUE, fact, "rename one of them")
    _check_loops(found, references)


def _misled(reference: str) -> tuple[str, str]:
    if reference in ("", "#", "#/"):
        fact = f"`{reference}` refers to the whole plan, which is no schema"
        return fact, "name the schema in `$defs`, and refer to it as `#/$defs/name`"
    if not reference.startswith("#"):
        fact = f"`{reference}` is outside this plan, and nothing is fetched"
        return fact, "copy the schema into `$defs`, and refer to it as `#/$defs/name`"
    if reference.startswith("#/") and not reference.startswith("#/$defs/"):
        fact = f"`{reference}` does not lead into the plan's `$defs`"
        return fact, "move the schema into `$defs`, and refer to it as `#/$defs/name`"
    fact = f"`{reference}` leads nowhere in this plan"
    return fact, "refer to an entry of `$defs`, or add it"


def _check_loops(found: Findings, references: References) -> None:
    """Find schemas that come back to themselves without a step into the value.

    Depth first, without recursion: a chain is as long as the plan makes it.
    """
    heights: dict[int, int] = {}
    for root in walk_all(found.plan):
        if id(root[1]) not in heights:
            _explore(found, references, root, heights)


def _explore(
    found: Findings,
    references: References,
    root: tuple[Path, Object],
    heights: dict[int, int],
) -> None:
    """Enter the height of everything below `root`; 0 marks what is being looked at."""
    stack = [(root, iter(_same_value(references, *root)))]
    heights[id(root[1])] = 0
    while stack:
        (path, schema), onward = stack[-1]
        following = next(onward, None)
        if following is None:
            stack.pop()
            below = (id(one) for _, one in _same_value(references, path, schema))
            height = 1 + max((heights[one] for one in below), default=0)
            heights[id(schema)] = height
            if height == MAX_CHAIN:
                fact = f"{describe(path)} leads through {MAX_CHAIN} schemas in a row"
                cure = "refer to the last of them directly"
                found.at_key(path, rules.REFERENCE_LOOP, fact, cure)
        elif id(following[1]) not in heights:
            heights[id(following[1])] = 0
            stack.append((following, iter(_same_value(references, *following))))
        elif heights[id(following[1])] == 0:
            fact = f"{describe(following[0])} refers to itself"
            cure = "let it lead to a schema that looks at the value"
            found.at_key(following[0], rules.REFERENCE_LOOP, fact, cure)


def _same_value(
    references: References, path: Path, schema: Object
) -> Iterator[tuple[Path, Object]]:
    """Yield the schemas that judge the same value as `schema` does."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and (target := references.target(reference)):
        where, data = target
        if isinstance(data, Object):
            yield where, data
    for step, child in children(schema):
        if step[0] in IN_PLACE and isinstance(child, Object):
            yield (*path, *step), child
