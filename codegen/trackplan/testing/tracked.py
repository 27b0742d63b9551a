"""The calls that a test collects, and what it can assert of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from trackplan.runtime.client import current
from trackplan.runtime.wire import Record, body, encode

from . import telling
from .plan import Event
from .wanted import Wanted, name_in


class Tracked(list[dict[str, object]]):
    """The wire bodies of calls, in their order, with assertions.

    Each assertion takes the event by its name on the wire, or by its generated
    function, as first argument; `identify` and `group` are the names for traits. The
    message of its AssertionError says all it takes to mend the test.
    """

    def __init__(self, bodies: Iterable[dict[str, object]] = ()) -> None:
        super().__init__(bodies)
        self._threads = {thread.ident for thread in threading.enumerate()}
        self._whose = ""

    def of(self, user_id: str) -> Tracked:
        """Return the calls of one user so far."""
        result = Tracked(body for body in self if body.get("userId") == user_id)
        result._threads = self._threads
        result._whose = f" for {user_id}"
        return result

    def assert_called(
        self,
        event: Event,
        /,
        user_id: object = None,
        group_id: object = None,
        *,
        times: int | None = None,
        additional_properties: Mapping[str, object] | None = None,
        **properties: object,
    ) -> None:
        """Assert that there was a call as described, or exactly `times` of them.

        Only what is given is compared: ids and properties that are left out may be
        anything, and `UNSET` wants a property not to be sent. Properties have the names
        of the function's parameters, or those on the wire; `additional_properties` is
        for one named `times`. A value is what the function would take, or anything that
        compares by `==`, such as `pytest.approx(9.99)`.
        """
        __tracebackhide__ = True
        given = {**(additional_properties or {}), **properties}
        self._require(Wanted(self, event, user_id, group_id, given), times)

    def assert_not_called(
        self,
        event: Event,
        /,
        user_id: object = None,
        group_id: object = None,
        *,
        additional_properties: Mapping[str, object] | None = None,
        **properties: object,
    ) -> None:
        """Assert that there was no call as described; see `assert_called`.

        A name that the plan does not have is an error here, not a success.
        """
        __tracebackhide__ = True
        given = {**(additional_properties or {}), **properties}
        self._require(Wanted(self, event, user_id, group_id, given), 0)

    def assert_order(self, *events: Event) -> None:
        """Assert that there were calls of these events, in this order.

        Other calls may stand between them.
        """
        __tracebackhide__ = True
        wanted = [Wanted(self, event) for event in events]
        unplanned = next((one.complaint for one in wanted if one.complaint), None)
        if complaint := unplanned or self._misplaced([one.name for one in wanted]):
            raise AssertionError(complaint)

    def _require(self, wanted: Wanted, times: int | None) -> None:
        __tracebackhide__ = True
        if complaint := wanted.complaint or self._missing(wanted, times):
            raise AssertionError(complaint)

    def _missing(self, wanted: Wanted, times: int | None) -> str | None:
        hits = [index for index, body in enumerate(self) if wanted.fits(body)]
        if hits if times is None else len(hits) == times:
            return None
        told = telling.miscounted(wanted, times, hits, list(self), self._whose)
        return told + self._late()

    def _misplaced(self, names: list[str]) -> str | None:
        rest = iter([name_in(body) for body in self])
        for index, name in enumerate(names):
            if name not in rest:  # takes all that stands before it
                told = telling.misplaced(names, index, list(self), self._whose)
                return told + self._late()
        return None

    def _late(self) -> str:
        """Say which threads may still have calls to make."""
        running = threading.enumerate()
        return telling.late([t.name for t in running if t.ident not in self._threads])


@contextmanager
def capture() -> Iterator[Tracked]:
    """Collect the wire bodies of all calls, from every thread, instead of sending them.

    Inside, a call that breaks the plan raises PlanViolation. In a capture within a
    capture, the inner one collects. A call that a thread makes after the end is not
    collected: join the thread, or wait for what it does, inside.
    """
    client = current()
    sent = Tracked()

    def keep(record: Record) -> None:
        # Through JSON and back: just what a server would have read.
        wire = encode(body(record, client.settings.send_timestamp))
        sent.append(json.loads(wire))

    with client.diverted(keep):
        yield sent
