"""One body, value by value: what is wrong with each, and where the plan says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trackplan.model import Call
from trackplan.runtime.values import Json, Problem, join, shown, type_name

from .places import place_in, place_of

MOST = 2000
"""How many values are shown."""


class Part(NamedTuple):
    """One value of a body, or one that is missing there."""

    path: str
    name: str
    depth: int
    value: str
    """Shortened; of arrays and objects the kind and the size."""
    mark: str
    """`good`, `bad`, or `none` where no plan judges it."""
    problems: list[dict[str, str]]
    place: dict[str, object] | None
    """Where in the plan the property stands."""


def anatomy(
    given: Mapping[str, Json], call: Call | None, violations: Sequence[Problem]
) -> list[dict[str, object]]:
    """Return the parts of properties or traits, those that are missing last."""
    parts = list(_Anatomist(call, violations).parts(given))
    return [part._asdict() for part in parts]


class _Anatomist:
    def __init__(self, call: Call | None, violations: Sequence[Problem]) -> None:
        self._call = call
        self._left = MOST
        self._wrong: dict[str, list[Problem]] = {}
        for one in violations:
            self._wrong.setdefault(one.path, []).append(one)

    def parts(self, given: Mapping[str, Json]) -> Iterator[Part]:
        for key, value in given.items():
            yield from self._below(join("", key), key, value, 0)
        for path in [path for path in self._wrong if path]:
            yield self._part(path, path, 0, "")

    def _below(self, path: str, name: str, value: Json, depth: int) -> Iterator[Part]:
        if self._left <= 0:
            return
        self._left -= 1
        is_scalar = not isinstance(value, list | dict)
        text = shown(value) if is_scalar else type_name(value)
        yield self._part(path, name, depth, text)
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._below(join(path, key), key, item, depth + 1)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                inner = f"[{index}]"
                yield from self._below(path + inner, inner, item, depth + 1)

    def _part(self, path: str, name: str, depth: int, value: str) -> Part:
        call, problems = self._call, self._wrong.pop(path, [])
        return Part(
            path=path[:300],
            name=name[:300],
            depth=depth,
            value=value,
            mark="none" if call is None else "bad" if problems else "good",
            problems=[_as_json(problem) for problem in problems],
            place=place_of(place_in(call, path)) if call else None,
        )


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        "keyword": problem.keyword,
        "expected": problem.expected,
        "got": problem.got,
    }
