"""The queue in memory: what it keeps, and how, when it grows long."""

from __future__ import annotations

import gc
from datetime import date

import pytest

from trackplan.runtime.delivery.queue import CROWD, MemoryQueue, packed, unpacked
from trackplan.runtime.wire import Row

DATA: dict[str, object] = {
    "plan": "pro\ud800",
    "seats": 2**70,
    "share": 0.1,
    "is_trial": True,
    "coupon": None,
    "lines": [{"sku": "a"}, {}],
}


def row(user_id: str, data: dict[str, object] | None = None) -> Row:
    return (
        "track",
        user_id,
        None,
        "Plan Upgraded",
        DATA if data is None else data,
        1.5,
    )


def test_a_packed_row_comes_back_as_it_was() -> None:
    assert isinstance(packed(row("user-123")), bytes)
    assert unpacked(packed(row("user-123"))) == row("user-123")


@pytest.mark.parametrize("value", [date(2026, 1, 1), object(), {1, object()}])
def test_what_cannot_be_packed_is_kept_as_it_is(value: object) -> None:
    assert unpacked(packed(row("user-123", {"value": value}))).data["value"] is value


def test_what_contains_itself_is_kept_as_it_is() -> None:
    data: dict[str, object] = {}
    data["data"] = data
    assert unpacked(packed(row("user-123", data))).data is data


def test_a_long_queue_keeps_the_order() -> None:
    queue = MemoryQueue(CROWD + 10)
    users = [f"user-{number}" for number in range(CROWD + 10)]
    assert all(queue.put(row(user)) for user in users)
    assert [item.lane for item in queue.lease(CROWD + 10)] == users


def test_a_long_queue_is_nothing_to_the_garbage_collector() -> None:
    queue = MemoryQueue(3 * CROWD)
    before = len(gc.get_objects())
    for _ in range(3 * CROWD):
        queue.put(row("user-123", {"plan": "pro"}))
    gc.collect()
    assert len(gc.get_objects()) - before < 1.5 * CROWD
