"""What ships: the wheel, installed elsewhere, with the sources gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"trackplan"}


@pytest.mark.parametrize(
    "name",
    [
        *("py.typed", "plan.schema.json", "render/templates/macros.jinja"),
        *("pages/style.css", "pages/catalog.js", "pages/catalog.html.jinja"),
    ],
)
def test_the_wheel_holds_what_is_no_module(wheel: Path, name: str) -> None:
    assert f"trackplan/{name}" in zipfile.ZipFile(wheel).namelist()


def test_the_base_install_imports_generated_code_and_sends(
    wheel: Path, tmp_path: Path
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    venv.create(tmp_path / "venv", with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-cache-dir", str(wheel)],
        check=True,
        capture_output=True,
    )
    shutil.copytree(ROOT / "generated", tmp_path / "app" / "generated")
    shutil.copy(Path(__file__).parent / "smoke.py", tmp_path / "app")
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))
    }
    done = subprocess.run(
        [python, "smoke.py"],
        cwd=tmp_path / "app",
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "smoke test passed\n", done.stderr
