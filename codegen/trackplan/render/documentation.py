"""The docstrings of generated functions: what the plan says of an event, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from trackplan.model import Call, Deprecation, Event, Property
from trackplan.render.example import example_call
from trackplan.render.layout import wrapped


def documentation(call: Call) -> Iterator[str]:
    """Yield the paragraphs of a call's docstring."""
    yield wrapped(call.description or _summary(call), 7)
    yield "\n".join(_facts(call))
    lines = [line for one in call.properties for line in _property(one)]
    if lines:
        yield "\n".join(["Args:", *lines])
    if call.examples:
        example = example_call(call, call.examples[0])
        yield f"Example:\n{textwrap.indent(example, '    ')}"


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
