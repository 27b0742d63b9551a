"""What the templates print: every decision taken, every text already Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trackplan.model import Call, Definition, Plan
from trackplan.render.compile import compiled_definition
from trackplan.render.functions import Function, Proofs, function, schema_text
from trackplan.render.hints import Hints, Path
from trackplan.render.imports import import_lines, isort_key
from trackplan.render.layout import literal, prose
from trackplan.render.reading import is_flat
from trackplan.render.scope import names_in
from trackplan.runtime import contract


@dataclass(frozen=True, slots=True)
class Module:
    """One generated module."""

    imports: Sequence[str]
    functions: Sequence[Function] = ()
    blocks: Sequence[str] = ()
    schemas: Sequence[str] = ()

    @property
    def opens_with_function(self) -> bool:
        """Whether two blank lines follow the imports, as ruff's isort wants it."""
        first = self.functions[0].blocks[:1] if self.functions else ()
        return any(block.startswith(("def ", "class ")) for block in first)


class Package:
    """The generated package of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.contract = contract.CONTRACT
        whose = f" of {' '.join(plan.name.split())}" if plan.name else ""
        self.title = prose(f"The tracking plan{whose}, as Python functions.")
        definitions = {one.name: one for one in plan.definitions}
        self.definitions = _definitions(definitions)
        self.traits = _functions(definitions, [c for c in (plan.user, plan.group) if c])
        self.events = _functions(definitions, plan.events)
        types = (one.type_name for one in plan.definitions)
        self.imported = [
            ("definitions", [(name, False) for name in sorted(types, key=isort_key)]),
            ("events", _names(self.events)),
            ("traits", _names(self.traits)),
        ]
        self.from_runtime = _FROM_RUNTIME
        imported = [name for _, names in self.imported for name, _ in names]
        self.exported = sorted([*imported, *_FROM_RUNTIME], key=isort_key)


_FROM_RUNTIME = (
    *("UNSET", "Outcome", "PlanViolation", "Violation", "aflush", "configure"),
    *("flush", "flushing", "forward_sdk_events", "shutdown", "stats"),
)


def _names(module: Module) -> list[tuple[str, bool]]:
    """Return the functions of a module, each with whether it is deprecated."""
    functions = sorted(module.functions, key=lambda one: isort_key(one.name))
    return [(one.name, one.deprecation is not None) for one in functions]


def _functions(definitions: Mapping[str, Definition], calls: Sequence[Call]) -> Module:
    hints = Hints(definitions, set())
    proofs: Proofs = {}
    functions = [function(call, definitions, hints, proofs) for call in calls]
    if not calls:
        return Module(())
    imports = import_lines(hints.used, definitions, shared=["DEFINITIONS"])
    return Module(list(imports), functions)


def _definitions(definitions: Mapping[str, Definition]) -> Module:
    hints = Hints(definitions, {"Definitions", "require_contract"})
    every = definitions.values()
    blocks = [block for one in every for block in _definition(one, definitions, hints)]
    schemas = [
        f"{literal(one.name)}: {literal(schema_text(one.schema))}" for one in every
    ]
    return Module(list(import_lines(hints.used, {})), blocks=blocks, schemas=schemas)


def _definition(
    definition: Definition, definitions: Mapping[str, Definition], hints: Hints
) -> Iterator[str]:
    """Yield the types of a shared definition, and its check if it needs one."""
    path: Path = ("$defs", definition.name)
    yield from hints.declarations(definition.schema, path)
    yield hints.declaration(definition.type_name, definition.schema, path)
    if is_flat(definition.schema):
        return
    for block in compiled_definition(definition, definitions):
        hints.used.update(names_in(block))
        yield block
