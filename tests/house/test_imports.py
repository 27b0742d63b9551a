"""The house keeps its doors: who may import whom, and what production never loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "codegen" / "trackplan"

ALLOWED = {
    "runtime": set(),
    "model": set(),
    "naming": set(),
    "config": set(),
    "write": set(),
    "pages": set(),
    "cache": set(),
    "diagnostic": {"model"},
    "rules": {"diagnostic"},
    "load": {"diagnostic", "model", "rules"},
    "check": {
        *("diagnostic", "load", "model", "naming", "rules", "runtime", "scanner"),
    },
    "render": {"model", "naming", "runtime"},
    "catalog": {"model", "naming", "pages", "render", "runtime", "testing"},
    "diff": {"diagnostic", "model", "naming", "render", "rules", "runtime", "texts"},
    "revision": set(),
    "report": {"diagnostic", "model"},
    "usage": {"cache", "diagnostic", "model", "naming", "rules", "write"},
    "stale": {"diagnostic", "model", "rules", "write"},
    "watching": set(),
    "collector": {"diagnostic", "model", "runtime", "watching"},
    "verify": {"collector", "runtime"},
    "spool": {"runtime"},
    "testing": {"naming", "runtime", "texts"},
    "scanner": set(),
    "texts": {"runtime", "scanner"},
    "pytest_plugin": {"runtime", "testing"},
}
"""Which room may import which; `cli` and `demo`, which is a command, may all."""

ROOMS = sorted({path.name.removesuffix(".py") for path in PACKAGE.iterdir()})


def statements(node: ast.AST, *, with_types: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        is_typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(
            child.test
        )
        if with_types or not is_typing:
            yield child
            yield from statements(child, with_types=with_types)


def imported(path: Path, *, with_types: bool = True) -> Iterator[str]:
    """Yield the dotted names that a module imports, also inside functions."""
    parents = path.relative_to(PACKAGE).parent.parts
    tree = ast.parse(path.read_text("utf-8"))
    for node in statements(tree, with_types=with_types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = ("trackplan", *parents)[: len(parents) + 2 - node.level]
            base = ".".join(inside) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_rooms(path: Path) -> Iterator[str]:
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "trackplan" and rest.split(".")[0] in ROOMS:
            yield rest.split(".")[0]


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    path = PACKAGE / room
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    imported = {name for file in files for name in imported_rooms(file)}
    assert imported - {room} <= ALLOWED[room]


def test_every_room_has_a_rule() -> None:
    free = {"__init__", "__main__", "cli", "demo"}
    folders = {"__pycache__", "py.typed", "plan.schema.json", "starter.yaml"}
    assert set(ROOMS) - folders - free == set(ALLOWED)


def test_no_module_leads_back_to_itself() -> None:
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
    }
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph = {
        module: {
            name if name in modules else name.rpartition(".")[0]
            for name in imported(path, with_types=False)
        }
        for module, path in modules.items()
    }
    TopologicalSorter(graph).prepare()


def test_httpx_is_imported_in_one_module_of_the_runtime() -> None:
    importing = [
        path.name
        for path in (PACKAGE / "runtime").rglob("*.py")
        if "import httpx" in path.read_text("utf-8")
    ]
    assert importing == ["http.py"]


def test_what_runs_before_the_command_imports_next_to_nothing() -> None:
    code = "import sys, trackplan.__main__; print(*sys.modules)"
    command = [sys.executable, "-S", "-c", code]
    modules = subprocess.run(
        command, cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"re", "typing", "collections", "hashlib", "pathlib"} & set(modules)


def test_importing_generated_code_loads_no_tool_and_no_http_client() -> None:
    code = "import sys, generated; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    tools = {"yaml", "jsonschema", "jinja2", "click", "rich", "starlette", "uvicorn"}
    assert not {"httpx", "logging", "dataclasses", *tools} & set(modules)
