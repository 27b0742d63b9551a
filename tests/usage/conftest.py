"""Small projects, written to a folder and examined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

from trackplan.check import check_text
from trackplan.usage import Examined, Sources, examine

PLAN = """\
trackplan: 1
traits:
  user: {properties: {email: {type: string}}}
events:
  Signed Up:
    properties: {method: {type: string}, fromPage: {type: string}}
    required: [method]
  Trial Started: {additionalProperties: true}
"""

Project: TypeAlias = Callable[..., Examined]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Write files below the current folder, and examine them with a plan."""
    monkeypatch.chdir(tmp_path)

    def write(
        files: Mapping[str, str],
        plan: str = PLAN,
        paths: tuple[str, ...] = (".",),
        excluded: tuple[str, ...] = (),
        output: str = "generated",
    ) -> Examined:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")
        model = check_text(dedent(plan), "tracking_plan.yaml").plan
        assert model is not None
        return examine(model, Sources([*map(Path, paths)], excluded, Path(output)))

    return write


def uses(examined: Examined, function: str = "track_signed_up") -> set[str]:
    """Return the places that use a function, as `app.py:3`."""
    found = examined.usage.sightings[function]
    return {f"{one.place.file}:{one.place.line}" for one in found}


def found(examined: Examined, *names: str) -> list[str]:
    """Return the messages of the findings of some rules, with their places."""
    return [
        f"{d.place.file}:{d.place.line}: {d.message}"
        for d in (one.diagnostic for one in examined.usage.findings)
        if d.rule.name in names
    ]
