"""Whatever a plan says stays text: literals, docstrings and comments hold no code."""

from __future__ import annotations

import ast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from trackplan.render.layout import docstring, literal, prose

ANY_TEXT = st.text(st.characters(codec=None), max_size=200) | st.lists(
    st.sampled_from(
        [
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "\n",
            "\r",
            "\t",
            "\x00",
            "\x0c",
            "\x85",
            "\u2028",
            "\u202e",
            "�",
            "😀",
            "a",
            " ",
            "#",
            "{{",
            "\\N{DIGIT}",
        ]
    ),
    max_size=12,
).map("".join)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT
).filter(lambda value: value not in (float("inf"), float("-inf")))
MANY = settings(max_examples=400, deadline=None, database=None)


@MANY
@given(SCALARS)
@example("'\"")
@example(-0.0)
def test_a_literal_gives_its_value_back(value: object) -> None:
    text = literal(value)
    assert text.isprintable()
    read = ast.literal_eval(text)
    assert (type(read), repr(read)) == (type(value), repr(value))


@MANY
@given(st.lists(ANY_TEXT, min_size=1, max_size=3), st.sampled_from([0, 4]))
@example(['"'], 4)
@example(["\\"], 4)
@example(['a"'], 4)
@example(["", ""], 4)
def test_a_docstring_is_one_string_and_nothing_else(
    paragraphs: list[str], indent: int
) -> None:
    text = docstring(paragraphs, indent)
    assert all(c.isprintable() or c == "\n" for c in text)
    module = ast.parse(f"def f():\n    {text}\n" if indent else f"{text}\n")
    body = (
        module.body[0].body
        if isinstance(module.body[0], ast.FunctionDef)
        else module.body
    )
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert isinstance(body[0].value.value, str)


@MANY
@given(ANY_TEXT)
def test_prose_keeps_every_character_that_can_be_seen(text: str) -> None:
    read = ast.literal_eval(f'"""|{prose(text)}|"""')
    seen = [c for c in text if not c.isspace()]
    assert [c for c in read[1:-1] if not c.isspace()] == seen
