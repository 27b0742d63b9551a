"""What the templates print: every decision taken, every text already Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trackplan.model import Call, Definition, Event, Plan
from trackplan.render.compile import compiled_definition
from trackplan.render.functions import Function, function, schema_text
from trackplan.render.hints import Hints, Path
from trackplan.render.imports import import_lines, isort_key
from trackplan.render.layout import literal, names_in, prose
from trackplan.render.parts import Parts
from trackplan.render.reading import is_flat
from trackplan.runtime.opening import CONTRACT, home_of


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


MANY = 100
"""Events: with more, `import generated` waits to load an event until it is used."""


class Package:
    """The generated package of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.contract = CONTRACT
        whose = f" of {' '.join(plan.name.split())}" if plan.name else ""
        self.title = prose(f"The tracking plan{whose}, as Python functions.")
        definitions = {one.name: one for one in plan.definitions}
        self.definitions = _definitions(definitions)
        traits = [one for one in (plan.user, plan.group) if one]
        self.is_lazy = len(plan.events) > MANY
        self.calls: dict[str, Sequence[Call]] = {
            **_modules(plan.events, self.is_lazy),
            "traits": traits,
        }
        """By the module they stand in."""
        types = sorted((one.type_name for one in plan.definitions), key=isort_key)
        self.imported = [
            ("definitions", [(name, False) for name in types]),
            *((module, _names(calls)) for module, calls in self.calls.items()),
        ]
        self.imported.sort()
        self.from_runtime = _FROM_RUNTIME
        homes = [(name, home) for home, names in self.imported for name, _ in names]
        self.homes = sorted(homes, key=lambda one: isort_key(one[0]))
        imported = [name for name, _ in homes]
        self.exported = sorted([*imported, *_FROM_RUNTIME], key=isort_key)
        self._definitions = definitions
        self._parts: Parts = {}

    def functions(self, module: str) -> Module:
        """Return a module of functions; made anew each time, since many take memory."""
        calls = self.calls[module]
        hints = Hints(self._definitions, set())
        functions = [
            function(call, self._definitions, hints, self._parts) for call in calls
        ]
        if not calls:
            return Module(())
        imports = import_lines(hints.used, self._definitions, shared=["DEFINITIONS"])
        return Module(list(imports), functions)


_FROM_RUNTIME = (
    *("UNSET", "Outcome", "PlanViolation", "Violation", "aflush", "configure"),
    *("flush", "flushing", "forward_sdk_events", "shutdown", "stats"),
)


def _modules(events: Sequence[Event], is_lazy: bool) -> dict[str, Sequence[Call]]:
    """Return the events by module. Many are spread by name, so that none moves."""
    if not is_lazy:
        return {"events": events}
    modules: dict[str, list[Call]] = {}
    for event in events:
        modules.setdefault(home_of(event.name), []).append(event)
    return dict(modules)


def _names(calls: Sequence[Call]) -> list[tuple[str, bool]]:
    """Return the functions of a module, each with whether it is deprecated."""
    ordered = sorted(calls, key=lambda one: isort_key(one.function))
    return [(one.function, one.deprecated is not None) for one in ordered]


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
