"""The write of a spooled call."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from trackplan.runtime.delivery.writing import make_write


def test_it_says_how_much_it_wrote(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        assert make_write()(file.fileno(), b"a\0b") == 3
    assert (tmp_path / "file").read_bytes() == b"a\0b"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has none")
def test_a_full_disk_is_an_error_with_its_number() -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as file,
        pytest.raises(OSError, match="No space left") as raised,
    ):
        make_write()(file.fileno(), b"line")
    assert raised.value.errno == errno.ENOSPC
