"""Whatever the text: diagnostics or a plan, never an exception."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from trackplan import load, rules
from trackplan.check import Checked, check_text

FRAGMENTS = (
    *(
        "trackplan: 1",
        "events:",
        "  Signed Up:",
        "  Signed Up: {}",
        "$defs:",
        "traits:",
    ),
    *(
        "    properties:",
        "      plan:",
        "      plan: {type: string}",
        "    required: [",
    ),
    *("      type: interger", "      enum: []", "  user:", "    examples: [{plan: 1}]"),
    *(
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\t",
        "  ",
        "- ",
        "? ",
        ": ",
        ": ",
        ", ",
        "[",
        "]",
        "{",
    ),
    *(
        "}",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "|\n",
        ">-\n",
        "'",
        '"',
        "\\",
        "#",
        " # ",
        "---",
    ),
    *("...", "%YAML 1.1", "<<: *a", "~", "null", "no", "012", "1e999", ".inf", "0x1F"),
    *(
        "$ref: '#/$defs/a'",
        "pattern: '['",
        "format: x",
        "python_name: class",
        "é",
        "🚀",
    ),
    *("\x00", "\x85", "\u2028", "\ufeff", "\ud800", "x-a: ", "include: [a.yaml]"),
    *("# trackplan: ignore[TP501] x", "# trackplan: ignore", "naming: {events: x}"),
    *(
        "additionalProperties: ",
        "allOf: ",
        "if: ",
        "items: ",
        "deprecated: ",
        "pii: true",
    ),
)
RULE_PLANS = [plan for rule in rules.ALL.values() for plan in (rule.bad, rule.good)]
CASE_PLANS = [
    path.read_text("utf-8", "replace")
    for path in sorted(Path(__file__).parent.glob("cases/*/plan.yaml"))
    if path.stat().st_size < 3000
]
PLANS = st.sampled_from(RULE_PLANS + CASE_PLANS)
ANY_FRAGMENT = st.sampled_from(FRAGMENTS)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A plan with pieces cut out, doubled, moved or replaced."""
    text = draw(PLANS)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        piece = draw(
            ANY_FRAGMENT | st.just(text[start:end] * 2) | st.just("") | st.text()
        )
        at = draw(st.sampled_from((start, end)))
        text = text[:start] + piece + text[at:]
    return text


@st.composite
def grafted(draw: st.DrawFn) -> str:
    """A plan with the value of some line replaced by the value of another."""
    lines = draw(PLANS).split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    key, colon, _ = lines[at].partition(": ")
    value = draw(PLANS).partition(": ")[2].partition("\n")[0]
    lines[at] = key + (colon or ": ") + draw(st.just(value) | ANY_FRAGMENT)
    return "\n".join(lines)


TEXTS = (
    st.lists(ANY_FRAGMENT | st.text(max_size=4), max_size=25).map("".join)
    | st.lists(ANY_FRAGMENT, max_size=25).map("\n".join)
    | mutated()
    | grafted()
)


@cache
def plan_format() -> Draft202012Validator:
    schema = files("trackplan").joinpath("plan.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(schema))


def assert_sound(checked: Checked, text: str) -> None:
    failed = any(one.rule.level == "error" for one in checked.diagnostics)
    assert (checked.plan is None) == failed
    keys = [one.sort_key for one in checked.diagnostics]
    assert keys == sorted(keys)
    lines = checked.sources["f"].split("\n")
    for one in checked.diagnostics:
        assert 1 <= one.place.line <= len(lines)
        assert 1 <= one.place.column <= len(lines[one.place.line - 1]) + 1
        assert one.message.isprintable()
        assert one.help.isprintable()
    if checked.plan is not None:
        data, _ = load.parse(load.with_plain_line_ends(text), "f")
        assert plan_format().is_valid(data)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_checked_without_an_exception(text: str) -> None:
    assert_sound(check_text(text, "f", date(2026, 6, 1)), text)


@given(
    st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-16", "replace"))
)
@settings(max_examples=100, deadline=None)
def test_any_bytes_decode_or_have_a_diagnostic(raw: bytes) -> None:
    with suppress(load.PlanSyntaxError):
        assert "\r" not in load.decode(raw, "f")


@given(PLANS)
@settings(max_examples=50, deadline=None)
def test_the_same_text_gives_the_same_outcome(text: str) -> None:
    first, second = (check_text(text, "f") for _ in range(2))
    assert first == second
