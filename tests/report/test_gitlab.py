"""Code Quality reports as GitLab documents them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.report.conftest import FINDINGS, finding
from trackplan.report import gitlab
from trackplan.report.located import advice, readable


def test_an_issue_has_the_keys_that_gitlab_asks_for() -> None:
    (issue,) = json.loads(gitlab([finding("a/plan.yaml", 7)], {}))
    assert len(issue.pop("fingerprint")) == 32
    assert issue == {
        "description": "odd\nhelp: mend it",
        "check_name": "TP301 unknown-type",
        "severity": "major",
        "location": {"path": "a/plan.yaml", "lines": {"begin": 7}},
    }


def test_a_finding_in_no_file_is_on_the_whole_repository() -> None:
    (issue,) = json.loads(gitlab([finding("", 0)], {}))
    assert issue["location"] == {"path": ".", "lines": {"begin": 1}}


def test_nothing_found_is_an_empty_list() -> None:
    assert json.loads(gitlab([], {})) == []


@given(st.lists(FINDINGS, max_size=4))
def test_whatever_was_found_is_reported_under_a_name_of_its_own(found) -> None:
    issues = json.loads(gitlab(found, {}))
    ordered = sorted(found, key=lambda one: one.sort_key)
    assert [one["description"] for one in issues] == [advice(one) for one in ordered]
    paths = [one["location"]["path"] for one in issues]
    assert paths == [readable(one.place.file) for one in ordered]
    assert len({one["fingerprint"] for one in issues}) == len(found)
