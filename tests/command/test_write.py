"""All files or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackplan.write import MARK, ForeignFileError, apply, changes

OLD = f"# {MARK}plan.yaml\nold\n"
NEW = f"# {MARK}plan.yaml\nnew\n"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_missing_stale_and_left_over_files_are_told_apart(tmp_path: Path) -> None:
    for name in ("stale.py", "same.py", "left.py"):
        (tmp_path / name).write_text(NEW if name == "same.py" else OLD, "utf-8")
    files = dict.fromkeys(("new.py", "stale.py", "same.py"), NEW)
    found = {one.path.name: one.word for one in changes(files, tmp_path)}
    assert found == {"new.py": "missing", "stale.py": "stale", "left.py": "left over"}


def test_applying_leaves_just_the_files(tmp_path: Path) -> None:
    (tmp_path / "left.py").write_text(OLD, "utf-8")
    apply(changes({"a.py": NEW}, tmp_path))
    assert texts(tmp_path) == {"a.py": NEW}


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD, "utf-8")
    found = changes({"a.py": NEW, "b.py": NEW}, tmp_path)
    (tmp_path / "b.py").mkdir()
    with pytest.raises(OSError, match=r"b\.py"):
        apply(found)
    (tmp_path / "b.py").rmdir()
    assert texts(tmp_path) == {"a.py": OLD}


def test_a_full_disk_leaves_all_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD, "utf-8")
    found = changes({"a.py": NEW, "b.py": "\ud800"}, tmp_path)
    with pytest.raises(UnicodeEncodeError):
        apply(found)
    assert texts(tmp_path) == {"a.py": OLD}


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("mine\n", "utf-8")
    with pytest.raises(ForeignFileError):
        changes({"a.py": NEW}, tmp_path)


@pytest.mark.parametrize(
    "text", [f"Begins with\n'{MARK}plan.yaml'.\n", f'"""Helps what is {MARK}it."""\n']
)
def test_a_file_that_only_speaks_of_the_mark_is_somebody_else_s(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "own.py").write_text(text, "utf-8")
    with pytest.raises(ForeignFileError):
        changes({"own.py": NEW}, tmp_path)
    apply(changes({"a.py": NEW}, tmp_path))
    assert texts(tmp_path) == {"a.py": NEW, "own.py": text}


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("mine\n", "utf-8")
    apply(changes({"a.py": NEW}, tmp_path))
    assert texts(tmp_path) == {"a.py": NEW, "own.py": "mine\n"}


def test_line_ends_of_a_checkout_are_no_change(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(NEW.replace("\n", "\r\n").encode())
    assert changes({"a.py": NEW}, tmp_path) == []
