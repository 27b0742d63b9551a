"""Findings with names as odd as YAML and file systems allow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import strategies as st

from trackplan import rules
from trackplan.diagnostic import Diagnostic, Level
from trackplan.model import Place

ODD = st.text(
    st.one_of(st.characters(), st.sampled_from("%:,;=|`<[]({}\r\n é🎉\udcff"))
)
"""What a plan can hold; surrogates are those of bytes that are no UTF-8."""

FILES = (
    st.binary(min_size=1, max_size=60)
    .filter(lambda name: not {0, ord("/")} & {*name} and name not in (b".", b".."))
    # The runner takes `file==x` for a file named `x`, however it is written.
    .filter(lambda name: not name.startswith(b"="))
    .map(os.fsdecode)
)

LEVELS: tuple[Level, ...] = get_args(Level)

FINDINGS = st.builds(
    Diagnostic,
    st.builds(
        lambda rule, level: replace(rule, level=level),
        st.sampled_from([*rules.ALL.values()]),
        st.sampled_from(LEVELS),
    ),
    st.builds(
        Place,
        FILES,
        st.integers(1, 9999),
        st.integers(1, 999),
        st.integers(1, 99),
    ),
    message=ODD.filter(bool),
    help=ODD.filter(bool),
    guess=st.none() | ODD.filter(bool),
)


@pytest.fixture(autouse=True, scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current folder, which is a repository that no CI has named."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / ".git").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "GITHUB_STEP_SUMMARY"):
            patch.delenv(name, raising=False)
        yield folder


def finding(
    file: str = "plan.yaml", line: int = 1, message: str = "odd", code: str = "TP301"
) -> Diagnostic:
    """One finding, three columns wide."""
    return Diagnostic(rules.ALL[code], Place(file, line, 5, 3), message, "mend it")
