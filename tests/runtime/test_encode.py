"""The encoder that is kept writes what the standard library's own one does."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime.delivery.framing import kept, parse, record
from trackplan.runtime.wire import Record, body, encode

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def from_its_line(call: Record) -> Record:
    entry = parse(kept(7, call)[1:])
    assert entry is not None
    return record(entry.record)


@given(st.dictionaries(st.text(), VALUES))
def test_the_bytes_are_those_of_json(body: dict[str, object]) -> None:
    assert encode(body) == json.dumps(body, separators=(",", ":")).encode()


@given(
    st.sampled_from(("track", "identify", "group", "forward")),
    st.text(),
    st.text(),
    st.dictionaries(st.text(), VALUES),
    st.integers(0, 10**13),
)
def test_a_record_comes_back_from_its_line(
    kind: Literal["track", "identify", "group", "forward"],
    user: str,
    name: str,
    data: dict[str, object],
    milliseconds: int,
) -> None:
    group = name if kind == "group" else None
    event = name if kind == "track" else None
    call = Record(kind, user, group, event, data, milliseconds / 1000)
    assert from_its_line(call) == call


def test_a_record_keeps_its_timestamp_in_a_line() -> None:
    call = Record("track", "u", None, "Tested", {}, 1700000000.1235)
    assert body(from_its_line(call), True) == body(call, True)


def test_what_contains_itself_is_not_json() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(ValueError, match="recursion"):
        encode(endless)
