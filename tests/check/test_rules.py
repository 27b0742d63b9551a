"""Every rule's own examples: `bad` breaks it and nothing else, `good` does not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from trackplan import rules
from trackplan.check import check_text
from trackplan.diagnostic import Rule

TODAY = date(2026, 6, 1)
EXPLAINED = pytest.mark.parametrize(
    "rule", rules.EXPLAINED.values(), ids=list(rules.EXPLAINED)
)
RULES = pytest.mark.parametrize("rule", rules.ALL.values(), ids=list(rules.ALL))


def codes(plan: str, rule: Rule) -> set[str]:
    """The codes a plan yields; the examples of an error are not held to the lints."""
    found = check_text(plan, "plan.yaml", TODAY).diagnostics
    return {
        one.rule.code
        for one in found
        if one.rule.level == "error" or rule.level == "warning"
    }


@RULES
def test_bad_breaks_its_rule_alone(rule: Rule) -> None:
    beside = {"TP501"} if rule is rules.SILENCE_WITHOUT_REASON else set()
    assert codes(rule.bad, rule) - beside == {rule.code}


@RULES
def test_good_is_clean(rule: Rule) -> None:
    assert codes(rule.good, rule) == set()


@EXPLAINED
def test_a_rule_says_what_and_why_in_sentences(rule: Rule) -> None:
    for text in (rule.summary, rule.why):
        assert text[-1] == "."
        assert text[0].isupper() or text[0] == "`"
        assert len(text) <= 90


def test_codes_and_names_keep_their_form() -> None:
    assert all(re.fullmatch(r"TP[0-5]\d\d", code) for code in rules.ALL)
    assert all(re.fullmatch(r"TP8\d\d", code) for code in rules.STALE)
    assert list(rules.EXPLAINED) == sorted(rules.EXPLAINED)
    names = [rule.name for rule in rules.EXPLAINED.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_lints_are_warnings_and_the_rest_are_errors() -> None:
    for code, rule in rules.ALL.items():
        assert (rule.level == "warning") == code.startswith("TP5")


def test_every_rule_can_be_named() -> None:
    named = [rules.__dict__[name] for name in rules.__all__]
    assert {one for one in named if isinstance(one, Rule)} == set(rules.ALL.values())
