"""Plans as text, rendered to disk and imported under a name of their own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from trackplan.check import check_text
from trackplan.render import render


@pytest.fixture(scope="session")
def generate(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], ModuleType]]:
    """Return what makes a package of a plan's text, and imports it.

    No two have one name, wherever the fixture is used: modules are remembered by it.
    """
    folder = tmp_path_factory.mktemp("generated")
    numbers = count()

    def imported(plan: str) -> ModuleType:
        name = f"{folder.name}_{next(numbers)}"
        write_package(plan, folder / name)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    sys.path.insert(0, str(folder))
    yield imported
    sys.path.remove(str(folder))


def write_package(plan: str, folder: Path) -> None:
    """Write the package of a plan's text; a plan with errors fails the test."""
    checked = check_text(plan, "plan.yaml")
    errors = [one.message for one in checked.diagnostics if one.rule.level == "error"]
    assert checked.plan is not None, errors
    folder.mkdir(parents=True)
    for path, text in render(checked.plan, "plan.yaml").items():
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def write() -> Callable[[str, Path], None]:
    """Return what writes the package of a plan's text into a folder."""
    return write_package
