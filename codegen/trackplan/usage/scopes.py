"""Scopes and what binds their names: which bindings a use of a name can see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Block: TypeAlias = tuple[int, int, Literal["if", "loop", "try"]]
"""One branch of one statement: its number, the branch, the kind."""
Blocks: TypeAlias = tuple[Block, ...]
"""The branches around a place, outermost first."""


class Import(NamedTuple):
    """An imported module or, with a name, what that module holds under it."""

    module: str
    level: int = 0
    name: str = ""
    by_star: bool = False


class Made(NamedTuple):
    """A class or a function of this file, or an instance of the class."""

    kind: Literal["class", "function", "self"]
    number: int


class Ref(NamedTuple):
    """A name at a place."""

    scope: Scope
    name: str
    order: float
    blocks: Blocks
    in_annotation: bool = False


class Chain(NamedTuple):
    """What attributes and calls lead to, from a name or an import."""

    root: Ref | Import
    path: tuple[str, ...] = ()


Draft: TypeAlias = Import | Made | Chain
"""What a name may stand for, before the names in it are looked up."""


class Binding(NamedTuple):
    """A place that binds a name. Without drafts, what it binds is not followed."""

    order: float
    blocks: Blocks
    drafts: Sequence[Draft] = ()
    is_typing: bool = False
    """Whether it stands under `if TYPE_CHECKING`, and nothing is bound at run time."""
    is_foreign: bool = False
    """Whether another scope binds it, by `global` or `nonlocal`, who knows when."""
    is_star: bool = False
    """Whether it may bind any name, or none."""
    is_default: bool = False
    """Whether it is a parameter, which most often is given something else."""


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function; a comprehension is a function that runs at once."""

    kind: Literal["module", "class", "function"]
    parent: Scope | None = None
    runs_at_once: bool = False
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)
    """The scopes of names that are declared `global` or `nonlocal`."""
    stars: list[Binding] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    """The names, in the whole module, of functions whose calls are looked through."""

    def __post_init__(self) -> None:
        if self.parent:
            self.forms = self.parent.forms

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent:
            scope = scope.parent
        return scope

    def bind(self, name: str, binding: Binding) -> None:
        """Bind a name here, or in the scope that it is declared to belong to."""
        if scope := self.elsewhere.get(name):
            scope.bind(name, binding._replace(is_foreign=True))
        else:
            self.bindings.setdefault(name, []).append(binding)

    def declare_nonlocal(self, name: str) -> None:
        """Let a name belong to the next function around that binds it."""
        functions = [one for one in self._around() if one.kind == "function"]
        binding = [one for one in functions if name in one.bindings]
        if owner := next(iter(binding or functions), None):
            self.elsewhere[name] = owner

    def _around(self) -> Iterator[Scope]:
        scope = self.parent
        while scope:
            yield scope
            scope = scope.parent

    def visible(self, name: str) -> list[Binding]:
        """Return all bindings of a name as seen from here, wherever they stand."""
        scope = self.elsewhere.get(name, self)
        around = (one for one in scope._around() if one.kind != "class")
        for one in (scope, *around):
            if found := one.bindings.get(name):
                return found
        return []


def reaching(ref: Ref) -> list[Binding]:
    """Return the bindings that may hold when the name is used."""
    scope: Scope | None = ref.scope.elsewhere.get(ref.name, ref.scope)
    runs_now = scope is ref.scope
    while scope:
        bindings = scope.bindings.get(ref.name, [])
        is_hidden = scope.kind == "class" and scope is not ref.scope
        if scope.stars:
            bindings = sorted([*bindings, *scope.stars], key=lambda one: one.order)
        if bindings and not is_hidden:
            place = ref if runs_now else ref._replace(order=math.inf, blocks=())
            found = list(_reaching(bindings, place))
            if found or scope.kind != "class":
                return found
        runs_now = runs_now and scope.runs_at_once
        scope = scope.parent
    return []


def _reaching(bindings: Iterable[Binding], ref: Ref) -> list[Binding]:
    found: list[Binding] = []
    for one in bindings:
        if one.is_typing and not ref.in_annotation:
            continue
        if one.is_foreign:
            found.append(one)
            continue
        is_before = one.order <= ref.order
        if not _may_reach(one.blocks, ref.blocks, is_before):
            continue
        if (
            is_before
            and not one.is_star
            and one.blocks == ref.blocks[: len(one.blocks)]
        ):
            found = [earlier for earlier in found if earlier.is_foreign]
        found.append(one)
    return found


def _may_reach(binding: Blocks, use: Blocks, is_before: bool) -> bool:
    """Tell whether control can go from one place to the other."""
    for ours, theirs in zip(binding, use, strict=False):
        if ours == theirs:
            if ours[2] == "loop":
                return True
        else:
            is_other_branch = ours[0] == theirs[0] and ours[2] == "if"
            return is_before and not is_other_branch
    return is_before
