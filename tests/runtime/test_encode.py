"""The encoder that is kept writes what the standard library's own one does."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime.wire import Record, body, encode, payload

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
    st.sampled_from(("track", "identify", "group")),
    st.text(),
    st.text(),
    st.dictionaries(st.text(), VALUES),
    st.booleans(),
)
def test_a_payload_has_the_bytes_of_the_encoded_body(
    kind: Literal["track", "identify", "group"],
    user: str,
    event: str,
    data: dict[str, object],
    send_timestamp: bool,
) -> None:
    record = Record(kind, user, "g", event, data, 1700000000.25)
    expected = encode(body(record, send_timestamp))
    assert payload(record, send_timestamp) == expected


def test_what_contains_itself_is_not_json() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(ValueError, match="recursion"):
        encode(endless)
