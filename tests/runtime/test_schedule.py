"""What a schedule sends next, on a clock of its own."""

from __future__ import annotations

import math

import pytest

from trackplan.runtime.delivery.attempt import Setup
from trackplan.runtime.delivery.queue import MemoryQueue
from trackplan.runtime.delivery.schedule import Job, Schedule
from trackplan.runtime.delivery.transport import MemoryTransport
from trackplan.runtime.settings import Settings


@pytest.fixture
def queue() -> MemoryQueue:
    return MemoryQueue(10_000)


@pytest.fixture
def schedule(queue: MemoryQueue) -> Schedule:
    settings = Settings(write_code="wc-0123456789")
    return Schedule(Setup(settings, MemoryTransport()), queue, math.inf)


def call(queue: MemoryQueue, times: int) -> None:
    for _ in range(times):
        queue.put(("track", "user-123", None, "Signed Up", {}, 0.0))


def test_a_burst_goes_before_the_sending(schedule: Schedule, queue) -> None:
    call(queue, 1_000)
    assert schedule.next(0.1) == pytest.approx(0.2)


def test_a_call_in_a_burst_wakes_nobody(schedule: Schedule, queue) -> None:
    call(queue, 1_000)
    schedule.next(0.1)
    assert schedule.has_ready(0.1)


def test_in_a_long_burst_one_request_goes_at_a_time(schedule: Schedule, queue) -> None:
    steps = []
    for now in (1.0, 6.0, 10.9, 11.0, 11.1):
        call(queue, 1_000)
        steps.append(schedule.next(now))
    held, sent, alone = steps[:3], steps[3], steps[4]
    assert held == pytest.approx([1.1, 6.1, 11.0])
    assert isinstance(sent, Job)
    assert alone == math.inf


def test_calls_that_find_no_room_are_a_burst_too(schedule: Schedule) -> None:
    for _ in range(1_000):
        schedule.without_room.add()
    assert schedule.next(0.1) == pytest.approx(0.2)


def test_after_a_burst_all_is_sent(schedule: Schedule, queue) -> None:
    call(queue, 1_000)
    schedule.next(0.1)
    assert isinstance(schedule.next(0.2), Job)


def test_who_waits_for_the_sending_does_not_wait_for_a_burst(
    schedule: Schedule, queue
) -> None:
    call(queue, 1_000)
    schedule.barrier(0.1)
    assert isinstance(schedule.next(0.1), Job)


def test_a_shutdown_does_not_wait_for_a_burst(schedule: Schedule, queue) -> None:
    call(queue, 1_000)
    schedule.deadline = 5.0
    assert isinstance(schedule.next(0.1), Job)
