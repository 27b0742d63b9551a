"""The text of one file → its summary: a pure function, so that it can be cached."""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import decode_source
from math import inf
from typing import Literal

from trackplan.usage.scan import ClassDraft, Mention, Scan
from trackplan.usage.scopes import Binding, Chain, Draft, Import, Made, Ref, reaching
from trackplan.usage.summary import (
    CALL,
    Class,
    Function,
    Problem,
    Summary,
    Use,
    Value,
    dump_uses,
)

_DEEPEST = 20_000
_UNSHADOWED = frozenset(
    [
        "__future__",
        "abc",
        "asyncio",
        "builtins",
        "codecs",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "io",
        "itertools",
        "json",
        "logging",
        "math",
        "os",
        "pathlib",
        "random",
        "re",
        "subprocess",
        "sys",
        "threading",
        "time",
        "typing",
        "typing_extensions",
        "unittest",
        "uuid",
        "warnings",
    ]
)
"""Modules that are never a project's own, and that most names of a file come from."""
_BUILTINS = frozenset(dir(builtins))


def summarize(source: bytes) -> Summary:
    """Return the summary of a file, with a problem alone where it is no Python."""
    try:
        text = decode_source(source)
        with _deep(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            scan = Scan()
            scan.visit(tree)
            return _Summarizer(scan, text).summary()
    except SyntaxError as error:
        return _unreadable(error.lineno or 1, f"is no Python: {error.msg}")
    except ValueError as error:  # null bytes, or bytes that its encoding does not have
        return _unreadable(1, f"cannot be decoded: {error}")
    except (RecursionError, MemoryError):
        return _unreadable(1, "is nested too deeply")


@contextmanager
def _deep() -> Iterator[None]:
    """Let expressions be as deep as the parser takes them."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _unreadable(line: int, why: str) -> Summary:
    problem = Problem(line, 1, 1, f"the file {why}", "mend the file, or exclude it")
    return Summary([], {}, [], None, [], [], [problem], "[]")


class _Summarizer:
    """Looks up the names of a scan, and keeps what an import can lead to."""

    def __init__(self, scan: Scan, text: str) -> None:
        self._scan = scan
        self._lines = text.split("\n")
        self._values: dict[Value, int] = {}
        self._alive: dict[Draft, bool] = {}
        self._alive_made: set[Draft] = set()
        self._numbers: dict[Draft, list[int]] = {}
        self._attributes = [_attributes(one) for one in scan.classes]
        self._find_alive()
        self._alive_names = {
            name
            for name, drafts in scan.drafts.items()
            if any(map(self._is_alive, drafts))
        }

    def summary(self) -> Summary:
        scan = self._scan
        uses = [use for one in scan.mentions if (use := self._use(one))]
        exported = scan.exports.names
        names = {
            name: self._member(name)
            for name, bindings in scan.scope.bindings.items()
            if not all(one.is_typing for one in bindings)
        }
        stars = self._ids(draft for one in scan.scope.stars for draft in one.drafts)
        classes = [self._class(number) for number in range(len(scan.classes))]
        functions = [
            Function(self._ids(one.returns), one.is_property) for one in scan.functions
        ]
        problems = [self._dynamic_import(one) for one in scan.dynamic_imports]
        self._ids(scan.imports)
        values = list(self._values)
        return Summary(
            values,
            names,
            stars,
            exported,
            classes,
            functions,
            problems,
            dump_uses(uses),
        )

    def _member(self, name: str) -> list[int]:
        """Return what the module has under a name at its end."""
        ref = Ref(self._scan.scope, name, inf, ())
        return self._ids(self._leading(self._bindings(ref), name, ()))

    # What a name stands for

    def _bindings(self, ref: Ref) -> list[Binding]:
        if ref.name not in self._scan.drafts and not self._scan.scope.stars:
            return []
        return reaching(ref)

    def _find_alive(self) -> None:
        """Find the classes and functions from which an import can be reached."""
        scan = self._scan
        found = -1
        while found != len(self._alive_made):
            found = len(self._alive_made)
            self._alive.clear()
            for number, one in enumerate(scan.classes):
                inside = [
                    d for drafts in self._attributes[number].values() for d in drafts
                ]
                if any(map(self._is_alive, [*one.bases, *inside])):
                    self._alive_made |= {Made("class", number), Made("self", number)}
            for number, function in enumerate(scan.functions):
                if any(map(self._is_alive, function.returns)):
                    self._alive_made.add(Made("function", number))

    def _is_alive(self, draft: Draft) -> bool:
        """Tell whether a draft can lead to an import."""
        if isinstance(draft, Made):
            return draft in self._alive_made
        if isinstance(draft, Import):
            return draft.level > 0 or draft.module.partition(".")[0] not in _UNSHADOWED
        if draft not in self._alive:
            self._alive[draft] = False  # what leads only to itself leads nowhere
            self._alive[draft] = bool(self._alive_roots(draft))
        return self._alive[draft]

    def _alive_roots(self, chain: Chain) -> list[Draft]:
        root = chain.root
        if isinstance(root, Import):
            return [root] if self._is_alive(root) else []
        return self._leading(self._bindings(root), root.name, chain.path)

    def _leading(
        self, bindings: Iterable[Binding], name: str, path: Sequence[str]
    ) -> list[Draft]:
        drafts = (draft for one in bindings for draft in _drafts(one, name))
        return [one for one in drafts if self._leads_on(one, path)]

    def _leads_on(self, draft: Draft, path: Sequence[str]) -> bool:
        if not self._is_alive(draft):
            return False
        name = next((step for step in path if step != CALL), None)
        if not isinstance(draft, Made) or draft.kind == "function" or name is None:
            return True
        own = self._attributes[draft.number].get(name, [])
        return any(map(self._is_alive, [*own, *self._scan.classes[draft.number].bases]))

    # The summary's numbers

    def _ids(self, drafts: Iterable[Draft]) -> list[int]:
        found = (number for one in drafts for number in self._id(one))
        return list(dict.fromkeys(found))

    def _id(self, draft: Draft) -> list[int]:
        if not self._is_alive(draft):
            return []
        if isinstance(draft, Made):
            return [self._number(Value(draft.kind, number=draft.number))]
        if isinstance(draft, Import):
            kind: Literal["module", "member", "star"] = "module"
            if draft.name:
                kind = "star" if draft.by_star else "member"
            return [self._number(Value(kind, draft.module, draft.level, draft.name))]
        if draft not in self._numbers:
            self._numbers[draft] = []  # what leads to itself leads nowhere by that
            self._numbers[draft] = self._along(self._alive_roots(draft), draft.path)
        return self._numbers[draft]

    def _along(self, drafts: Iterable[Draft], path: Sequence[str]) -> list[int]:
        roots = self._ids(drafts)
        if not path or not roots:
            return roots
        return [self._number(Value("path", roots=tuple(roots), path=tuple(path)))]

    def _number(self, value: Value) -> int:
        return self._values.setdefault(value, len(self._values))

    def _class(self, number: int) -> Class:
        attributes = {
            name: ids
            for name, drafts in self._attributes[number].items()
            if (ids := self._ids(drafts))
        }
        return Class(attributes, self._ids(self._scan.classes[number].bases))

    def _use(self, one: Mention) -> Use | None:
        ref, path = one.chain
        if isinstance(ref, Import):
            roots, is_certain = self._ids([ref]), True
        elif ref.name in self._alive_names or self._scan.scope.stars:
            bindings = self._bindings(ref)
            roots = self._ids(self._leading(bindings, ref.name, path))
            is_certain = all(
                any(map(self._is_alive, _drafts(each, ref.name)))
                and not (each.is_default or (each.is_star and bindings[1:]))
                for each in bindings
            )
        else:
            return None
        if not roots:
            return None
        place = self._place(one.node)
        return Use(roots, path, one.kind, *place, one.arguments, is_certain)

    def _place(self, node: ast.expr) -> tuple[int, int, int]:
        """Return line, column and length, counted in characters from 1."""
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else ""
        start, end = node.col_offset, node.end_col_offset or 0
        if not line.isascii():
            start, end = (
                len(line.encode()[:at].decode(errors="ignore")) for at in (start, end)
            )
        is_on_one_line = node.end_lineno == node.lineno
        return node.lineno, start + 1, max(1, end - start) if is_on_one_line else 1

    def _dynamic_import(self, node: ast.Call) -> Problem:
        message = "a module is imported whose name is known only at run time"
        cure = "import it by its name, if it leads to the generated package"
        return Problem(*self._place(node.func), message, cure)


def _drafts(binding: Binding, name: str) -> Sequence[Draft]:
    """Return what a binding may give a name; a star import may give it anything."""
    if not binding.is_star:
        return binding.drafts
    if name in _BUILTINS:
        return []
    return [
        one._replace(name=name, by_star=True)
        for one in binding.drafts
        if isinstance(one, Import)
    ]


def _attributes(one: ClassDraft) -> dict[str, list[Draft]]:
    """Return what the attributes may stand for that a class and its methods bind."""
    found = {name: list(drafts) for name, drafts in one.attributes.items()}
    for name, bindings in one.scope.bindings.items():
        found.setdefault(name, []).extend(d for each in bindings for d in each.drafts)
    return found
