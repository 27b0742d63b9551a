"""`[tool.trackplan]` in pyproject.toml: the plan, its code, the levels of rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class ConfigError(Exception):
    """`[tool.trackplan]` cannot be used; the message names the file and the cure."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a project; paths are as seen from the current folder."""

    plan: Path = Path("tracking_plan.yaml")
    output: Path = Path("generated")
    levels: Mapping[str, object] = field(default_factory=dict)
    """The levels of rules by code, as they stand in the file."""


def read_config(start: Path) -> Config:
    """Return the settings of the nearest pyproject.toml that has `[tool.trackplan]`.

    Raises ConfigError, and OSError where the file cannot be read.
    """
    for folder in (start, *start.resolve().parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            table = _table(path)
            if table is not None:
                return _config(table, path)
    return Config()


def _table(path: Path) -> dict[str, object] | None:
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}") from None
    table = tool.get("trackplan") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _config(table: dict[str, object], path: Path) -> Config:
    for key in table:
        if key not in Config.__slots__:
            known = ", ".join(f"`{name}`" for name in Config.__slots__)
            raise ConfigError(
                f"{path}: [tool.trackplan] has no `{key}`; it has {known}"
            )
    levels = table.get("levels", {})
    if not isinstance(levels, dict):
        raise ConfigError(f"{path}: [tool.trackplan.levels] must be a table")
    plan, output = _path(table, "plan", path), _path(table, "output", path)
    return Config(plan or Config().plan, output or Config().output, levels)


def _path(table: dict[str, object], key: str, path: Path) -> Path | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{path}: `{key}` of [tool.trackplan] must be a path")
    return path.parent / value
