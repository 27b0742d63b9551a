"""The catalog of a plan as data, Markdown and JSON, and the command that writes it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.command.conftest import project, run
from tests.generated.conftest import generate
from tests.generated.test_schema_meaning import (
    BOUNDED,
    KEYS,
    SUBJECTS,
    combining_keywords,
    definitions,
    keyword_sets,
    object_keywords,
)
from trackplan.catalog import FORMATS, render
from trackplan.catalog.data import catalog
from trackplan.check import check_file, check_text
from trackplan.model import Plan
from trackplan.testing import capture

__all__ = ["generate", "project", "run"]

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tracking_plan.yaml"
CASES = sorted((Path(__file__).parent / "cases").iterdir())


def plan_at(path: Path) -> Plan:
    plan = check_file(path).plan
    assert plan is not None
    return plan


def plan_of(text: str) -> Plan:
    plan = check_text(f"trackplan: 1\n{text}", "plan.yaml").plan
    assert plan is not None
    return plan


# --- Data ---------------------------------------------------------------------------


def test_the_python_calls_are_those_of_the_generated_docstrings() -> None:
    generated = "".join(
        (ROOT / "generated" / name).read_text("utf-8")
        for name in ("events.py", "traits.py")
    )
    shown = [entry.examples[0].call for entry in catalog(plan_at(OWN)).events]
    indented = [
        "\n".join(f"        {line}" for line in one.split("\n")) for one in shown
    ]
    assert [one for one in indented if one not in generated] == []


def test_the_body_is_what_goes_over_the_wire() -> None:
    (entry,) = catalog(
        plan_of("events: {Ran: {properties: {a: {}}, examples: [{a: 1}]}}")
    ).events
    assert entry.examples[0].body == {
        "type": "track",
        "userId": "user-123",
        "source": "userlens-restapi",
        "event": "Ran",
        "properties": {"a": 1},
        "timestamp": "2026-03-02T09:30:00.000Z",
    }


def test_group_traits_name_the_group_and_an_event_called_group_does_not() -> None:
    text = "traits: {group: {examples: [{}]}}\nevents: {group: {examples: [{}]}}"
    found = catalog(plan_of(text))
    assert found.traits[0].examples[0].body["groupId"] == "company-456"
    assert found.traits[0].examples[0].call == 'group_user("user-123", "company-456")'
    assert found.events[0].examples[0].call == 'track_group("user-123")'


def test_without_an_example_a_call_is_made_of_what_must_be_passed() -> None:
    found = catalog(
        plan_of(
            "events: {Ran: {properties: {aB: {examples: [x]}, c: {}}, required: [aB]}}"
        )
    )
    assert found.events[0].made_up == 'track_ran("user-123", a_b="x")'


@pytest.mark.parametrize(
    ("schema", "call"),
    [
        ("{allOf: [{required: [a]}]}", 'track_ran("user-123", a=1)'),
        ("{oneOf: [{required: [b]}, {required: [c]}]}", 'track_ran("user-123", b=1)'),
        ("{required: [a], not: {required: [a]}}", None),
        ("{required: [a], minProperties: 5}", None),
    ],
)
def test_a_call_that_is_made_up_is_one_that_the_plan_takes(
    schema: str, call: str | None
) -> None:
    named = "properties: {a: {const: 1}, b: {const: 1}, c: {const: 1}}"
    plan = plan_of(f"events: {{Ran: {schema[:-1]}, {named}}}}}")
    assert catalog(plan).events[0].made_up == call
    for form in ("markdown", "html"):
        assert ("track_ran(" in render(plan, "p", form)) is (call is not None)


def test_a_call_that_is_made_up_says_so() -> None:
    plan = plan_of("events: {Ran: {}}")
    said = "ade up, since the plan gives no example"
    assert all(said in render(plan, "p", form) for form in ("markdown", "html"))


RULES = object_keywords(SUBJECTS) | combining_keywords(SUBJECTS)


@st.composite
def events(draw: st.DrawFn) -> object:
    properties = draw(st.dictionaries(KEYS, SUBJECTS, min_size=1))
    names = draw(st.lists(st.sampled_from([*properties]), min_size=1, unique=True))
    whole, parts = {"required": names}, [{"required": [one]} for one in names]
    asked = [whole, {"allOf": parts}, {"oneOf": parts}, {"if": parts[0], "else": whole}]
    rules = draw(keyword_sets(RULES, 2))
    return {**rules, "properties": properties, **draw(st.sampled_from(asked))}


@settings(BOUNDED, max_examples=50)
@given(definitions(), events())
def test_no_call_is_made_up_that_the_plan_refuses(
    generate: Callable[[str], ModuleType], shared: object, event: object
) -> None:
    text = json.dumps({"trackplan": 1, "$defs": shared, "events": {"Ran": event}})
    plan = check_text(text, "plan.yaml").plan
    call = plan and catalog(plan).events[0].made_up
    if call:  # else the plan is refused, or no call was found
        with capture() as sent:
            exec(call, vars(generate(text)))
        assert len(sent) == 1


def test_what_every_call_must_have_is_required_in_each_format() -> None:
    plan = plan_of(
        "events: {Ran: {properties: {tier: {}, seats: {}}, allOf: [{required: [tier]}]}}"
    )
    (event,) = json.loads(render(plan, "p", "json"))["events"]
    assert [one["required"] for one in event["properties"]] == [True, False]
    assert "**`tier`** (required)" in render(plan, "p", "markdown")
    assert "<code>tier</code> <span" in render(plan, "p", "html")


def test_a_replacement_is_linked_where_the_plan_has_it() -> None:
    text = (
        "events: {A: {deprecated: {replaced_by: B}}, B: {deprecated: {replaced_by: C}}}"
    )
    found = {one.title: one.replacement for one in catalog(plan_of(text)).events}
    assert found == {"A": "event-b", "B": None}


def test_a_definition_knows_where_it_is_used() -> None:
    (tier,) = (
        one for one in catalog(plan_at(OWN)).definitions if one.title == "seatCount"
    )
    assert [(one.title, one.properties) for one in tier.uses] == [
        ("Subscription Upgraded", ["seats"]),
        ("Workspace Created", ["seats"]),
    ]


SHARED = """\
$defs:
  old:
    type: string
    description: The tier of old.
    deprecated: {since: "2024", remove_after: "2099-01-01", replaced_by: tier}
    examples: [free]
events: {Ran: {properties: {a: {$ref: "#/$defs/old"}}}}
"""
GONE = {
    "since": "2024",
    "remove_after": "2099-01-01",
    "replaced_by": "tier",
    "reason": None,
}


def test_what_is_said_of_a_definition_is_in_each_format() -> None:
    plan = plan_of(SHARED)
    (definition,) = json.loads(render(plan, "p", "json"))["definitions"]
    assert (definition["deprecated"], definition["examples"]) == (GONE, ["free"])
    told = "Deprecated since 2024. Use tier instead. To be removed after 2099-01-01."
    markdown = render(plan, "p", "markdown").split("## Shared definitions")[1]
    assert f"> {told}\n" in markdown
    assert 'For example `"free"`.\n' in markdown
    page = render(plan, "p", "html").split('<h2 id="definitions">')[1]
    assert 'data-status="deprecated"' in page
    assert re.search("Deprecated since 2024.*<code>tier</code> instead", page, re.S)
    assert "For example <code>&#34;free&#34;</code>" in page


def test_a_default_is_shown_and_said_not_to_be_sent() -> None:
    plan = plan_of(
        "$defs: {d: {default: x}}\n"
        "events: {Ran: {properties: {a: {default: null}, b: {}}}}"
    )
    document = json.loads(render(plan, "p", "json"))
    a, b = document["events"][0]["properties"]
    assert (a["default"], "default" in b) == (None, False)
    assert document["definitions"][0]["default"] == "x"
    markdown = render(plan, "p", "markdown")
    assert "any value. Default `null`, which is not sent.\n" in markdown
    assert '\nDefault `"x"`, which is not sent.\n' in markdown
    page = render(plan, "p", "html")
    shown = re.findall("Default <code>(.*)</code>, which is not sent", page)
    assert shown == ["null", "&#34;x&#34;"]


def test_what_refers_to_a_deprecated_definition_is_deprecated() -> None:
    plan = plan_of(SHARED)
    (event,) = json.loads(render(plan, "p", "json"))["events"]
    assert event["properties"][0]["deprecated"] == GONE
    markdown = render(plan, "p", "markdown").split("## Shared definitions")[0]
    assert "(#definition-old): string. Deprecated since 2024." in markdown
    page = render(plan, "p", "html").split('<h2 id="definitions">')[0]
    assert '<span class="badge warn">deprecated</span>' in page


def test_no_two_events_have_the_same_anchor() -> None:
    text = (
        "events: {A B: {}, A_B: {python_name: a__b_}, a-b: {python_name: other}, é: {}}"
    )
    plan = check_text(f"trackplan: 1\n{text}".replace("a__b_", "ab"), "plan.yaml").plan
    assert plan is not None
    anchors = [one.anchor for one in catalog(plan).events]
    assert len(set(anchors)) == 4
    assert all(re.fullmatch(r"event-[\w-]+", one) for one in anchors)


# --- Markdown and JSON ----------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_markdown_is_the_expected_one(case: Path) -> None:
    text = render(plan_at(case / "plan.yaml"), "plan.yaml", "markdown")
    assert text == (case / "expected.md").read_text("utf-8")


def test_the_json_has_the_keys_that_the_readme_describes() -> None:
    document = json.loads(render(plan_at(OWN), OWN.name, "json"))
    event = document["events"][0]
    keys = {*document, *event, *event["properties"][0], *document["definitions"][0]}
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.split("### The catalog as JSON")[1].split("\n#")[0]
    assert [key for key in sorted(keys) if f"`{key}`" not in table] == []


def test_the_references_in_the_json_lead_somewhere_in_it() -> None:
    text = render(plan_at(OWN), OWN.name, "json")
    names = json.loads(text)["$defs"]
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) <= names.keys()


# --- Any text ---------------------------------------------------------------------------

SHARP = st.text(
    st.sampled_from("\"'<>&`*_[]()|\\\n\r\t -#{}%!/x\u202e\x00\x85\u2028é😀"),
    max_size=15,
)
PLAN = """\
name: {text}
description: {text}
$defs: {{d: {{description: {text}, enum: [{text}]}}}}
events:
  {text}:
    python_name: something
    description: {text}
    owner: {text}
    tags: [{text}]
    when: {text}
    deprecated: {{reason: {text}, replaced_by: {text}}}
    properties:
      {text}: {{python_name: one, description: {text}, enum: [{text}]}}
      two: {{$ref: "#/$defs/d", examples: [{text}]}}
      three: {{type: object, properties: {{{text}: {{type: string}}}}}}
    examples: [{{{text}: {text}}}]
"""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))


def tags_of(text: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(text)
    return parser.seen


ANCHOR = re.compile(r'<a id="[\w-]+">|</a>')


def html_in(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    every = [one for token in tokens for one in (token, *(token.children or ()))]
    made = ("html_block", "html_inline", "image", "table_open", "hr", "em_open")
    return [one.content for one in every if one.type in made]


@given(SHARP)
@example("* `\r")
def test_no_text_of_a_plan_becomes_markup(text: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'
    plan = check_text("trackplan: 1\n" + PLAN.format(text=quoted), "plan.yaml").plan
    if plan is None:  # refused with a diagnostic, which is an answer too
        return
    page = render(plan, "plan.yaml", "html")
    assert {name for name, _ in tags_of(page)} <= KNOWN
    assert not any(one.startswith("on") for _, names in tags_of(page) for one in names)
    markdown = render(plan, "plan.yaml", "markdown")
    assert [one for one in html_in(markdown) if not ANCHOR.fullmatch(one)] == []
    json.loads(render(plan, "plan.yaml", "json"))


KNOWN = {name for name, _ in tags_of(render(plan_at(OWN), "p", "html"))} | {
    "kbd",
    "li",
    "ul",
}


# --- The command ------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_the_bytes_depend_on_the_plan_alone(form: str, tmp_path: Path) -> None:
    found = set()
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        (folder / "plan.yaml").write_text(OWN.read_text("utf-8"), "utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "trackplan",
                "catalog",
                "plan.yaml",
                "--format",
                form,
            ],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"},
            capture_output=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("name", "start"),
    [("p.html", "<!doctype html>"), ("p.md", "# "), ("p.json", "{")],
)
def test_the_ending_of_the_file_says_the_format(run, project, name, start) -> None:
    assert run("catalog", "-o", name).returncode == 0
    assert (project / name).read_text("utf-8").startswith(start)


def test_an_ending_that_says_no_format_is_refused(run, project) -> None:
    (project / "events.py").write_text("# Generated by trackplan from here\n", "utf-8")
    done = run("catalog", "-o", "events.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "say what to write there with --format" in done.stderr
    assert (project / "events.py").read_text("utf-8").startswith("#")


def test_the_option_wins_over_the_ending(run, project) -> None:
    run("catalog", "-o", "p.html", "--format", "json")
    assert json.loads((project / "p.html").read_text("utf-8"))["catalog"] == 1


def test_without_a_file_and_with_a_dash_it_is_printed(run, project) -> None:
    plain, dash = run("catalog"), run("catalog", "-o", "-")
    assert plain.stdout.startswith("<!doctype html>")
    assert (plain.stdout, plain.stderr) == (dash.stdout, "")


def test_a_plan_with_errors_is_explained_and_nothing_written(run, project) -> None:
    (project / "bad.yaml").write_text("trackplan: 1\nevents: {A: {x: 1}}\n", "utf-8")
    done = run("catalog", "bad.yaml", "-o", "p.html")
    assert done.returncode == 2
    assert "bad.yaml:2:" in done.stderr
    assert not (project / "p.html").exists()


def test_a_second_run_replaces_what_the_first_one_wrote(run, project) -> None:
    run("catalog", "-o", "p.md")
    plan = project / "tracking_plan.yaml"
    plan.write_text(plan.read_text("utf-8").replace("growth", "sales"), "utf-8")
    assert run("catalog", "-o", "p.md").returncode == 0
    assert "Owner: sales" in (project / "p.md").read_text("utf-8")


def test_a_file_of_somebody_else_is_never_overwritten(run, project) -> None:
    (project / "notes.md").write_text("# Mine\n", "utf-8")
    done = run("catalog", "-o", "notes.md")
    assert done.returncode == 2
    assert "was not generated by trackplan" in done.stderr
    assert (project / "notes.md").read_text("utf-8") == "# Mine\n"


def test_a_path_below_a_file_is_an_answer(run, project) -> None:
    done = run("catalog", "-o", "tracking_plan.yaml/p.html")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
