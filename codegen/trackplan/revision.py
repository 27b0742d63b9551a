"""The files of a git revision, read through git itself, without checking them out."""

from __future__ import annotations

import os
import subprocess
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

ABSENT = "no such file in that revision"


class RevisionError(Exception):
    """Git cannot give the file: the sentence says why, and what to do."""


class Revision:
    """The tree of one revision. Paths lead from its root, as in `git show REV:path`.

    Raises RevisionError where there is no git, no repository or no such revision.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        if not name or name.startswith("-"):
            raise RevisionError(f"`{name}:` names no revision; `HEAD:` is one")
        self._tree = _git("rev-parse", "--verify", "--quiet", f"{name}^{{tree}}")
        if not self._tree:
            _git("rev-parse", "--git-dir", needed=True)
            cure = "see `git log`, and fetch it if it is in another clone"
            raise RevisionError(f"git knows no revision `{name}`; {cure}")

    def path(self, written: str, plan: Path) -> Path:
        """Return the path in the tree of what is written after the colon.

        As for git it leads from the root, or with `./` from here; nothing is `plan`.
        """
        if written and not written.startswith(("./", "../")):
            return Path(os.path.normpath(written))
        asked = written or str(plan)
        if os.path.isabs(asked):
            top = _git("rev-parse", "--show-toplevel", needed=True)
            found = os.path.relpath(os.path.realpath(asked), os.path.realpath(top))
        else:
            prefix = _git("rev-parse", "--show-prefix", needed=True)
            found = os.path.normpath(os.path.join(prefix, asked))
        if found.split(os.sep)[0] == os.pardir:
            raise RevisionError(f"`{asked}` is outside the repository")
        return Path(found)

    def read(self, path: Path) -> bytes:
        """Return what a file holds, where a symbolic link leads to. Raises OSError."""
        asked = f"{self._tree}:{path.as_posix()}\n".encode()
        answer = _run("cat-file", "--batch", "--follow-symlinks", asked=asked)
        head, _, rest = answer.partition(b"\n")
        words = head.split(b" ")
        if len(words) == 3 and words[1] == b"blob":
            return rest[: int(words[2])]
        raise FileNotFoundError(0, self._reason(path), self.name(path))

    def _reason(self, path: Path) -> str:
        at = path.as_posix()
        for above in (*reversed(path.parents), path):
            mode = self._modes.get(above.as_posix(), "")
            if mode == "160000":
                inside = path.relative_to(above).as_posix()
                return f"`{above}` is a submodule: run in it, with `REV:{inside}`"
        folders = any(name.startswith(f"{at}/") for name in self._modes)
        return "is a folder" if folders else ABSENT

    def find(self, folder: Path, pattern: str) -> list[Path]:
        """Return the files below `folder` that a glob pattern finds, sorted."""
        steps = pattern.split("/")
        while steps and steps[0] in (".", ".."):
            folder = Path(os.path.normpath(folder / steps.pop(0)))
        start = folder.parts
        return sorted(
            path
            for path in map(Path, self._modes)
            if path.parts[: len(start)] == start
            and _matches(path.parts[len(start) :], tuple(steps))
        )

    def identity(self, path: Path) -> Path:
        """Return what is the same for two paths to one file."""
        return Path(os.path.normpath(path))

    def name(self, path: Path) -> str:
        """Return what to call a file in findings."""
        return f"{self._name}:{path.as_posix()}"

    @cached_property
    def _modes(self) -> dict[str, str]:
        """The paths of all files of the tree, and of its submodules, with the mode."""
        rows = _run("ls-tree", "-r", "-z", "--full-tree", self._tree).split(b"\0")
        pairs = (row.split(b"\t", 1) for row in rows if row)
        return {os.fsdecode(path): head[:6].decode() for head, path in pairs}


def is_revision(name: str) -> bool:
    """Tell whether git knows a revision by this name, here."""
    try:
        Revision(name)
    except RevisionError:
        return False
    return True


def _matches(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        rest = (parts[start:] for start in range(len(parts)))
        return any(_matches(one, pattern[1:]) for one in rest)
    return bool(
        parts and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
    )


def _git(*arguments: str, needed: bool = False) -> str:
    """Return the line that git prints, or nothing where it fails and need not work."""
    try:
        return os.fsdecode(_run(*arguments)).strip("\n")
    except subprocess.CalledProcessError as error:
        if needed:
            said = os.fsdecode(error.stderr).strip().removeprefix("fatal: ")
            raise RevisionError(f"git: {said}") from None
        return ""


def _run(*arguments: str, asked: bytes = b"") -> bytes:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["git", *arguments],
            input=asked,
            capture_output=True,
            check=True,
            env=environment,
        ).stdout
    except FileNotFoundError:
        cure = "install it, or name a file"
        raise RevisionError(
            f"git is not installed, and reads revisions: {cure}"
        ) from None
