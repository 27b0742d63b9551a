"""The import lines of a generated module, as ruff's isort sorts and lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from trackplan.model import Definition
from trackplan.render.compile import fits
from trackplan.render.hints import HOMES
from trackplan.render.layout import WIDTH, exploded
from trackplan.runtime import contract

_BUILTINS = frozenset(
    {"type", "str", "int", "float", "bool", "list", "dict", "len", "object"}
)
_RUNTIME = frozenset(contract.__all__) - {"CONTRACT", "deprecated"}


def import_lines(
    names: set[str], definitions: Mapping[str, Definition], shared: Iterable[str] = ()
) -> Iterator[str]:
    """Yield the imports for `names`; a name like `_str` is `str` under another name.

    `shared` are names that always come from the definitions' module.
    """
    hidden = {name[1:] for name in names if name[:1] == "_"}
    groups = [
        _standard(names, hidden),
        [
            *_from("trackplan.runtime.contract", names & _RUNTIME),
            *_renamed("trackplan.runtime.contract", _RUNTIME & hidden),
            *_renamed("trackplan.runtime.contract", names & {"deprecated"}),
        ],
        _defined(names, definitions, shared),
    ]
    for group in groups:
        yield from ("", *group) if group else ()


def _standard(names: set[str], hidden: set[str]) -> list[str]:
    lines = list(_renamed("builtins", _BUILTINS & hidden))
    for module in sorted(set(HOMES.values())):
        at_home = {name for name, home in HOMES.items() if home == module}
        lines += _from(module, names & at_home)
        lines += _renamed(module, hidden & at_home)
    return lines


def _defined(
    names: set[str], definitions: Mapping[str, Definition], shared: Iterable[str]
) -> list[str]:
    types = {one.type_name for one in definitions.values()}
    checks = {fits(name) for name in definitions}
    return [
        *_from(".definitions", {*shared, *(names & (types | checks))}),
        *_renamed(".definitions", {check for check in checks if f"_{check}" in names}),
    ]


def _from(module: str, names: Iterable[str]) -> Iterator[str]:
    ordered = sorted(names, key=isort_key)
    line = f"from {module} import {', '.join(ordered)}"
    if not ordered:
        return
    if len(line) <= WIDTH:
        yield line
    else:
        yield exploded(f"from {module} import (", ordered, ")", 0)


def _renamed(module: str, names: Iterable[str]) -> Iterator[str]:
    yield from (
        f"from {module} import {name} as _{name}"
        for name in sorted(names, key=isort_key)
    )


def isort_key(name: str) -> tuple[object, ...]:
    """Order names as ruff's isort does: constants, types, the rest; numbers by size."""
    rank = 1 if name[:1].isupper() else 2
    if name.isupper() and len(name) > 1:
        rank = 0
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return rank, [("0", int(p)) if p.isdigit() else (p, 0) for p in parts]
