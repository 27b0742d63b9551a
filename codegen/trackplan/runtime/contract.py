"""What the functions of generated code may use of the runtime, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from .calls import Call, Definitions
from .errors import ContractError
from .formats import (
    is_date,
    is_date_time,
    is_duration,
    is_email,
    is_hostname,
    is_idn_email,
    is_ipv4,
    is_ipv6,
    is_iri,
    is_iri_reference,
    is_json_pointer,
    is_regex,
    is_relative_json_pointer,
    is_time,
    is_uri,
    is_uri_reference,
    is_uri_template,
    is_uuid,
)
from .opening import CONTRACT, require_contract
from .outcome import Outcome
from .patterns import matcher
from .plain import as_json, as_number, as_text, is_moment
from .values import UNSET, Unset, equality_key

__all__ = [
    "CONTRACT",
    "INFINITY",
    "UNSET",
    "Call",
    "Definitions",
    "NoneType",
    "Outcome",
    "Unset",
    "all_differ",
    "as_json",
    "as_number",
    "as_text",
    "copied",
    "deprecated",
    "is_date",
    "is_date_time",
    "is_duration",
    "is_email",
    "is_hostname",
    "is_idn_email",
    "is_ipv4",
    "is_ipv6",
    "is_iri",
    "is_iri_reference",
    "is_json",
    "is_json_pointer",
    "is_moment",
    "is_regex",
    "is_relative_json_pointer",
    "is_time",
    "is_uri",
    "is_uri_reference",
    "is_uri_template",
    "is_uuid",
    "kind",
    "matcher",
    "require_contract",
]

INFINITY = math.inf
NoneType = type(None)

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(_message):
        """Mark a function for type checkers (PEP 702); at run time, leave it alone."""
        return lambda function: function


kind: Callable[[object], object] = type
"""`type`, by which type checkers do not narrow: generated code judges `Any` with it."""


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ContractError(
        f"this runtime has no `{name}`, which the generated code asks for. Run "
        f"`trackplan generate` with the installed version, or install the version of "
        f"trackplan that generated it."
    )


def is_json(value: object) -> bool:
    """Tell whether `value` is JSON data of exact types, and not nested too deep."""
    try:
        return _is_json(value, 64)
    except RecursionError:  # so little stack is left that `judge` had better see to it
        return False


def _is_json(value: object, depth: int) -> bool:
    if value is None or type(value) in (str, int, bool):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if depth == 0:
        return False
    if type(value) is list:
        return all(_is_json(item, depth - 1) for item in value)
    return type(value) is dict and all(
        type(key) is str and _is_json(item, depth - 1) for key, item in value.items()
    )


def all_differ(values: list[object]) -> bool:
    """Tell whether no two items are equal JSON: 1 and 1.0 are, 1 and true are not."""
    try:
        return len(set(map(equality_key, values))) == len(values)
    except RecursionError:
        return False


def copied(value: object) -> object:
    """Return JSON data that shares nothing mutable with `value`."""
    if type(value) is list:
        return [copied(v) if type(v) in (list, dict) else v for v in value]
    if type(value) is dict:
        return {
            k: copied(v) if type(v) in (list, dict) else v for k, v in value.items()
        }
    return value
