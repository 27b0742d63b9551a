"""Series of versions as others publish them: the change found is the one declared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.diff.agreement import pairs

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "maxLength": 36},
        "total": {"type": "number", "minimum": 0},
        "currency": {"enum": ["EUR", "USD"]},
    },
    "required": ["id"],
    "additionalProperties": False,
}


def order(**properties: Any) -> dict[str, Any]:
    return {**ORDER, "properties": {**ORDER["properties"], **properties}}


# The version before is 1.0.0 and ORDER; then the version after, and what it has.
SERIES = {
    "a property added": ("1.1.0", order(note={"type": "string"})),
    "a value added": ("1.1.0", order(currency={"enum": ["EUR", "USD", "GBP"]})),
    "a length raised": ("1-0-1", order(id={"type": "string", "maxLength": 64})),
    "null allowed": ("1-1-0", order(total={"type": ["number", "null"], "minimum": 0})),
    "a type changed": ("2.0.0", order(total={"type": "string"})),
    "a property required": ("2-0-0", {**ORDER, "required": ["id", "total"]}),
    "a bound of draft 4": (
        "2.0.0",
        order(total={"type": "number", "minimum": 0, "exclusiveMinimum": True}),
    ),
}


@pytest.mark.parametrize("name", SERIES)
def test_what_is_found_is_what_was_declared(name: str, tmp_path: Path) -> None:
    version, after = SERIES[name]
    first = "1.0.0".replace(".", version[1])
    for number, schema in ((first, ORDER), (version, after)):
        path = tmp_path / "order" / f"{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(schema), "utf-8")
    (pair,) = pairs(tmp_path)
    assert (pair.found == "major") == (pair.declared == "major")
    assert pair.changes


def test_a_version_that_states_itself_is_no_change(tmp_path: Path) -> None:
    for version in ("1.0.0", "1.0.1"):
        path = tmp_path / "order" / f"{version}.json"
        path.parent.mkdir(exist_ok=True)
        stated = order(version={"type": "string", "enum": [version]})
        path.write_text(json.dumps(stated), "utf-8")
    (pair,) = pairs(tmp_path)
    assert (pair.declared, pair.found) == ("patch", "none")
