"""A `$ref` is written as a pointer, and read back as the steps to a schema."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trackplan.model import (
    HOLDS_MANY,
    HOLDS_NAMED,
    HOLDS_ONE,
    Path,
    Schema,
    pointer,
    steps,
)
from trackplan.runtime.judging import Judge

NAMES = st.text(max_size=5) | st.text("%25~01/", max_size=5)
STEPS: st.SearchStrategy[Path] = st.one_of(
    st.tuples(st.sampled_from(sorted(HOLDS_ONE))),
    st.tuples(st.sampled_from(sorted(HOLDS_MANY)), st.integers(0, 20)),
    st.tuples(st.sampled_from(sorted(HOLDS_NAMED)), NAMES | st.just("0")),
)
PATHS = st.builds(
    lambda name, below: ("$defs", name, *(step for one in below for step in one)),
    NAMES,
    st.lists(STEPS, max_size=4),
)


@given(PATHS)
def test_what_is_written_is_read_back(path: Path) -> None:
    assert steps(pointer(path)) == path


@given(PATHS)
def test_the_runtime_reads_what_is_written(path: Path) -> None:
    leaf: Schema = {"const": "it"}
    schemas: Any = reduce(_around, reversed(path[1:]), leaf)
    assert Judge(schemas, {}).resolve(pointer(path)) is leaf


def _around(inner: Any, step: str | int) -> Any:
    return [None] * step + [inner] if isinstance(step, int) else {step: inner}


def test_steps_take_what_people_escape() -> None:
    assert steps("#/$defs/two%20words/anyOf/0") == ("$defs", "two words", "anyOf", 0)
