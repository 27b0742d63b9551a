"""Whether a change of schemas is safe: proved, or refuted by a value, or neither."""

from __future__ import annotations

from typing import NamedTuple

from trackplan.diff.change import Judgement
from trackplan.diff.prove import Prover
from trackplan.diff.witness import Search
from trackplan.diff.world import World
from trackplan.model import Json, Path, Schema
from trackplan.runtime.values import shown, type_name


class Spot(NamedTuple):
    """A schema of both plans, and where the value that it judges stands."""

    old: Schema
    new: Schema
    old_root: Schema
    new_root: Schema
    old_steps: Path
    """The keys and indexes that lead from a value of `old_root` to the value."""
    new_steps: Path

    def turned(self) -> Spot:
        """Return it with the plans in each other's place."""
        sides = (self.new, self.old, self.new_root, self.old_root)
        return Spot(*sides, self.new_steps, self.old_steps)


class _Words(NamedTuple):
    """What is said of a change to one side."""

    safe: str
    unsure: str
    refuted: str
    """Of a value that shows it."""


_CALLERS = _Words(
    "every value that passed still does",
    "not every value that passed is sure to pass",
    "passed, and fails now",
)
_CONSUMERS = _Words(
    "nothing arrives that could not before",
    "values may arrive that could not before",
    "could not arrive, and can now",
)


class Judge:
    """Judges changes in one world; remembers what it was asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._prover = Prover(world)
        self._search = Search(world)
        self._found: dict[tuple[str, str], tuple[Json] | None] = {}

    def means_the_same(self, spot: Spot) -> bool:
        """Tell whether it is shown that both take the same values."""
        prover = self._prover
        return prover.shows(spot.old, spot.new) and prover.shows(spot.new, spot.old)

    def never(self, schema: Schema) -> bool:
        """Tell whether it is shown that no value fits."""
        return self._prover.shows(schema, False)

    def callers(self, spot: Spot, wanted: Schema) -> Judgement:
        """Judge whether every value that passed fits `wanted`, which is asked now."""
        return self._judgement(spot, wanted, _CALLERS)

    def consumers(self, spot: Spot, wanted: Schema) -> Judgement:
        """Judge whether every value that arrives fits `wanted`, which was asked."""
        return self._judgement(spot.turned(), wanted, _CONSUMERS)

    def _judgement(self, spot: Spot, wanted: Schema, words: _Words) -> Judgement:
        """Judge whether every value of the old side fits `wanted`, of the new one."""
        if self._prover.shows(spot.old, wanted):
            return Judgement("safe", words.safe)
        found = self._between(spot.old, wanted)
        if found is None:
            return Judgement("may break", words.unsure)
        value = _in_words(found[0])
        whole = self._search.around(spot.old_root, spot.old_steps, found[0])
        if whole is None or self.world.accepts(spot.new_root, whole):
            return Judgement("may break", f"{value} alone {words.refuted}")
        return Judgement("breaks", f"{value} {words.refuted}")

    def _between(self, taking: Schema, refusing: Schema) -> tuple[Json] | None:
        key = repr(taking), repr(refusing)
        if key not in self._found:
            self._found[key] = self._search.between(taking, refusing)
        return self._found[key]


def _in_words(value: Json) -> str:
    if isinstance(value, list | dict):
        text = repr_json(value)
        return f"`{text}`" if len(text) <= 60 else type_name(value)
    return f"`{shown(value)}`"


def repr_json(value: Json) -> str:
    """Return a value as JSON on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(repr_json, value))}]"
    if isinstance(value, dict):
        items = (f"{shown(key)}: {repr_json(one)}" for key, one in value.items())
        return f"{{{', '.join(items)}}}"
    return shown(value)
