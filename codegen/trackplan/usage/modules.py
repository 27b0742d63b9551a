"""Names of modules ↔ the files that were found: what an importer would find."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from trackplan.usage.sdks import ROOTS

_INIT = "__init__"


class Modules:
    """The modules there are, by their path without `.py`; a package's is its folder's.

    All paths are absolute. A namespace package is a folder that holds a module.
    """

    def __init__(
        self, files: Iterable[str], bases: Collection[str], output: str
    ) -> None:
        """Take the files and the folder of the generated package.

        `bases` are the folders above which no module is looked for, unless they are
        packages themselves.
        """
        self.files: dict[str, int] = {}
        """The number of each module's file."""
        self.output = output
        self._bases = bases
        self._folders: set[str] = set()
        self._tops: dict[str, list[str]] = {}
        """The folders in which something of a name can be found."""
        self._found: dict[tuple[str, str], str | None] = {}
        for number, file in enumerate(files):
            path = os.path.splitext(file)[0]
            folder, name = os.path.split(path)
            if name == _INIT:
                self.files[folder] = number  # goes before a module beside the folder
            else:
                self.files.setdefault(path, number)
            self._enter(folder)
        self._enter(output)
        for path in (*self._folders, *self.files):
            root, name = os.path.split(path)
            if root in self._folders:
                self._tops.setdefault(name, []).append(root)

    def _enter(self, folder: str) -> None:
        while folder not in self._folders:
            self._folders.add(folder)
            if folder not in self._bases or _has_init(folder):
                folder = os.path.dirname(folder)

    def __contains__(self, path: str) -> bool:
        return path in self.files or path in self._folders

    def is_generated(self, path: str) -> bool:
        """Tell whether a module is the generated package, or in it."""
        return path == self.output or path.startswith(self.output + os.sep)

    def find(self, module: str, level: int, file: str) -> str | None:
        """Return the path of the module that `file` imports, or None."""
        folder = os.path.dirname(file)
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._at(folder, module.split(".") if module else [])
        key = (module, folder)
        if key not in self._found:
            self._found[key] = self._search(module.split("."), folder)
        return self._found[key]

    def _search(self, parts: Sequence[str], folder: str) -> str | None:
        """Look where an importer may look: in the nearest folder first.

        A folder inside a package is looked into at last, and only for what stands
        beside it there: that is how a script finds it. Files named like an SDK are
        mostly those that call it, and no scripts.
        """
        tops = self._tops.get(parts[0], [])
        if len(tops) > 1:
            tops = sorted(set(tops), key=lambda root: (-_shared(root, folder), root))
        outside = [root for root in tops if not self._is_package(root)]
        beside = [root for root in tops if root == folder and parts[0] not in ROOTS]
        found = [
            path for root in (*outside, *beside) if (path := self._at(root, parts))
        ]
        whole = (path for path in found if self._is_whole(path))
        return next(whole, found[0] if found else None)

    def _is_whole(self, path: str) -> bool:
        """Tell whether a module goes before all folders that only hold modules."""
        return path in self.files or self.is_generated(path)

    def _at(self, root: str, parts: Iterable[str]) -> str | None:
        path = os.path.join(root, *parts)
        return path if path in self or self.is_generated(path) else None

    def _is_package(self, folder: str) -> bool:
        return folder in self.files or _has_init(folder)


@cache
def _has_init(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, f"{_INIT}.py"))


def _shared(one: str, other: str) -> int:
    """Return how far two paths go together."""
    return len(os.path.commonpath([one, other]))
