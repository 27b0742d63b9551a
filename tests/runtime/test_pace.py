"""The pace, on a clock of its own."""

from __future__ import annotations

import math

import pytest

from trackplan.runtime.delivery.pace import TROUBLE, Burst, Pace


@pytest.fixture
def pace() -> Pace:
    pace = Pace()
    pace.connections = 4
    return pace


def answered_in(pace: Pace, seconds: float) -> None:
    turn = pace.begin(0.0, 1)
    pace.end(turn, seconds, 0.0001)
    pace.succeed()


def fail(pace: Pace, now: float, retry_after: float | None = None) -> None:
    turn = pace.begin(now, 1)
    pace.end(turn, now, 0.0001)
    pace.fail(now, turn, too_many=False, retry_after=retry_after)


def may_begin(pace: Pace, now: float) -> int:
    """How many requests may be under way together, with plenty to send."""
    begun = []
    while pace.opens(now, 1000, 1000) <= now:
        begun.append(pace.begin(now, 1))
    for turn in begun:
        pace.end(turn, now + 1, 0.0001)
    return len(begun)


def test_few_failures_in_a_row_stop_nothing(pace: Pace) -> None:
    for _ in range(TROUBLE - 1):
        fail(pace, 0.0)
    assert pace.opens(0.0, 1, 1) == 0.0


def test_many_failures_in_a_row_pause_all(pace: Pace) -> None:
    for _ in range(TROUBLE):
        fail(pace, 0.0)
    assert pace.is_down
    assert pace.opens(0.0, 1, 1) > 0.0


def test_a_server_that_is_down_is_probed_singly(pace: Pace) -> None:
    answered_in(pace, 1.0)
    for _ in range(TROUBLE):
        fail(pace, 0.0)
    assert may_begin(pace, 100.0) == 1


def test_connections_come_back_one_with_each_success(pace: Pace) -> None:
    answered_in(pace, 1.0)
    for _ in range(TROUBLE):
        fail(pace, 0.0)
    allowed = []
    for _ in range(4):
        allowed.append(may_begin(pace, 100.0))
        pace.succeed()
    assert allowed == [1, 2, 3, 4]


def test_failures_begun_before_the_pause_make_it_no_longer(pace: Pace) -> None:
    turns = [pace.begin(0.0, 1) for _ in range(TROUBLE + 20)]
    for turn in turns:
        pace.end(turn, 0.0, 0.0001)
        pace.fail(0.0, turn, too_many=False, retry_after=None)
    assert pace.opens(0.0, 1, 1) <= 0.25  # one back-off, not twenty


def test_a_success_under_way_does_not_end_what_the_server_asked_for(pace: Pace) -> None:
    fail(pace, 0.0, retry_after=30.0)
    pace.succeed()
    assert pace.opens(1.0, 1, 1) == 30.0


def test_a_shorter_retry_after_does_not_cut_a_longer_one(pace: Pace) -> None:
    fail(pace, 0.0, retry_after=30.0)
    fail(pace, 0.0, retry_after=1.0)
    assert pace.opens(0.0, 1, 1) == 30.0


def test_new_settings_end_a_pause(pace: Pace) -> None:
    pace.pause(0.0, 60.0)
    pace.resume()
    assert pace.opens(1.0, 1, 1) == 1.0


def test_the_rate_limit_spaces_requests_out(pace: Pace) -> None:
    pace.rate_limit = 10.0
    starts = []
    now = 0.0
    for _ in range(4):
        now = pace.opens(now, 1, 1)
        starts.append(round(now, 3))
        pace.end(pace.begin(now, 1), now, 0.0001)
    assert starts == [0.0, 0.1, 0.2, 0.3]


def test_a_batch_counts_its_events_for_the_rate_limit(pace: Pace) -> None:
    pace.rate_limit = 10.0
    pace.end(pace.begin(0.0, 50), 0.0, 0.0001)
    assert pace.opens(0.0, 1, 1) == 5.0


def test_a_fast_server_needs_one_connection(pace: Pace) -> None:
    answered_in(pace, 0.0001)
    assert may_begin(pace, 0.0) == 1


def test_a_slow_server_gets_as_many_connections_as_allowed(pace: Pace) -> None:
    answered_in(pace, 0.2)
    assert may_begin(pace, 1.0) == 4


def test_what_a_processor_cannot_do_gets_no_connections(pace: Pace) -> None:
    """While one of 0.2 s waits for its answer, there is time to make one more."""
    turn = pace.begin(0.0, 1)
    pace.end(turn, 0.2, 0.1)
    assert may_begin(pace, 1.0) == 2


def test_the_least_latency_of_late_counts(pace: Pace) -> None:
    answered_in(pace, 0.0001)
    answered_in(pace, 0.2)
    assert may_begin(pace, 1.0) == 1


def test_a_request_that_hangs_lets_others_go(pace: Pace) -> None:
    pace.begin(0.0, 1)
    assert pace.opens(0.01, 1, 1) > 0.01
    assert pace.opens(2.0, 1, 1) == 2.0


def test_no_more_requests_begin_than_connections_are_allowed(pace: Pace) -> None:
    pace.connections = 1
    pace.begin(0.0, 1)
    assert pace.opens(9.0, 1000, 1000) == math.inf


def test_one_that_goes_alone_waits_for_the_others(pace: Pace) -> None:
    answered_in(pace, 0.2)
    pace.begin(1.0, 1)
    assert pace.opens(1.0, 1000, 1000, alone=True) == math.inf
    assert pace.opens(1.0, 1000, 1000) == 1.0


def bursts(*seen: tuple[int, float]) -> list[float | None]:
    """How long a burst lasts, after so many calls at such a time, each time."""
    burst = Burst()
    return [burst.lasts(calls, now) for calls, now in seen]


def test_calls_without_end_are_a_burst() -> None:
    assert bursts((2_000, 1.0), (6_000, 1.5), (20_000, 3.0)) == [0.0, 0.5, 2.0]


def test_a_thousand_calls_a_second_are_no_burst() -> None:
    assert bursts((20, 1.0), (30, 1.01), (90, 1.07)) == [None, None, None]


def test_a_burst_ends_with_its_calls() -> None:
    assert bursts((900, 1.0), (900, 1.01)) == [0.0, None]


def test_the_next_burst_is_another() -> None:
    assert bursts((900, 1.0), (900, 2.0), (2_000, 2.1)) == [0.0, None, 0.0]


def test_a_glance_at_once_after_another_changes_nothing() -> None:
    assert bursts((900, 1.0), (900, 1.0)) == [0.0, 0.0]
