"""Where a schema meets a value: what is found there, and what of it may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, cast
from urllib.parse import unquote

from .values import Finding, Given, Path, shown, type_name

Schema: TypeAlias = Mapping[str, object] | bool
Rule: TypeAlias = "Callable[[At, object, object], Iterator[Finding]]"
"""What judges a value by one keyword: the place, the value, the keyword's operand."""


class Judge:
    """Judges by `rules`, one for each keyword, in the order schemas name them.

    `personal` collects the places that a schema calls `pii`.
    """

    def __init__(
        self, definitions: Mapping[str, Schema], rules: Mapping[str, Rule]
    ) -> None:
        self.personal: set[Path] = set()
        self._root = {"$defs": definitions}
        self._rules = rules

    def findings(self, schema: Schema, value: object, path: Path) -> Iterator[Finding]:
        """Yield what is wrong with the value at `path`."""
        if schema is True:
            return
        if schema is False:
            got = type_name(value)
            yield Finding(path, "false", "no value here", got, got)
            return
        if schema.get("pii") is True:
            self.personal.add(path)
        at = At(self, schema, path)
        for keyword in schema:
            rule = self._rules.get(keyword)
            if rule is not None:
                yield from rule(at, value, schema[keyword])

    def resolve(self, pointer: str) -> Schema:
        """Follow a `#/$defs/…` pointer (RFC 6901)."""
        found: object = self._root
        for token in unquote(pointer).split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping):
                found = cast("Mapping[str, object]", found)[key]
            else:
                found = cast("Sequence[object]", found)[int(key)]
        return cast("Schema", found)


class At:
    """One schema at one place of the value."""

    __slots__ = ("_judge", "path", "schema")

    def __init__(self, judge: Judge, schema: Mapping[str, object], path: Path) -> None:
        self._judge = judge
        self.schema = schema
        self.path = path

    def finding(
        self, keyword: str, expected: str, value: object, got: str | None = None
    ) -> Finding:
        """Return a finding that shows a scalar, or says `got` in its place."""
        kind = type_name(value)
        if got is not None:
            return Finding(self.path, keyword, expected, got, got)
        plain = kind if isinstance(value, list | dict) else shown(value)
        return Finding(self.path, keyword, expected, plain, kind)

    def same(self, schema: object, value: object) -> Iterator[Finding]:
        """Judge the value itself by another schema."""
        return self._judge.findings(cast("Schema", schema), value, self.path)

    def below(
        self, schema: object, value: object, step: str | int
    ) -> Iterator[Finding]:
        """Judge what stands under an index or under a key that the schema names."""
        path = (*self.path, step)
        return self._judge.findings(cast("Schema", schema), value, path)

    def extra(
        self, keyword: str, schema: object, value: object, key: str
    ) -> Iterator[Finding]:
        """Judge what stands under a key that the schema does not name."""
        if schema is not False:
            return self.below(schema, value, Given(key))
        expected, got = "no such property in the plan", type_name(value)
        path = (*self.path, Given(key))
        return iter([Finding(path, keyword, expected, got, got)])

    def accepts(self, schema: object, value: object) -> bool:
        """Tell whether the value itself, or an item of it, fits another schema."""
        return next(self.same(schema, value), None) is None

    def resolve(self, pointer: object) -> Schema:
        """Return the schema a `$ref` leads to."""
        return self._judge.resolve(cast("str", pointer))
