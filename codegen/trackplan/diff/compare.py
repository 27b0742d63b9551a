"""Two schemas → what changed between them, keyword by keyword, judged by meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import NamedTuple, cast

from trackplan.diagnostic import Rule
from trackplan.diff.change import SAME, Change, Judgement, worse
from trackplan.diff.facts import member_schemas
from trackplan.diff.judge import Judge, Spot, repr_json
from trackplan.diff.match import Renamed, renamed
from trackplan.diff.normal import NEVER, Object, atoms, atoms_of, types_of, values_of
from trackplan.diff.prove import group_of
from trackplan.diff.world import looks, path_of, text, written
from trackplan.model import Json, Path, Schema
from trackplan.rules import changes as kinds

ASKED_OF_TYPE = ("type", "enum", "const")
_LIMITS = {
    "minimum": ("minimum", "exclusiveMinimum"),
    "maximum": ("maximum", "exclusiveMaximum"),
    **{
        f"{end}{noun}": (f"{end}{noun}",)
        for end in ("min", "max")
        for noun in ("Length", "Items", "Properties")
    },
    "multipleOf": ("multipleOf",),
    "uniqueItems": ("uniqueItems",),
}
_GONE = Judgement("breaks", "it no longer arrives")
_NEW = Judgement("safe", "nothing that is read today changes")
_UNTYPED = Judgement("may break", "type checkers no longer know the key")


class Node(NamedTuple):
    """A schema of both plans, with its name in words and its path in each."""

    spot: Spot
    words: str
    """Empty for an event, traits or a definition itself."""
    old_path: Path
    new_path: Path

    def below(
        self, old: Schema, new: Schema, words: str, old_step: Path, new_step: Path
    ) -> Node:
        """Return what stands below: the last of a step leads into the value."""
        spot = self.spot._replace(
            old=old,
            new=new,
            old_steps=(*self.spot.old_steps, old_step[-1]),
            new_steps=(*self.spot.new_steps, new_step[-1]),
        )
        old_path, new_path = (*self.old_path, *old_step), (*self.new_path, *new_step)
        return Node(spot, words, old_path, new_path)


class Comparison:
    """Compares the schemas of one event, kind of traits or definition."""

    def __init__(
        self,
        judge: Judge,
        subject: str,
        said: Mapping[str, Sequence[Change]],
        pairs: Sequence[Renamed] | None = None,
    ) -> None:
        self._judge = judge
        self._said = said
        """What changed in the definitions that were compared before."""
        self._world = judge.world
        self._subject = subject
        self._pairs = pairs
        """Which of its own properties were renamed, where that is known."""

    def changes(self, node: Node) -> Iterator[Change]:
        """Yield what changed at `node` and below; nothing where both mean the same."""
        spot = node.spot
        if text(self._world.normal(spot.old)) == text(self._world.normal(spot.new)):
            return
        names = _reference(spot.old), _reference(spot.new)
        if names[0] == names[1] and "/" not in (names[0] or "/"):
            return  # what changed there is said of the definition
        if self._judge.means_the_same(spot):
            return
        if names[0] and names[1] and names[0] != names[1]:
            fact = f"{_of(node)} refers to `{names[1]}` instead of `{names[0]}`"
            yield self._judged(node, kinds.REFERENCE_CHANGED, fact, "$ref")
            return
        old, old_path = self._view(spot.old, node.old_path)
        new, new_path = self._view(spot.new, node.new_path)
        seen = node._replace(
            spot=spot._replace(old=old, new=new), old_path=old_path, new_path=new_path
        )
        found = list(self._keywords(seen, old, new))
        yield from found
        if looks(old) or looks(new):
            yield from self._looked_at(seen, found)

    def _looked_at(self, node: Node, found: Sequence[Change]) -> Iterator[Change]:
        """Yield what follows for `unevaluated…`, where no change says it already."""
        fact = f"what `unevaluated…` looks at in {_of(node)} changed"
        change = self._judged(node, kinds.RULE_CHANGED, fact, None)
        for of in (_callers, _consumers):
            known = [of(one).verdict for one in [change, *found]]
            if known[0] != "safe" and set(known[1:]) <= {"safe"}:
                yield change
                return

    def _view(self, schema: Schema, path: Path) -> tuple[Object, Path]:
        """Return the keywords of a schema, behind the references that are all it is."""
        made = self._world.normal(schema)
        while isinstance(made, Mapping) and made.keys() == {"$ref"}:
            path = path_of(str(made["$ref"]))
            made = self._world.resolve(str(made["$ref"]))
        if isinstance(made, bool):
            return ({} if made else NEVER), path
        options = cast("Sequence[Schema]", made.get("allOf", ()))
        if len(options) == 1 and len(made) == 1:
            return self._view(options[0], (*path, "allOf", 0))
        return made, path

    def _keywords(self, node: Node, old: Object, new: Object) -> Iterator[Change]:
        if self._is_other_type(old, new):
            fact = f"{_of(node)} is {_kinds(new)}, and was {_kinds(old)}"
            yield self._judged(node, kinds.TYPE_CHANGED, fact, "type")
            return
        done: set[str] = set()
        for keyword in sorted({*old, *new}):
            if keyword in done:
                continue
            group = _group(keyword)
            done |= {*group}
            if _part(old, group) != _part(new, group):
                yield from self._group(node, old, new, keyword, group)

    def _is_other_type(self, old: Object, new: Object) -> bool:
        was, now = _atoms(old), _atoms(new)
        return not (was <= now or now <= was)

    def _group(
        self, node: Node, old: Object, new: Object, keyword: str, group: Sequence[str]
    ) -> Iterator[Change]:
        if group == ASKED_OF_TYPE:
            yield from self._types(node, old, new)
        elif keyword in ("properties", "patternProperties", "additionalProperties"):
            yield from self._members(node, old, new)
        elif keyword == "required":
            yield from self._required(node, old, new)
        elif keyword == "items" and _is_list(old) and _is_list(new):
            words = f"an item of {node.words}" if node.words else "an item"
            step: Path = ("items",)
            below = node.below(
                cast("Schema", old["items"]),
                cast("Schema", new["items"]),
                words,
                step,
                step,
            )
            spot = below.spot._replace(
                old_steps=(*node.spot.old_steps, 0), new_steps=(*node.spot.new_steps, 0)
            )
            yield from self.changes(below._replace(spot=spot))
        else:
            yield from self._rule(node, old, new, group)

    # --- Values -------------------------------------------------------------------

    def _types(self, node: Node, old: Object, new: Object) -> Iterator[Change]:
        was, now = values_of(old), values_of(new)
        if was is not None and now is not None:
            yield from self._values(node, was, now)
            return
        callers, consumers = self._both(node, ASKED_OF_TYPE)
        if callers.verdict == consumers.verdict == "safe":
            return
        rule = kinds.TYPE_CHANGED
        if callers.verdict == "safe":
            rule = kinds.TYPE_WIDENED
        elif consumers.verdict == "safe":
            rule = kinds.TYPE_NARROWED
        if self._judge.never(new):
            consumers = _GONE
        fact = f"{_of(node)} is {_kinds(new)}, and was {_kinds(old)}"
        yield self._change(node, rule, fact, (callers, consumers), "type")

    def _values(
        self, node: Node, was: Sequence[Json], now: Sequence[Json]
    ) -> Iterator[Change]:
        gone = [one for one in map(repr_json, was) if one not in map(repr_json, now)]
        come = [one for one in map(repr_json, now) if one not in map(repr_json, was)]
        if gone:
            callers = self._judge.callers(node.spot, {"enum": list(now)})
            fact = f"{_of(node)} can be {_listed(gone)} no more"
            yield self._change(node, kinds.VALUE_REMOVED, fact, (callers, SAME), "enum")
        if come:
            consumers = self._judge.consumers(node.spot, {"enum": list(was)})
            fact = f"{_of(node)} can be {_listed(come)} too"
            yield self._change(node, kinds.VALUE_ADDED, fact, (SAME, consumers), "enum")

    def _rule(
        self, node: Node, old: Object, new: Object, group: Sequence[str]
    ) -> Iterator[Change]:
        judged = self._both(node, group)
        callers, consumers = judged
        if callers.verdict == consumers.verdict == "safe":
            return
        if self._is_said(_only(old, group), _only(new, group), judged):
            return
        name = next(key for key in group if key in {*old, *new})
        fact = _moved(node, old, new, name)
        rule = {"pattern": kinds.PATTERN_CHANGED, "format": kinds.FORMAT_CHANGED}.get(
            name, kinds.RULE_CHANGED
        )
        if tuple(group) in _LIMITS.values():
            if callers.verdict == "safe":
                rule = kinds.LIMIT_LOOSENED
            elif consumers.verdict == "safe":
                rule = kinds.LIMIT_TIGHTENED
        yield self._change(node, rule, fact, judged, name)

    def _is_said(self, old: Object, new: Object, judged: _Judged) -> bool:
        """Tell whether definitions that both refer to say already what breaks."""
        if written(old) != written(new):
            return False
        found = [
            change
            for name in self._world.reached(old)
            for change in self._said.get(name, ())
        ]
        return all(
            of_side.verdict == "safe" or any(of(one).verdict != "safe" for one in found)
            for of_side, of in zip(judged, (_callers, _consumers), strict=True)
        )

    # --- Objects ------------------------------------------------------------------

    def _members(self, node: Node, old: Object, new: Object) -> Iterator[Change]:
        was, now = _named(old), _named(new)
        pairs = self._renamed(node, was, now)
        for name in sorted(was.keys() & now.keys()):
            yield from self.changes(_member(node, was[name], now[name], name, name))
        for pair in pairs:
            below = _member(node, was[pair.old], now[pair.new], pair.old, pair.new)
            if node.words:
                yield self._renaming(below, pair)
            yield from self.changes(below)
        gone = was.keys() - now.keys() - {pair.old for pair in pairs}
        come = now.keys() - was.keys() - {pair.new for pair in pairs}
        for name in sorted(gone):
            yield self._removed(node, was[name], new, name)
        for name in sorted(come):
            yield self._added(node, now[name], old, new, name)
        yield from self._rest(node, old, new, was.keys() | now.keys())

    def _renamed(
        self, node: Node, was: Mapping[str, Schema], now: Mapping[str, Schema]
    ) -> Sequence[Renamed]:
        if not node.words and self._pairs is not None:
            return self._pairs
        gone = {name: one for name, one in was.items() if name not in now}
        come = {name: one for name, one in now.items() if name not in was}
        return renamed(gone, come, _nothing, _nothing, self._are_alike)

    def _are_alike(self, one: Schema, two: Schema) -> bool:
        old, new = (self._view(schema, ())[0] for schema in (one, two))
        return bool(_atoms(old) & _atoms(new))

    def _renaming(self, node: Node, pair: Renamed) -> Change:
        fact = f"{_of(node)} was renamed `{pair.new}`, {pair.because}"
        gone = Judgement("breaks", f"`{pair.old}` is no longer taken")
        judged = gone, Judgement("breaks", f"`{pair.old}` no longer arrives")
        return self._change(node, kinds.PROPERTY_RENAMED, fact, judged)

    def _removed(self, node: Node, was: Schema, new: Object, name: str) -> Change:
        below = _member(node, was, True, name, name)
        wanted: Json = [*member_schemas(new, name)]
        callers = self._judge.callers(below.spot, {"allOf": wanted} if wanted else True)
        if not node.words:
            callers = Judgement("breaks", "its parameter is gone")
        elif callers.verdict == "safe":
            callers = _UNTYPED
        fact = f"{_of(below)} was removed"
        judged = callers, _GONE
        return self._change(below, kinds.PROPERTY_REMOVED, fact, judged, is_old=True)

    def _added(
        self, node: Node, now: Schema, old: Object, new: Object, name: str
    ) -> Change:
        taken: Json = [*member_schemas(old, name)]
        below = _member(node, {"allOf": taken} if taken else True, now, name, name)
        is_required = name in cast("Sequence[str]", new.get("required", ()))
        callers = self._judge.callers(below.spot, now)
        if is_required:
            missing = self._judge.callers(node.spot, {"required": [name]})
            callers = worse(missing, callers)
        consumers = self._judge.consumers(below.spot, below.spot.old)
        if self._judge.never(below.spot.old):
            consumers = _NEW
        fact = f"{_of(below)} was added, {'required' if is_required else 'optional'}"
        judged = callers, consumers
        return self._change(below, kinds.PROPERTY_ADDED, fact, judged)

    def _rest(
        self, node: Node, old: Object, new: Object, names: AbstractSet[str]
    ) -> Iterator[Change]:
        """Yield what changed for the properties that are not declared."""
        group = ("patternProperties", "additionalProperties")
        if _part(old, group) == _part(new, group):
            return
        free: Json = dict.fromkeys(names, True)
        callers = self._judge.callers(
            node.spot, {**_only(new, group), "properties": free}
        )
        consumers = self._judge.consumers(
            node.spot, {**_only(old, group), "properties": free}
        )
        if callers.verdict == consumers.verdict == "safe":
            return
        key = "additionalProperties"
        rule, fact = (
            kinds.RULE_CHANGED,
            f"other properties of {_of(node)} are ruled anew",
        )
        if new.get(key) is False and old.get(key) is not False:
            rule, fact = kinds.CLOSED, f"{_of(node)} was closed"
        elif old.get(key) is False and new.get(key) is not False:
            rule, fact = kinds.OPENED, f"{_of(node)} was opened"
        yield self._change(node, rule, fact, (callers, consumers), key)

    def _required(self, node: Node, old: Object, new: Object) -> Iterator[Change]:
        was, now = (set(cast("list[str]", s.get("required", []))) for s in (old, new))
        pairs = self._renamed(node, _named(old), _named(new))
        back = {pair.new: pair.old for pair in pairs}
        there = {pair.old: pair.new for pair in pairs}
        come, gone = _named(new).keys() - _named(old), _named(old).keys() - _named(new)
        for name in sorted(now):
            before = back.get(name, name)
            if before not in was and name not in come - back.keys():
                callers = self._judge.callers(node.spot, {"required": [before]})
                judged = callers, SAME
                if callers.verdict != "safe":
                    yield self._requires(node, name, kinds.REQUIRED_ADDED, judged)
        for name in sorted(was):
            after = there.get(name, name)
            if after not in now and name not in gone - there.keys():
                consumers = self._judge.consumers(node.spot, {"required": [after]})
                judged = SAME, consumers
                if consumers.verdict != "safe":
                    yield self._requires(node, after, kinds.REQUIRED_DROPPED, judged)

    def _requires(self, node: Node, name: str, rule: Rule, judged: _Judged) -> Change:
        below = _member(node, True, True, name, name)
        how = "required" if rule is kinds.REQUIRED_ADDED else "optional"
        return self._change(below, rule, f"{_of(below)} became {how}", judged)

    # --- Judging ------------------------------------------------------------------

    def _judged(self, node: Node, rule: Rule, fact: str, keyword: str | None) -> Change:
        """Return a change that is judged by all that both schemas ask."""
        callers = self._judge.callers(node.spot, node.spot.new)
        consumers = self._judge.consumers(node.spot, node.spot.old)
        return self._change(node, rule, fact, (callers, consumers), keyword)

    def _both(self, node: Node, group: Sequence[str]) -> _Judged:
        """Judge what the keywords of a group ask, each side against the other."""
        old, new = (cast("Object", one) for one in (node.spot.old, node.spot.new))
        if looks(old) or looks(new):
            group = sorted({*old, *new})
        callers = self._judge.callers(node.spot, _only(new, group))
        return callers, self._judge.consumers(node.spot, _only(old, group))

    def _change(
        self,
        node: Node,
        rule: Rule,
        fact: str,
        judged: _Judged,
        keyword: str | None = None,
        *,
        is_old: bool = False,
    ) -> Change:
        path = node.old_path if is_old else node.new_path
        path = path if keyword is None else (*path, keyword)
        return Change(rule, self._subject, fact, *judged, path, is_old)


_Judged = tuple[Judgement, Judgement]


_callers, _consumers = attrgetter("callers"), attrgetter("consumers")


def _of(node: Node) -> str:
    return node.words or "it"


def _nothing(_: Schema) -> None:
    return None


def _named(schema: Object) -> Mapping[str, Schema]:
    return cast("Mapping[str, Schema]", schema.get("properties", {}))


def _member(node: Node, old: Schema, new: Schema, was: str, now: str) -> Node:
    start = f"{node.words[:-1]}." if node.words.endswith("`") else "property `"
    if node.words and not node.words.endswith("`"):
        start = f"{node.words}: property `"
    words = f"{start}{was}`"
    return node.below(old, new, words, ("properties", was), ("properties", now))


def _reference(schema: Schema) -> str | None:
    """Return the name of the definition that a schema refers to and is no more than."""
    if isinstance(schema, bool) or schema.keys() - {"pii"} != {"$ref"}:
        return None
    return "/".join(map(str, path_of(str(schema["$ref"]))[1:]))


def _group(keyword: str) -> tuple[str, ...]:
    if keyword in ASKED_OF_TYPE:
        return ASKED_OF_TYPE
    for limits in _LIMITS.values():
        if keyword in limits:
            return limits
    return group_of(keyword)


def _only(schema: Object, group: Sequence[str]) -> dict[str, Json]:
    return {key: schema[key] for key in group if key in schema}


def _part(schema: Object, group: Sequence[str]) -> str:
    return text(_only(schema, group))


def _is_list(schema: Object) -> bool:
    return "items" in schema and "prefixItems" not in schema


def _atoms(schema: Object) -> frozenset[str]:
    values = values_of(schema)
    if values is None:
        return atoms(types_of(schema))
    return frozenset(map(atoms_of, values))


def _kinds(schema: Object) -> str:
    values = values_of(schema)
    if values is not None:
        return f"one of {_listed([repr_json(one) for one in values])}"
    if "type" not in schema:
        return "of any type"
    return " or ".join(types_of(schema)) or "nothing"


def _listed(values: Sequence[str]) -> str:
    more = f" and {len(values) - 5} more" if len(values) > 5 else ""
    return ", ".join(f"`{one}`" for one in values[:5]) + more


def _moved(node: Node, old: Object, new: Object, key: str) -> str:
    whose = f"`{key}` of {_of(node)}"
    if key not in old:
        return f"{whose} was added{_value(new[key])}"
    if key not in new:
        return f"{whose} was removed{_value(old[key])}"
    was, now = _value(old[key], " from "), _value(new[key], " to ")
    return f"{whose} changed{was}{now}" if was and now else f"{whose} changed"


def _value(value: Json, before: str = ": ") -> str:
    """Return a short value in words, nothing for a long one."""
    words = value if isinstance(value, str) else repr_json(value)
    is_short = not isinstance(value, list | dict) and len(words) <= 60
    return f"{before}`{words}`" if is_short else ""
