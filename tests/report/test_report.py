"""How findings read."""

from __future__ import annotations

import json

from hypothesis import given

from tests.report.conftest import FINDINGS
from trackplan import report
from trackplan.check import check_text
from trackplan.diagnostic import Diagnostic

PLAN = """\
trackplan: 1
events:
  Up:
    properties:
      seats: {type: interger}
"""

FULL = """\
plan.yaml:5:21: error TP301 unknown type `interger` for property `seats` of event `Up`
5 |       seats: {type: interger}
  |                     ^^^^^^^^ did you mean `integer`?
  = help: types are string, integer, number, boolean, array, object, null
"""


def found(text: str, code: str = "TP301") -> tuple[list, dict[str, str]]:
    checked = check_text(text, "plan.yaml")
    chosen = [one for one in checked.diagnostics if one.rule.code == code]
    assert chosen
    return chosen, checked.sources


def test_full_shows_the_line_the_guess_and_the_help() -> None:
    diagnostics, sources = found(PLAN)
    text = report.full(diagnostics, sources)
    assert text == f"{FULL}\nFound 1 error in 1 file."


def test_concise_is_one_line() -> None:
    diagnostics, sources = found(PLAN)
    assert (
        report.concise(diagnostics, sources)
        .splitlines()[0]
        .endswith("of event `Up`: did you mean `integer`?")
    )


def test_nothing_found_is_said() -> None:
    assert report.full([], {}) == "All good."


def test_json_has_the_place_and_the_code() -> None:
    diagnostics, sources = found(PLAN)
    (one,) = json.loads(report.as_json(diagnostics, sources))["diagnostics"]
    assert (one["file"], one["line"], one["column"], one["code"]) == (
        "plan.yaml",
        5,
        21,
        "TP301",
    )


def test_the_caret_stands_under_wide_characters() -> None:
    diagnostics, sources = found(PLAN.replace("seats:", '"座席":'))
    line, caret = report.full(diagnostics, sources).splitlines()[1:3]
    assert caret.index("^") == line.index("interger") + 2


def test_control_and_bidirectional_characters_are_not_printed() -> None:
    diagnostics, sources = found(PLAN.replace("seats:", '"s\\u202Eeats":'))
    assert "\u202e" not in report.full(diagnostics, sources)


def test_a_long_line_is_cut_around_the_place() -> None:
    others = "".join(f"p{number}: {{type: string}}, " for number in range(20))
    line = f"    properties: {{{others}seats: {{type: interger}}}}\n"
    diagnostics, sources = found(PLAN.partition("    properties")[0] + line)
    shown = report.full(diagnostics, sources).splitlines()
    assert max(map(len, shown[1:3])) < 140
    assert shown[2].index("^") == shown[1].index("interger")


def test_colour_is_only_there_when_asked_for() -> None:
    diagnostics, sources = found(PLAN)
    assert "\x1b[" not in report.full(diagnostics, sources)
    assert "\x1b[" in report.full(diagnostics, sources, color=True)


@given(FINDINGS)
def test_whatever_was_found_can_be_printed_in_every_format(one: Diagnostic) -> None:
    for name, as_text in report.FORMATS.items():
        text = as_text([one], {one.place.file: "a: b"}, True)
        assert text.encode("utf-8"), name


@given(FINDINGS)
def test_json_keeps_the_name_of_a_file_byte_for_byte(one: Diagnostic) -> None:
    (shown,) = json.loads(report.as_json([one]))["diagnostics"]
    assert (shown["file"], shown["message"]) == (one.place.file, one.message)
