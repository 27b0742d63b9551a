"""What is stale in the generated code: the events by name, and what else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from trackplan.check import check_file, check_text
from trackplan.diagnostic import Diagnostic
from trackplan.render import render
from trackplan.stale import stale
from trackplan.write import Change, apply, changes

ROOT = Path(__file__).parents[2]
PLAN = """\
trackplan: 1
$defs:
  plan: {type: string, enum: [free, pro]}
traits:
  user:
    properties: {email: {type: string}}
events:
  Signed Up:
    properties: {plan: {$ref: "#/$defs/plan"}}
  Team Deleted:
    description: A team is no more.
    deprecated: true
    properties:
      members: {type: array, items: {type: object, additionalProperties: false}}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The folder with what is generated from the plan."""
    folder = tmp_path / "generated"
    apply(changes(files(PLAN), folder))
    return folder


def files(text: str) -> dict[str, str]:
    plan = check_text(text, "plan.yaml").plan
    assert plan
    return render(plan, "plan.yaml")


def found(folder: Path, old: str = "", new: str = "") -> list[Diagnostic]:
    """What is stale once `old` is `new` in the plan."""
    assert old in PLAN
    text = PLAN.replace(old, new) if old else PLAN
    plan = check_text(text, "plan.yaml").plan
    assert plan
    return stale(changes(render(plan, "plan.yaml"), folder), plan)


def said(folder: Path, old: str = "", new: str = "") -> list[str]:
    return sorted(f"{d.rule.code} {d.message}" for d in found(folder, old, new))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


GONE = "TP801 the code of event `Team Deleted` is left over: gone from the plan"
CHANGED = (
    "TP801 the code of event `Team Deleted` is stale: changed, here or in the plan"
)


def test_current_code_is_not_stale(package) -> None:
    assert said(package) == []


def test_a_new_event_is_named(package) -> None:
    new = "TP801 the code of event `Team Made` is missing: new in the plan"
    assert said(package, "events:", "events:\n  Team Made: {}") == [new]


def test_an_event_that_is_gone_is_named(package) -> None:
    assert said(package, PLAN[PLAN.index("  Team Deleted") :], "") == [GONE]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A team is no more.", "A team is gone."),
        ("deprecated: true", "deprecated: false"),
        ("items: {type: object,", "items: {type: object, minProperties: 1,"),
        ("members:", "teamMembers:"),
        ("    deprecated", "    python_name: drop_team\n    deprecated"),
    ],
)
def test_an_event_that_has_changed_is_named(package, old, new) -> None:
    assert said(package, old, new) == [CHANGED]


@pytest.mark.parametrize("name", ["It's `odd`", 'Say "hi"', "Both ' and \"", "Ü\\n"])
def test_a_name_is_read_back_from_the_code_as_it_is(package, name: str) -> None:
    odd = f"events:\n  {json.dumps(name)}: {{python_name: odd_event}}"
    apply(changes(files(PLAN.replace("events:", odd)), package))
    assert said(package) == [
        f"TP801 the code of event `{name}` is left over: gone from the plan"
    ]


def test_traits_that_have_changed_are_named(package) -> None:
    (one,) = said(package, "{email:", "{mail:")
    assert one == "TP801 the code of user traits is stale: changed, here or in the plan"


def test_of_many_events_the_one_is_named_alone(tmp_path: Path) -> None:
    plan = check_file(ROOT / "tracking_plan.yaml").plan
    assert plan
    apply(changes(render(plan, "plan.yaml"), tmp_path))
    for one in plan.events:
        for other in ((), (replace(one, description="Other."),)):
            events = [*other, *(event for event in plan.events if event is not one)]
            changed = replace(plan, events=tuple(sorted(events, key=lambda e: e.name)))
            wanted = changes(render(changed, "plan.yaml"), tmp_path)
            (found,) = stale(wanted, changed)
            assert f"the code of event `{one.name}` is " in found.message


def test_a_renamed_event_is_gone_and_new(package) -> None:
    new = "TP801 the code of event `Team Removed` is missing: new in the plan"
    assert said(package, "Team Deleted", "Team Removed") == [GONE, new]


def test_a_changed_definition_is_found_in_its_file(package) -> None:
    places = {one.place.file for one in found(package, "[free, pro]", "[free, team]")}
    assert str(package / "definitions.py") in places


def test_a_new_event_is_placed_in_the_plan(package) -> None:
    (one,) = found(package, "events:", "events:\n  Team Made: {}")
    assert one.place[:2] == ("plan.yaml", 8)


def test_changed_code_is_placed_on_the_first_line_that_differs(package) -> None:
    events = package / "events.py"
    edit(events, '"""A team is no more.', '"""Mine.')
    (one,) = found(package)
    assert one.message in CHANGED
    line = events.read_text("utf-8").split("\n")[one.place.line - 1]
    start = one.place.column - 1
    assert line[start : start + one.place.length] == '"""Mine.'
    assert "what was changed by hand is lost then" in one.help


def test_imports_changed_by_hand_are_found_in_their_file(package) -> None:
    edit(package / "events.py", "from datetime import datetime\n", "")
    assert said(package) == ["TP802 the file is stale: changed, here or in the plan"]


def test_half_merged_code_names_its_event(package) -> None:
    old = "def track_team_deleted("
    edit(package / "events.py", old, f"<<<<<<< mine\n{old}")
    assert said(package) == [CHANGED]


@pytest.mark.parametrize("name", ["__init__", "events", "traits", "definitions"])
def test_a_deleted_file_is_one_finding(package, name: str) -> None:
    path = package / f"{name}.py"
    path.unlink()
    (one,) = found(package)
    assert (one.message, one.place.file) == ("the file is missing", str(path))


def test_a_deleted_package_is_one_finding(package) -> None:
    for path in package.glob("*.py"):
        path.unlink()
    assert said(package) == ["TP802 there is no generated code"]


def test_a_file_left_over_is_found(package) -> None:
    text = '"""Events.\n\nGenerated by trackplan from a.yaml: …\n"""\n'
    (package / "old.py").write_text(text, encoding="utf-8")
    (one,) = said(package)
    assert one == "TP802 the file is left over: the plan does not give it"


@pytest.mark.parametrize(
    ("number", "cure"),
    [("0", "run `trackplan generate`"), ("9999", "upgrade trackplan")],
)
def test_code_of_another_contract_is_one_finding(package, number, cure) -> None:
    path = package / "definitions.py"
    text = re.sub(
        r"(require_contract\()\d+", rf"\g<1>{number}", path.read_text("utf-8")
    )
    path.write_text(text, encoding="utf-8")
    edit(package / "events.py", "user_id.strip()", "user_id")
    (one,) = found(package)
    assert one.message.startswith(f"the code is of contract {number}, ")
    assert one.help.startswith(cure)


def test_files_to_which_code_has_moved_are_no_findings_beside_a_new_event() -> None:
    more = PLAN.replace("events:", "events:\n  Team Made: {}")
    plan = check_text(more, "plan.yaml").plan
    assert plan
    old, new = files(PLAN), files(more)
    moved = [
        Change(Path("__init__.py"), old["__init__.py"], new["__init__.py"]),
        Change(Path("events.py"), old["events.py"], None),
        Change(Path("_old.py"), None, old["events.py"]),
        Change(Path("_new.py"), None, new["events.py"]),
    ]
    assert sorted(one.message for one in stale(moved, plan)) == [
        "the code of event `Team Made` is missing: new in the plan",
        "the file is left over: the plan does not give it",
    ]


def test_line_ends_of_windows_are_not_stale(package) -> None:
    for path in package.glob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert said(package) == []


def test_check_names_what_is_stale_writes_nothing_and_says_how_to_mend(
    run, project
) -> None:
    run("generate")
    edit(project / "tracking_plan.yaml", "Signed Up", "Joined Up")
    before = (project / "generated" / "events.py").read_bytes()
    done = run("generate", "--check")
    assert done.returncode == 1
    assert (
        "generated/events.py:14:1: error TP801 the code of event `Signed Up`"
        in done.stdout
    )
    assert (
        "tracking_plan.yaml:3:3: error TP801 the code of event `Joined Up`"
        in done.stdout
    )
    assert done.stderr == "Run `trackplan generate` to bring it up to date.\n"
    assert (project / "generated" / "events.py").read_bytes() == before


def test_a_report_of_stale_code_leaves_the_plan_to_check(run, project) -> None:
    run("generate")
    edit(project / "tracking_plan.yaml", "Signed Up", "signed up")
    log = json.loads(run("generate", "--check", "--format", "sarif").stdout)
    codes = {one["ruleId"] for one in log["runs"][0]["results"]}
    assert codes == {"TP801"}


def test_explain_knows_what_is_found_in_code(run) -> None:
    assert run("explain", "TP801").stdout.startswith("TP801 stale-event (error)")
