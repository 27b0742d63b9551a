"""One generated function: its parameters, its condition, its texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import cast

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
from trackplan.render.documentation import deprecation_text, documentation
from trackplan.render.hints import Hints
from trackplan.render.layout import WIDTH, docstring, exploded, literal, names_in
from trackplan.render.layout import call as call_text
from trackplan.render.parts import Parameter, Part, PartMaker, Parts
from trackplan.render.reading import HANDLED, RULES, proved_kinds
from trackplan.render.rules import accept_rules
from trackplan.render.scalars import size
from trackplan.render.scope import Argument, Arguments, Scope, Value
from trackplan.runtime.validate import explain


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
    required: Sequence[Parameter]
    optional: Sequence[Parameter]
    additional: str | None
    """The hint of `additional_properties`, where the call is open."""
    docstring: str
    condition: str | None
    """The `if` line that proves a call valid; without one, every call is judged."""
    conversions: Sequence[str]
    """The lines that put JSON in the place of what stands for it."""
    copies: Sequence[str]
    """The lines that copy what the caller may still change."""
    send: str
    judge: str


def function(
    call: Call, definitions: Mapping[str, Definition], hints: Hints, known: Parts
) -> Function:
    """Return the function of one event, or of one kind of traits.

    The names it needs from elsewhere are added to `hints.used`. Events have properties
    in common: what is worked out for one is left in `known` for the next.
    """
    return _Writer(call, definitions, hints, known).function()


class _Writer:
    def __init__(
        self,
        call: Call,
        definitions: Mapping[str, Definition],
        hints: Hints,
        known: Parts,
    ) -> None:
        self._call = call
        self._definitions = definitions
        self._hints = hints
        self._parameters = frozenset(one.python_name for one in call.properties)
        self._scope = Scope(call.function, self._parameters)
        self._maker = PartMaker(call, definitions, self._scope, known)
        self._schema = cast("Mapping[str, Json]", call.schema)
        self._path = call.path

    def function(self) -> Function:
        call = self._call
        merged = with_patterns(self._schema)
        parts = [
            self._maker.part(one, merged[one.wire_name]) for one in call.properties
        ]
        condition, names = self._condition(parts)
        helpers = self._scope.needed(names)
        is_judged, is_track = condition == FALSE, isinstance(call, Event)
        types = [block for one in parts for block in one.types]
        parts.sort(key=lambda one: not one.parameter.required)
        proved = [] if is_judged else parts
        mapping, key, value = map(self._scope.outer, ("dict", "str", "object"))
        for code_names in (names, {mapping, key, value}, *map(names_in, helpers)):
            # A parameter hides the import of the same name: code has it as `_name`.
            self._hints.used.update(code_names - self._parameters)
        self._hints.used.update({"Call", "Outcome"}, *(one.hinted for one in parts))
        if is_track:
            self._hints.used.add("datetime")
        return Function(
            name=call.function,
            kind="track" if is_track else call.name,
            event=literal(call.name) if is_track else "None",
            schema=literal(schema_text(told(call))),
            blocks=[*types, *self._additional_types(), *helpers],
            deprecation=self._deprecation(),
            payload=f"{mapping}[{key}, {value}]",
            required=[one.parameter for one in parts if one.parameter.required],
            optional=[one.parameter for one in parts if not one.parameter.required],
            additional=self._additional(),
            docstring=docstring(documentation(call), 4),
            condition=None if is_judged else statement("if", condition, ":", 4),
            conversions=[line for one in proved for line in one.conversions],
            copies=[line for one in proved for line in one.copies],
            send=self._delivery("send", 8),
            judge=self._delivery("judge", 4),
        )

    # --- The condition ------------------------------------------------------------

    def _condition(self, parts: Sequence[Part]) -> tuple[Condition, Set[str]]:
        """Return the condition, and the names in it and in the lines around it."""
        if not self._schema.keys() <= HANDLED - {"const", "enum"}:
            return FALSE, set()
        first = list(self._identifiers())
        last = [*self._names(), self._rules()]
        last.append(size(self._scope, "Properties", self._schema, "_payload"))
        if self._call.open:
            last.append(Test("additional_properties", "is", "UNSET"))
        if isinstance(self._call, Event):
            moment = f"{self._scope.outer('is_moment')}(timestamp)"
            last.append(some_of([Test("timestamp", "is", "None"), moment]))
        condition = all_of([*first, *(one.condition for one in parts), *last])
        if condition == FALSE:
            return FALSE, set()
        names = names_in(flat(all_of([*first, *last])))
        return condition, names.union(*(one.names for one in parts))

    def _identifiers(self) -> Iterator[Condition]:
        for name in ("user_id", *(["group_id"] if self._call.is_group else [])):
            kind = f"{self._scope.outer('type')}({name})"
            yield Test(kind, "is", self._scope.outer("str"))
            yield f"{name}.strip()"

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
        compiler = Compiler(self._definitions, self._scope)
        rules = accept_rules(compiler, self._schema, arguments, "rules")
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

    def _additional_types(self) -> Iterator[str]:
        rest = cast("Schema", self._schema.get("additionalProperties", True))
        if not isinstance(rest, bool):
            kept = {"additionalProperties": rest}
            yield from self._hints.declarations(kept, self._path)

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


def told(call: Call) -> Schema:
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
    return _JSON.encode(schema)


_JSON = json.JSONEncoder(ensure_ascii=False)
