"""A plan in several files is the plan that one file would be."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

from trackplan import rules
from trackplan.check import check_file, check_text
from trackplan.model import Place, Plan

HEAD = "trackplan: 1\nname: Acme\n"
DEFS = "$defs:\n  tier: {type: string, enum: [free, pro]}\n"
TRAITS = "traits:\n  user: {properties: {plan: {$ref: '#/$defs/tier'}}}\n"
PLAN_CHANGED = """\
  Plan Changed:
    description: The plan was changed.
    properties: {plan: {$ref: '#/$defs/tier'}}
"""
REPORT_SHARED = "  Report Shared: {description: A report was sent on.}\n"
INVITE_SENT = "  Invite Sent: {description: An invite was sent.}\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "plan.yaml"


def without_places(plan: Plan | None) -> Plan:
    assert plan is not None
    nowhere = Place("", 1, 1)
    events = tuple(
        replace(
            event,
            place=nowhere,
            properties=tuple(one._replace(place=nowhere) for one in event.properties),
        )
        for event in plan.events
    )
    definitions = tuple(replace(one, place=nowhere) for one in plan.definitions)
    assert plan.user is not None
    properties = tuple(one._replace(place=nowhere) for one in plan.user.properties)
    user = replace(plan.user, place=nowhere, properties=properties)
    return replace(plan, events=events, definitions=definitions, user=user)


def test_files_make_the_plan_that_one_file_makes(tmp_path: Path) -> None:
    body = f"events:\n{INVITE_SENT}{PLAN_CHANGED}{REPORT_SHARED}"
    one = check_text(HEAD + DEFS + TRAITS + body, "plan.yaml")
    files = {
        "plan.yaml": f"{HEAD}include: [plan/*.yaml, defs.yaml]\n{TRAITS}",
        "plan/a.yaml": f"events:\n{REPORT_SHARED}{INVITE_SENT}",
        "plan/b.yaml": f"events:\n{PLAN_CHANGED}",
        "defs.yaml": DEFS,
    }
    several = check_file(write(tmp_path, files))
    assert several.diagnostics == ()
    assert without_places(several.plan) == without_places(one.plan)


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    parts = {
        "a.yaml": f"events:\n{REPORT_SHARED}",
        "b.yaml": f"events:\n{PLAN_CHANGED}",
        "c.yaml": f"events:\n{INVITE_SENT}",
        "d.yaml": f"events:\n{INVITE_SENT}  Again: {{oops: 1}}\n",
    }
    outcomes = [
        check_file(write(tmp_path, {"plan.yaml": head(order), **parts}))
        for order in permutations(parts)
    ]
    clean = [
        check_file(write(tmp_path, {"plan.yaml": head(order), **parts})).plan
        for order in permutations(list(parts)[:3])
    ]
    assert all(one.diagnostics == outcomes[0].diagnostics for one in outcomes)
    assert clean[0] is not None
    assert all(plan == clean[0] for plan in clean)


def head(order: tuple[str, ...]) -> str:
    return f"{HEAD}include: [{', '.join(order)}]\n{DEFS}{TRAITS}"


def test_every_file_that_was_read_is_a_source(tmp_path: Path) -> None:
    files = {
        "plan.yaml": f"{HEAD}include: [a.yaml]\n{DEFS}{TRAITS}",
        "a.yaml": "include: [b.yaml]\n",
        "b.yaml": "events: [\n",
    }
    checked = check_file(write(tmp_path, files))
    assert checked.sources == {str(tmp_path / name): files[name] for name in files}


def test_places_carry_the_file_they_are_in(tmp_path: Path) -> None:
    files = {
        "plan.yaml": f"{HEAD}include: [a.yaml]\n{DEFS}{TRAITS}",
        "a.yaml": f"# first\nevents:\n{PLAN_CHANGED}",
    }
    plan = check_file(write(tmp_path, files)).plan
    assert plan is not None
    assert plan.events[0].place.file == str(tmp_path / "a.yaml")
    assert plan.events[0].place.line == 3
    assert plan.definitions[0].place.file == str(tmp_path / "plan.yaml")


def test_a_text_includes_nothing() -> None:
    checked = check_text(f"{HEAD}include: [a.yaml]\n", "plan.yaml")
    assert [one.rule for one in checked.diagnostics] == [rules.BAD_INCLUDE]
    assert checked.plan is None


def test_a_silence_counts_in_its_own_file_alone(tmp_path: Path) -> None:
    silence = "# trackplan: ignore[TP501] known\n"
    files = {
        "plan.yaml": f"{HEAD}include: [a.yaml]\nevents:\n  order paid: {{}} {silence}",
        "a.yaml": "# one\n# two\nevents:\n  report exported: {}\n",
    }
    found = check_file(write(tmp_path, files)).diagnostics
    assert [one.place.file for one in found] == [str(tmp_path / "a.yaml")]


def test_a_link_is_the_file_it_leads_to(tmp_path: Path) -> None:
    files = {
        "plan.yaml": f"{HEAD}include: [a.yaml, link.yaml]\n{DEFS}{TRAITS}",
        "a.yaml": f"events:\n{INVITE_SENT}",
    }
    path = write(tmp_path, files)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    assert check_file(path).diagnostics == ()
