"""The syntax tree of one file → what it binds and what it mentions, in order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from trackplan.usage import chains
from trackplan.usage.exports import Exports
from trackplan.usage.forms import FORMS, Form, form, literal, name_in
from trackplan.usage.scopes import Binding, Chain, Draft, Import, Made, Scope
from trackplan.usage.summary import Arguments, Kind
from trackplan.usage.walk import Walk, last_name

_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
_Comprehension: TypeAlias = (
    "ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp"
)
_Pair: TypeAlias = tuple[ast.expr, ast.expr]
_EVENT_KEYWORDS = frozenset({"event", "event_name", "event_type", "action", "name"})
_POSITIONS = 3
"""How many positional texts are kept: the event is among the first."""


class Mention(NamedTuple):
    """A use of a name, before the name is looked up."""

    chain: Chain
    kind: Kind
    node: ast.expr
    arguments: Arguments | None = None


@dataclass(slots=True)
class ClassDraft:
    """A class: what its bases and, besides its body's, its attributes may stand for."""

    scope: Scope
    bases: Sequence[Draft]
    attributes: dict[str, list[Draft]] = field(default_factory=dict)


@dataclass(slots=True)
class FunctionDraft:
    """A function: what it may return."""

    is_property: bool
    returns: list[Draft] = field(default_factory=list)


class Scan(Walk):
    """Walks a module once, and notes what is bound, imported, made and mentioned."""

    def __init__(self) -> None:
        super().__init__()
        self.mentions: list[Mention] = []
        self.imports: list[Import] = []
        self.dynamic_imports: list[ast.Call] = []
        self.classes: list[ClassDraft] = []
        self.functions: list[FunctionDraft] = []
        self.exports = Exports()
        self._function: FunctionDraft | None = None

    # Bindings

    def _assign(self, target: ast.expr, drafts: Sequence[Draft] = ()) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, drafts)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self._assign(item)
        elif isinstance(target, ast.Starred):
            self._assign(target.value)
        elif isinstance(target, ast.Attribute) and (
            own := self._class_of(target.value)
        ):
            own.attributes.setdefault(target.attr, []).extend(drafts)
        elif isinstance(target, ast.Attribute):
            self._mention(target, "store")
        else:
            self.visit(target)

    def _class_of(self, node: ast.expr) -> ClassDraft | None:
        """Return the class whose instance a node names: that of `self` in a method."""
        if isinstance(node, ast.Name):
            for binding in self.scope.visible(node.id):
                for draft in binding.drafts:
                    if isinstance(draft, Made) and draft.kind == "self":
                        return self.classes[draft.number]
        return None

    def _value(self, node: ast.expr) -> Sequence[Draft]:
        """Read a value that is given a name, and return what it may stand for."""
        found = chains.drafts(node, self._locate)
        if isinstance(node, (ast.Name, ast.Attribute)):
            self._mention(node, "alias")
        else:
            self.visit(node)
        return found

    def visit_Assign(self, node: ast.Assign) -> None:
        if pairs := _pairs(node.targets, node.value):
            for target, value in pairs:
                self._assign(target, self._value(value))
            return
        drafts = self._value(node.value)
        for target in node.targets:
            self._assign(target, drafts)
            if self._is_exports(target):
                self.exports.assign(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        drafts = list(self._value(node.value)) if node.value else []
        drafts += chains.instances(node.annotation, self._locate)
        if drafts or node.value:
            self._assign(node.target, drafts)
        if node.value and self._is_exports(node.target):
            self.exports.assign(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._assign(node.target)
        if self._is_exports(node.target):
            self.exports.add(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        drafts = self._value(node.value)
        scope = self.scope
        while scope.runs_at_once and scope.kind == "function" and scope.parent:
            scope = scope.parent  # it reaches out of comprehensions
        self._bind(node.target.id, drafts, scope)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._assign(target)

    def visit_Global(self, node: ast.Global) -> None:
        if self.scope.parent:
            for name in node.names:
                self.scope.elsewhere[name] = self.scope.module

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            self.scope.declare_nonlocal(name)

    # Imports

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            whole = Import(alias.name)
            self.imports.append(whole)
            first = alias.name.partition(".")[0]
            self._bind(
                alias.asname or first, [whole if alias.asname else Import(first)]
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            is_star = alias.name == "*"
            if (node.module, alias.name) in FORMS:
                self.scope.forms.add(alias.asname or alias.name)
            found = Import(node.module or "", node.level, alias.name, is_star)
            if is_star:
                self._order += 1
                star = Binding(self._order, self._blocks, [found], self._is_typing)
                self.scope.stars.append(star._replace(is_star=True))
            else:
                self._bind(alias.asname or alias.name, [found])

    def _is_exports(self, node: ast.expr) -> bool:
        is_named = isinstance(node, ast.Name) and node.id == "__all__"
        return is_named and self.scope.parent is None

    # Uses

    def _mention(self, node: ast.Name | ast.Attribute, kind: Kind) -> None:
        if found := chains.chain(node, self._locate):
            self._note(found, kind, node)
            self._inner(node)
        elif isinstance(node, ast.Attribute):
            self.visit(node.value)

    def _note(
        self,
        found: Chain,
        kind: Kind,
        node: ast.expr,
        call: ast.Call | None = None,
        skipped: int = 0,
    ) -> None:
        if not self._is_typing:
            arguments = _arguments(call, skipped) if call else None
            self.mentions.append(Mention(found, kind, node, arguments))

    def _inner(self, node: ast.expr) -> None:
        """Read the calls within a chain that is already noted."""
        while isinstance(node, (ast.Attribute, ast.Await)):
            node = node.value
        if not isinstance(node, ast.Call):
            return
        if form(node, self.scope) == "attribute" and name_in(node, "attribute"):
            self._inner(node.args[0])
            self._visit_all(node.args[1:])
        else:
            self.visit_Call(node)

    def visit_Name(self, node: ast.Name) -> None:
        self._mention(node, "reference")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._mention(node, "reference")

    def visit_Call(self, node: ast.Call) -> None:
        kind = form(node, self.scope)
        if kind:
            self._look_through(node, kind)
        elif found := chains.chain(node, self._locate):
            self._note(found, "call", node.func, node)
            self._inner(node.func)
        else:
            self.visit(node.func)
        if isinstance(node.func, ast.Attribute) and self._is_exports(node.func.value):
            self.exports.call(node.func.attr, node)
        self._visit_all(node.args[1:] if kind else node.args)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def _look_through(self, node: ast.Call, kind: Form) -> None:
        if kind == "partial":
            self._of_argument(node, "reference", node)
        elif kind == "wrapper":
            self._of_argument(node, "reference")
        elif kind == "attribute":
            found = chains.chain(node, self._locate)
            if found and name_in(node, kind) is not None:
                self._note(found, "reference", node)
                self._inner(node.args[0])
            else:
                self._of_argument(node, "getattr")
        elif name_in(node, kind) is None:
            self.dynamic_imports.append(node)
            self.visit(node.args[0])

    def _of_argument(
        self, node: ast.Call, kind: Kind, call: ast.Call | None = None
    ) -> None:
        """Note the first argument of a call that is looked through."""
        first = node.args[0]
        if found := chains.chain(first, self._locate):
            self._note(found, kind, first, call, skipped=1)
            self._inner(first)
        else:
            self.visit(first)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value and self._function:
            self._function.returns += chains.drafts(node.value, self._locate)
        if node.value:
            self.visit(node.value)

    # Scopes

    @contextmanager
    def _inside(self, scope: Scope) -> Iterator[None]:
        """Read in another scope, which most often is to run at another time."""
        before = self.scope, self._blocks, self._function
        self.scope = scope
        if not scope.runs_at_once:
            self._blocks = ()
        yield
        self.scope, self._blocks, self._function = before

    def visit_FunctionDef(self, node: _Function) -> None:
        self._visit_all(node.decorator_list)
        decorators = [last_name(one) for one in node.decorator_list]
        number = len(self.functions)
        is_property = any(name.endswith("property") for name in decorators)
        draft = FunctionDraft(is_property)
        draft.returns += chains.instances(node.returns, self._locate)
        self.functions.append(draft)
        scope = Scope("function", self.scope)
        self._parameters(node.args, scope, "staticmethod" not in decorators)
        self._bind(node.name, [Made("function", number)])
        with self._inside(scope):
            self._function = draft
            self._visit_all(node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        scope = Scope("function", self.scope)
        self._parameters(node.args, scope, is_method=False)
        with self._inside(scope):
            self._function = None
            self.visit(node.body)

    def _parameters(self, args: ast.arguments, scope: Scope, is_method: bool) -> None:
        """Bind parameters by annotation and default; the first may be `self`."""
        names = [*args.posonlyargs, *args.args]
        missing = len(names) - len(args.defaults)
        defaults = [*[None] * missing, *args.defaults, *args.kw_defaults]
        for arg, default in zip([*names, *args.kwonlyargs], defaults, strict=True):
            drafts = list(chains.instances(arg.annotation, self._locate))
            drafts += self._value(default) if default else []
            if is_method and self.scope.kind == "class" and arg in names[:1]:
                drafts.append(Made("self", self._class_number()))
            self._bind(arg.arg, drafts, scope, is_default=default is not None)
        for more in (args.vararg, args.kwarg):
            if more:
                self._bind(more.arg, (), scope)

    def _class_number(self) -> int:
        return next(i for i, one in enumerate(self.classes) if one.scope is self.scope)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list)
        bases = [draft for base in node.bases for draft in self._value(base)]
        for keyword in node.keywords:
            self.visit(keyword.value)
        scope = Scope("class", self.scope, runs_at_once=True)
        number = len(self.classes)
        self.classes.append(ClassDraft(scope, bases))
        with self._inside(scope):
            self._visit_all(node.body)
        self._bind(node.name, [Made("class", number)])

    def _comprehension(self, node: _Comprehension, *elements: ast.expr) -> None:
        first = node.generators[0]
        self.visit(first.iter)
        with self._inside(Scope("function", self.scope, runs_at_once=True)):
            for one in node.generators:
                if one is not first:
                    self.visit(one.iter)
                self._assign(one.target)
                self._visit_all(one.ifs)
            self._visit_all(elements)

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
    ) -> None:
        self._comprehension(node, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, node.key, node.value)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        with self._branch(self._statement(), 0, "loop"):
            self._assign(node.target)
            self._visit_all(node.body)
        self._visit_all(node.orelse)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            drafts = self._value(item.context_expr)
            if item.optional_vars:
                self._assign(item.optional_vars, drafts)
        self._visit_all(node.body)


def _pairs(targets: Sequence[ast.expr], value: ast.expr) -> list[_Pair] | None:
    """Return what `a, b = x, y` assigns to what."""
    if len(targets) != 1 or not isinstance(targets[0], ast.Tuple):
        return None
    names = targets[0].elts
    values = value.elts if isinstance(value, ast.Tuple) else []
    is_plain = not any(isinstance(one, ast.Starred) for one in [*names, *values])
    if not is_plain or len(names) != len(values):
        return None
    return list(zip(names, values, strict=True))


def _arguments(node: ast.Call, skipped: int) -> Arguments:
    args, keywords = node.args[skipped:], [one.arg for one in node.keywords if one.arg]
    texts = {
        str(i): text for i, one in enumerate(args[:_POSITIONS]) if (text := _text(one))
    }
    for one in node.keywords:
        if one.arg in _EVENT_KEYWORDS and (text := _text(one.value)):
            texts[one.arg] = text
    ahead = list(takewhile(lambda one: not isinstance(one, ast.Starred), args))
    has_star, is_open = len(ahead) < len(args), len(keywords) < len(node.keywords)
    return Arguments(len(ahead), keywords, has_star, is_open, texts)


def _text(node: ast.expr) -> str | None:
    """Return a literal text, or the one that an object of an event is made with."""
    if not isinstance(node, ast.Call):
        return literal(node)
    named = {one.arg: one.value for one in node.keywords}
    names = (named[name] for name in _EVENT_KEYWORDS & named.keys())
    return next((text for one in [*names, *node.args] if (text := literal(one))), None)
