"""Annotations that GitHub's runner reads as they are meant, and the step's summary."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.report.conftest import FINDINGS, finding
from trackplan.diagnostic import Diagnostic
from trackplan.report import github, step_summary
from trackplan.report.located import advice, readable


class Annotation(NamedTuple):
    command: str
    properties: dict[str, str]
    data: str


def unescape(text: str, codes: str) -> str:
    for character in codes:
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def annotation(line: str) -> Annotation:
    """Read a workflow command as the runner does: cut at `::` and `,`, then unescape."""
    start, info, data = line.split("::", 2)
    assert start == ""
    command, _, listed = info.partition(" ")
    pairs = [pair.split("=", 1) for pair in listed.strip().split(",")]
    properties = {name: unescape(value, "\r\n:,%") for name, value in pairs}
    return Annotation(command, properties, unescape(data, "\r\n%"))


def annotations(found: list[Diagnostic]) -> list[Annotation]:
    *lines, _ = re.split("\r\n|\r|\n", github(found, {}))
    return [annotation(line) for line in lines]


@given(FINDINGS)
def test_the_runner_reads_what_was_found(one: Diagnostic) -> None:
    place, rule = one.place, one.rule
    assert annotations([one]) == [
        Annotation(
            "notice" if rule.level == "note" else rule.level,
            {
                "file": readable(place.file),
                "line": str(place.line),
                "col": str(place.column),
                "endColumn": str(place.column + place.length),
                "title": f"{rule.code} {rule.name}",
            },
            readable(advice(one)),
        )
    ]


def test_an_annotation_is_one_line() -> None:
    assert github([finding("a:b,c%.yaml", 7)], {}).splitlines() == [
        "::error file=a%3Ab%2Cc%25.yaml,line=7,col=5,endColumn=8,"
        "title=TP301 unknown-type::odd%0Ahelp: mend it",
        "Found 1 error in 1 file.",
    ]


def test_a_finding_in_no_file_has_no_place() -> None:
    (one,) = annotations([finding("")])
    assert one.properties == {"title": "TP301 unknown-type"}


def test_nothing_found_is_no_annotation() -> None:
    assert github([], {}) == "All good."


def cells(row: str) -> list[str]:
    """Read a row of a table of Markdown as GitHub does, back to plain text."""
    found = re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1]
    plain = [re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell.strip(" ")) for cell in found]
    return [html.unescape(cell).replace("<br>", "\n") for cell in plain]


def test_the_summary_is_a_table_of_all_findings() -> None:
    text = step_summary([finding(line=2), finding(line=9, message="`a|b` <i>")], {})
    *_, first, second = text.strip().split("\n")
    assert cells(first) == ["error", "TP301", "plan.yaml:2:5", "odd\nhelp: mend it"]
    assert cells(second)[3] == "`a|b` <i>\nhelp: mend it"


@given(st.lists(FINDINGS, min_size=1, max_size=3))
def test_no_text_of_a_plan_is_markdown_or_html_in_the_summary(found) -> None:
    table = step_summary(found, {}).split("\n\n", 2)[2].replace("<br>", "")
    rest = re.sub(
        r"\\[!-/:-@\[-`{-~]", "", table.partition("|\n|---|---|---|---|\n")[2]
    )
    assert not re.search(r"[`<>\[\]&*_~:@!#\\]", rest)
    assert all(row.count("|") == 5 for row in rest.rstrip("\n").split("\n"))


def test_a_summary_without_findings_says_so() -> None:
    assert "All good." in step_summary([], {})


def test_a_summary_stays_within_what_github_takes_and_says_what_is_missing() -> None:
    found = [finding(line=line) for line in range(1, 100)]
    text = step_summary(found, {}, limit=2000)
    assert 1800 < len(text.encode()) <= 2000
    assert "more than fit here" in text
    assert step_summary(found, {}, limit=100) == ""
