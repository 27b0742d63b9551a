"""A plan in several files: what `include` names is read and merged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from trackplan import load, rules
from trackplan.check.findings import Findings, place_as_seen
from trackplan.check.shape import check_shape
from trackplan.diagnostic import Diagnostic
from trackplan.load import Array, Data, Merged, Object
from trackplan.model import Place

SECTIONS = ("$defs", "events")
"""What included files may add to."""


@dataclass
class Gathered:
    """The files of a plan, the main one first, and what is wrong with reading them."""

    files: list[Object] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)
    """Where an `include` looks for files."""
    is_whole: bool = True
    """Whether every file could be read: else names that seem unknown may not be."""

    def add(self, text: str, file: str) -> Object | None:
        """Take in one file; return its data if that is a mapping."""
        text = load.with_plain_line_ends(text)
        self.sources[file] = text
        try:
            data, diagnostics = load.parse(text, file)
        except load.PlanSyntaxError as error:
            self.refuse(error.diagnostic)
            return None
        self.diagnostics += diagnostics
        if not isinstance(data, Object):
            self.refuse(_no_mapping(data, file, is_part=bool(self.files)))
            return None
        self.files.append(data)
        return data

    def refuse(self, finding: Diagnostic) -> None:
        """Report a file that is left out."""
        self.diagnostics.append(finding)
        self.is_whole = False


class Files(Protocol):
    """Where plans are read from; a path means there what it means on a disk."""

    def read(self, path: Path) -> bytes:
        """Return what a file holds. Raises OSError."""
        ...

    def find(self, folder: Path, pattern: str) -> list[Path]:
        """Return the files below `folder` that a glob pattern finds, sorted."""
        ...

    def identity(self, path: Path) -> Path:
        """Return what is the same for two paths to one file."""
        ...

    def name(self, path: Path) -> str:
        """Return what to call a file in findings."""
        ...


class Disk:
    """The files of this machine."""

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def find(self, folder: Path, pattern: str) -> list[Path]:
        try:
            found = [Path(os.path.normpath(one)) for one in folder.glob(pattern)]
        except (ValueError, NotImplementedError):  # `**` inside a name, for one
            return []
        return sorted(one for one in found if one.is_file())

    def identity(self, path: Path) -> Path:
        return path.resolve()

    def name(self, path: Path) -> str:
        return str(path)


def gather(path: Path, files: Files) -> Gathered:
    """Read the plan at `path` and all it includes. Raises OSError for `path` alone."""
    gathered = Gathered()
    text = _read(gathered, files, path)
    if text is not None:
        data = gathered.add(text, files.name(path))
        _Reader(gathered, files).follow(data, path, ())
    head, parts = gathered.files[:1], gathered.files[1:]
    gathered.files = head + sorted(parts, key=lambda part: part.place.file)
    return gathered


def gather_text(text: str, file: str) -> Gathered:
    """Take a plan as it stands; without a path, `include` leads nowhere."""
    gathered = Gathered()
    data = gathered.add(text, file)
    for place, entry in _entries(data):
        fact = f"`{entry}` cannot be read: this plan is a text, not a file"
        cure = "save the plan as a file, and check that"
        gathered.refuse(Diagnostic(rules.BAD_INCLUDE, place, fact, cure))
    return gathered


class _Reader:
    def __init__(self, gathered: Gathered, files: Files) -> None:
        self._gathered = gathered
        self._files = files
        self._done: set[Path] = set()

    def follow(self, data: Object | None, path: Path, above: tuple[Path, ...]) -> None:
        """Read what the file at `path` includes, and what that includes."""
        identity = self._files.identity(path)
        open_files = (*above, identity)
        self._done.add(identity)
        for place, entry in _entries(data):
            for found in self._found(path, entry, place):
                self._enter(found, place, open_files)

    def _found(self, path: Path, entry: str, place: Place) -> list[Path]:
        folder = path.parent
        self._gathered.folders.add(folder / _literal_folder(entry))
        if Path(entry).is_absolute():
            fact = f"`{entry}` is an absolute path, which other machines do not have"
            self._refuse(place, fact, "write it relative to this file")
            return []
        if not _is_pattern(entry):
            return [Path(os.path.normpath(folder / entry))]
        own = self._files.identity(path)
        matching = self._files.find(folder, entry)
        found = [one for one in matching if self._files.identity(one) != own]
        if not found:
            which = "file but this one" if matching else "file"
            fact = f"no {which} matches `{entry}`"
            self._refuse(place, fact, f"correct it; it is looked for in `{folder}`")
        return found

    def _enter(self, path: Path, place: Place, open_files: tuple[Path, ...]) -> None:
        resolved, name = self._files.identity(path), self._files.name(path)
        if resolved in open_files:
            fact = f"`{name}` includes itself, by way of this line"
            self._refuse(place, fact, "remove the line")
        elif resolved not in self._done:
            try:
                text = _read(self._gathered, self._files, path)
            except OSError as error:
                why = (error.strerror or "no file").lower()
                fact = f"`{name}` cannot be read: {why}"
                self._refuse(place, fact, "correct the path, or add the file")
                return
            if text is not None:
                self.follow(self._gathered.add(text, name), path, open_files)

    def _refuse(self, place: Place, fact: str, cure: str) -> None:
        finding = Diagnostic(rules.BAD_INCLUDE, place, fact, cure)
        self._gathered.refuse(finding)


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _literal_folder(entry: str) -> Path:
    """Return the folder that an entry names, down to its first glob pattern."""
    parts = Path(entry).parts[:-1]
    return Path(*takewhile(lambda part: not _is_pattern(part), parts))


def _read(gathered: Gathered, files: Files, path: Path) -> str | None:
    raw, name = files.read(path), files.name(path)
    try:
        return load.decode(raw, name)
    except load.PlanSyntaxError as error:
        text = raw.decode("utf-8-sig", "replace")
        gathered.sources[name] = load.with_plain_line_ends(text)
        gathered.refuse(error.diagnostic)
        return None


def _entries(data: Data) -> Iterator[tuple[Place, str]]:
    entries = data.get("include") if isinstance(data, Object) else None
    if isinstance(entries, Array):
        for index, entry in enumerate(entries):
            if isinstance(entry, str) and entry:
                yield entries.item_place(index), entry


def merge(gathered: Gathered) -> Findings:
    """Return the plan that the files make together, with what is wrong so far."""
    whole = Merged(gathered.files[0])
    for data in gathered.files:
        for key in data if data is gathered.files[0] else SECTIONS:
            if key in data:
                _merge(whole, key, data, gathered.diagnostics)
    found = Findings(whole)
    found.diagnostics += gathered.diagnostics
    for data in gathered.files:
        part = Findings(data)
        check_shape(part, is_part=data is not gathered.files[0])
        found.absorb(part)
    return found


def _merge(
    whole: Merged, key: str, data: Object, diagnostics: list[Diagnostic]
) -> None:
    value = data[key]
    if key not in SECTIONS or not isinstance(value, Object):
        if key not in whole:
            whole.take(key, data)
        return
    section = whole.get(key)
    if not isinstance(section, Merged):
        section = Merged(value)
        whole.take(key, data)
        whole[key] = section
    for name in value:
        if name in section:
            place = value.key_place(name)
            where = place_as_seen(section.key_place(name), place)
            fact = f"`{name}` is defined here a second time; the first is {where}"
            cure = "keep one of the two, or rename one"
            finding = Diagnostic(rules.DUPLICATE_KEY, place, fact, cure)
            diagnostics.append(finding)
        else:
            section.take(name, value)


def _no_mapping(data: Data, file: str, *, is_part: bool) -> Diagnostic:
    fact = "the plan is empty" if data is None else "the plan is no mapping"
    place = data.place if isinstance(data, Array) else Place(file, 1, 1)
    cure = "begin with `trackplan: 1`, then `events:`"
    if is_part:
        fact, cure = fact.replace("plan", "included file"), "begin with `events:`"
    return Diagnostic(rules.WRONG_KIND, place, fact, cure)
