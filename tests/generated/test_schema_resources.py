"""References below an `$id` start from it, and lead where JSON Schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

from trackplan.runtime import PlanViolation
from trackplan.testing import capture

DEFS = {
    "tier": {"$anchor": "tier", "enum": ["free", "pro"]},
    "order": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://acme.example/schemas/order.json",
        "$defs": {
            "tier": {"$anchor": "tier", "type": "integer"},
            "line": {"$id": "line.json", "$anchor": "tier", "type": "boolean"},
        },
        "properties": {
            "pointer": {"$ref": "#/$defs/tier"},
            "anchor": {"$ref": "#tier"},
            "itself": {"$ref": "#"},
            "address": {"$ref": "line.json"},
            "both": {"$id": "line.json/", "$ref": "../order.json#tier"},
            "dangling": {"then": {"$anchor": "then", "type": "null"}},
            "then": {"$ref": "#then"},
        },
    },
    "subject": {
        "properties": {
            "order": {"$ref": "https://acme.example/schemas/order.json"},
            "line": {"$ref": "https://acme.example/schemas/line.json#tier"},
            "tier": {"$ref": "#tier"},
        }
    },
}
VALUES = [
    {"tier": "pro"},
    {"tier": 1},
    {"line": True},
    {"line": 1},
    {"order": {"pointer": 1}},
    {"order": {"pointer": "pro"}},
    {"order": {"anchor": 1}},
    {"order": {"anchor": "pro"}},
    {"order": {"itself": {"anchor": 1}}},
    {"order": {"itself": {"anchor": "pro"}}},
    {"order": {"address": True}},
    {"order": {"address": 1}},
    {"order": {"both": 1}},
    {"order": {"both": True}},
    {"order": {"then": None}},
    {"order": {"then": 1}},
]


@pytest.fixture(scope="module")
def package(generate: Callable[[str], ModuleType]) -> ModuleType:
    event = {"properties": {"subject": {"$ref": "#/$defs/subject"}}}
    plan = {"trackplan": 1, "$defs": DEFS, "events": {"Case": event}}
    return generate(json.dumps(plan))


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_a_function_decides_as_jsonschema_does(
    package: ModuleType, value: dict[str, object]
) -> None:
    oracle = Draft202012Validator({"$defs": DEFS, "$ref": "#/$defs/subject"})
    with capture() as sent, suppress(PlanViolation):
        package.track_case("user-123", subject=value)
    assert bool(sent) is oracle.is_valid(value)


def test_an_event_with_an_id_is_judged_as_one_without(
    generate: Callable[[str], ModuleType],
) -> None:
    package = generate("""
trackplan: 1
events:
  Cart Emptied:
    $schema: http://json-schema.org/draft-07/schema#
    $id: https://acme.example/cart-emptied.json
    properties: {cart: {type: string}}
    required: [cart]
""")
    with capture(), pytest.raises(PlanViolation, match="cart: expected a string"):
        package.track_cart_emptied("user-123", cart=1)
