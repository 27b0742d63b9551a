"""The plan's shape: held against the JSON Schema of the plan format.

jsonschema decides; its errors are translated into our own words and places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from trackplan.check.findings import Findings
from trackplan.check.misshapen import report
from trackplan.check.plan_format import plan_format
from trackplan.check.tree import Path
from trackplan.load import Data, Object
from trackplan.model import Place


def check_shape(found: Findings, *, is_part: bool = False) -> None:
    """Find where a plan, or a file it includes, has not the shape of the format."""
    errors = _validator(is_part).iter_errors(found.plan)
    # jsonschema's order is a set's, and what it finds behind an alias comes twice
    for error in sorted(errors, key=lambda one: _way(tuple(one.absolute_path), found)):
        report(error, found)


def _way(path: Path, found: Findings) -> list[Place]:
    """Return where each key that leads to `path` stands: an alias after its anchor."""
    return [found.key_place(path[:length]) for length in range(1, len(path) + 1)]


@cache
def _validator(is_part: bool) -> Draft202012Validator:
    definitions = plan_format()["$defs"]
    part = {"$ref": "#/$defs/part", "$defs": definitions}
    return _remembering(definitions)(part if is_part else plan_format())


def _remembering(
    definitions: Mapping[str, Mapping[str, object]],
) -> type[Draft202012Validator]:
    """Return a validator that judges equal data by the same definition once.

    Events and properties resemble each other: of 1,000 events it judges a handful, in
    a hundredth of the time. What is invalid it judges anew, to place each error.
    """
    judge = Draft202012Validator.VALIDATORS["$ref"]
    texts = {f"#/$defs/{name}": _texts(one) for name, one in definitions.items()}
    valid: set[tuple[str, str]] = set()

    def judge_once(
        validator: Draft202012Validator, reference: str, data: Data, schema: object
    ) -> Iterator[ValidationError]:
        content = reference, _content(data, texts[reference])
        if content not in valid:
            errors = list(judge(validator, reference, data, schema))
            if not errors:
                valid.add(content)
            yield from errors

    extend = cast("Callable[..., type[Draft202012Validator]]", validators.extend)
    return extend(Draft202012Validator, {"$ref": judge_once})


def _texts(definition: Mapping[str, object]) -> frozenset[str]:
    """Return the keys under which a definition takes any text, whatever it says."""
    keys = cast("Mapping[str, object]", definition.get("properties", {}))
    return frozenset(
        key
        for key, schema in keys.items()
        if isinstance(schema, dict) and schema.keys() | _SAYS == _SAYS
        if schema.get("type") == "string"
    )


_SAYS = {"type", "description"}


def _content(data: Data, texts: frozenset[str]) -> str:
    """Return what of the data decides whether it is valid; repr tells 1 from true."""
    if isinstance(data, Object):
        return repr(
            {k: v for k, v in data.items() if k not in texts or not isinstance(v, str)}
        )
    return repr(data)
