"""Where the `$ref`s of a plan lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from trackplan import rules
from trackplan.check.findings import Findings, describe, place_as_seen
from trackplan.check.resources import Resources
from trackplan.check.tree import IN_PLACE, Path, at, children
from trackplan.load import Data, Object
from trackplan.model import HOLDS_MANY, HOLDS_NAMED, HOLDS_ONE, steps
from trackplan.naming import closest

MAX_CHAIN = 100
"""How many references and combinations may judge one value, one inside the other."""


class References:
    """The `$ref`s of a plan: pointers, `#anchor`s and `$id`s that lead into `$defs`.

    `path` is always that of the schema the reference stands in.
    """

    def __init__(self, found: Findings) -> None:
        self._plan = found.plan
        self.resources = Resources(found)
        self._anchors: dict[tuple[Path, str], Path] = {}
        self.twice: list[tuple[Path, Path]] = []
        """Schemas whose `$anchor` another schema has already, with that schema."""
        for path, schema in found.schemas:
            anchor = schema.get("$anchor")
            if path[0] == "$defs" and isinstance(anchor, str):
                place = (self.resources.around(path), anchor)
                first = self._anchors.setdefault(place, path)
                if first != path:
                    self.twice.append((path, first))

    def target(self, reference: Data, path: Path) -> tuple[Path, Data] | None:
        """Return the path and the schema a reference leads to, or None."""
        where = self.place(reference, path) if isinstance(reference, str) else None
        if not where or not _leads_to_schema(where):
            return None
        try:
            return where, at(self._plan, where)
        except LookupError:
            return None

    def place(self, reference: str, path: Path) -> Path | None:
        """Return the path a reference names, whatever stands there."""
        resource, fragment = self.resources.find(reference, path)
        if resource is None:
            return None
        if fragment[:1] not in ("", "/"):
            return self._anchors.get((resource, fragment))
        return (*resource, *steps(fragment))

    def closest(self, reference: str, path: Path) -> str | None:
        """Return the reference that `reference` was probably meant to be."""
        if self.target(reference, ()):
            return None  # it is right, but for an `$id` above it
        resource = self.resources.around(path)
        schema = cast("Object", at(self._plan, resource))
        defs = schema.get("$defs")
        names = {
            name: f"#/$defs/{name}"
            for name in (defs if isinstance(defs, Object) else ())
        }
        names.update({n: f"#{n}" for where, n in self._anchors if where == resource})
        last = reference.removeprefix("#").rsplit("/", 1)[-1]
        guess = closest(last, names) if last else None
        return names[guess] if guess and names[guess] != reference else None


def _leads_to_schema(path: Path) -> bool:
    rest = list(path)
    while rest:
        step = rest.pop(0)
        if step in HOLDS_NAMED or step in HOLDS_MANY:
            if not rest:
                return False
            rest.pop(0)
        elif step not in HOLDS_ONE:
            return False
    return True


def check_references(found: Findings, references: References) -> None:
    """Find references that lead nowhere, or nowhere but back."""
    for path, schema in found.schemas:
        reference = schema.get("$ref")
        if isinstance(reference, str) and not references.target(reference, path):
            fact, cure = _misled(references, reference, path)
            guess = references.closest(reference, path)
            place = (*path, "$ref")
            found.at_value(place, rules.UNKNOWN_REFERENCE, fact, cure, guess)
    _check_twice(found, "$anchor", references.twice)
    _check_twice(found, "$id", references.resources.twice)
    _check_loops(found, references)


def _check_twice(found: Findings, key: str, twice: list[tuple[Path, Path]]) -> None:
    for path, first in twice:
        where = place_as_seen(found.key_place(first), found.key_place(path))
        fact = f"`{key}` of {describe(path)} is that of {describe(first)} ({where})"
        found.at_value((*path, key), rules.BAD_VALUE, fact, "rename one of them")


_REFER = "refer to it as `#/$defs/name`"


def _misled(references: References, reference: str, path: Path) -> tuple[str, str]:
    where = references.place(reference, path)
    if references.target(reference, ()):
        resource = describe(references.resources.around(path))
        fact = f"`{reference}` leads nowhere in {resource}, which has an `$id`"
        return fact, "leave the `$id` out: then it leads to the plan's `$defs`"
    if where == ():
        fact = f"`{reference}` refers to the whole plan, which is no schema"
        return fact, f"name the schema in `$defs`, and {_REFER}"
    if where is None and reference[:1] != "#":
        fact = f"`{reference}` is outside this plan, and `$ref` fetches nothing"
        return fact, f"copy the schema into `$defs`, and {_REFER}"
    if where and where[0] != "$defs":
        fact = f"`{reference}` does not lead into the plan's `$defs`"
        return fact, f"move the schema into `$defs`, and {_REFER}"
    fact = f"`{reference}` leads nowhere in this plan"
    return fact, "refer to an entry of `$defs`, or add it"


def _check_loops(found: Findings, references: References) -> None:
    """Find schemas that come back to themselves without a step into the value.

    Depth first, without recursion: a chain is as long as the plan makes it.
    """
    heights: dict[Path, int] = {}
    for root in found.schemas:
        if root[1].keys().isdisjoint(_ONWARD):
            heights[root[0]] = 1  # as most are
        elif root[0] not in heights:
            _explore(found, references, root, heights)


def _explore(
    found: Findings,
    references: References,
    root: tuple[Path, Object],
    heights: dict[Path, int],
) -> None:
    """Enter the height of everything below `root`; 0 marks what is being looked at."""
    stack = [(root, iter(_same_value(references, *root)))]
    heights[root[0]] = 0
    while stack:
        (path, schema), onward = stack[-1]
        following = next(onward, None)
        if following is None:
            stack.pop()
            below = (heights[one] for one, _ in _same_value(references, path, schema))
            height = 1 + max(below, default=0)
            heights[path] = height
            if height == MAX_CHAIN:
                fact = f"{describe(path)} leads through {MAX_CHAIN} schemas in a row"
                cure = "refer to the last of them directly"
                found.at_key(path, rules.REFERENCE_LOOP, fact, cure)
        elif following[0] not in heights:
            heights[following[0]] = 0
            stack.append((following, iter(_same_value(references, *following))))
        elif heights[following[0]] == 0:
            fact = f"{describe(following[0])} refers to itself"
            cure = "let it lead to a schema that looks at the value"
            found.at_key(following[0], rules.REFERENCE_LOOP, fact, cure)


_ONWARD = ("$ref", *IN_PLACE)


def _same_value(
    references: References, path: Path, schema: Object
) -> Iterator[tuple[Path, Object]]:
    """Yield the schemas that judge the same value as `schema` does."""
    if target := references.target(schema.get("$ref"), path):
        where, data = target
        if isinstance(data, Object):
            yield where, data
    for step, child in children(schema):
        if step[0] in IN_PLACE and isinstance(child, Object):
            yield (*path, *step), child
