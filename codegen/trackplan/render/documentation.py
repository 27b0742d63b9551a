"""The docstrings of generated functions: what the plan says of an event, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trackplan.model import Call, Deprecation, Event, Json, Property
from trackplan.render.layout import WIDTH, literal, wrapped


def documentation(call: Call, arguments: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs of a call's docstring.

    `arguments` are the positional ones of its example, as Python literals.
    """
    yield wrapped(call.description or _summary(call), 7)
    yield "\n".join(_facts(call))
    lines = [line for one in call.properties for line in _property(one)]
    if lines:
        yield "\n".join(["Args:", *lines])
    if call.examples:
        yield _example(call, arguments)


def _summary(call: Call) -> str:
    if isinstance(call, Event):
        return f"Track {call.name}."
    return "Say who a user is." if call.name == "identify" else "Say which group it is."


def _facts(call: Call) -> Iterator[str]:
    if isinstance(call, Event):
        yield _hanging(f"Event: `{call.name}`.", 4)
    if call.when:
        yield _hanging(f"When: {call.when}", 4)
    if call.owner:
        yield _hanging(f"Owner: {call.owner}.", 4)
    if call.tags:
        yield _hanging(f"Tags: {', '.join(call.tags)}.", 4)
    if call.deprecated:
        yield _hanging(deprecation_text(call.deprecated), 4)


def _property(one: Property) -> Iterator[str]:
    parts = [one.description or ""]
    if one.wire_name != one.python_name:
        parts.insert(0, f"`{one.wire_name}` on the wire.")
    if one.deprecated:
        parts.append(deprecation_text(one.deprecated))
    if one.pii:
        parts.append("Personal data.")
    text = " ".join(part for part in parts if part)
    if text:
        yield "    " + _hanging(f"{one.python_name}: {text}", 8, "        ")


def deprecation_text(deprecated: Deprecation) -> str:
    """Return why something is not to be used any more, and what to use instead."""
    since = f" since {deprecated.since}" if deprecated.since else ""
    reason = f": {deprecated.reason.rstrip('.')}." if deprecated.reason else "."
    parts = [f"Deprecated{since}{reason}"]
    if deprecated.replaced_by:
        parts.append(f"Use `{deprecated.replaced_by}` instead.")
    if deprecated.remove_after:
        parts.append(f"To be removed after {deprecated.remove_after}.")
    return " ".join(parts)


def _hanging(text: str, indent: int, hanging: str = "    ") -> str:
    return wrapped(text, indent + 4, hanging)


def _example(call: Call, arguments: Sequence[str]) -> str:
    names = {one.wire_name: one.python_name for one in call.properties}
    example = call.examples[0]
    keywords = [f"{names[k]}={source(v)}" for k, v in example.items() if k in names]
    others = {key: value for key, value in example.items() if key not in names}
    if others:
        keywords.append(f"additional_properties={source(others)}")
    line = f"    {call.function}({', '.join([*arguments, *keywords])})"
    if len(line) + 4 > WIDTH:
        body = "\n".join(f"        {one}," for one in [*arguments, *keywords])
        line = f"    {call.function}(\n{body}\n    )"
    return f"Example:\n{line}"


def source(value: Json) -> str:
    """Return a Python expression for JSON data, on one line."""
    if isinstance(value, Mapping):
        items = (f"{literal(key)}: {source(item)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(source, value)) + "]"
    return literal(value)
