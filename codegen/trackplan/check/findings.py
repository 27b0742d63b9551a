"""Collecting findings: from a path into the plan to a place in a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from trackplan.check.tree import Path, declared, roots, walk_all
from trackplan.diagnostic import Diagnostic, Rule
from trackplan.load import Array, Data, Object
from trackplan.model import Place


class Findings:
    """What is wrong with one plan, so far."""

    def __init__(self, plan: Object) -> None:
        self.plan = plan
        self.diagnostics: list[Diagnostic] = []
        self._broken: set[Path] = set()
        self._seen: dict[tuple[Rule, Place, str, str | None], Path] = {}

    @cached_property
    def schemas(self) -> Sequence[tuple[Path, Object]]:
        """Every schema of the plan, with its path: nine checks go through them."""
        return list(walk_all(self.plan))

    def at_key(
        self, path: Path, rule: Rule, fact: str, cure: str, guess: str | None = None
    ) -> None:
        """Report at the key that leads to `path` (for an item: at the item)."""
        self._add(path, rule, self.key_place(path), fact, cure, guess)

    def at_value(
        self, path: Path, rule: Rule, fact: str, cure: str, guess: str | None = None
    ) -> None:
        """Report at the value that stands at `path`."""
        self._add(path, rule, self.value_place(path), fact, cure, guess)

    def is_broken(self, path: Path) -> bool:
        """Tell whether an error was found in the event, traits or `$defs` at `path`."""
        return _part(path) in self._broken

    def sound(self) -> Sequence[tuple[Path, Object]]:
        """Return every schema in the parts of the plan that no error was found in."""
        if not self._broken:
            return self.schemas
        return [one for one in self.schemas if not self.is_broken(one[0])]

    def declared(self) -> list[tuple[Path, Data]]:
        """Return every property that sound parts declare, nested ones too."""
        sound = (one for one in roots(self.plan) if not self.is_broken(one[0]))
        return [one for path, root in sound for one in declared(root, path)]

    def has_errors(self) -> bool:
        return any(one.rule.level == "error" for one in self.diagnostics)

    def absorb(self, part: Findings) -> None:
        """Take over what was found in a part of the plan."""
        self.diagnostics.extend(part.diagnostics)
        self._broken |= part._broken

    def _add(
        self,
        path: Path,
        rule: Rule,
        place: Place,
        fact: str,
        cure: str,
        guess: str | None,
    ) -> None:
        if rule.level == "error":
            self._broken.add(_part(path))
        if self._seen.setdefault((rule, place, cure, guess), path) != path:
            return  # an alias leads to it a second time
        finding = Diagnostic(rule, place, fact, cure, guess)
        self.diagnostics.append(finding)

    def key_place(self, path: Path) -> Place:
        """Return where the key that leads to `path` stands."""
        return self._place(path, keys=True)

    def value_place(self, path: Path) -> Place:
        """Return where the value at `path` stands."""
        return self._place(path, keys=False)

    def rest_of_line(self, path: Path) -> str:
        """Return what is written from the value at `path` to the end of its line."""
        return self.plan.lines.rest(self.value_place(path))

    def _place(self, path: Path, *, keys: bool) -> Place:
        place = self.plan.place
        data: Data = self.plan
        for step in path:
            if isinstance(data, Object) and isinstance(step, str) and step in data:
                place = data.key_place(step) if keys else data.value_place(step)
                data = data[step]
            elif isinstance(data, Array) and isinstance(step, int):
                place = data.item_place(step)
                data = cast("list[Data]", data)[step]
        return place


def _part(path: Path) -> Path:
    """Return what an error at `path` breaks: the event, the traits, or all `$defs`."""
    return path[:1] if path[:1] == ("$defs",) else path[:2]


def place_as_seen(place: Place, viewed_from: Place) -> str:
    """Return "line 3", or "plan/billing.yaml:3" where the file is another one."""
    if place.file == viewed_from.file:
        return f"line {place.line}"
    return f"{place.file}:{place.line}"


_MAPS = {
    "properties": "property",
    "patternProperties": "property pattern",
    "dependentSchemas": "`dependentSchemas` of",
    "$defs": "`$defs` entry",
}


def describe(path: Path) -> str:
    """Return what a person would call the thing at `path`.

    ("events", "Signed Up", "properties", "plan", "minLength") is
    "`minLength` of property `plan` of event `Signed Up`".
    """
    parts: list[str] = []
    steps = list(path)
    if steps[:1] == ["events"] and len(steps) > 1:
        parts.append(f"event `{steps[1]}`")
        del steps[:2]
    elif steps[:1] == ["traits"] and len(steps) > 1:
        parts.append(f"{steps[1]} traits")
        del steps[:2]
    while steps:
        step = steps.pop(0)
        if isinstance(step, str) and step in _MAPS and steps:
            parts.append(f"{_MAPS[step]} `{steps.pop(0)}`")
        else:
            parts.append(f"item {step + 1}" if isinstance(step, int) else f"`{step}`")
    return " of ".join(reversed(parts)) or "the plan"
