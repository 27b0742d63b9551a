"""What names stand for, in all files together."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from trackplan.usage.modules import Modules
from trackplan.usage.sdks import ROOTS
from trackplan.usage.summary import CALL, PARTIAL, Summary, Value

_LONGEST = 8
"""How many steps into an SDK are followed."""


class Thing(NamedTuple):
    """Something that a name stands for.

    package: the generated package, or a module of it. function: what it holds under
    `name`, also as a `partial`. module: one that was found, by its path. external: what
    an SDK holds, by its dotted path. class, instance, def: number `number` of file
    `file`.
    """

    kind: Literal[
        "package",
        "function",
        "partial",
        "module",
        "external",
        "class",
        "instance",
        "def",
    ]
    name: str = ""
    file: int = -1
    number: int = -1


Things: TypeAlias = frozenset[Thing]
_Key: TypeAlias = tuple[int, int | str]
NOTHING: Things = frozenset()
_PACKAGE = frozenset({Thing("package")})
_IMPORTS = ("module", "member", "star")
_MODULE = re.compile(r"events|_events_\d\d|traits")
"""The modules of the generated package that hold functions."""


class Resolver:
    """Looks up values. What cannot lead to the package or an SDK is nothing to it."""

    def __init__(
        self, files: Sequence[str], summaries: Sequence[Summary], modules: Modules
    ) -> None:
        self._files = files
        self._summaries = summaries
        self._modules = modules
        self._known: dict[_Key, Things] = {}
        """What values and, by name, members of files stand for."""
        self._guessed: dict[_Key, Things] = {}
        """The same, while the outermost of them is being looked up."""
        self._open: set[_Key] = set()
        self._was_cut = False
        self.reaching = self._find_reaching()
        """The files from which the package or an SDK can be reached."""

    # Which files matter

    def _find_reaching(self) -> set[int]:
        """Find who imports the package or an SDK, who imports them, and so on."""
        importers: dict[str, set[int]] = {}
        found: set[int] = set()
        for file, summary in enumerate(self._summaries):
            for value in summary.values:
                if value.kind not in _IMPORTS:
                    continue
                thing = self._imported(file, value)
                if thing is None:
                    continue
                if thing.kind != "module":
                    found.add(file)
                for key in self._read_by(thing.name, value.name):
                    importers.setdefault(key, set()).add(file)
        path_of = {number: path for path, number in self._modules.files.items()}
        found |= self._importers(self._modules.output, importers)
        waiting = list(found)
        while waiting:
            path = path_of.get(waiting.pop())
            new = self._importers(path, importers) - found if path else set[int]()
            found |= new
            waiting += new
        return found

    def _read_by(self, path: str, name: str) -> Iterator[str]:
        """Yield what an import reads: a module or, with a slash, all there is in it."""
        if not name:
            yield f"{path}/"
            return
        yield path
        if os.path.join(path, name) in self._modules:
            yield f"{os.path.join(path, name)}/"

    def _importers(self, path: str, importers: Mapping[str, set[int]]) -> set[int]:
        found = set(importers.get(path, ()))
        below = None
        while path in self._modules and path != below:
            found |= importers.get(f"{path}/", set())
            path, below = os.path.dirname(path), path
        return found

    def _imported(self, file: int, value: Value) -> Thing | None:
        """Return the module that a value imports, or imports from."""
        path = self._modules.find(value.module, value.level, self._files[file])
        if path and self._modules.is_generated(path):
            return Thing("package")
        is_found = path is not None and path in self._modules.files
        if (
            value.level == 0
            and value.module.partition(".")[0] in ROOTS
            and not is_found
        ):
            return Thing("external", value.module)
        return Thing("module", path) if path else None

    def unread(
        self, file: int, functions: Container[str]
    ) -> dict[int, tuple[str, str]]:
        """Return, by their numbers, the values that are imported under the name of a
        function from where none is, with that name and the module.
        """
        found: dict[int, tuple[str, str]] = {}
        for number, value in enumerate(self._summaries[file].values):
            if value.kind in _IMPORTS and value.name in functions:
                thing = self._imported(file, value)
                if thing is None or (
                    thing.kind == "module" and not self._has(thing, value.name)
                ):
                    found[number] = value.name, "." * value.level + value.module
        return found

    def _has(self, thing: Thing, name: str) -> bool:
        """Tell whether a module binds a name itself, or has it by following."""
        number = self._modules.files.get(thing.name)
        is_own = number is not None and name in self._summaries[number].names
        return is_own or bool(self._member(thing.name, name))

    # What values stand for

    def things(
        self, file: int, roots: Iterable[int], path: Sequence[str] = ()
    ) -> Things:
        """Return what some values of a file lead to, along a path."""
        found = NOTHING.union(*(self._value(file, root) for root in roots))
        for step in path:
            found = self.follow(found, step)
        return found

    def follow(self, things: Things, step: str) -> Things:
        """Return what a step leads to."""
        return NOTHING.union(*(self._step(thing, step) for thing in things))

    def _value(self, file: int, number: int) -> Things:
        if file not in self.reaching:
            return NOTHING
        return self._remember(
            (file, number),
            lambda: self._evaluate(file, self._summaries[file].values[number]),
        )

    def _remember(self, key: _Key, evaluate: Callable[[], Things]) -> Things:
        """Evaluate once. What leads back to itself adds nothing.

        Where that happened, only the outermost result is sure to be whole and is kept.
        """
        for known in (self._known, self._guessed):
            if key in known:
                return known[key]
        if key in self._open:
            self._was_cut = True
            return NOTHING
        self._open.add(key)
        found = self._guessed[key] = evaluate()
        self._open.remove(key)
        if not self._open:
            self._known.update({key: found} if self._was_cut else self._guessed)
            self._guessed.clear()
            self._was_cut = False
        return found

    def _evaluate(self, file: int, value: Value) -> Things:
        match value.kind:
            case "path":
                return self.things(file, value.roots, value.path)
            case "class":
                return frozenset({Thing("class", "", file, value.number)})
            case "self":
                return frozenset({Thing("instance", "", file, value.number)})
            case "function":
                return frozenset({Thing("def", "", file, value.number)})
            case "star":
                return self._by_star(file, value, value.name)
        thing = self._imported(file, value)
        found = frozenset({thing}) if thing else NOTHING
        return self.follow(found, value.name) if value.name else found

    def _step(self, thing: Thing, step: str) -> Things:
        match thing.kind:
            case "package":
                return _PACKAGE if _MODULE.fullmatch(step) else _one("function", step)
            case "function" | "partial":
                return _one("partial", thing.name) if step == PARTIAL else NOTHING
            case "external":
                is_short = thing.name.count(".") < _LONGEST and step != PARTIAL
                return _one("external", f"{thing.name}.{step}") if is_short else NOTHING
            case "module":
                return self._member(thing.name, step)
            case "class" if step == CALL:
                return frozenset({thing._replace(kind="instance")})
            case "class" | "instance":
                return self._attribute(thing, step)
            case "def" if step == CALL:
                function = self._summaries[thing.file].functions[thing.number]
                return self.things(thing.file, function.returns)
        return NOTHING

    def _attribute(self, thing: Thing, name: str) -> Things:
        made = self._summaries[thing.file].classes[thing.number]
        found = self.things(thing.file, made.attributes.get(name, ()))
        if not found:
            bases = self.things(thing.file, made.bases)
            if thing.kind == "instance":
                bases = self.follow(bases, CALL)
            found = self.follow(bases, name)
        return NOTHING.union(*(self._got(one) for one in found))

    def _got(self, thing: Thing) -> Things:
        """Return what an attribute gives: of a property, what it returns."""
        if thing.kind == "def":
            function = self._summaries[thing.file].functions[thing.number]
            if function.is_property:
                return self.things(thing.file, function.returns)
        return frozenset({thing})

    def _member(self, path: str, name: str) -> Things:
        """Return what a module has under a name: by itself, by a star, or as a part."""
        file = self._modules.files.get(path)
        found = NOTHING
        if file is not None and file in self.reaching:
            found = self._remember((file, name), lambda: self._own_member(file, name))
        inside = os.path.join(path, name)
        if not found and self._modules.is_generated(inside):
            return _PACKAGE
        if not found and inside in self._modules:
            return _one("module", inside)
        return found

    def _own_member(self, file: int, name: str) -> Things:
        summary = self._summaries[file]
        if name in summary.names:
            return self.things(file, summary.names[name])
        stars = [self._summaries[file].values[number] for number in summary.stars]
        return NOTHING.union(*(self._by_star(file, star, name) for star in stars))

    def _by_star(self, file: int, star: Value, name: str) -> Things:
        thing = self._imported(file, star)
        if thing is None or not self._gives(thing, name):
            return NOTHING
        return self._step(thing, name)

    def _gives(self, thing: Thing, name: str) -> bool:
        """Tell whether `from … import *` takes a name along."""
        number = self._modules.files.get(thing.name) if thing.kind == "module" else None
        exported = None if number is None else self._summaries[number].exported
        return not name.startswith("_") if exported is None else name in exported


def _one(
    kind: Literal["function", "partial", "external", "module"], name: str
) -> Things:
    return frozenset({Thing(kind, name)})
