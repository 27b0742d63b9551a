"""Expressions → what they may stand for, along names, attributes and calls."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from trackplan.usage.forms import form, name_in
from trackplan.usage.scopes import Chain, Draft, Import, Ref
from trackplan.usage.summary import CALL, PARTIAL

Locate: TypeAlias = Callable[[str], Ref]
"""Makes the reference to a name at the place that is being read."""

_GENERIC = frozenset({"Optional", "Annotated", "ClassVar", "Final", "Union"})


def chain(node: ast.expr, locate: Locate) -> Chain | None:
    """Return what an expression leads to, or None where that is not followed."""
    steps: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            steps.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Await):
            node = node.value
        elif isinstance(node, ast.Call):
            root, node = _call(node, steps, locate)
            if root:
                return Chain(root, tuple(reversed(steps)))
        elif isinstance(node, ast.Name):
            return Chain(locate(node.id), tuple(reversed(steps)))
        else:
            return None


def _call(
    node: ast.Call, steps: list[str], locate: Locate
) -> tuple[Import | None, ast.expr]:
    """Add the steps of a call, and return where to go on."""
    kind = form(node, locate("").scope)
    first = node.args[0] if kind else node.func
    if kind == "wrapper":
        return None, first
    if kind == "partial":
        steps.append(PARTIAL)
        return None, first
    if kind and (name := name_in(node, kind)) is not None:
        if kind == "module":
            return _imported(node, name), first
        steps.append(name)
        return None, first
    steps.append(CALL)
    return None, node.func


def _imported(node: ast.Call, name: str) -> Import:
    if isinstance(node.func, ast.Name) and node.func.id == "__import__":
        return Import(name.partition(".")[0])
    module = name.lstrip(".")
    return Import(module, len(name) - len(module))


def drafts(node: ast.expr, locate: Locate) -> tuple[Draft, ...]:
    """Return all that an expression may stand for."""
    if isinstance(node, ast.IfExp):
        return drafts(node.body, locate) + drafts(node.orelse, locate)
    if isinstance(node, ast.BoolOp):
        return tuple(one for value in node.values for one in drafts(value, locate))
    if isinstance(node, ast.NamedExpr):
        return drafts(node.value, locate)
    found = chain(node, locate)
    return (found,) if found else ()


def instances(node: ast.expr | None, locate: Locate) -> tuple[Draft, ...]:
    """Return an instance of an annotation: of `X`, `"X"`, `X | None` and so on."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            return ()
    if isinstance(node, ast.BinOp):
        return instances(node.left, locate) + instances(node.right, locate)
    if isinstance(node, ast.Subscript):
        form = node.value
        name = form.attr if isinstance(form, ast.Attribute) else None
        name = form.id if isinstance(form, ast.Name) else name
        if name not in _GENERIC:
            return ()
        of = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(one for each in of for one in instances(each, locate))
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return ()
    found = chain(node, lambda name: locate(name)._replace(in_annotation=True))
    return (Chain(found.root, (*found.path, CALL)),) if found else ()
