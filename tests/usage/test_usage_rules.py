"""Every rule of `usage`: its example `bad` breaks it, `good` breaks none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trackplan import rules
from trackplan.check import check_file
from trackplan.diagnostic import Rule
from trackplan.rules.usage import STALE_BASELINE
from trackplan.usage import Sources, examine
from trackplan.usage.baseline import apply

RULES = pytest.mark.parametrize("rule", rules.USAGE.values(), ids=list(rules.USAGE))


def codes(example: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Write the files of an example, and return the codes that are found."""
    parts = re.split(r"^# (\S+\.\w+)\n", example, flags=re.M)[1:]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    checked = check_file(Path("tracking_plan.yaml"))
    assert checked.plan is not None
    sources = Sources([Path()], [], Path("generated"))
    findings = examine(checked.plan, sources).usage.findings
    known = Path("baseline.txt")
    if known.exists():
        findings = [
            one
            for one in apply(findings, known.read_text(), known.name)
            if one.diagnostic.rule is STALE_BASELINE
        ]
    return {one.diagnostic.rule.code for one in findings}


@RULES
def test_bad_breaks_its_rule_alone(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes(rule.bad, tmp_path, monkeypatch) == {rule.code}


@RULES
def test_good_is_clean(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes(rule.good, tmp_path, monkeypatch) == set()


@RULES
def test_a_rule_says_what_and_why_in_sentences(rule: Rule) -> None:
    for text in (rule.summary, rule.why):
        assert text[-1] == "."
        assert text[0].isupper()
        assert len(text) <= 90


def test_codes_and_names_keep_their_form() -> None:
    assert all(re.fullmatch(r"TP7\d\d", code) for code in rules.USAGE)
    names = [rule.name for rule in rules.USAGE.values()]
    assert len(set(names)) == len(names)
