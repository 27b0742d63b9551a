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
    """At 0.1 s of a processor each, ten requests a second are all there can be."""
    turn = pace.begin(0.0, 1)
    pace.end(turn, 0.2, 0.1)
    assert may_begin(pace, 1.0) == 3


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


def bursts(seconds: list[float], a_second: int) -> list[bool]:
    """Whether a burst is on at each time, when calls come evenly."""
    burst = Burst()
    return [burst.is_on(round(now * a_second), now) for now in seconds]


def test_calls_without_end_are_a_burst() -> None:
    assert bursts([0.02, 0.03, 0.04], 20_000) == [True, True, True]


def test_a_thousand_calls_a_second_are_no_burst() -> None:
    assert bursts([0.02, 0.03, 0.04], 1_000) == [False, False, False]


def test_a_burst_is_waited_for_half_a_second() -> None:
    assert bursts([0.1, 0.5, 0.7, 0.8], 20_000) == [True, True, False, False]


def test_a_burst_ends_with_its_calls() -> None:
    burst = Burst()
    assert [burst.is_on(900, now) for now in (0.1, 0.11)] == [True, False]


def test_a_new_burst_is_waited_for_again() -> None:
    burst = Burst()
    calls = [(1_000, 0.1), (20_000, 0.7), (20_000, 0.8), (30_000, 0.9)]
    assert [burst.is_on(*at) for at in calls] == [True, False, False, True]


def test_a_glance_at_once_after_another_changes_nothing() -> None:
    burst = Burst()
    assert [burst.is_on(900, 0.1), burst.is_on(900, 0.104)] == [True, True]
