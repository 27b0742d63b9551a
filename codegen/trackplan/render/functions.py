"""One generated function: its parameters, its condition, its texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

from trackplan.model import Call, Definition, Event, Json, Property, Schema
from trackplan.naming import snake_case
from trackplan.render.compile import Compiler
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    Condition,
    Test,
    all_of,
    flat,
    some_of,
    statement,
)
from trackplan.render.containers import with_patterns
from trackplan.render.copies import copy_lines
from trackplan.render.documentation import deprecation_text, documentation
from trackplan.render.hints import Hints
from trackplan.render.layout import WIDTH, docstring, exploded, literal
from trackplan.render.layout import call as call_text
from trackplan.render.reading import HANDLED, RULES, is_flat, proved_kinds, target
from trackplan.render.rules import accept_rules
from trackplan.render.scalars import size
from trackplan.render.scope import Argument, Arguments, Scope, Value, names_in
from trackplan.runtime.validate import explain


@dataclass(frozen=True, slots=True)
class Parameter:
    """One keyword of a generated function, and what it is called on the wire."""

    name: str
    hint: str
    required: bool
    wire_name: str


@dataclass(frozen=True, slots=True)
class Function:
    """One generated function, with all that stands before it."""

    name: str
    kind: str
    event: str
    schema: str
    blocks: Sequence[str]
    """Types, constants and helpers."""
    deprecation: str | None
    payload: str
    """The hint of the payload."""
    parameters: Sequence[Parameter]
    additional: str | None
    """The hint of `additional_properties`, where the call is open."""
    docstring: str
    condition: str | None
    """The `if` line that proves a call valid; without one, every call is judged."""
    copies: Sequence[str]
    """The lines that copy what the caller may still change."""
    send: str
    judge: str


class Proof(NamedTuple):
    """A condition on one property that needs no helper, so that others can have it."""

    condition: Condition
    names: frozenset[str]
    """The builtin and imported names in it: no parameter may hide them."""


Proofs: TypeAlias = dict[tuple[str, bool, str], Proof]
"""Proofs by the parameter, whether it is required, and its schema."""


def function(
    call: Call, definitions: Mapping[str, Definition], hints: Hints, proofs: Proofs
) -> Function:
    """Return the function of one event, or of one kind of traits.

    The names it needs from elsewhere are added to `hints.used`. Events have properties
    in common: what is worked out for one is left in `proofs` for the next.
    """
    return _Writer(call, definitions, hints, proofs).function()


class _Writer:
    def __init__(
        self,
        call: Call,
        definitions: Mapping[str, Definition],
        hints: Hints,
        proofs: Proofs,
    ) -> None:
        self._call = call
        self._proofs = proofs
        self._definitions = definitions
        self._hints = hints
        self._parameters = frozenset(one.python_name for one in call.properties)
        self._scope = Scope(call.function, self._parameters)
        self._compiler = Compiler(definitions, self._scope)
        self._schema = cast("Mapping[str, Json]", call.schema)
        self._path = call.path

    def function(self) -> Function:
        call = self._call
        condition = self._condition()
        helpers = self._scope.needed(condition)
        is_judged, is_track = condition == FALSE, isinstance(call, Event)
        copies = [] if is_judged else list(self._copies())
        outer = self._scope.outer
        payload = f"{outer('dict')}[{outer('str')}, {outer('object')}]"
        for code in (flat(condition), *helpers, *copies, payload):
            # A parameter hides the import of the same name: code has it as `_name`.
            self._hints.used.update(names_in(code) - self._parameters)
        self._hints.used.update({"Call", "Outcome"})
        if is_track:
            self._hints.used.add("datetime")
        return Function(
            name=call.function,
            kind="track" if is_track else call.name,
            event=literal(call.name) if is_track else "None",
            schema=literal(schema_text(_told(call))),
            blocks=[*self._types(), *helpers],
            deprecation=self._deprecation(),
            payload=payload,
            parameters=[self._parameter(one) for one in self._by_need()],
            additional=self._additional(),
            docstring=docstring(documentation(call), 4),
            condition=None if is_judged else statement("if", condition, ":", 4),
            copies=copies,
            send=self._delivery("send", 8),
            judge=self._delivery("judge", 4),
        )

    # --- The condition ------------------------------------------------------------

    def _condition(self) -> Condition:
        if not self._schema.keys() <= HANDLED:
            return FALSE
        parts = list(self._identifiers())
        merged = with_patterns(self._schema)
        parts += [
            self._proved(one, merged[one.wire_name]) for one in self._call.properties
        ]
        parts += self._names()
        parts.append(self._rules())
        parts.append(size(self._scope, "Properties", self._schema, "_payload"))
        if self._call.open:
            parts.append(Test("additional_properties", "is", "UNSET"))
        if isinstance(self._call, Event):
            moment = f"{self._scope.outer('is_moment')}(timestamp)"
            parts.append(some_of([Test("timestamp", "is", "None"), moment]))
        return all_of(parts)

    def _identifiers(self) -> Iterator[Condition]:
        for name in ("user_id", *(["group_id"] if self._call.is_group else [])):
            kind = f"{self._scope.outer('type')}({name})"
            yield Test(kind, "is", self._scope.outer("str"))
            yield f"{name}.strip()"

    def _proved(self, one: Property, schema: Schema) -> Condition:
        key = one.python_name, one.required, repr(schema)
        known = self._proofs.get(key)
        if known and known.names.isdisjoint(self._parameters):
            return known.condition
        helpers = len(self._scope)
        self._scope.asked.clear()
        condition = self._proved_anew(one, schema)
        names = frozenset(self._scope.asked)
        if len(self._scope) == helpers and names.isdisjoint(self._parameters):
            self._proofs[key] = Proof(condition, names)
        return condition

    def _proved_anew(self, one: Property, schema: Schema) -> Condition:
        proved = self._proved_value(one.python_name, schema)
        if one.required:
            return proved
        return some_of([Test(one.python_name, "is", "UNSET"), proved])

    def _proved_value(self, name: str, schema: Schema) -> Condition:
        kinds = proved_kinds(schema, self._definitions) - {"None"}
        is_mixed = len(kinds) > 1 and bool(kinds & {"list", "dict"})
        if not is_mixed and not self._combines(schema):
            return self._compiler.accept(schema, Value(name, is_typed=True), name)
        # Here type checkers would narrow a declared type to nothing, or to unknown.
        helper = self._scope.name(name)
        condition = self._compiler.accept(schema, Value("value"), name)
        if condition in (TRUE, FALSE):
            return condition
        self._scope.function(helper, "value: Any", condition)
        return f"{helper}({name})"

    def _combines(self, schema: Schema) -> bool:
        if isinstance(schema, bool):
            return False
        if schema.keys() <= {"$ref", "pii"} and "$ref" in schema:
            found = target(schema, self._definitions)
            is_inlined = found is not None and is_flat(found.schema)
            return found is not None and is_inlined and self._combines(found.schema)
        return bool(schema.keys() & RULES)

    def _names(self) -> Iterator[Condition]:
        """Yield what the names of the properties decide, known before any call."""
        if "propertyNames" not in self._schema:
            return
        wanted = cast("Schema", self._schema["propertyNames"])
        schemas = {name: one.schema for name, one in self._definitions.items()}
        for one in self._call.properties:
            if explain(wanted, one.wire_name, schemas):
                test = Test(one.python_name, "is", "UNSET")
                yield FALSE if one.required else test

    def _rules(self) -> Condition:
        """Prove what combines several properties, in a helper that takes them."""
        if not self._schema.keys() & RULES:
            return TRUE
        arguments = Arguments(
            "", frozenset({"dict"}), is_json=True, members=self._arguments()
        )
        rules = accept_rules(self._compiler, self._schema, arguments, "rules")
        condition = all_of(rules)
        if condition in (TRUE, FALSE):
            return condition
        used = names_in(flat(condition))
        names = [p.python_name for p in self._call.properties if p.python_name in used]
        helper = self._scope.name("rules")
        parameters = ", ".join(f"{name}: Any" for name in names)
        self._scope.function(helper, parameters, condition)
        return f"{helper}({', '.join(names)})"

    def _arguments(self) -> dict[str, Argument]:
        result: dict[str, Argument] = {}
        for one in self._call.properties:
            kinds = proved_kinds(one.schema, self._definitions)
            value = Value(one.python_name, kinds, is_json=True, is_combined=True)
            result[one.wire_name] = Argument(value, one.required)
        return result

    # --- Parameters, types and texts ----------------------------------------------

    def _by_need(self) -> list[Property]:
        """Return the properties, required before optional, as the plan orders them."""
        return sorted(self._call.properties, key=lambda one: not one.required)

    def _parameter(self, one: Property) -> Parameter:
        if not one.required:
            self._hints.used.update(("UNSET", "Unset"))
        path = (*self._path, "properties", one.wire_name)
        hint = "" if one.required else "Unset"
        if one.required or one.schema is not False:
            takes = self._hints.hint(one.schema, path)
            hint = f"{takes} | {hint}" if hint else takes
        return Parameter(
            name=one.python_name,
            hint=hint,
            required=one.required,
            wire_name=literal(one.wire_name),
        )

    def _copies(self) -> Iterator[str]:
        for one in self._by_need():
            yield from copy_lines(one, self._definitions, self._scope)

    def _types(self) -> list[str]:
        kept = {
            keyword: self._schema[keyword]
            for keyword in ("properties", "additionalProperties")
            if keyword in self._schema
        }
        return list(self._hints.declarations(kept, self._path))

    def _additional(self) -> str | None:
        if not self._call.open:
            return None
        self._hints.used.update(("Mapping", "UNSET", "Unset"))
        if "patternProperties" in self._schema:
            return "Mapping[str, object]"
        rest = cast("Schema", self._schema.get("additionalProperties", True))
        hint = self._hints.hint(rest, (*self._path, "additionalProperties"))
        return f"Mapping[str, {hint}]"

    def _deprecation(self) -> str | None:
        if self._call.deprecated is None:
            return None
        self._hints.used.add("deprecated")
        reason = literal(deprecation_text(self._call.deprecated))
        return call_text("@_deprecated", reason, "")

    def _delivery(self, verb: str, indent: int) -> str:
        call = self._call
        arguments = ["user_id", "_payload"]
        if isinstance(call, Event):
            arguments.append("timestamp")
        elif call.is_group:
            arguments.append("group_id=group_id")
        if call.open and verb == "judge":
            arguments.append("additional=additional_properties")
        name, joined = f"return _{call.function}.{verb}", ", ".join(arguments)
        if indent + 4 + len(joined) <= WIDTH:
            return call_text(name, joined, "", indent)
        return exploded(f"{name}(", arguments, ")", indent).lstrip()


def _told(call: Call) -> Schema:
    """Return the schema of a call with what tests need besides: names and examples."""
    schema = dict(cast("Mapping[str, Json]", call.schema))
    if call.properties:
        schema["properties"] = {one.wire_name: _told_of(one) for one in call.properties}
    return {**schema, "examples": call.examples} if call.examples else schema


def _told_of(one: Property) -> Json:
    told: dict[str, Json] = {}
    if one.python_name != snake_case(one.wire_name):
        told["python_name"] = one.python_name
    if one.examples:
        told["examples"] = one.examples
    if not told or one.schema is False:
        return one.schema
    return {**(one.schema if isinstance(one.schema, Mapping) else {}), **told}


def schema_text(schema: Schema) -> str:
    """Return a schema as the JSON text that stands in generated code."""
    return json.dumps(schema, ensure_ascii=False, separators=(", ", ": "))
