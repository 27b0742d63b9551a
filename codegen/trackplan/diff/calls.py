"""Events, traits and definitions of two plans → what changed, judged for both sides."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan.diagnostic import Rule
from trackplan.diff.change import SAME, Change, Judgement, worse
from trackplan.diff.compare import Comparison, Node
from trackplan.diff.hints import taken_before
from trackplan.diff.judge import Judge, Spot
from trackplan.diff.match import Renamed, renamed
from trackplan.diff.remarks import Remarks
from trackplan.diff.world import World
from trackplan.model import Call, Definition, Event, Path, Plan, Property, Schema
from trackplan.rules import changes as kinds

_UNSENT = Judgement("safe", "no call sends it yet")
_UNREAD = Judgement("safe", "nobody reads it yet")
_STOPS = Judgement("breaks", "it no longer arrives")


class Plans:
    """Two plans, to be compared."""

    def __init__(self, before: Plan, after: Plan) -> None:
        self._before, self._after = before, after
        self._old_types = {one.name: one for one in before.definitions}
        self._new_types = {one.name: one for one in after.definitions}
        self._judge = Judge(World(before.definitions, after.definitions))
        self._remarks = Remarks(before, after)
        self._said: dict[str, list[Change]] = {}

    def remarks(self) -> Iterator[Change]:
        """Yield what is said otherwise of the whole plan."""
        return self._remarks.of_plan(self._before, self._after)

    # --- Definitions --------------------------------------------------------------

    def definitions(self) -> Iterator[Change]:
        """Yield what changed in `$defs`, whose types can be imported."""
        old, new = self._old_types, self._new_types
        gone = {name: one for name, one in old.items() if name not in new}
        come = {name: one for name, one in new.items() if name not in old}
        pairs = renamed(gone, come, _nothing, _nothing, _are_equal)
        for pair in pairs:
            yield self._renamed_definition(old[pair.old], new[pair.new], pair)
        for name in sorted(gone.keys() - {pair.old for pair in pairs}):
            why = f"`{old[name].type_name}` can be imported no more"
            judged = Judgement("may break", why)
            yield self._definition(
                kinds.DEFINITION_REMOVED, name, "was removed", judged
            )
        for name in sorted(come.keys() - {pair.new for pair in pairs}):
            yield self._definition(kinds.DEFINITION_ADDED, name, "was added", _UNSENT)
        yield from self._same_definitions(sorted(old.keys() & new.keys()))

    def _same_definitions(self, names: list[str]) -> Iterator[Change]:
        """Yield what changed in each, compared after those that it refers to."""
        reached = self._judge.world.reached
        types = self._old_types
        for name in sorted(names, key=lambda name: len(reached(types[name].schema))):
            found = self._same_definition(types[name], self._new_types[name])
            self._said[name] = list(found)
        yield from (change for name in names for change in self._said[name])

    def _definition(
        self, rule: Rule, name: str, what: str, callers: Judgement
    ) -> Change:
        subject = f"`$defs` entry `{name}`"
        is_old = rule is kinds.DEFINITION_REMOVED
        fact = f"{subject} {what}"
        return Change(rule, subject, fact, callers, SAME, ("$defs", name), is_old)

    def _renamed_definition(
        self, old: Definition, new: Definition, pair: Renamed
    ) -> Change:
        why = f"`{old.type_name}` is to be imported as `{new.type_name}`"
        what = f"was `{old.name}` before, {pair.because}"
        judged = Judgement("may break", why)
        return self._definition(kinds.DEFINITION_RENAMED, new.name, what, judged)

    def _same_definition(self, old: Definition, new: Definition) -> Iterator[Change]:
        subject = f"`$defs` entry `{old.name}`"
        yield from self._remarks.of_definition(
            subject, old.name, old.schema, new.schema
        )
        if not self._judge.world.is_untouched(old.schema, new.schema):
            path: Path = ("$defs", old.name)
            node = self._node(old.schema, new.schema, path, path)
            yield from Comparison(self._judge, subject, self._said).changes(node)

    # --- Events and traits --------------------------------------------------------

    def traits(self) -> Iterator[Change]:
        """Yield what changed in traits."""
        for old, new in (
            (self._before.user, self._after.user),
            (self._before.group, self._after.group),
        ):
            if old and new:
                yield from self._call(old, new)
            elif old:
                yield self._removed(old, kinds.TRAITS_REMOVED)
            elif new:
                yield self._added(new, kinds.TRAITS_ADDED)

    def events(self) -> Iterator[Change]:
        """Yield what changed in events."""
        old = {event.name: event for event in self._before.events}
        new = {event.name: event for event in self._after.events}
        gone = {name: one for name, one in old.items() if name not in new}
        come = {name: one for name, one in new.items() if name not in old}
        pairs = renamed(gone, come, _function, _replaced_by, _have_shared)
        for name in sorted(gone.keys() - {pair.old for pair in pairs}):
            yield self._removed(old[name], kinds.EVENT_REMOVED)
        for pair in pairs:
            yield self._renaming(old[pair.old], new[pair.new], pair)
            yield from self._call(old[pair.old], new[pair.new])
        for name in sorted(come.keys() - {pair.new for pair in pairs}):
            yield self._added(new[name], kinds.EVENT_ADDED)
        for name in sorted(old.keys() & new.keys()):
            yield from self._call(old[name], new[name])

    def _added(self, call: Call, rule: Rule) -> Change:
        fact = f"{_subject(call)} {_was(call)} added"
        return Change(rule, _subject(call), fact, _UNSENT, _UNREAD, call.path)

    def _removed(self, call: Call, rule: Rule) -> Change:
        fact = f"{_subject(call)} {_was(call)} removed"
        told = _replaced_by(call)
        if told in {event.name for event in self._after.events}:
            fact += f", and `{told}` replaces it"
        gone = Judgement("breaks", f"`{call.function}` is gone")
        subject = _subject(call)
        return Change(rule, subject, fact, gone, _STOPS, call.path, is_old=True)

    def _renaming(self, old: Call, new: Call, pair: Renamed) -> Change:
        fact = f"event `{old.name}` was renamed `{new.name}`, {pair.because}"
        callers = Judgement("breaks", f"`{old.function}` is now `{new.function}`")
        if pair.is_kept:
            callers = Judgement("safe", f"`{new.function}` stays")
        stops = Judgement("breaks", f"`{old.name}` no longer arrives")
        return Change(
            kinds.EVENT_RENAMED, _subject(new), fact, callers, stops, new.path
        )

    def _call(self, old: Call, new: Call) -> Iterator[Change]:
        subject = _subject(new)
        if old.name == new.name:
            yield from self._remarks.of_call(subject, old, new)
        if old.name == new.name and old.function != new.function:
            why = f"`{old.function}` is now `{new.function}`"
            fact = f"the function of {subject} was renamed `{new.function}`"
            callers = Judgement("breaks", why)
            rule = kinds.FUNCTION_RENAMED
            yield Change(rule, subject, fact, callers, SAME, (*new.path, "python_name"))
        is_untouched = self._judge.world.is_untouched(old.schema, new.schema)
        if is_untouched and _names(old) == _names(new):
            return
        pairs = self._renamed_properties(old, new)
        yield from self._parameters(old, new, pairs)
        node = self._node(old.schema, new.schema, old.path, new.path)
        judged = list(Comparison(self._judge, subject, self._said, pairs).changes(node))
        yield from self._typed(old, new, judged)
        yield from self._gone(old, new, pairs, judged)
        yield from self._come(old, new, pairs, judged)

    def _node(self, old: Schema, new: Schema, old_path: Path, new_path: Path) -> Node:
        before = self._judge.world.old(old)
        return Node(Spot(before, new, before, new, (), ()), "", old_path, new_path)

    def _renamed_properties(self, old: Call, new: Call) -> list[Renamed]:
        was, now = ({one.wire_name: one for one in c.properties} for c in (old, new))
        gone = {name: one for name, one in was.items() if name not in now}
        come = {name: one for name, one in now.items() if name not in was}
        return renamed(gone, come, _parameter, _replaced_by, _are_equal)

    def _parameters(
        self, old: Call, new: Call, pairs: list[Renamed]
    ) -> Iterator[Change]:
        was, now = ({one.wire_name: one for one in c.properties} for c in (old, new))
        for name in sorted(was.keys() & now.keys()):
            mine, its = was[name].python_name, now[name].python_name
            if mine != its:
                fact = f"the parameter of property `{name}` was renamed `{its}=`"
                callers = Judgement("breaks", f"`{mine}=` is now `{its}=`")
                path = (*new.path, "properties", name)
                rule = kinds.PARAMETER_RENAMED
                yield Change(rule, _subject(new), fact, callers, SAME, path)
        for pair in pairs:
            its = now[pair.new].python_name
            fact = f"property `{pair.old}` was renamed `{pair.new}`, {pair.because}"
            mine = was[pair.old].python_name
            callers = Judgement("breaks", f"`{mine}=` is now `{its}=`")
            if pair.is_kept:
                callers = Judgement("safe", f"`{its}=` stays")
            stops = Judgement("breaks", f"`{pair.old}` no longer arrives")
            path = (*new.path, "properties", pair.new)
            rule = kinds.PROPERTY_RENAMED
            yield Change(rule, _subject(new), fact, callers, stops, path)

    def _typed(self, old: Call, new: Call, judged: list[Change]) -> Iterator[Change]:
        """Yield the changes, and with them what type checkers alone refuse."""
        gone = dict(self._gone_types(old, new))
        for one in judged:
            callers = gone.pop(one.path[:4], None)
            yield one._replace(callers=worse(one.callers, callers)) if callers else one
        for path, callers in gone.items():
            fact = f"property `{path[-1]}` takes fewer Python types"
            rule = kinds.PARAMETER_TYPE
            yield Change(rule, _subject(new), fact, callers, SAME, path)

    def _gone(
        self, old: Call, new: Call, pairs: list[Renamed], judged: list[Change]
    ) -> Iterator[Change]:
        """Yield the parameters that go where what is sent may stay as it was."""
        subject = _subject(new)
        said = {(one.rule, one.path) for one in judged}
        kept = {one.wire_name for one in new.properties} | {one.old for one in pairs}
        for name in (one.wire_name for one in old.properties):
            rule, path = kinds.PROPERTY_REMOVED, (*old.path, "properties", name)
            if name not in kept and (rule, path) not in said:
                fact = f"property `{name}` was removed"
                callers = Judgement("breaks", "its parameter is gone")
                yield Change(rule, subject, fact, callers, SAME, path, is_old=True)
        is_said = (kinds.CLOSED, (*new.path, "additionalProperties")) in said
        if old.open and not new.open and not is_said:
            fact = f"{subject} was closed"
            callers = Judgement("breaks", "`additional_properties=` is gone")
            yield Change(kinds.CLOSED, subject, fact, callers, SAME, new.path)

    def _come(
        self, old: Call, new: Call, pairs: list[Renamed], judged: list[Change]
    ) -> Iterator[Change]:
        """Yield the parameters that come where what is sent may stay as it was."""
        said = {(one.rule, one.path) for one in judged}
        had = {one.wire_name for one in old.properties} | {one.new for one in pairs}
        for one in new.properties:
            rule, path = kinds.PROPERTY_ADDED, (*new.path, "properties", one.wire_name)
            if one.wire_name not in had and (rule, path) not in said:
                how, callers = "optional", SAME
                if one.required:
                    why = f"`{one.python_name}=` has to be given"
                    how, callers = "required", Judgement("breaks", why)
                fact = f"property `{one.wire_name}` was added, {how}"
                yield Change(rule, _subject(new), fact, callers, SAME, path)

    def _gone_types(self, old: Call, new: Call) -> Iterator[tuple[Path, Judgement]]:
        was = {one.wire_name: one for one in old.properties}
        types = self._old_types, self._new_types
        for one in new.properties:
            before = was.get(one.wire_name)
            path = (*new.path, "properties", one.wire_name)
            if before and repr(before.schema) != repr(one.schema):
                gone = taken_before(before.schema, one.schema, path, *types)
                named = " and ".join(f"`{name}`" for name in gone)
                if gone:
                    yield path, Judgement("may break", f"type checkers refuse {named}")


def _subject(call: Call) -> str:
    if isinstance(call, Event):
        return f"event `{call.name}`"
    return f"{call.path[1]} traits"


def _was(call: Call) -> str:
    return "was" if isinstance(call, Event) else "were"


def _names(call: Call) -> list[tuple[str, str]]:
    return sorted((one.wire_name, one.python_name) for one in call.properties)


def _function(call: Call) -> str:
    return call.function


def _parameter(one: Property) -> str:
    return one.python_name


def _replaced_by(one: Call | Property) -> str | None:
    return one.deprecated.replaced_by if one.deprecated else None


def _nothing(_: Definition) -> None:
    return None


def _are_equal(one: Definition | Property, two: Definition | Property) -> bool:
    return repr(one.schema) == repr(two.schema)


def _have_shared(one: Call, two: Call) -> bool:
    """Tell whether two events have properties in common, or none at all."""
    names = [{each.wire_name for each in call.properties} for call in (one, two)]
    return bool(names[0] & names[1]) or not (names[0] or names[1])
