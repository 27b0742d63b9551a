"""Every kind of change: its own example shows it, alone, and it can be explained."""

from __future__ import annotations

import pytest

from tests.diff.plans import plan
from trackplan.diagnostic import Rule
from trackplan.diff import diff
from trackplan.rules import CHANGES

KINDS = pytest.mark.parametrize("kind", CHANGES.values(), ids=list(CHANGES))


@KINDS
def test_the_example_of_a_kind_of_change_is_that_change_alone(kind: Rule) -> None:
    assert [one.rule for one in diff(plan(kind.bad), plan(kind.good))] == [kind]


def test_codes_and_names_of_changes_keep_their_form() -> None:
    assert all(code.startswith("TP6") and len(code) == 5 for code in CHANGES)
    assert len({kind.name for kind in CHANGES.values()}) == len(CHANGES)


def test_explain_shows_a_kind_of_change_before_and_after(run) -> None:
    done = run("explain", "TP635")
    assert done.returncode == 0
    assert "Before:\n\n    trackplan: 1" in done.stdout
    assert "After:\n\n    trackplan: 1" in done.stdout
