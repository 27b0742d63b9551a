"""Walks a module in the order in which it would run, and keeps track of branches."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from trackplan.usage.forms import FORMS
from trackplan.usage.scopes import Binding, Blocks, Draft, Ref, Scope


class Walk(ast.NodeVisitor):
    """Knows at each node the scope, the branches around it, and what binds names."""

    def __init__(self) -> None:
        self.scope = Scope("module", forms={name for _, name in FORMS})
        self.drafts: dict[str, list[Draft]] = {}
        """All that each name may stand for, in whatever scope."""
        self._order = 0
        self._blocks: Blocks = ()
        self._is_typing = False
        self._statements = 0

    def visit(self, node: ast.AST) -> None:
        """Read a node; the handlers are looked up once, since a file has many nodes."""
        kind = type(node)
        handle = _HANDLERS.get(kind)
        if handle is None:
            name = f"visit_{_ALIKE.get(kind, kind).__name__}"
            handle = getattr(type(self), name, Walk.generic_visit)
            _HANDLERS[kind] = handle
        handle(self, node)

    def generic_visit(self, node: ast.AST) -> None:
        """Read what a node holds."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def _locate(self, name: str) -> Ref:
        return Ref(self.scope, name, self._order, self._blocks)

    def _bind(
        self,
        name: str,
        drafts: Sequence[Draft] = (),
        scope: Scope | None = None,
        is_default: bool = False,
    ) -> None:
        self._order += 1
        if drafts:
            self.drafts.setdefault(name, []).extend(drafts)
        where = self._order, self._blocks
        binding = Binding(*where, drafts, self._is_typing, is_default=is_default)
        (scope or self.scope).bind(name, binding)

    # Branches

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _statement(self) -> int:
        self._statements += 1
        return self._statements

    @contextmanager
    def _branch(
        self, statement: int, number: int, kind: Literal["if", "loop", "try"]
    ) -> Iterator[None]:
        before = self._blocks
        self._blocks = (*before, (statement, number, kind))
        yield
        self._blocks = before

    def visit_If(self, node: ast.If) -> None:
        is_negated = isinstance(node.test, ast.UnaryOp)
        test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        if last_name(test) == "TYPE_CHECKING":
            for nodes, is_typing in ((node.body, True), (node.orelse, False)):
                self._type_checking(nodes, is_typing != is_negated)
            return
        self.visit(node.test)
        statement = self._statement()
        for number, nodes in enumerate((node.body, node.orelse)):
            with self._branch(statement, number, "if"):
                self._visit_all(nodes)

    def _type_checking(self, nodes: Iterable[ast.AST], is_typing: bool) -> None:
        before = self._is_typing
        self._is_typing = before or is_typing
        self._visit_all(nodes)
        self._is_typing = before

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        statement = self._statement()
        for number, case in enumerate(node.cases):
            with self._branch(statement, number, "if"):
                self.visit(case)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.generic_visit(node)
        if node.name:
            self._bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self._bind(node.rest)

    def visit_While(self, node: ast.While) -> None:
        with self._branch(self._statement(), 0, "loop"):
            self.visit(node.test)
            self._visit_all(node.body)
        self._visit_all(node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        statement = self._statement()
        branches: list[Sequence[ast.AST]] = [[*node.body, *node.orelse]]
        branches += [[one] for one in node.handlers]
        for number, nodes in enumerate(branches):
            with self._branch(statement, number, "try"):
                self._visit_all(nodes)
        self._visit_all(node.finalbody)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type:
            self.visit(node.type)
        if node.name:
            self._bind(node.name)
        self._visit_all(node.body)


_HANDLERS: dict[type[ast.AST], Callable[[Walk, ast.AST], None]] = {}
_ALIKE: dict[type[ast.AST], type[ast.AST]] = {
    ast.AsyncFunctionDef: ast.FunctionDef,
    ast.AsyncFor: ast.For,
    ast.AsyncWith: ast.With,
    ast.TryStar: ast.Try,
    ast.SetComp: ast.ListComp,
    ast.GeneratorExp: ast.ListComp,
    ast.MatchStar: ast.MatchAs,
}
"""Nodes that are read like another."""


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
