"""For tests: what an application would have sent, without sending it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from .runtime.client import current
from .runtime.wire import Record, payload


@contextmanager
def capture() -> Iterator[list[dict[str, object]]]:
    """Collect the wire bodies of all calls, from every thread, instead of sending them.

    Inside, a call that breaks the plan raises PlanViolation. In a capture within a
    capture, the inner one collects.
    """
    client = current()
    sent: list[dict[str, object]] = []

    def keep(record: Record) -> None:
        # Through JSON and back: just what a server would have read.
        wire = payload(record, client.settings.send_timestamp)
        sent.append(json.loads(wire))

    with client.diverted(keep):
        yield sent
