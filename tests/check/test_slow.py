"""The lint of slow patterns: what hangs a process is found, what people write is not."""

from __future__ import annotations

import pytest

from trackplan.check.slow import Slow, slow
from trackplan.runtime.patterns import translate

EXPONENTIAL = [
    (r"^(a+)+$", 1),
    (r"^(\w+\s?)*$", 1),
    (r"^(a|a)*$", 1),
    (r"^(a|aa)+$", 1),
    (r"^(a|ab|b)*$", 1),
    (r"^(.|\s)*x$", 1),
    (r"^(a*b*)*$", 1),
    (r"^(x+x+)+y$", 1),
    (r"^(?:a?a?)*$", 1),
    (r"^(aa|aaa)*$", 1),
    (r"^(a{1,20}b?){1,20}$", 1),
    (r"^-(-?\w+)*$", 2),
    (r"^(?=(a+)+$)a", 4),
    (r"^(https?:\/\/)?([\da-z.-]+)\.([a-z.]{2,6})([\/\w .-]*)*\/?$", 42),
]
QUADRATIC = [
    (r"^a*a*$", 3),
    (r"^\s*\s+$", 4),
    (r"^(\s*)(\s+)$", 6),
    (r"^[a-z]+[a-z0-9]*$", 7),
]
QUICK = [
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$",
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    r"^[a-z][a-z0-9_]*$",
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$",
    r"^v?\d+(\.\d+){0,2}$",
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    r"^https?:\/\/(www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{1,6}\b([-a-zA-Z0-9()@:%_+.~#?&\/=]*)$",
    r"^(https?):\/\/([^\s:\/?#]+)(:\d+)?(\/[^\s?#]*)?(\?[^\s#]*)?(#\S*)?$",
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
    r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$",
    r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$",
    r"^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$",
    r"^(?=.*[A-Z])(?=.*[a-z])(?=.*\d).{8,}$",
    r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$",
    r"^\d+\.?\d*$",
    r"^\d{1,3}(,\d{3})*(\.\d+)?$",
    r"^\S+(\s+\S+)*$",
    r"^(?:[A-Za-z0-9+\/]{4})*(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=)?$",
    r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$",
    r"^([A-Z][a-z]+)+$",
    r"^\/([^\/]+\/)*[^\/]*$",
    r'^("[^"]*"|[^,"]*)(,("[^"]*"|[^,"]*))*$',
    r'^"(?:[^"\\]|\\.)*"$',
    r"^(\w|_|-)+$",
    r"^P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$",
    r"^\p{L}+(?:[ '-]\p{L}+)*$",
    r"(x|[(+*])+",
    r"^(\*|\d+|\d+-\d+)( (\*|\d+|\d+-\d+)){4}$",
]


@pytest.mark.parametrize(("pattern", "at"), EXPONENTIAL)
def test_two_ways_round_a_repeat_are_found(pattern: str, at: int) -> None:
    assert slow(pattern) == Slow(at, is_exponential=True)


@pytest.mark.parametrize(("pattern", "at"), QUADRATIC)
def test_neighbours_that_share_characters_are_found(pattern: str, at: int) -> None:
    assert slow(pattern) == Slow(at, is_exponential=False)


@pytest.mark.parametrize("pattern", QUICK)
def test_a_pattern_that_people_write_is_let_pass(pattern: str) -> None:
    translate(pattern)
    assert slow(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [f"{'(' * 50}a{'){9}' * 50}", f"^({'|'.join('abcdefgh' * 20)})*$", "a{99999}b*"],
    ids=["nested", "alternatives", "count"],
)
def test_a_large_pattern_is_let_pass_at_once(pattern: str) -> None:
    assert slow(pattern) is None
