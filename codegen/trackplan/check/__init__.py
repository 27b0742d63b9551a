"""Data → Plan, or diagnostics. All findings in one run, in order of place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from trackplan import rules
from trackplan.check.build import Builder
from trackplan.check.examples import check_examples
from trackplan.check.findings import Findings
from trackplan.check.include import Disk, Files, Gathered, gather, gather_text, merge
from trackplan.check.levels import apply_levels, check_levels
from trackplan.check.lints import check_lints
from trackplan.check.names import check_names
from trackplan.check.references import References, check_references
from trackplan.check.schemas import check_required, check_schemas
from trackplan.check.silence import silence
from trackplan.diagnostic import Diagnostic
from trackplan.model import Path as KeyPath
from trackplan.model import Place, Plan

__all__ = ["Checked", "apply_levels", "check_file", "check_levels", "check_text"]


def _nowhere(_: KeyPath) -> Place:
    return Place("", 1, 1)


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome: `plan` is None exactly where a diagnostic is an error."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, str]
    """The text of every file that was read, for showing the line of a finding."""
    folders: frozenset[Path] = frozenset()
    """Where an `include` looked for files."""
    place_of: Callable[[KeyPath], Place] = field(default=_nowhere, compare=False)
    """Where the key that leads to a path stands, or the last there is on the way."""

    @property
    def watched(self) -> list[Path]:
        """The files that were read, and the folders where more may come."""
        return [*map(Path, self.sources), *self.folders]


def check_file(
    path: Path,
    today: date | None = None,
    files: Files | None = None,
    *,
    lint: bool = True,
) -> Checked:
    """Read and check the plan at `path` and all it includes.

    `today` is what dates in the plan are held against; without it they are not.
    `files` is where to read them, if not on the disk. Without `lint` errors alone are
    found. Raises OSError if `path` itself cannot be read.
    """
    return _check(gather(path, files or Disk()), today, lint=lint)


def check_text(text: str, file: str, today: date | None = None) -> Checked:
    """Check a plan given as text; `file` is the name that diagnostics carry."""
    return _check(gather_text(text, file), today)


def _check(gathered: Gathered, today: date | None, *, lint: bool = True) -> Checked:
    if not gathered.files:
        return Checked(None, _in_order(gathered.diagnostics), gathered.sources)
    found = merge(gathered)
    references = References(found)
    builder = Builder(found, references)
    check_names(found)
    check_schemas(found)
    check_references(found, references)
    check_required(found, references)
    if not gathered.diagnostics:
        check_examples(found, builder)
        if lint:
            check_lints(found, references, gathered.sources, today)
    diagnostics = _in_order(_kept(found, gathered))
    failed = any(one.rule.level == "error" for one in diagnostics)
    plan = None if failed else builder.plan()
    places = Findings(found.plan)  # not `found`, whose list of schemas can go now
    folders = frozenset(gathered.folders)
    return Checked(plan, diagnostics, gathered.sources, folders, places.key_place)


def _in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(diagnostics), key=lambda one: one.sort_key))


def _kept(found: Findings, gathered: Gathered) -> list[Diagnostic]:
    """Drop what follows from what could not be read, and what the plan silences."""
    unread = {
        one.place for one in gathered.diagnostics if one.rule is rules.VALUE_NOT_JSON
    }
    first = set(gathered.diagnostics)
    kept = [
        one
        for one in found.diagnostics
        if one in first
        or (one.place not in unread and _can_be_said(one, gathered.is_whole))
    ]
    return silence(kept, gathered.sources)


def _can_be_said(one: Diagnostic, is_whole: bool) -> bool:
    return is_whole or one.rule is not rules.UNKNOWN_REFERENCE
