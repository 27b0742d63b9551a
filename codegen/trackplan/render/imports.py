"""The import lines of a generated module, as ruff's isort sorts and lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from trackplan.model import Definition
from trackplan.render.compile import fits
from trackplan.render.hints import HOMES
from trackplan.render.layout import WIDTH, columns, exploded
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
        _imports(
            "trackplan.runtime.contract",
            names & _RUNTIME,
            (_RUNTIME & hidden) | (names & {"deprecated"}),
        ),
        _defined(names, definitions, shared),
    ]
    for group in groups:
        yield from ("", *group) if group else ()


def _standard(names: set[str], hidden: set[str]) -> list[str]:
    lines = _imports("builtins", (), _BUILTINS & hidden)
    for module in sorted(set(HOMES.values())):
        at_home = {name for name, home in HOMES.items() if home == module}
        lines += _imports(module, names & at_home, hidden & at_home)
    return lines


def _defined(
    names: set[str], definitions: Mapping[str, Definition], shared: Iterable[str]
) -> list[str]:
    types = {one.type_name for one in definitions.values()}
    checks = {fits(name) for name in definitions}
    hidden = {check for check in checks if f"_{check}" in names}
    return _imports(".definitions", {*shared, *(names & (types | checks))}, hidden)


def _imports(module: str, names: Iterable[str], hidden: Iterable[str]) -> list[str]:
    """Return the lines that import `names`, and the `hidden` ones as `_name`."""
    start = f"from {module} import"
    lines = [(name, f"{start} {name} as _{name}") for name in hidden]
    if ordered := sorted(names, key=isort_key):
        line = f"{start} {', '.join(ordered)}"
        if columns(line) > WIDTH:
            line = exploded(f"{start} (", ordered, ")", 0)
        lines.insert(0, (ordered[0], line))
    return [line for _, line in sorted(lines, key=lambda one: isort_key(one[0]))]


def isort_key(name: str) -> tuple[object, ...]:
    """Order names as ruff's isort does: constants, types, the rest; numbers by size."""
    rank = 1 if name[:1].isupper() else 2
    if name.isupper() and len(name) > 1:
        rank = 0
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return rank, [("0", int(p)) if p.isdigit() else (p, 0) for p in parts]
