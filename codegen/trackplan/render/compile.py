"""Schemas → Python conditions that decide the common case by themselves.

Two questions are compiled. `accept` gives a condition that, where it holds, proves the
value valid; `reject` one that proves it invalid. Neither has to answer: what `accept`
does not prove, `trackplan.runtime.validate` decides, which is the one definition of
what a schema means. So code that is missing here can cost time, never an answer.
`reject` is there for `not`, `oneOf` and `if`, which need to know that a schema fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from trackplan import naming
from trackplan.model import Definition, Json, Schema
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    Condition,
    all_of,
    returned,
    some_of,
)
from trackplan.render.containers import accept_array, accept_object
from trackplan.render.layout import names_in
from trackplan.render.reading import (
    COMBINING,
    HANDLED,
    RULES,
    in_order,
    is_flat,
    is_reference,
    listed,
    named,
    possible_kinds,
    proved_kinds,
    reaches_itself,
    required,
    target,
)
from trackplan.render.rules import accept_rules, reject_rules
from trackplan.render.scalars import (
    accept_anything,
    accept_values,
    broken,
    is_kind,
    is_no_kind,
    kept,
    reject_values,
)
from trackplan.render.scope import Arguments, Scope, Value, below


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the schemas of one block of generated code."""

    definitions: Mapping[str, Definition]
    scope: Scope
    within: frozenset[str] = frozenset()
    """The definitions whose checks the code is part of, where they are recursive."""

    def accept(self, schema: Schema, value: Value, label: str) -> Condition:
        """Return a condition that proves `value` valid; `label` names helpers."""
        if schema is False:
            return FALSE
        if schema is True:
            return accept_anything(self.scope, value)
        if not schema.keys() <= HANDLED:
            return FALSE
        if is_reference(schema):
            return self._accept_reference(schema, value, label)
        if schema.keys() & RULES:
            value = replace(value, is_combined=True)
        own = {k: v for k, v in schema.items() if k not in COMBINING}
        kinds = proved_kinds(own, self.definitions) & value.kinds
        accepted = self._accept_own(schema, value, kinds, label)
        is_proving = not own and _is_proving(schema)
        known = value if is_proving else replace(value, kinds=kinds, is_json=True)
        return all_of([accepted, *accept_rules(self, schema, known, label)])

    def _accept_own(
        self,
        schema: Mapping[str, Json],
        value: Value,
        kinds: frozenset[str],
        label: str,
    ) -> Condition:
        """Prove the keywords kept that do not combine schemas, for these `kinds`."""
        if "enum" in schema or "const" in schema:
            return accept_values(self.scope, schema, value, kinds)
        if not schema.keys() <= COMBINING:
            return some_of(
                self._accept_kind(kind, schema, value, label)
                for kind in in_order(kinds)
            )
        return TRUE if _is_proving(schema) else accept_anything(self.scope, value)

    def _accept_kind(
        self, kind: str, schema: Mapping[str, Json], value: Value, label: str
    ) -> Condition:
        if kind == "dict":
            return accept_object(self, schema, value, label)
        if kind == "list":
            return accept_array(self, schema, value, label)
        is_right = is_kind(self.scope, value, kind)
        return all_of([is_right, *kept(self.scope, kind, schema, value.name)])

    def _accept_reference(
        self, schema: Mapping[str, Json], value: Value, label: str
    ) -> Condition:
        found = target(schema, self.definitions)
        if found is None:
            return FALSE
        if is_flat(found.schema) or isinstance(value, Arguments):
            return self.accept(found.schema, value, label)
        if found.name in self.within:
            return f"{nested_fits(found.name)}({value.name})"
        return f"{self.scope.outer(fits(found.name))}({value.name})"

    def reject(self, schema: Schema, value: Value) -> Condition:
        """Return a condition that proves `value`, plain JSON, invalid."""
        if isinstance(schema, bool):
            return FALSE if schema else TRUE
        possible = possible_kinds(schema)
        reasons = [is_no_kind(self.scope, value, possible)]
        if "$ref" in schema:
            reasons.append(self._reject_reference(schema, value))
        if "enum" in schema or "const" in schema:
            reasons.append(reject_values(schema, value, self.scope))
        right = in_order(value.kinds & possible)
        for kind in right:
            of_kind = replace(value, kinds=frozenset({kind}))
            wrong = some_of(self._reasons(kind, schema, of_kind))
            # A single right type needs no test: the others are rejected before.
            is_right = is_kind(self.scope, value, kind) if len(right) > 1 else TRUE
            reasons.append(all_of([is_right, wrong]))
        return some_of([*reasons, *reject_rules(self, schema, value)])

    def _reject_reference(self, schema: Mapping[str, Json], value: Value) -> Condition:
        found = target(schema, self.definitions)
        if found is None or reaches_itself(found, self.definitions):
            return FALSE
        return self.reject(found.schema, value)

    def _reasons(
        self, kind: str, schema: Mapping[str, Json], value: Value
    ) -> Iterator[Condition]:
        yield from broken(self.scope, kind, schema, value.name)
        if kind == "dict":
            needed = required(schema)
            yield from map(value.lacks, needed)
            for key, child in named(schema, "properties").items():
                given = TRUE if key in needed else value.has(key)
                yield all_of([given, self.reject(child, value.item(key))])


def _is_proving(schema: Mapping[str, Json]) -> bool:
    """Tell whether a keyword hands the whole value on, to be proved JSON there."""
    in_place = ("allOf", "anyOf", "oneOf")
    return "$ref" in schema or any(listed(schema, keyword) for keyword in in_place)


def fits(name: str) -> str:
    """Return the name of the function that accepts a shared definition."""
    return naming.function_name("fits", name) or ""


def nested_fits(name: str) -> str:
    """Return the name of the function for what a recursive definition holds."""
    return f"_{fits(name)}__value"


def compiled_definition(
    definition: Definition, definitions: Mapping[str, Definition]
) -> list[str]:
    """Return the code of the function that accepts a shared definition."""
    name = fits(definition.name)
    if not reaches_itself(definition, definitions):
        return _checks(Compiler(definitions, Scope(name)), definition, name, "")
    recursive = frozenset(
        one.name for one in definitions.values() if reaches_itself(one, definitions)
    )
    inner = nested_fits(definition.name)
    compiler = Compiler(definitions, Scope(name), recursive)
    outer = f"""def {name}(value: Any) -> bool:
    try:
        return is_json(value) and {inner}(value)
    except RecursionError:
        return False"""
    return [*_checks(compiler, definition, inner, "value"), outer]


def _checks(
    compiler: Compiler, definition: Definition, name: str, label: str
) -> list[str]:
    """Return the function `name`, after the helpers it needs.

    For an array or an object it is a helper itself, the one that `label` names.
    """
    value = Value("value", is_json=bool(compiler.within), is_combined=True)
    accepted = compiler.accept(definition.schema, value, label)
    if accepted == f"{name}(value)":
        return compiler.scope.needed({name})
    compiler = replace(compiler, scope=Scope(fits(definition.name)))
    accepted = compiler.accept(definition.schema, value, below(label, "value"))
    own = f"def {name}(value: Any) -> bool:\n{returned(accepted, 4)}"
    return [*compiler.scope.needed(names_in(own)), own]
