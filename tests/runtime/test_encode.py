"""The encoder that is kept writes what the standard library's own one does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime.wire import encode

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


def test_what_contains_itself_is_not_json() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(ValueError, match="recursion"):
        encode(endless)
