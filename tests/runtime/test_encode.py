"""The encoder that is kept writes what the standard library's own one does."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime.wire import Record, body, encode, from_json, to_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES))
def test_the_bytes_are_those_of_json(body: dict[str, object]) -> None:
    assert encode(body) == json.dumps(body, separators=(",", ":")).encode()


@given(
    st.sampled_from(("track", "identify", "group", "forward")),
    st.text(),
    st.none() | st.text(),
    st.none() | st.text(),
    st.dictionaries(st.text(), VALUES),
    st.integers(0, 10**13),
)
def test_a_record_comes_back_from_its_json(
    kind: Literal["track", "identify", "group", "forward"],
    user: str,
    group: str | None,
    event: str | None,
    data: dict[str, object],
    milliseconds: int,
) -> None:
    record = Record(kind, user, group, event, data, milliseconds / 1000)
    assert from_json(to_json(record)) == record


def test_a_record_keeps_its_timestamp_in_json() -> None:
    record = Record("track", "u", None, "Tested", {}, 1700000000.1235)
    assert body(from_json(to_json(record)), True) == body(record, True)


def test_what_contains_itself_is_not_json() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(ValueError, match="recursion"):
        encode(endless)
