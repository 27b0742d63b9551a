"""What is known where a condition stands: of the value, and of the names around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

from trackplan.model import Definition, Schema
from trackplan.render.conditions import FALSE, TRUE, Condition, Test, returned
from trackplan.render.layout import WIDTH, columns, exploded, literal, names_in
from trackplan.render.reading import EVERY


@dataclass(frozen=True, slots=True)
class Value:
    """A value in generated code, and what is known of it where a condition stands."""

    name: str
    kinds: frozenset[str] = EVERY
    """The exact types it can have."""
    is_json: bool = False
    """Whether it was proved to be plain JSON data throughout."""
    is_typed: bool = False
    """Whether it is a parameter, whose declared type a type checker narrows."""
    is_combined: bool = False
    """Whether rules follow, which a type checker must not narrow to `None` for."""

    def has(self, key: str) -> Condition:
        """Return a test that the value, an object, has a property."""
        return Test(literal(key), "in", self.name)

    def lacks(self, key: str) -> Condition:
        """Return a test that the value, an object, has no such property."""
        return Test(literal(key), "not in", self.name)

    def item(self, key: str) -> Value:
        """Return a property of the value, which is an object of JSON data."""
        return Value(f"{self.name}[{literal(key)}]", is_json=True, is_combined=True)


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function's parameter stands for, once its own schema has accepted it."""

    value: Value
    required: bool


@dataclass(frozen=True, slots=True)
class Arguments(Value):
    """The properties of a call while they are still arguments of a function."""

    members: Mapping[str, Argument] = field(default_factory=dict[str, Argument])

    def has(self, key: str) -> Condition:
        """Return a test that the argument was given."""
        member = self.members.get(key)
        if member is None:
            return FALSE
        return TRUE if member.required else Test(member.value.name, "is not", "UNSET")

    def lacks(self, key: str) -> Condition:
        """Return a test that the argument was not given."""
        member = self.members.get(key)
        if member is None:
            return TRUE
        return FALSE if member.required else Test(member.value.name, "is", "UNSET")

    def item(self, key: str) -> Value:
        """Return the argument."""
        member = self.members.get(key)
        return member.value if member else Value("UNSET", frozenset())


class Scope:
    """The code of one block, an event's or a definition's: its names and helpers."""

    def __init__(self, block: str, shadowed: frozenset[str] = frozenset()) -> None:
        self._block = block
        self._shadowed = shadowed
        self._helpers: dict[str, str] = {}
        self._constants: dict[str, str] = {}
        self._taken: set[str] = set()
        self.asked: set[str] = set()
        """The builtin and imported names that were asked for."""

    def __len__(self) -> int:
        """Return how many helpers the block has."""
        return len(self._taken)

    def outer(self, name: str) -> str:
        """Return what a builtin or imported name is called where the code stands."""
        self.asked.add(name)
        return f"_{name}" if name in self._shadowed else name

    def name(self, label: str) -> str:
        """Return a name for a helper, which no other helper of the block has."""
        base = name = f"_{self._block}__{label}" if label else self._block
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}{number}"
        self._taken.add(name)
        return name

    def function(self, name: str, parameters: str, condition: Condition) -> None:
        """Add a helper that returns a condition over its parameters."""
        body = returned(condition, 4, self.outer("bool"))
        self.helper(name, [body], parameters)

    def helper(
        self, name: str, body: Sequence[str], parameters: str = "value: Any"
    ) -> None:
        """Add a helper with these lines as its body."""
        self._helpers[name] = "\n".join([f"def {name}({parameters}) -> bool:", *body])

    def body(self, name: str) -> str:
        """Return the body of a helper."""
        return self._helpers[name].partition("\n")[2]

    def needed(self, names: Set[str]) -> list[str]:
        """Return the functions and constants that code with these names needs."""
        needed: set[str] = set()
        open_ = [names]
        while open_:
            for name in open_.pop() & self._helpers.keys() - needed:
                needed.add(name)
                open_.append(names_in(self._helpers[name]))
        return [code for name, code in self._helpers.items() if name in needed]

    def one_of(self, texts: Sequence[str]) -> str:
        """Return a set of literals; a long one is a constant of its own."""
        members = "{" + ", ".join(texts) + "}"
        if columns(members) <= 40:
            return members
        split = exploded("{", texts, "}", 4).lstrip()
        return self._constant("values", "frozenset", members, split)

    def matcher(self, pattern: str) -> str:
        """Return the name of the compiled search for a pattern."""
        text = literal(pattern)
        return self._constant("matches", self.outer("matcher"), text, text)

    def _constant(self, label: str, function: str, argument: str, split: str) -> str:
        """Return the name of a constant, added unless the block has it already.

        `split` stands for its argument where that is too long for one line.
        """
        code = f"{function}({argument})"
        if code not in self._constants:
            name = self._constants[code] = self.name(label)
            line = f"{name} = {code}"
            if columns(line) > WIDTH:
                line = f"{name} = {function}(\n    {split}\n)"
            self._helpers[name] = line
        return self._constants[code]


class Prover(Protocol):
    """Answers for the schemas inside a schema."""

    @property
    def scope(self) -> Scope:
        """Where the code stands."""
        ...

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """The shared definitions, by name."""
        ...

    def accept(self, schema: Schema, value: Value, label: str) -> Condition:
        """Return a condition that, where it holds, proves `value` valid."""
        ...

    def reject(self, schema: Schema, value: Value) -> Condition:
        """Return a condition that, where it holds, proves JSON data invalid."""
        ...


def below(label: str, part: str) -> str:
    """Return the label of what stands below."""
    return f"{label}__{part}" if label else part
