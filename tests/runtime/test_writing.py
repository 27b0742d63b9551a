"""The write of a spooled call."""

from __future__ import annotations

from pathlib import Path

from trackplan.runtime.delivery.writing import make_write


def test_it_says_how_much_it_wrote(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        assert make_write()(file.fileno(), b"a\0b", 3) == 3
    assert (tmp_path / "file").read_bytes() == b"a\0b"
