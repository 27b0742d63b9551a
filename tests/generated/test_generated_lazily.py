"""A package of many events loads an event's module when the event is first used."""

from __future__ import annotations

import difflib
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from modulefinder import ModuleFinder
from pathlib import Path
from threading import Barrier
from types import ModuleType

import pytest

from trackplan.check import check_text
from trackplan.render import render
from trackplan.render.context import MANY
from trackplan.runtime import ContractError
from trackplan.runtime.opening import CONTRACT

HEAD = """\
trackplan: 1
$defs: {planTier: {enum: [free, pro]}}
traits: {user: {properties: {plan: {$ref: "#/$defs/planTier"}}}}
events:
"""
THREADS = 8


def plan(count: int) -> str:
    return HEAD + "".join(f"  Thing {number} Seen: {{}}\n" for number in range(count))


def files(text: str) -> dict[str, str]:
    checked = check_text(text, "plan.yaml")
    assert checked.plan is not None
    return render(checked.plan, "plan.yaml")


def loaded(package: ModuleType) -> set[str]:
    """Return which of its modules a package has loaded."""
    return {
        name.removeprefix(f"{package.__name__}.")
        for name in sys.modules
        if name.startswith(f"{package.__name__}.")
    }


@pytest.fixture
def package(generate: Callable[[str], ModuleType]) -> ModuleType:
    return generate(plan(MANY + 1))


def test_the_import_loads_none_of_its_modules(package: ModuleType) -> None:
    assert loaded(package) == set()


def test_the_first_use_of_an_event_loads_its_module_alone(package: ModuleType) -> None:
    function = package.track_thing_7_seen
    home = function.__module__.rpartition(".")[2]
    assert loaded(package) == {home, "definitions"}


def test_a_name_is_looked_up_once(package: ModuleType) -> None:
    function = package.track_thing_7_seen
    assert vars(package)["track_thing_7_seen"] is function


def test_every_exported_name_can_be_imported(package: ModuleType) -> None:
    names: dict[str, object] = {}
    exec(f"from {package.__name__} import *", names)
    assert set(package.__all__) <= names.keys()
    assert {"PlanTier", "identify_user", "track_thing_100_seen"} <= names.keys()


def test_dir_lists_what_is_not_loaded_yet(package: ModuleType) -> None:
    assert set(package.__all__) <= set(dir(package))
    assert loaded(package) == set()


def test_a_misspelt_name_is_refused_as_of_any_module(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'track_thing_7_sen'"):
        package.track_thing_7_sen  # noqa: B018 - that it is looked up is the test


def test_a_function_survives_pickle(package: ModuleType) -> None:
    function = package.track_thing_7_seen
    assert pickle.loads(pickle.dumps(function)) is function


def test_threads_that_ask_at_once_get_the_same_functions(package: ModuleType) -> None:
    names = [name for name in package.__all__ if name.startswith("track_")]
    start = Barrier(THREADS)

    def ask(turn: int) -> list[object]:
        start.wait()
        turned = names[turn:] + names[:turn]
        found = {name: getattr(package, name) for name in turned}
        return [found[name] for name in names]

    with ThreadPoolExecutor(THREADS) as pool:
        first, *others = pool.map(ask, range(0, 8 * THREADS, 8))
    assert all(found == first for found in others)


def test_tools_that_read_the_code_find_every_module() -> None:
    """PyInstaller and its like look for import instructions, as ModuleFinder does."""
    code = compile(files(plan(MANY + 1))["__init__.py"], "__init__.py", "exec")
    found = {
        f"{part[2]}.py"
        for kind, part in ModuleFinder().scan_opcodes(code)
        if kind == "relative_import"
    }
    assert found == files(plan(MANY + 1)).keys() - {"__init__.py"}


def test_another_contract_is_refused_at_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = files(plan(MANY + 1))["__init__.py"]
    opening = "on_first_use(\n        {},"
    newer = text.replace(opening.format(CONTRACT), opening.format(CONTRACT + 1))
    (tmp_path / "of_tomorrow.py").write_text(newer, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ContractError, match="of_tomorrow was generated for contract"):
        __import__("of_tomorrow")


def test_one_event_more_moves_no_other() -> None:
    before, after = files(plan(MANY + 1)), files(plan(MANY + 2))
    assert before.keys() <= after.keys()
    for name, text in before.items():
        changed = difflib.ndiff(text.splitlines(), after[name].splitlines())
        assert not [line for line in changed if line.startswith("- ")]


def test_a_small_plan_keeps_its_events_in_one_module() -> None:
    every = ["__init__.py", "definitions.py", "events.py", "traits.py"]
    assert list(files(plan(MANY))) == every
