"""Plan and code → the places that use each event, and the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from trackplan.diagnostic import Diagnostic, Rule
from trackplan.model import Call, Event, Place, Plan
from trackplan.naming import closest
from trackplan.rules import usage as rules
from trackplan.usage.files import is_test
from trackplan.usage.resolve import Resolver, Thing, Things
from trackplan.usage.sdks import event_name, sending
from trackplan.usage.summary import CALL, Arguments, Summary, Use, load_uses

_OF_TRAITS = ("identify_user", "group_user")


class Sighting(NamedTuple):
    """A place where the function of an event is called, or passed on."""

    place: Place
    is_call: bool
    is_test: bool


class RawCall(NamedTuple):
    """A call of an SDK that names its event by text."""

    place: Place
    sdk: str
    method: str
    event: str | None
    """None where it is not literal, or there is none."""
    is_planned: bool
    """Whether the plan has an event of that name."""
    is_test: bool


class Finding(NamedTuple):
    """A diagnostic, and what it is about in words that stay when lines move."""

    diagnostic: Diagnostic
    subject: str


@dataclass(slots=True)
class Usage:
    """How a plan is used."""

    sightings: dict[str, list[Sighting]] = field(default_factory=dict)
    """By the function of the event, sorted by place."""
    raw_calls: list[RawCall] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unresolved: int = 0


class Judge:
    """Goes through the uses of all files, and then through the events of the plan."""

    def __init__(
        self,
        plan: Plan,
        files: Sequence[str],
        summaries: Sequence[Summary],
        resolver: Resolver,
    ) -> None:
        """Take the files as they are shown, and their summaries in the same order."""
        self._plan = plan
        self._calls: Mapping[str, Call] = {call.function: call for call in plan.calls}
        self._events = {event.name: event for event in plan.events}
        self._files = files
        self._summaries = summaries
        self._resolver = resolver
        self._usage = Usage({function: [] for function in self._calls})

    def usage(self) -> Usage:
        """Return what was found, in order of place."""
        for file, summary in enumerate(self._summaries):
            for problem in summary.problems:
                place = Place(
                    self._files[file], problem.line, problem.column, problem.length
                )
                self._unresolved(place, problem.message, problem.help)
            unread = self._resolver.unread(file, self._calls)
            if file in self._resolver.reaching or unread:
                for use in load_uses(summary.uses):
                    self._use(file, use, unread)
        for sightings in self._usage.sightings.values():
            sightings.sort()
        for call in self._plan.calls:
            self._judge_event(call)
        self._usage.findings.sort(key=lambda one: one.diagnostic.sort_key)
        self._usage.raw_calls.sort(key=lambda one: one.place)
        return self._usage

    def _find(
        self,
        rule: Rule,
        place: Place,
        subject: str,
        message: str,
        cure: str,
        guess: str | None = None,
    ) -> None:
        diagnostic = Diagnostic(rule, place, message, cure, guess)
        self._usage.findings.append(Finding(diagnostic, subject))

    def _unresolved(self, place: Place, message: str, cure: str) -> None:
        self._usage.unresolved += 1
        self._find(rules.UNRESOLVED, place, message, message, cure)

    # Uses

    def _use(self, file: int, use: Use, unread: Mapping[int, tuple[str, str]]) -> None:
        place = Place(self._files[file], use.line, use.column, use.length)
        for root in use.roots:
            if root in unread:
                name, module = unread[root]
                message = f"`{name}` comes from `{module}`, where it was not found"
                cure = "name the folder of that module as well"
                self._unresolved(place, message, cure)
        things = self._resolver.things(file, use.roots)
        for at, step in enumerate(use.path):
            is_last = at == len(use.path) - 1
            if functions := self._functions(things):
                if step != CALL:
                    self._reference(functions, use, place)
                elif is_last:
                    self._called(functions, use, place)
                return  # what comes of a call inside is a use of its own
            if any(one.kind in ("class", "instance", "def") for one in things):
                use = use._replace(is_certain=False)  # a subclass may override it
            if step == CALL and is_last:
                self._sent(things, use, place)
            things = self._resolver.follow(things, step)
        if use.path[-1:] != [CALL]:
            self._reference(self._functions(things), use, place)
            self._passed_on(things, use, place)

    def _functions(self, things: Things) -> list[Thing]:
        """Return those that call, and not what else a star may bring along."""
        functions = (one for one in things if one.kind in ("function", "partial"))
        return sorted(one for one in functions if self._calls_by(one.name))

    def _calls_by(self, name: str) -> bool:
        is_named_so = name.startswith("track_") or name in _OF_TRAITS
        return name in self._calls or is_named_so

    def _called(self, functions: Sequence[Thing], use: Use, place: Place) -> None:
        sighted = [(one, self._sighted(one, place, is_call=True)) for one in functions]
        calls = [call for _, call in sighted if call]
        self._check_keywords(calls, use, place)
        for one, call in sighted:
            is_whole = use.is_certain and len(functions) == 1 and one.kind == "function"
            if call and is_whole and use.arguments and not use.arguments.is_open:
                self._check_missing(call, use.arguments, place)

    def _reference(self, functions: Sequence[Thing], use: Use, place: Place) -> None:
        sighted = [self._sighted(one, place, is_call=False) for one in functions]
        calls = [call for call in sighted if call]
        self._check_keywords(calls, use, place)
        for call in calls if use.kind == "store" else ():
            message = f"`{call.function}` is replaced"
            self._unresolved(place, message, "use `capture()` where this is a test")

    def _sighted(self, one: Thing, place: Place, *, is_call: bool) -> Call | None:
        call = self._calls.get(one.name)
        if call:
            sighting = Sighting(place, is_call, is_test(place.file))
            self._usage.sightings[one.name].append(sighting)
        else:
            message = f"the plan has nothing that becomes `{one.name}`"
            cure = "add it to the plan and run `trackplan generate`, or call another"
            guess = closest(one.name, self._calls)
            self._find(rules.UNKNOWN_FUNCTION, place, one.name, message, cure, guess)
        return call

    def _check_keywords(self, calls: Sequence[Call], use: Use, place: Place) -> None:
        """Find what none of the functions takes that a name may stand for."""
        if use.arguments is None:
            return
        given = {*use.arguments.keywords}
        is_wrong = all(given - {*_parameters(call)} for call in calls)
        for call in calls:
            if is_wrong and use.is_certain:
                self._unknown_keywords(call, use.arguments, place)
            if use.arguments.is_open:
                called = f"`{call.function}` is called with `**`"
                message = f"{called}, so its keywords are not known"
                cure = "write the keywords, where they are known"
                self._unresolved(place, message, cure)

    def _unknown_keywords(self, call: Call, given: Arguments, place: Place) -> None:
        names = _parameters(call)
        for keyword in given.keywords:
            if keyword not in names:
                subject = f"{call.function} {keyword}"
                message = f"{_what(call)} has no property `{keyword}`"
                cure = (
                    f"`{call.function}` takes {', '.join(f'`{one}`' for one in names)}"
                )
                guess = _wire_names(call).get(keyword) or closest(keyword, names)
                self._find(rules.UNKNOWN_KEYWORD, place, subject, message, cure, guess)

    def _check_missing(self, call: Call, given: Arguments, place: Place) -> None:
        by_position, count = _by_position(call), given.positional
        required = [*by_position[count:]] if not given.has_star else []
        required += [one.python_name for one in call.properties if one.required]
        if count > len(by_position):
            taken = " and ".join(f"`{name}`" for name in by_position)
            message = f"`{call.function}` is called with {count} arguments by position"
            cure = f"name all but {taken}"
            self._find(rules.UNKNOWN_KEYWORD, place, call.function, message, cure)
        elif missing := [name for name in required if name not in given.keywords]:
            names = ", ".join(f"`{name}`" for name in missing)
            message = f"`{call.function}` is called without {names}"
            subject = f"{call.function} {' '.join(missing)}"
            cure = f"pass what {_what(call)} requires"
            self._find(rules.MISSING_KEYWORD, place, subject, message, cure)

    def _passed_on(self, things: Things, use: Use, place: Place) -> None:
        """Note what leaves sight: a package or an SDK of which anything may be used."""
        has_package = any(one.kind == "package" for one in things)
        if use.kind == "getattr" and (
            has_package or any(one.kind == "external" for one in things)
        ):
            message = "an attribute is used whose name is known only at run time"
            self._unresolved(place, message, "write the name, where it is known")
        elif has_package and use.kind != "alias":
            message = "the generated package itself is passed on"
            self._unresolved(place, message, "pass on the functions that are needed")
        elif use.kind == "reference":
            self._sent(things, use, place)

    # Raw calls

    def _sent(self, things: Things, use: Use, place: Place) -> None:
        for one in things:
            if one.kind != "external" or not (found := sending(one.name)):
                continue
            sdk, method = found
            event = event_name(sdk, method, use.arguments) if use.arguments else None
            raw = RawCall(
                place,
                sdk.name,
                method,
                event,
                event in self._events,
                is_test(place.file),
            )
            self._usage.raw_calls.append(raw)
            if not raw.is_test:
                self._judge_raw(raw, method in sdk.events)

    def _judge_raw(self, raw: RawCall, is_event: bool) -> None:
        called = f"`{raw.method}` of {raw.sdk}"
        subject = f"{raw.sdk} {raw.method} {raw.event or ''}".rstrip()
        guess = None
        if raw.event is None:
            message = f"{called} is called past the plan"
            kind = "the event" if is_event else "its traits"
            cure = f"add {kind} to the plan, and call the generated function"
        elif event := self._events.get(raw.event):
            message = f"{called} sends `{raw.event}` past the plan"
            cure = f"call `{event.function}` instead"
        else:
            message = f"{called} sends `{raw.event}`, which the plan does not have"
            cure = "add the event to the plan, and call the generated function"
            guess = closest(raw.event, self._events)
        self._find(rules.BYPASS, raw.place, subject, message, cure, guess)

    # Events

    def _judge_event(self, call: Call) -> None:
        sightings = self._usage.sightings[call.function]
        used = [one for one in sightings if not one.is_test]
        what, cure = _what(call), f"call `{call.function}`, or remove it"
        if used and call.deprecated:
            instead = call.deprecated.replaced_by
            for one in used:
                message = f"{what} is deprecated, and `{call.function}` is used"
                do = f"use `{instead}` instead" if instead else "stop using it"
                self._find(rules.DEPRECATED_USED, one.place, call.function, message, do)
        if used and call.external:
            message = f"{what} is external ({call.external}), and used here"
            do = "remove `usage` from it, if this code sends it"
            self._find(rules.EXTERNAL_USED, used[0].place, call.function, message, do)
        if used or call.external or call.deprecated:
            return
        if sightings:
            message = f"{what} is used in tests only"
            self._find(rules.TESTS_ONLY, call.place, call.name, message, cure)
        else:
            more = ", or say `usage: {external: …}`"
            self._find(
                rules.NEVER_USED,
                call.place,
                call.name,
                f"{what} is never used",
                cure + more,
            )


def _what(call: Call) -> str:
    return f"event `{call.name}`" if isinstance(call, Event) else f"`{call.name}`"


def _parameters(call: Call) -> list[str]:
    return [
        *_by_position(call),
        *(one.python_name for one in call.properties),
        *(["timestamp"] if isinstance(call, Event) else []),
        *(["additional_properties"] if call.open else []),
    ]


def _by_position(call: Call) -> list[str]:
    return ["user_id", "group_id"] if call.is_group else ["user_id"]


def _wire_names(call: Call) -> dict[str, str]:
    return {one.wire_name: one.python_name for one in call.properties}
