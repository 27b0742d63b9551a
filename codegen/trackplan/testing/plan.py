"""What the generated packages that a process has imported say of their plans."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from types import ModuleType
from typing import TypeAlias, cast

from trackplan.naming import closest, snake_case
from trackplan.runtime.calls import Call
from trackplan.runtime.forward import forward_sdk_events
from trackplan.runtime.judging import Judge, Schema
from trackplan.runtime.patterns import matcher

Event: TypeAlias = "str | Callable[..., object]"
"""An event by its name (`identify` and `group` for traits), or its function."""


def calls_of(event: Event) -> list[Call]:
    """Return what is known of an event; a name may stand in several packages, or none.

    Raises TypeError for a function that was not generated.
    """
    if isinstance(event, str):
        # To ask the packages loads all of them, which may be large.
        return Call.of_event(event) or [one for one in calls() if one.name == event]
    found = _call_behind(event)
    if found is None:
        raise TypeError(f"{event!r} is neither a name nor a generated function")
    return [found]


def call_of(event: Event) -> Call:
    """Return the call of an event. Raises LookupError for one that nobody imported."""
    for call in calls_of(event):
        return call
    raise LookupError(
        f"no generated package that was imported has the event `{event}`"
        f"{guess(str(event), names())}"
    )


def names() -> list[str]:
    """Return the names of all events and kinds of traits."""
    return sorted({call.name for call in calls()})


def calls() -> Iterator[Call]:
    """Yield all events and kinds of traits of the packages, which it loads fully."""
    for package in _packages():
        for name in package.__all__:
            if call := _call_behind(getattr(package, name)):
                yield call


def _packages() -> list[ModuleType]:
    """Return the generated packages: each offers `forward_sdk_events` as its own."""
    return [
        module
        for name, module in sorted(sys.modules.items())
        if not name.startswith("trackplan.")
        and {"__path__", "__all__"} <= vars(module).keys()
        and vars(module).get("forward_sdk_events") is forward_sdk_events
    ]


def _call_behind(function: object) -> Call | None:
    if not inspect.isfunction(function):
        return None
    inner = inspect.unwrap(function)
    call = inner.__globals__.get(f"_{inner.__name__}")
    return call if isinstance(call, Call) else None


def may_have(call: Call, name: str) -> bool:
    """Tell whether a property that is not declared may have this name on the wire."""
    schema = mapping(call.schema)
    is_open = schema.get("additionalProperties", True) is not False
    patterns = cast("Mapping[str, object]", schema.get("patternProperties", {}))
    return is_open or any(matcher(pattern)(name) for pattern in patterns)


def properties(call: Call) -> Mapping[str, Schema]:
    """Return the schemas of the properties, by their names on the wire."""
    found = mapping(call.schema).get("properties", {})
    return cast("Mapping[str, Schema]", found)


def wire_names(call: Call) -> dict[str, str]:
    """Return the names on the wire of the parameters of the generated function."""
    return {_python_name(name, one): name for name, one in properties(call).items()}


def _python_name(name: str, schema: Schema) -> str:
    given = mapping(schema).get("python_name")
    return given if isinstance(given, str) else snake_case(name) or name


def arguments(call: Call, data: Mapping[str, object]) -> dict[str, object]:
    """Return the keywords that make the generated function send `data`."""
    python_names = {wire: python for python, wire in wire_names(call).items()}
    own = deepcopy(dict(data))  # it may be part of the schema
    result = {python_names[k]: v for k, v in own.items() if k in python_names}
    others = {k: v for k, v in own.items() if k not in python_names}
    return {**result, "additional_properties": others} if others else result


def enumerated(call: Call) -> dict[str, list[object]]:
    """Return the values of the properties that have but a few, by names on the wire."""
    judge = Judge(call.definitions.schemas, {})
    result: dict[str, list[object]] = {}
    for name, one in properties(call).items():
        schema = mapping(one)
        while "$ref" in schema and "enum" not in schema:
            schema = mapping(judge.resolve(cast("str", schema["$ref"])))
        if "enum" in schema:
            result[name] = cast("list[object]", schema["enum"])
    return result


def mapping(schema: Schema) -> Mapping[str, object]:
    """Return the keywords of a schema; `true` and `false` have none."""
    return {} if isinstance(schema, bool) else schema


def guess(name: str, known: list[str]) -> str:
    """Return the question whether a known name was meant, where one is near."""
    near = closest(name, known)
    return f"; did you mean `{near}`?" if near else ""
