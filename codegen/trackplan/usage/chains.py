"""Expressions → what they may stand for, along names, attributes and calls."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from trackplan.usage.scopes import Chain, Draft, Import, Ref, Scope
from trackplan.usage.summary import CALL, PARTIAL

Locate: TypeAlias = Callable[[str], Ref]
"""Makes the reference to a name at the place that is being read."""

_FORMS = frozenset({"Optional", "Annotated", "ClassVar", "Final", "Union"})


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
    scope = locate("").scope
    if names_attribute(node, scope):
        steps.append(literal(node.args[1]) or "")
        return None, node.args[0]
    if is_partial(node, scope):
        steps.append(PARTIAL)
        return None, node.args[0]
    if is_wrapper(node, scope):
        return None, node.args[0]
    if is_import(node, scope) and (name := literal(node.args[0])) is not None:
        return _imported(node, name), node
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
        if name not in _FORMS:
            return ()
        of = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return tuple(one for each in of for one in instances(each, locate))
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return ()
    found = chain(node, lambda name: locate(name)._replace(in_annotation=True))
    return (Chain(found.root, (*found.path, CALL)),) if found else ()


def is_getattr(node: ast.Call, scope: Scope) -> bool:
    return len(node.args) > 1 and is_builtin(node.func, scope, _GETATTR)


def names_attribute(node: ast.Call, scope: Scope) -> bool:
    """Tell whether a call is `getattr` with the name spelt out."""
    return is_getattr(node, scope) and literal(node.args[1]) is not None


_GETATTR = frozenset({"getattr"})


def is_wrapper(node: ast.Call, scope: Scope) -> bool:
    """Tell whether a call leaves its argument what it is: `staticmethod(f)`."""
    return len(node.args) == 1 and is_builtin(node.func, scope, _WRAPPERS)


_WRAPPERS = frozenset({"staticmethod", "classmethod"})


def is_partial(node: ast.Call, scope: Scope) -> bool:
    names = ("partial", "partialmethod")
    return bool(node.args) and _is_of(node.func, scope, "functools", names)


def is_import(node: ast.Call, scope: Scope) -> bool:
    is_known = is_builtin(node.func, scope, _IMPORT)
    known = is_known or _is_of(node.func, scope, "importlib", ("import_module",))
    return known and bool(node.args)


_IMPORT = frozenset({"__import__"})


def is_builtin(node: ast.expr, scope: Scope, names: frozenset[str]) -> bool:
    """Tell whether a node names one of these builtins."""
    return (
        isinstance(node, ast.Name) and node.id in names and not scope.visible(node.id)
    )


def _is_of(node: ast.expr, scope: Scope, module: str, names: tuple[str, ...]) -> bool:
    """Tell whether a node names what was imported from a module under these names."""
    if isinstance(node, ast.Name):
        wanted = {Import(module, 0, name) for name in names}
    elif isinstance(node, ast.Attribute) and node.attr in names:
        node, wanted = node.value, {Import(module)}
    else:
        return False
    found = scope.visible(node.id) if isinstance(node, ast.Name) else []
    return any(draft in wanted for one in found for draft in one.drafts)


def literal(node: ast.expr) -> str | None:
    """Return the text that a node spells out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
