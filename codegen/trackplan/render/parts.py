"""What each property adds to a function: made once, where events have it in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from trackplan.model import Call, Definition, Property, Schema
from trackplan.render.compile import Compiler
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    Condition,
    Test,
    flat,
    some_of,
)
from trackplan.render.conversions import (
    conversion_lines,
    holds_stand_ins,
    or_converted,
)
from trackplan.render.copies import copy_lines
from trackplan.render.hints import Hints, Path
from trackplan.render.layout import literal, names_in
from trackplan.render.reading import RULES, is_flat, is_reference, proved_kinds, target
from trackplan.render.scope import Scope, Value


class Parameter(NamedTuple):
    """One keyword of a generated function, and what it is called on the wire."""

    name: str
    hint: str
    required: bool
    wire_name: str


class Part(NamedTuple):
    """What one property adds to a function."""

    schema: Schema
    """It must live as long as the part, which its identity leads to."""
    parameter: Parameter
    types: Sequence[str]
    """The types that its hint names."""
    hinted: frozenset[str]
    """The names from elsewhere in the hint and the types."""
    condition: Condition
    body: str | None
    """The body of the helper that the condition calls, if that calls no other."""
    conversions: Sequence[str]
    copies: Sequence[str]
    names: frozenset[str]
    """The names in the condition, the conversions and the copies."""
    asked: frozenset[str]
    """The builtin and imported ones of them, which no parameter may hide."""


Parts: TypeAlias = dict[tuple[str, str, bool, int], Part]
"""Those that fit into any function, by all that decides what they are."""


class PartMaker:
    """Makes the parts of one function, or takes them from those that are `known`."""

    def __init__(
        self,
        call: Call,
        definitions: Mapping[str, Definition],
        scope: Scope,
        known: Parts,
    ) -> None:
        self._call = call
        self._definitions = definitions
        self._scope = scope
        self._known = known
        self._prefix = f"_{call.function}__"
        self._parameters = frozenset(one.python_name for one in call.properties)

    def part(self, one: Property, schema: Schema) -> Part:
        """Return the part of a property that has to fit `schema`."""
        key = one.wire_name, one.python_name, one.required, id(schema)
        known = self._known.get(key)
        if known is None or not known.asked.isdisjoint(self._parameters):
            helpers = len(self._scope)
            part = self._made(one, schema)
            if self._fits_any(part, len(self._scope) - helpers):
                self._known[key] = part
            return part
        if known.body is None:
            return known
        helper = self._scope.name(one.python_name)
        self._scope.helper(helper, [known.body])
        condition = self._condition(one, f"{helper}({one.python_name})")
        return known._replace(condition=condition, names=known.names | {helper})

    def _fits_any(self, part: Part, added: int) -> bool:
        """Tell whether a part, which added so many helpers, fits into other functions.

        Not where it calls a helper that another property of this one added.
        """
        called = sum(one.startswith(self._prefix) for one in part.names)
        if part.types or not called == added == (part.body is not None):
            return False
        return part.asked.isdisjoint(self._parameters)

    def _made(self, one: Property, schema: Schema) -> Part:
        self._scope.asked.clear()
        path = self._call.path
        hints = Hints(self._definitions, set())
        parameter = _parameter(one, hints, (*path, "properties", one.wire_name))
        own = {"properties": {one.wire_name: one.schema}}
        proved = self._proved(one.python_name, schema)
        condition = self._condition(one, proved)
        conversions = list(conversion_lines(one, hints, self._scope))
        copies = list(copy_lines(one, self._definitions, self._scope))
        return Part(
            schema=schema,
            parameter=parameter,
            types=list(hints.declarations(own, path)),
            hinted=frozenset(hints.used),
            condition=condition,
            body=self._body(one.python_name, proved),
            conversions=conversions,
            copies=copies,
            names=names_in("\n".join([flat(condition), *conversions, *copies])),
            asked=frozenset(self._scope.asked),
        )

    def _condition(self, one: Property, proved: Condition) -> Condition:
        if holds_stand_ins(one.schema, Hints(self._definitions, set())):
            proved = or_converted(proved, one.python_name, self._scope)
        if one.required:
            return proved
        return some_of([Test(one.python_name, "is", "UNSET"), proved])

    def _body(self, name: str, proved: Condition) -> str | None:
        """Return the body of a property's own helper, if it calls no other."""
        helper = f"{self._prefix}{name}"
        body = self._scope.body(helper) if proved == f"{helper}({name})" else None
        return body if body and self._prefix not in body else None

    def _proved(self, name: str, schema: Schema) -> Condition:
        kinds = proved_kinds(schema, self._definitions) - {"None"}
        is_mixed = len(kinds) > 1 and bool(kinds & {"list", "dict"})
        compiler = Compiler(self._definitions, self._scope)
        if not is_mixed and not self._combines(schema):
            return compiler.accept(schema, Value(name, is_typed=True), name)
        # Here type checkers would narrow a declared type to nothing, or to unknown.
        helper = self._scope.name(name)
        condition = compiler.accept(schema, Value("value"), name)
        if condition in (TRUE, FALSE):
            return condition
        self._scope.function(helper, "value: Any", condition)
        return f"{helper}({name})"

    def _combines(self, schema: Schema) -> bool:
        if isinstance(schema, bool):
            return False
        if is_reference(schema):
            found = target(schema, self._definitions)
            is_inlined = found is not None and is_flat(found.schema)
            return found is not None and is_inlined and self._combines(found.schema)
        return bool(schema.keys() & RULES)


def _parameter(one: Property, hints: Hints, path: Path) -> Parameter:
    if one.required:
        hint = hints.hint(one.schema, path)
    else:
        hint = hints.optional_hint(one.schema, path)
        hints.used.add("UNSET")
    return Parameter(one.python_name, hint, one.required, literal(one.wire_name))
