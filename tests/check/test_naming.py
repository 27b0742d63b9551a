"""Python names made of names in the plan."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan import naming

SNAKE = [
    ("plan", "plan"),
    ("fromPlan", "from_plan"),
    ("From Plan", "from_plan"),
    ("from-plan", "from_plan"),
    ("from_plan", "from_plan"),
    ("__from__plan__", "from_plan"),
    ("userID", "user_id"),
    ("URLOfPage", "url_of_page"),
    ("HTTPServer2Go", "http_server2_go"),
    ("iOSVersion", "i_os_version"),
    ("2fa", "_2fa"),
    ("3dModel", "_3d_model"),
    ("class", "class_"),
    ("Class", "class_"),
    ("None", "none"),
    ("True", "true"),
    ("match", "match"),
    ("größe", "größe"),
    ("数量", "数量"),
    ("हिन्दी", "हिन्दी"),
    ("ﬁeld", "field"),
    ("①st", "_1st"),
    ("x²", "x2"),
    ("$amount", "amount"),
    ("a.b[c]", "a_b_c"),
    ('say "hi"', "say_hi"),
    ("it's", "it_s"),
    ("a\nb\x00c", "a_b_c"),
    ("\u202eabc", "abc"),
    ("İstanbul", "i̇stanbul"),
    ("🚀 launch", "launch"),
    ("🚀", None),
    ("!!!", None),
    ("_", None),
    ("", None),
]
PASCAL = [
    ("planTier", "PlanTier"),
    ("plan tier", "PlanTier"),
    ("2fa", "_2fa"),
    ("none", "None_"),
    ("URL", "URL"),
    ("🚀", None),
]
FUNCTIONS = [
    ("Subscription Upgraded", "track_subscription_upgraded"),
    ("2FA Enabled", "track_2_fa_enabled"),
    ("class", "track_class"),
    ("🚀", None),
    ("_", None),
]
TYPES: list[tuple[tuple[str | int, ...], str | None]] = [
    (("$defs", "planTier"), "PlanTier"),
    (("events", "Invoice Paid", "properties", "lines"), "InvoicePaidLines"),
    (
        ("events", "Invoice Paid", "properties", "lines", "items"),
        "InvoicePaidLinesItem",
    ),
    (("events", "A", "properties", "b", "anyOf", 0), "ABOption1"),
    (("events", "A", "properties", "b", "allOf", 1, "oneOf", 0), "ABPart2Choice1"),
    (("events", "A", "properties", "b", "prefixItems", 1), "ABItem2"),
    (("events", "A", "properties", "items"), "AItems"),
    (("events", "A", "additionalProperties"), "AValue"),
    (("$defs", "🚀"), None),
]
ATTRIBUTES = [
    ("plan", True),
    ("from_plan", True),
    ("_private", True),
    ("class", False),
    ("two words", False),
    ("__mangled", False),
    ("ﬁeld", False),
    ("2fa", False),
    ("", False),
]


@pytest.mark.parametrize(("name", "expected"), SNAKE)
def test_snake_case(name: str, expected: str | None) -> None:
    made = naming.snake_case(name)
    assert made == (unicodedata.normalize("NFKC", expected) if expected else None)


@pytest.mark.parametrize(("name", "expected"), PASCAL)
def test_pascal_case(name: str, expected: str | None) -> None:
    assert naming.pascal_case(name) == expected


@pytest.mark.parametrize(("name", "expected"), FUNCTIONS)
def test_function_name(name: str, expected: str | None) -> None:
    assert naming.function_name("track", name) == expected


@pytest.mark.parametrize(("path", "expected"), TYPES)
def test_type_name(path: tuple[str | int, ...], expected: str | None) -> None:
    assert naming.type_name(path) == expected


@pytest.mark.parametrize(("name", "expected"), ATTRIBUTES)
def test_is_attribute(name: str, expected: bool) -> None:
    assert naming.is_attribute(name) is expected


@pytest.mark.parametrize("name", ["a", "report_done", "a1_", "match"])
def test_a_python_name_is_taken_as_it_stands(name: str) -> None:
    assert naming.is_python_name(name)


@pytest.mark.parametrize(
    "name", ["", "A", "1a", "_a", "class", "ü", "a b", "a\n", "a-b", "x__y"]
)
def test_other_python_names_are_refused(name: str) -> None:
    assert not naming.is_python_name(name)


TEXT = st.text() | st.text("aA1_-. éßﬁ²①数ि\u0301\u202e🚀$'\"\n", max_size=12)


def is_sound(name: str | None) -> bool:
    """Whether Python takes a name and reads it back as it was written."""
    if name is None:
        return True
    stable = unicodedata.normalize("NFKC", name) == name
    return stable and name.isidentifier() and not keyword.iskeyword(name)


@given(TEXT)
def test_a_made_name_is_one_python_takes(name: str) -> None:
    assert is_sound(naming.snake_case(name))
    assert is_sound(naming.pascal_case(name))
    assert is_sound(naming.function_name("track", name))
    assert is_sound(naming.type_name(("events", name, "properties", name)))


@given(TEXT)
def test_a_made_name_runs_as_a_parameter(name: str) -> None:
    made = naming.snake_case(name)
    if made is not None:
        assert made in eval(f"lambda *, {made}=1: locals()")()


@given(TEXT)
def test_a_made_name_is_the_same_every_time(name: str) -> None:
    assert naming.snake_case(name) == naming.snake_case(name)
    normal = unicodedata.normalize("NFKC", name)
    assert naming.snake_case(normal) == naming.snake_case(name)


@given(TEXT)
def test_a_made_name_makes_itself(name: str) -> None:
    made = naming.snake_case(name)
    if made is not None and made.isascii():
        assert naming.snake_case(made) == made


@given(TEXT, TEXT)
def test_a_name_does_not_depend_on_its_neighbours(name: str, other: str) -> None:
    before = naming.snake_case(name)
    naming.snake_case(other)
    assert naming.snake_case(name) == before


@pytest.mark.parametrize("name", ["Never", "TypeAlias", "TypedDict", "Unset", "Call"])
def test_a_type_never_takes_a_name_that_generated_code_uses(name: str) -> None:
    assert name in naming.RESERVED_TYPES
