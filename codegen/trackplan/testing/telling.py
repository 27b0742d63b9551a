"""The messages of failed assertions: what was wanted, and what was sent instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .comparing import in_words
from .wanted import Body, Wanted, data_in, name_in

MANY = 20
"""Calls that a message shows, at most."""
NEAREST = 3
"""Calls of which a message shows what differs."""
WIDTH = 200
"""Characters of a call that a message shows."""


def miscounted(
    wanted: Wanted,
    times: int | None,
    hits: Sequence[int],
    bodies: Sequence[Body],
    whose: str,
) -> str:
    """Say that calls as wanted came too rarely or too often, the nearest ones first."""
    described = f" with {wanted}" if str(wanted) else ""
    count = f"was sent {_times(len(hits))}" if hits else "was not sent"
    instead = {None: "", 0: ", and should not be"}.get(times, f", not {_times(times)}")
    lines = [f"`{wanted.name}` {count}{whose}{described}{instead}."]
    told = hits[:MANY] if hits else _nearest(wanted, bodies)
    for index in told:
        lines.append(_line(index, bodies[index]))
        lines += [f"       {one}" for one in wanted.differences(bodies[index])]
    return "\n".join([*lines, *_rest(bodies, told, whose)])


def _nearest(wanted: Wanted, bodies: Sequence[Body]) -> list[int]:
    same = [i for i, body in enumerate(bodies) if name_in(body) == wanted.name]
    return sorted(same, key=lambda i: len([*wanted.differences(bodies[i])]))[:NEAREST]


def misplaced(
    names: Sequence[str], missing: int, bodies: Sequence[Body], whose: str
) -> str:
    """Say which call did not come in its turn."""
    after = f" after `{names[missing - 1]}`" if missing else ""
    lines = [
        f"`{names[missing]}` was not sent{whose}{after}.",
        f"  Wanted in this order: {', '.join(names)}.",
    ]
    return "\n".join([*lines, *_rest(bodies, (), whose)])


def late(threads: Sequence[str]) -> str:
    """Say that threads still run that a test may have to wait for."""
    if not threads:
        return ""
    return (
        f"\nStill running: {', '.join(threads)}. What they send later is not here: "
        f"join them, or wait for what they do, before you assert."
    )


def _rest(bodies: Sequence[Body], told: Sequence[int], whose: str) -> Iterator[str]:
    rest = [index for index in range(len(bodies)) if index not in told]
    if not bodies:
        yield f"Nothing was sent{whose}."
    elif rest:
        yield "Sent besides:" if told else "Sent:"
    yield from (_line(index, bodies[index]) for index in rest[:MANY])
    if len(rest) > MANY:
        yield f"  and {len(rest) - MANY} more"


def _line(index: int, body: Body) -> str:
    group = f" in {body['groupId']}" if "groupId" in body else ""
    data = ", ".join(f"{key}={in_words(one)}" for key, one in data_in(body).items())
    text = f"{name_in(body)} of {body.get('userId')}{group}: {data or 'no properties'}"
    cut = text if len(text) <= WIDTH else f"{text[:WIDTH]}…"
    return f"  {index + 1}. {cut}"


def _times(count: int | None) -> str:
    return {1: "once", 2: "twice"}.get(count or 0, f"{count} times")
