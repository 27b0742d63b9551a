"""What `usage` finds, and what it says it cannot resolve."""

from __future__ import annotations

import pytest
from usage.conftest import Project, found

CALL = "from generated import track_signed_up\n"
MISMATCHES = ("unknown-keyword", "missing-keyword", "unknown-function")
EVENTS = ("never-used", "tests-only", "deprecated", "external-used")

UNRESOLVED = {
    "a name known at run time": (
        "import generated\ngetattr(generated, input())()\n",
        ["app.py:2: an attribute is used whose name is known only at run time"],
    ),
    "a module known at run time": (
        "from importlib import import_module\nimport_module(input())\n",
        ["app.py:2: a module is imported whose name is known only at run time"],
    ),
    "the package passed on": (
        "import generated\nregister(generated)\n",
        ["app.py:2: the generated package itself is passed on"],
    ),
    "a function replaced": (
        "import generated\ngenerated.track_signed_up = print\n",
        ["app.py:2: `track_signed_up` is replaced"],
    ),
    "keywords passed with `**`": (
        f"{CALL}track_signed_up('u', **properties)\n",
        [
            "app.py:2: `track_signed_up` is called with `**`, so its keywords are not known"
        ],
    ),
    "a star import from what was not read": (
        "from elsewhere import *\ntrack_signed_up('u')\n",
        ["app.py:2: `track_signed_up` comes from `elsewhere`, where it was not found"],
    ),
    "an import from what was not read": (
        "from elsewhere import track_signed_up\ntrack_signed_up('u')\n",
        ["app.py:2: `track_signed_up` comes from `elsewhere`, where it was not found"],
    ),
    "a file that is no Python": (
        "def f(:\n",
        ["app.py:1: the file is no Python: invalid syntax"],
    ),
}


@pytest.mark.parametrize(
    ("code", "expected"), UNRESOLVED.values(), ids=list(UNRESOLVED)
)
def test_it_lists_as_unresolved(
    code: str, expected: list[str], project: Project
) -> None:
    examined = project({"app.py": code})
    assert found(examined, "unresolved") == expected
    assert examined.usage.unresolved == 1


RESOLVED = {
    "a name of its own for what was not read": (
        "from elsewhere import *\nfrom elsewhere import send\nsend('u')\n"
        "def track_signed_up(): ...\ntrack_signed_up('u')\n"
    ),
    "a name known at run time of something else": "import os\ngetattr(os, input())\n",
    "an import from a module that has its own": "from own import track_signed_up\ntrack_signed_up()\n",
}


@pytest.mark.parametrize("code", RESOLVED.values(), ids=list(RESOLVED))
def test_it_does_not_list(code: str, project: Project) -> None:
    own = "def track_signed_up(): ...\n"
    assert found(project({"app.py": code, "own.py": own}), "unresolved") == []


def test_files_that_cannot_be_decoded_are_listed(project: Project) -> None:
    project({"app.py": ""})
    for name, content in (
        ("a.py", b"\xff\xfe"),
        ("b.py", b"a\0b"),
        ("c.py", b"# coding: nope\n"),
    ):
        with open(name, "wb") as file:
            file.write(content)
    listed = found(project({}), "unresolved")
    assert [one.partition(":")[0] for one in listed] == ["a.py", "b.py", "c.py"]


def test_a_file_nested_too_deeply_is_listed(project: Project) -> None:
    listed = found(project({"app.py": "(" * 9_000 + ")" * 9_000}), "unresolved")
    assert len(listed) == 1


def test_a_long_chain_of_operations_is_read(project: Project) -> None:
    code = (
        f"{CALL}x = {' + '.join(['1'] * 900)} + len(track_signed_up('u', method='m'))\n"
    )
    assert found(project({"app.py": code}), "unresolved", *MISMATCHES) == []


def test_an_event_is_used_never_or_in_tests_only(project: Project) -> None:
    files = {
        "app.py": "from generated import track_signed_up, track_trial_started, identify_user\n",
        "tests/help.py": f"{CALL}track_signed_up('u', method='m')\n",
        "test_it.py": "from app import identify_user\nidentify_user('u')\n",
    }
    assert found(project(files), *EVENTS) == [
        "tracking_plan.yaml:3: `identify` is used in tests only",
        "tracking_plan.yaml:5: event `Signed Up` is used in tests only",
        "tracking_plan.yaml:8: event `Trial Started` is never used",
    ]


@pytest.mark.parametrize(
    "name", ["test_a.py", "a_test.py", "conftest.py", "tests/a.py", "a/tests/b/c.py"]
)
def test_a_test_is_what_pytest_takes_for_one(name: str, project: Project) -> None:
    files = {name: f"{CALL}track_signed_up('u', method='m')\n"}
    assert "event `Signed Up` is used in tests only" in str(
        found(project(files), *EVENTS)
    )


PLAN = """\
trackplan: 1
events:
  Old: {deprecated: {replaced_by: New}}
  Older: {deprecated: true}
  Paid: {usage: {external: the billing service}}
"""


def test_a_deprecated_event_is_a_finding_where_it_is_used(project: Project) -> None:
    files = {"app.py": "from generated import track_old as t\nt('u')\n\nt('u')\n"}
    assert found(project(files, PLAN), *EVENTS) == [
        "app.py:2: event `Old` is deprecated, and `track_old` is used",
        "app.py:4: event `Old` is deprecated, and `track_old` is used",
    ]


def test_an_external_event_need_not_be_used(project: Project) -> None:
    assert found(project({"app.py": ""}, PLAN), *EVENTS) == []


def test_an_external_event_that_is_used_here_gets_a_note(project: Project) -> None:
    files = {"app.py": "import generated as g\ng.track_paid('u')\n"}
    assert found(project(files, PLAN), *EVENTS) == [
        "app.py:2: event `Paid` is external (the billing service), and used here"
    ]


KEYWORDS = {
    "an unknown keyword": (
        "track_signed_up('u', method='m', methd='m')\n",
        ["app.py:2: event `Signed Up` has no property `methd`"],
    ),
    "the name on the wire": (
        "track_signed_up('u', method='m', fromPage='m')\n",
        ["app.py:2: event `Signed Up` has no property `fromPage`"],
    ),
    "a required property that is missing": (
        "track_signed_up('u', from_page='m')\n",
        ["app.py:2: `track_signed_up` is called without `method`"],
    ),
    "a user id that is missing": (
        "track_signed_up(method='m')\n",
        ["app.py:2: `track_signed_up` is called without `user_id`"],
    ),
    "ids that `*` may pass": ("track_signed_up(*ids, method='m')\n", []),
    "a property by position": (
        "track_signed_up('u', 'm')\n",
        ["app.py:2: `track_signed_up` is called with 2 arguments by position"],
    ),
    "an unknown keyword of a partial": (
        "import functools\nsend = functools.partial(track_signed_up, plan='m')\nsend('u', a=1)\n",
        [
            "app.py:3: event `Signed Up` has no property `plan`",
            "app.py:4: event `Signed Up` has no property `a`",
        ],
    ),
    "keywords that every function takes": (
        "track_signed_up(user_id='u', method='m', timestamp=None)\n",
        [],
    ),
    "a missing property that `**` may pass": ("track_signed_up('u', **more)\n", []),
    "one of two functions, which takes it": (
        "from generated import track_trial_started\n"
        "send = track_signed_up\n"
        "if input():\n    send = track_trial_started\n    send('u')\n    raise SystemExit\n"
        "send('u', method='m')\n",
        [],
    ),
    "one of two functions, neither of which takes it": (
        "send = track_signed_up\n"
        "if input():\n    from generated import identify_user as send\n"
        "send('u', a=1)\n",
        [
            "app.py:5: `identify` has no property `a`",
            "app.py:5: event `Signed Up` has no property `a`",
        ],
    ),
    "a star after it": (
        "from custom import *\ntrack_signed_up({'u': 'm'}, a=1)\n",
        [],
    ),
    "a default that may be replaced": (
        "def run(send=track_signed_up):\n    send('u', 'm', a=1)\n",
        [],
    ),
    "an attribute that a subclass may override": (
        "class Page:\n    send = staticmethod(track_signed_up)\n"
        "class Other(Page):\n    def send(self, a, b): ...\n"
        "Other().send(1, b=2)\n",
        [],
    ),
    "a function that may be another": (
        "if input():\n    def track_signed_up(*a): ...\ntrack_signed_up('u')\n",
        [],
    ),
    "a function that the plan does not have": (
        "from generated import track_sined_up\ntrack_sined_up('u')\n",
        ["app.py:3: the plan has nothing that becomes `track_sined_up`"],
    ),
    "other names of the package": (
        "from generated import configure, PlanViolation\nconfigure(a=1)\nPlanViolation()\n",
        [],
    ),
}


@pytest.mark.parametrize(("code", "expected"), KEYWORDS.values(), ids=list(KEYWORDS))
def test_calls_are_held_against_the_plan(
    code: str, expected: list[str], project: Project
) -> None:
    files = {"app.py": CALL + code, "custom.py": "def track_signed_up(a): ...\n"}
    assert found(project(files), *MISMATCHES) == expected


def test_a_group_has_an_id_of_its_own(project: Project) -> None:
    files = {"app.py": "from generated import group_user as g\ng('u')\ng('u', 'g')\n"}
    assert found(
        project(files, "trackplan: 1\ntraits: {group: {}}\n"), *MISMATCHES
    ) == ["app.py:2: `group_user` is called without `group_id`"]


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [("method='', fromPage=''", "from_page"), ("METHOD='', from_page=''", "method")],
    ids=["by the one in Python", "in other letters by the right ones"],
)
def test_a_name_is_answered(project: Project, arguments: str, guess: str) -> None:
    examined = project({"app.py": f"{CALL}track_signed_up('u', {arguments})\n"})
    guesses = {one.diagnostic.guess for one in examined.usage.findings}
    assert guesses - {None} == {guess}


def test_an_open_event_takes_additional_properties(project: Project) -> None:
    code = "from generated import track_trial_started as t\nt('u', additional_properties={})\n"
    assert found(project({"app.py": code}), *MISMATCHES) == []


def test_an_event_with_patterns_takes_additional_properties(project: Project) -> None:
    plan = "trackplan: 1\nevents: {Ran: {patternProperties: {^a: {}}}}\n"
    code = "from generated import track_ran\ntrack_ran('u', additional_properties={})\n"
    assert found(project({"app.py": code}, plan), *MISMATCHES) == []


def test_a_place_counts_characters(project: Project) -> None:
    examined = project({"app.py": f"{CALL}'üü'; track_signed_up('u')\n"})
    (sighting,) = examined.usage.sightings["track_signed_up"]
    assert sighting.place == ("app.py", 2, 7, len("track_signed_up"))
