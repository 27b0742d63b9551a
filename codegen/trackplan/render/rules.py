"""Proofs for keywords that combine schemas: `anyOf`, `oneOf`, `not`, `if` and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from trackplan.model import Json, Schema
from trackplan.render.conditions import (
    FALSE,
    TRUE,
    Condition,
    all_of,
    negated,
    some_of,
)
from trackplan.render.reading import (
    branches,
    dependent,
    exclude_each_other,
    listed,
    named,
    proved_kinds,
)
from trackplan.render.scalars import is_kind
from trackplan.render.scope import Prover, Value, below


def accept_rules(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Iterator[Condition]:
    """Yield what proves the combining keywords kept.

    The first of `$ref`, `allOf`, `anyOf` and `oneOf` proves the value to be JSON;
    without one of them, it must be known to be.
    """
    for condition in _proving(prover, schema, value, label):
        yield condition
        value = replace(value, is_json=True)
    kinds = value.kinds & proved_kinds(schema, prover.definitions)
    value = replace(value, kinds=kinds)
    if "not" in schema:
        yield prover.reject(cast("Schema", schema["not"]), value)
    if "if" in schema:
        yield from _accept_branches(prover, schema, value, label)
    for key, needed in dependent(schema).items():
        given = all_of(map(value.has, needed))
        yield some_of([_is_no_object(prover, value), value.lacks(key), given])
    for index, (key, child) in enumerate(named(schema, "dependentSchemas").items()):
        proved = prover.accept(child, value, below(label, f"dependent{index + 1}"))
        yield some_of([_is_no_object(prover, value), value.lacks(key), proved])


def _proving(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Iterator[Condition]:
    if "$ref" in schema:
        yield prover.accept({"$ref": schema["$ref"]}, value, label)
        value = replace(value, is_json=True)
    for child in listed(schema, "allOf"):
        yield prover.accept(child, value, label)
        value = replace(value, is_json=True)
    if "anyOf" in schema:
        yield some_of(_options(prover, listed(schema, "anyOf"), value, label))
        value = replace(value, is_json=True)
    if "oneOf" in schema:
        yield _exactly_one(prover, listed(schema, "oneOf"), value, label)


def _options(
    prover: Prover, options: Sequence[Schema], value: Value, label: str
) -> Iterator[Condition]:
    for index, option in enumerate(options):
        yield prover.accept(option, value, below(label, f"option{index + 1}"))


def _exactly_one(
    prover: Prover, options: Sequence[Schema], value: Value, label: str
) -> Condition:
    accepted = list(_options(prover, options, value, label))
    return some_of(
        all_of([proof, *_reject_others(prover, options, index, value)])
        for index, proof in enumerate(accepted)
        if proof != FALSE
    )


def _reject_others(
    prover: Prover, options: Sequence[Schema], index: int, value: Value
) -> Iterator[Condition]:
    """Yield what proves that a value, accepted by one option, fits no other."""
    chosen = options[index]
    kinds = value.kinds & proved_kinds(chosen, prover.definitions)
    known = replace(value, kinds=kinds, is_json=True)
    for other in (*options[:index], *options[index + 1 :]):
        if kinds != {"dict"} or not exclude_each_other(chosen, other):
            yield prover.reject(other, known)


def _accept_branches(
    prover: Prover, schema: Mapping[str, Json], value: Value, label: str
) -> Iterator[Condition]:
    condition, then, other = branches(schema)
    proved = prover.accept(then, value, below(label, "then"))
    yield some_of([prover.reject(condition, value), proved])
    proved = prover.accept(other, value, below(label, "otherwise"))
    if proved != TRUE:
        yield some_of([prover.accept(condition, value, below(label, "when")), proved])


def _is_no_object(prover: Prover, value: Value) -> Condition:
    return negated(is_kind(prover.scope, value, "dict"))


def reject_rules(
    prover: Prover, schema: Mapping[str, Json], value: Value
) -> Iterator[Condition]:
    """Yield what proves that JSON data breaks one of the combining keywords."""
    for child in listed(schema, "allOf"):
        yield prover.reject(child, value)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            yield all_of(prover.reject(one, value) for one in listed(schema, keyword))
    if "not" in schema:
        yield prover.accept(cast("Schema", schema["not"]), value, "not")
    if "if" in schema:
        condition, then, other = branches(schema)
        holds = prover.accept(condition, value, "if")
        yield all_of([holds, prover.reject(then, value)])
        fails = prover.reject(condition, value)
        yield all_of([fails, prover.reject(other, value)])
