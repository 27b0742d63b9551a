"""What one file says about names, as data: all that is kept of it, and cached."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias, cast

CALL = "()"
"""The step of a path that stands for a call."""
PARTIAL = "partial()"
"""The step of a path that stands for `functools.partial` of what comes before."""

Kind: TypeAlias = Literal["call", "reference", "alias", "getattr", "store"]
"""How a name is used: `alias` gives it another name, `store` replaces what it holds."""


class Value(NamedTuple):
    """What a name can stand for."""

    kind: Literal["module", "member", "star", "class", "function", "self", "path"]
    """A `star` is a member by `from … import *`."""
    module: str = ""
    """The module of an import, without the dots of a relative one."""
    level: int = 0
    """The number of those dots."""
    name: str = ""
    """What is imported from the module."""
    number: int = -1
    """Of the class or the function in this file."""
    roots: Sequence[int] = ()
    """The values, one of them, from which a path starts."""
    path: Sequence[str] = ()


class Class(NamedTuple):
    """A class: what its attributes and its bases can stand for."""

    attributes: Mapping[str, Sequence[int]]
    bases: Sequence[int]


class Function(NamedTuple):
    """A function: what it can return."""

    returns: Sequence[int]
    is_property: bool


class Arguments(NamedTuple):
    """What a call passes, as far as it stands there."""

    positional: int
    """How many stand there by position, ahead of a `*`."""
    keywords: Sequence[str]
    has_star: bool
    """Whether `*` passes more by position."""
    is_open: bool
    """Whether `**` passes more by keyword."""
    texts: Mapping[str, str]
    """The literal texts, by keyword or position."""


class Use(NamedTuple):
    """A place where code uses what an imported name leads to."""

    roots: Sequence[int]
    path: Sequence[str]
    kind: Kind
    line: int
    column: int
    length: int
    arguments: Arguments | None = None
    is_certain: bool = True
    """Whether the name can stand for nothing else."""


class Problem(NamedTuple):
    """A place that cannot be resolved."""

    line: int
    column: int
    length: int
    message: str
    help: str


class Summary(NamedTuple):
    """One file. Numbers in it count `values`, `classes` and `functions` from 0."""

    values: Sequence[Value]
    names: Mapping[str, Sequence[int]]
    """What each name of the module can stand for at its end; empty where unknown."""
    stars: Sequence[int]
    """The modules, as values, from which all names are imported."""
    exported: Sequence[str] | None
    """`__all__`, where it is there and literal."""
    classes: Sequence[Class]
    functions: Sequence[Function]
    problems: Sequence[Problem]
    uses: str
    """A JSON list of `Use`: it is large, and of most files it is never read."""


def dump(summary: Summary) -> str:
    """Return a summary as one line of JSON."""
    return json.dumps(summary, separators=(",", ":"))


def load(text: str) -> Summary:
    """Return the summary that `dump` wrote."""
    values, names, stars, exported, classes, functions, problems, uses = json.loads(
        text
    )
    return Summary(
        [Value(*one) for one in values],
        cast("Mapping[str, Sequence[int]]", names),
        cast("Sequence[int]", stars),
        cast("Sequence[str] | None", exported),
        [Class(*one) for one in classes],
        [Function(*one) for one in functions],
        [Problem(*one) for one in problems],
        cast("str", uses),
    )


def dump_uses(uses: Sequence[Use]) -> str:
    """Return uses as JSON."""
    return json.dumps(uses, separators=(",", ":"))


def load_uses(text: str) -> list[Use]:
    """Return the uses that `dump_uses` wrote."""
    uses = (Use(*one) for one in json.loads(text))
    return [
        use._replace(arguments=Arguments(*use.arguments)) if use.arguments else use
        for use in uses
    ]
