"""Calls that are looked through: to an attribute, a module, or their argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, TypeAlias

from trackplan.usage.scopes import Import, Scope

Form: TypeAlias = Literal["attribute", "partial", "wrapper", "module"]

FORMS: dict[tuple[str, str], Form] = {
    ("builtins", "getattr"): "attribute",
    ("builtins", "staticmethod"): "wrapper",
    ("builtins", "classmethod"): "wrapper",
    ("builtins", "__import__"): "module",
    ("functools", "partial"): "partial",
    ("functools", "partialmethod"): "partial",
    ("importlib", "import_module"): "module",
}
"""The functions, by module and name."""


def form(node: ast.Call, scope: Scope) -> Form | None:
    """Return how a call is looked through, or None where it is not."""
    function = node.func
    if isinstance(function, ast.Name):
        name = function.id
    elif isinstance(function, ast.Attribute):
        name = function.attr
    else:
        return None
    if name not in scope.forms or not node.args:
        return None
    for origin in _origins(function, scope):
        if kind := FORMS.get(origin):
            return None if kind == "attribute" and len(node.args) == 1 else kind
    return None


def _origins(node: ast.expr, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield the modules and names from which a function may come."""
    holder = node.value if isinstance(node, ast.Attribute) else node
    if not isinstance(holder, ast.Name):
        return
    bindings = scope.visible(holder.id)
    if isinstance(node, ast.Name) and not bindings:
        yield "builtins", node.id
    for binding in bindings:
        for draft in binding.drafts:
            if isinstance(draft, Import):
                name = node.attr if isinstance(node, ast.Attribute) else draft.name
                yield draft.module, name


def literal(node: ast.expr) -> str | None:
    """Return the text that a node spells out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def name_in(node: ast.Call, kind: Form) -> str | None:
    """Return the name of the attribute or module that a call gives, if spelt out."""
    return literal(node.args[1] if kind == "attribute" else node.args[0])
