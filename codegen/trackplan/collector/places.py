"""Where in the plan something stands."""

from __future__ import annotations

from trackplan.model import Call, Place
from trackplan.runtime.values import join


def place_in(call: Call, path: str) -> Place:
    """Return the place of the property that `path` leads into; else of the call."""
    for one in call.properties:
        start = join("", one.wire_name)
        if path == start or path.startswith((f"{start}.", f"{start}[")):
            return one.place
    return call.place


def place_of(place: Place) -> dict[str, object]:
    """Return a place as the API shows it."""
    return {"file": place.file, "line": place.line}
