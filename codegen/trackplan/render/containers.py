"""Proofs for arrays and objects: helper functions, with one loop each at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TypeGuard, cast

from trackplan import naming
from trackplan.model import Json, Schema
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    All,
    Condition,
    Test,
    all_of,
    flat,
    negated,
    returned,
    some_of,
    unless,
)
from trackplan.render.layout import literal, names_in
from trackplan.render.reading import (
    CONTAINER,
    limits,
    listed,
    named,
    required,
)
from trackplan.render.scalars import accept_anything, is_kind, size
from trackplan.render.scope import Arguments, Prover, Scope, Value, below
from trackplan.runtime.patterns import matcher

_OPEN = ("additionalProperties", "patternProperties", "propertyNames")
_SIZES = ("minProperties", "maxProperties")


@dataclass(frozen=True, slots=True)
class _Proof:
    """Lines that `return False`, and a condition on what they leave."""

    lines: Sequence[str]
    condition: Condition

    @property
    def fails(self) -> bool:
        """Whether nothing can be proved."""
        return self.condition == FALSE


_NO_PROOF = _Proof((), FALSE)


def accept_array(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Condition:
    """Prove that a value is an array that keeps the keywords of arrays."""
    scope = prover.scope
    if not schema.keys() & CONTAINER["list"]:
        return all_of([is_kind(scope, value, "list"), accept_anything(scope, value)])
    name = scope.name(label)
    proof = _array(prover, schema, value, label)
    if proof.fails:
        return FALSE
    scope.helper(name, [*proof.lines, returned(proof.condition, 4)])
    return f"{name}({value.name})"


def accept_object(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Condition:
    """Prove that a value is an object that keeps the keywords of objects."""
    scope = prover.scope
    if isinstance(value, Arguments) and schema.keys() & {*_SIZES, *_OPEN}:
        return FALSE
    if value.is_json and not schema.keys() & set(_OPEN):
        members = _members(prover, schema, value, label)
        return all_of([is_kind(scope, value, "dict"), *members])
    if not schema.keys() & CONTAINER["dict"]:
        return all_of([is_kind(scope, value, "dict"), accept_anything(scope, value)])
    name = scope.name(label)
    proof = _object(prover, schema, replace(value, name="value"), label, 4)
    if proof.fails:
        return FALSE
    scope.helper(name, [*proof.lines, returned(proof.condition, 4)])
    return f"{name}({value.name})"


def _unless(condition: Condition, indent: int) -> list[str]:
    if condition == TRUE:
        return []
    test = unless(condition, indent)
    if "\n" in test and isinstance(condition, All) and len(condition.parts) == 2:
        return [line for part in condition.parts for line in _unless(part, indent)]
    return [test, f"{' ' * indent}    return False"]


# --- Arrays -----------------------------------------------------------------------


def _array(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> _Proof:
    first = listed(schema, "prefixItems")
    guards = [
        is_kind(prover.scope, Value("value"), "list"),
        size(prover.scope, "Items", schema, "value"),
        *_first_items(prover, first, value, label),
    ]
    rest = cast("Schema", schema.get("items", True))
    if rest is False:
        guards.append(Test("len(value)", "<=", str(len(first))))
    sequence = f"value[{len(first)}:]" if first else "value"
    loop = _each_item(prover, rest, value.is_json, sequence, label)
    after = all_of(_over_items(prover, schema, label))
    if loop is None or FALSE in (*guards, after):
        return _NO_PROOF
    if not loop:
        return _Proof((), all_of([*guards, after]))
    return _Proof([*_unless(all_of(guards), 4), *loop], after)


def _first_items(
    prover: Prover, schemas: Sequence[Schema], value: Value, label: str
) -> Iterator[Condition]:
    for index, schema in enumerate(schemas):
        item = Value(f"value[{index}]", is_json=value.is_json)
        fits = prover.accept(schema, item, below(label, f"item{index + 1}"))
        yield some_of([Test("len(value)", "<=", str(index)), fits])


def _each_item(
    prover: Prover, schema: Schema, is_json: bool, sequence: str, label: str
) -> list[str] | None:
    """Return a loop over the items, empty if it is not needed; None proves nothing."""
    if schema is False:
        return []
    item = Value("item", is_json=is_json)
    label = below(label, "item")
    if _is_record(schema) and not is_json:
        proof = _object(prover, schema, item, label, 8)
    else:
        proof = _Proof((), prover.accept(schema, item, label))
    if proof.fails:
        return None
    lines = [*proof.lines, *_unless(proof.condition, 8)]
    return [f"    for item in {sequence}:", *lines] if lines else []


def _is_record(schema: Schema) -> TypeGuard[Mapping[str, Json]]:
    """Tell whether a schema describes objects by their properties, without a loop."""
    if isinstance(schema, bool) or schema.get("type") != "object":
        return False
    known = CONTAINER["dict"] - set(_OPEN) | {"additionalProperties", "type", "pii"}
    rest = schema.get("additionalProperties", True)
    is_known = "properties" in schema and schema.keys() <= known
    return is_known and isinstance(rest, bool)


def _over_items(
    prover: Prover, schema: Mapping[str, Json], label: str
) -> Iterator[Condition]:
    """Yield what several items decide together; each was proved to be JSON."""
    if schema.get("uniqueItems") is True:
        yield f"{prover.scope.outer('all_differ')}(value)"
    if "contains" not in schema:
        return
    wanted = cast("Schema", schema["contains"])
    item = Value("value", is_json=True, is_combined=True)
    least, most = limits("Contains", {"minContains": 1, **schema})
    if least:
        fits = prover.accept(wanted, item, below(label, "contained"))
        yield _counted(prover.scope, fits, label, least)
    if most is not None:
        unfit = prover.reject(wanted, item)
        yield _counted(prover.scope, negated(unfit), label, None, most)


def _counted(
    scope: Scope, fits: Condition, label: str, least: int | None, most: int = 0
) -> Condition:
    """Return a test of how many items a condition holds for, over its own helper."""
    if least is not None and fits == FALSE:
        return FALSE
    name = scope.name(below(label, "counts"))
    scope.function(name, "value: Any", fits)
    if least == 1:
        return f"any(map({name}, value))"
    count = f"sum(map({name}, value))"
    return (
        Test(count, "<=", str(most)) if least is None else Test(count, ">=", str(least))
    )


# --- Objects ----------------------------------------------------------------------


def _object(
    prover: Prover,
    schema: Mapping[str, Json],
    value: Value,
    label: str,
    indent: int,
) -> _Proof:
    scope = prover.scope
    children = with_patterns(schema)
    needed = required(schema)
    names = _local_names(children)
    fields = [
        _field(
            prover,
            child,
            Value(names[key], is_json=value.is_json),
            label,
            key in needed,
        )
        for key, child in children.items()
    ]
    fields += [value.has(key) for key in needed if key not in names]
    rest, loop = _rest(prover, schema, value, label, names)
    condition = all_of([*fields, size(scope, "Properties", schema, value.name), rest])
    if condition == FALSE or loop is None:
        return _NO_PROOF
    used = names_in(flat(condition))
    lines = [
        *_unless(is_kind(scope, Value(value.name), "dict"), indent),
        *_fetched(value.name, names, needed, used, indent),
        *(" " * (indent - 4) + line for line in loop),
    ]
    return _Proof(lines, condition)


def with_patterns(schema: Mapping[str, Json]) -> Mapping[str, Schema]:
    """Return the declared properties, with what `patternProperties` adds to each."""
    patterns = named(schema, "patternProperties")
    result: dict[str, Schema] = {}
    for key, own in named(schema, "properties").items():
        added = [one for pattern, one in patterns.items() if matcher(pattern)(key)]
        result[key] = {"allOf": [own, *added]} if added else own
    return result


def _field(
    prover: Prover, schema: Schema, value: Value, label: str, is_required: bool
) -> Condition:
    proved = prover.accept(schema, value, below(label, value.name[2:]))
    return proved if is_required else some_of([Test(value.name, "is", "UNSET"), proved])


def _rest(
    prover: Prover,
    schema: Mapping[str, Json],
    value: Value,
    label: str,
    names: Mapping[str, str],
) -> tuple[Condition, list[str] | None]:
    """Prove the properties that `properties` does not name: a condition, a loop."""
    rest = cast("Schema", schema.get("additionalProperties", True))
    is_looped = bool({"patternProperties", "propertyNames"} & schema.keys())
    nothing_else = _nothing_else(names, required(schema), value.name)
    if rest is False and not is_looped:
        return nothing_else, []
    if rest is True and not is_looped:
        whole = accept_anything(prover.scope, value)
        return (some_of([nothing_else, whole]) if names else whole), []
    each = all_of(_entry(prover, schema, rest, value.is_json, label, names))
    if each == FALSE:
        return FALSE, None
    lines = _unless(each, 8)
    return TRUE, [_over_entries(value.name, lines), *lines] if lines else []


def _over_entries(value: str, lines: Sequence[str]) -> str:
    """Return the head of a loop that looks at names or values as its lines do."""
    used = names_in("\n".join(lines))
    if "key" not in used:
        return f"    for item in {value}.values():"
    if "item" not in used:
        return f"    for key in {value}:"
    return f"    for key, item in {value}.items():"


def _entry(
    prover: Prover,
    schema: Mapping[str, Json],
    rest: Schema,
    is_json: bool,
    label: str,
    names: Mapping[str, str],
) -> Iterator[Condition]:
    """Yield what proves one property, of any name."""
    scope = prover.scope
    item = Value("item", is_json=is_json, is_combined=True)
    if not is_json:
        yield is_kind(scope, Value("key"), "str")
    if "propertyNames" in schema:
        key = Value("key", frozenset({"str"}), is_json=True)
        wanted = cast("Schema", schema["propertyNames"])
        yield prover.accept(wanted, key, below(label, "name"))
    declared = [_equals_one(scope, list(names))] if names else []
    covered = list(declared)
    for index, (pattern, child) in enumerate(
        named(schema, "patternProperties").items()
    ):
        matched = Test(f"{scope.matcher(pattern)}(key)", "is not", "None")
        proved = prover.accept(child, item, below(label, f"pattern{index + 1}"))
        yield some_of([*declared, negated(matched), proved])
        covered.append(matched)
    proved = prover.accept(rest, item, below(label, "value"))
    yield some_of([*covered, proved])


def _equals_one(scope: Scope, keys: Sequence[str]) -> Condition:
    texts = [literal(key) for key in keys]
    if len(texts) == 1:
        return Test("key", "==", texts[0])
    return Test("key", "in", scope.one_of(texts))


def _nothing_else(
    names: Mapping[str, str], needed: Sequence[str], value: str
) -> Condition:
    counts = [
        f"({name} is not UNSET)" for key, name in names.items() if key not in needed
    ]
    known = sum(key in needed for key in names)
    sizes = [str(known), *counts] if known or not counts else counts
    return Test(f"len({value})", "==", " + ".join(sizes))


def _members(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Iterator[Condition]:
    """Yield what proves the named properties of an object known to be JSON."""
    needed = required(schema)
    yield from map(value.has, needed)
    for key, child in named(schema, "properties").items():
        part = below(label, naming.snake_case(key) or "x")
        proved = prover.accept(child, value.item(key), part)
        missing = FALSE if key in needed else value.lacks(key)
        yield some_of([missing, proved])
    yield size(prover.scope, "Properties", schema, value.name)


def _local_names(keys: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for index, key in enumerate(keys):
        name = f"v_{naming.snake_case(key) or index}"
        names[key] = name if name not in names.values() else f"{name}__{index}"
    return names


def _fetched(
    value: str,
    names: Mapping[str, str],
    needed: Sequence[str],
    used: Set[str],
    indent: int,
) -> list[str]:
    """Return the lines that read an object's properties into local names."""
    margin = " " * indent
    keys = sorted((k for k in names if k in needed), key=lambda k: names[k] not in used)
    lines: list[str] = []
    for key in keys:
        target = f"{names[key]} = " if names[key] in used else ""
        lines.append(f"{margin}    {target}{value}[{literal(key)}]")
    if lines:
        caught = [f"{margin}except KeyError:", f"{margin}    return False"]
        lines = [f"{margin}try:", *lines, *caught]
    for key, name in names.items():
        if key not in needed and name in used:
            lines.append(f"{margin}{name} = {value}.get({literal(key)}, UNSET)")
    return lines
