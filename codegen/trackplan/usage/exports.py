"""What `__all__` lists, as far as it is spelt out."""

from __future__ import annotations

import ast

from trackplan.usage.forms import literal


class Exports:
    """The names that a module exports by a star, once all of it has been read."""

    def __init__(self) -> None:
        self._names: list[str] | None = None
        self._are_known = True

    @property
    def names(self) -> list[str] | None:
        """The names, or None where there is no `__all__` or not all of it is known."""
        return self._names if self._are_known else None

    def assign(self, node: ast.expr) -> None:
        """Take what is assigned to it."""
        self._names = []
        self.add(node)

    def add(self, node: ast.expr) -> None:
        """Take what is added to it."""
        items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else None
        names = [literal(item) for item in items or ()]
        self._are_known &= items is not None and None not in names
        self._names = (self._names or []) + [name for name in names if name is not None]

    def call(self, method: str, node: ast.Call) -> None:
        """Take what a call of one of its methods adds."""
        if method == "extend" and len(node.args) == 1:
            self.add(node.args[0])
        elif method == "append" and len(node.args) == 1:
            self.add(ast.List(elts=node.args))
        else:
            self._are_known = False
