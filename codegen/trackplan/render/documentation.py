"""The docstrings of generated functions: what the plan says of an event, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import cache

from trackplan.model import Call, Deprecation, Event
from trackplan.render.example import example_call
from trackplan.render.layout import wrapped


def documentation(call: Call) -> Iterator[str]:
    """Yield the paragraphs of a call's docstring."""
    yield wrapped(call.description or _summary(call), 7)
    yield "\n".join(_facts(call))
    arguments = (
        _argument(p.python_name, p.wire_name, p.description, p.deprecated, p.pii)
        for p in call.properties
    )
    lines = [line for line in arguments if line]
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


@cache  # events have properties in common
def _argument(
    name: str,
    wire_name: str,
    description: str | None,
    deprecated: Deprecation | None,
    pii: bool,
) -> str | None:
    parts = [description or ""]
    if wire_name != name:
        parts.insert(0, f"`{wire_name}` on the wire.")
    if deprecated:
        parts.append(deprecation_text(deprecated))
    if pii:
        parts.append("Personal data.")
    text = " ".join(part for part in parts if part)
    return "    " + _hanging(f"{name}: {text}", 8, "        ") if text else None


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
