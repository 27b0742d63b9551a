"""One call of a generated function, after its own quick check: sent, or judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from time import time
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from . import log
from .client import current
from .errors import PlanViolation, Violation
from .opening import load_event
from .outcome import Outcome
from .values import UNSET, Finding, Problem, type_name
from .wire import Record

if TYPE_CHECKING:
    from datetime import datetime

    from .validate import Schema

Kind: TypeAlias = Literal["identify", "group", "track"]
_by_event: dict[str, list[Call]] = {}


class Definitions:
    """The shared schemas of a plan, as JSON texts by name; parsed when first needed."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @cached_property
    def schemas(self) -> Mapping[str, Schema]:
        return {name: _parsed(text) for name, text in self._texts.items()}


class Call:
    """What a generated function calls: one per event, one per kind of traits.

    Safe to use from any thread. Neither method waits for the network, and the only
    exception that leaves them is PlanViolation, where `on_violation` asks for it.
    """

    def __init__(
        self,
        kind: Kind,
        event: str | None,
        schema: str,
        definitions: Definitions,
    ) -> None:
        self.kind: Kind = kind
        self.event = event
        self.definitions = definitions
        self._text = schema
        if event is not None:
            _by_event.setdefault(event, []).append(self)

    @staticmethod
    def of_event(name: str) -> list[Call]:
        """The calls for an event, of each plan whose generated code was imported."""
        load_event(name)
        return _by_event.get(name, [])

    @property
    def name(self) -> str:
        """The event's name on the wire; `identify` or `group` for traits."""
        return self.event or self.kind

    @cached_property
    def schema(self) -> Schema:
        """What its properties are judged by, with the plan's examples of them."""
        return _parsed(self._text)

    def send(
        self,
        user_id: str,
        data: dict[str, object],
        timestamp: datetime | None = None,
        group_id: str | None = None,
    ) -> Outcome:
        """Send a call that was proved valid. `data` must be nobody else's."""
        occurred = time() if timestamp is None else timestamp.timestamp()
        return current().accept(
            (self.kind, user_id, group_id, self.event, data, occurred)
        )

    def judge(
        self,
        user_id: object,
        data: Mapping[str, object],
        timestamp: object = None,
        group_id: object = UNSET,
        additional: object = UNSET,
    ) -> Outcome:
        """Decide a call that was not proved valid: send it, or report what is wrong."""
        __tracebackhide__ = True  # pytest then shows the call instead
        try:
            verdict = _Verdict(self.schema, self.definitions.schemas)
            record = Record(
                self.kind,
                verdict.identifier("userId", user_id),
                None if group_id is UNSET else verdict.identifier("groupId", group_id),
                self.event,
                verdict.data(data, additional),
                verdict.moment(timestamp),
            )
            if not verdict.problems:
                return current().accept(record)
            violation = self._violation(verdict.problems)
            mode, outcome = report(violation, record, verdict.is_sendable)
        except Exception as error:  # what analytics gets wrong is not the caller's
            log.error("%s could not be judged: %s", self.name, type(error).__name__)
            unknown = Record(self.kind, "", None, self.event, {}, time())
            return current().set_aside(unknown, "not_judged")
        if mode == "raise":
            raise violation
        return outcome

    def violation(self, data: Mapping[str, object]) -> PlanViolation | None:
        """What is wrong with `data` as the properties of the event, if anything is."""
        verdict = _Verdict(self.schema, self.definitions.schemas)
        verdict.data(data, UNSET)
        return self._violation(verdict.problems) if verdict.problems else None

    def _violation(self, problems: list[Problem]) -> PlanViolation:
        return PlanViolation(tuple(Violation(self.name, *one) for one in problems))


class _Verdict:
    """What is wrong with one call, and the plain data it stands for."""

    def __init__(self, schema: Schema, definitions: Mapping[str, Schema]) -> None:
        self.problems: list[Problem] = []
        self.is_sendable = True
        self._schema = schema
        self._definitions = definitions

    def identifier(self, path: str, value: object) -> str:
        """Return a user's or group's id, without which nothing `is_sendable`."""
        if isinstance(value, str) and value.strip():
            return str.__str__(value)
        self.is_sendable = False
        got = "a blank string" if isinstance(value, str) else type_name(value)
        self.problems.append(Problem(path, "type", "a non-blank string", got))
        return ""

    def moment(self, value: object) -> float:
        """Return when it happened, in seconds since the epoch."""
        from datetime import datetime

        from .plain import is_moment

        if value is None:
            return time()
        if is_moment(value):
            return value.timestamp()
        self.is_sendable = False  # now would be wrong
        is_naive = isinstance(value, datetime)
        got = f"a {type(value).__name__} without one" if is_naive else type_name(value)
        expected = "a datetime with a time zone"
        self.problems.append(Problem("timestamp", "format", expected, got))
        return time()

    def data(
        self, declared: Mapping[str, object], additional: object
    ) -> dict[str, object]:
        """Return properties or traits as JSON data, judged by the schema."""
        # Here, since few calls come by: they double what the runtime takes to import.
        from .convert import to_json
        from .validate import explain

        unconverted: list[Finding] = []
        given = {k: v for k, v in declared.items() if v is not UNSET}
        merged = {**self._additional(given, additional), **given}
        result: dict[str, object] = {}
        try:
            result = cast("dict[str, object]", to_json(merged, unconverted))
            found = explain(self._schema, result, self._definitions, unconverted)
        except RecursionError:  # the caller's own stack leaves too little
            expected, got = "data that can be judged", "data nested too deep"
            found = [Problem("", "type", expected, got)]
        self.problems += found
        return result

    def _additional(
        self, declared: Mapping[str, object], additional: object
    ) -> Mapping[str, object]:
        if additional is UNSET:
            return {}
        if not isinstance(additional, Mapping):
            got = type_name(additional)
            self.problems.append(
                Problem("additional_properties", "type", "a mapping", got)
            )
            return {}
        for key in additional.keys() & declared.keys():
            expected = "a value given once"
            self.problems.append(Problem(str(key), "required", expected, "two values"))
        return cast("Mapping[str, object]", additional)


def _parsed(text: str) -> Schema:
    from json import loads  # few calls need it, and it is slow to import

    return cast("Schema", loads(text))


def report(
    violation: PlanViolation, record: Record, is_sendable: bool
) -> tuple[str, Outcome]:
    """Do with a broken call what `on_violation` says; that, and what became of it."""
    client = current()
    mode = client.settings.on_violation
    client.count_violation()
    if mode == "send" and is_sendable:
        outcome = client.accept(record)
    else:
        outcome = client.set_aside(record, "violation")
    if callable(mode):
        _hand_over(violation, mode)
        return "callable", outcome
    if mode != "raise":
        log.error("%s", violation)
    return mode, outcome


def _hand_over(
    violation: PlanViolation, handler: Callable[[PlanViolation], object]
) -> None:
    try:
        handler(violation)
    except Exception as error:  # theirs, and still not the caller's
        log.error("on_violation raised %s for %s", type(error).__name__, violation)
