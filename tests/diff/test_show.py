"""The changes as text, Markdown, JSON and findings."""

from __future__ import annotations

import json
from html import unescape

from tests.diff.plans import changes
from trackplan.diff import Change, show
from trackplan.model import Path, Place

BEFORE = "events:\n  Seats Added: {properties: {a: {maximum: 9}, b: {}}}\n"
AFTER = BEFORE.replace("maximum: 9", "maximum: 7").replace("b: {}", "b: {}, c: {}")


def place(_: Path) -> Place:
    return Place("plan.yaml", 3, 7)


def shown(found: list[Change], *allowed: str) -> list[show.Shown]:
    return show.placed(found, place, place, allowed)


def test_the_text_has_an_event_with_its_changes_and_what_they_break() -> None:
    text = show.as_text(shown(changes(BEFORE, AFTER)))
    assert text == (
        "event `Seats Added`\n"
        "  breaks: TP637 `maximum` of property `a` changed from `9` to `7` (plan.yaml:3:7)\n"
        "    callers: breaks, `9` passed, and fails now\n"
        "  safe: TP611 property `c` was added, optional (plan.yaml:3:7)\n"
        "\n"
        "2 changes: 1 breaking, 1 safe. Version to raise: major."
    )


def test_without_changes_the_text_says_so() -> None:
    assert show.as_text([]) == "No change: both plans mean the same."


def test_an_allowed_change_is_shown_and_does_not_fail() -> None:
    (first, _) = shown(changes(BEFORE, AFTER), "TP637")
    assert not first.fails
    assert "breaks, allowed: TP637" in show.as_text([first])
    assert "(allowed)" in show.as_markdown([first])
    assert show.diagnostics([first])[0].rule.level == "note"


def test_colour_is_put_around_the_verdict_alone() -> None:
    text = show.as_text(shown(changes(BEFORE, AFTER)), color=True)
    assert "  \x1b[31mbreaks\x1b[0m: TP637" in text


def test_the_version_to_raise_follows_from_the_worst_change() -> None:
    remark = BEFORE.replace("{properties", "{owner: a, properties")
    added = BEFORE.replace("b: {}", "b: {}, c: {}")
    bumps = [show.bump(changes(BEFORE, one)) for one in (BEFORE, remark, added, AFTER)]
    assert bumps == ["none", "patch", "minor", "major"]


def test_the_json_has_one_object_a_change() -> None:
    document = json.loads(show.as_json(shown(changes(BEFORE, AFTER)), "old", "new"))
    assert (document["diff"], document["bump"], document["fails"]) == (1, "major", True)
    assert document["changes"][0] == {
        "code": "TP637",
        "name": "limit-tightened",
        "subject": "event `Seats Added`",
        "path": ["events", "Seats Added", "properties", "a", "maximum"],
        "message": "`maximum` of property `a` changed from `9` to `7`",
        "verdict": "breaks",
        "callers": {"verdict": "breaks", "why": "`9` passed, and fails now"},
        "consumers": {
            "verdict": "safe",
            "why": "nothing arrives that could not before",
        },
        "allowed": False,
        "plan": "after",
        "file": "plan.yaml",
        "line": 3,
        "column": 7,
    }


def test_the_markdown_folds_an_event_and_opens_what_fails() -> None:
    text = show.as_markdown(shown(changes(BEFORE, AFTER)))
    assert (
        text.count("<details open><summary>event <code>Seats Added</code>&#58; breaks")
        == 0
    )
    assert (
        "<details open><summary>event <code>Seats Added</code>: breaks</summary>"
        in text
    )
    assert "| **breaks**: <code>9</code> passed, and fails now |" in text


def test_the_markdown_shows_the_names_of_a_plan_as_text() -> None:
    name = "a|b`c<img src=x>\\n@jane*"
    after = f'events:\n  Seats Added: {{}}\n  "{name}": {{python_name: odd}}\n'
    text = show.as_markdown(shown(changes("events:\n  Seats Added: {}\n", after)))
    assert "<img" not in text
    assert "@jane" not in text
    assert all(
        line.count("|") == 4 for line in text.split("\n") if line.startswith("|")
    )
    assert "<img src=x>" in unescape(text)


def test_markdown_stays_short_enough_for_a_comment() -> None:
    events = "".join(f"  Seats Added {i}: {{}}\n" for i in range(900))
    text = show.as_markdown(
        shown(changes("events:\n  Other: {}\n", f"events:\n{events}"))
    )
    assert len(text) < 65_536
    assert "more do not fit here" in text


def test_a_finding_has_the_level_of_what_it_breaks() -> None:
    found = show.diagnostics(shown(changes(BEFORE, AFTER)))
    assert [(one.rule.code, one.rule.level) for one in found] == [
        ("TP611", "note"),
        ("TP637", "error"),
    ]
    assert found[1].message.startswith("event `Seats Added`: `maximum`")
    assert found[1].help.startswith("callers: breaks, `9` passed")
