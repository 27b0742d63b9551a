"""How fast to send: connections, pauses, the breaker and its ramp, the rate limit."""

import math

TROUBLE = 8
"""Failures in a row that mean the server is down. With fewer, a server that resets
every third connection would be stopped, though a second try is all it needs."""
FIRST_BACK_OFF = 0.25
LONGEST_BACK_OFF = 20.0
STARTED_WITHIN = 0.2
"""Seconds in which all users that have events waiting should have their turn."""
DRAINED_WITHIN = 2.0
"""Seconds in which all events that wait should be sent; else one connection more."""
LOOK_AGAIN = 0.02
SLOW = 0.5
"""Seconds after which a request under way is taken for a sign of the latency."""
FORGET = 0.5
"""Seconds in which the least of late may double."""
BURST = 2_500
"""Calls a second, far more than Userlens takes events, that make a burst."""
PATIENCE = 10.0
"""Seconds of a burst in which nothing is sent; from then on, one request at a time."""
GLANCE = 0.005, 0.1
"""Seconds over which the calls are counted for that, at least and at most."""
GIVES_WAY = 0.0005
"""Seconds that a worker sleeps between two pieces of work, for the callers' sake.

Who waits for Python while a worker keeps it, or takes it back at once after each short
wait for the system, waits until that has gone on for 5 ms.
"""


class Turn:
    """A request that has begun."""

    __slots__ = ("era", "number")

    def __init__(self, number: int, era: int) -> None:
        self.number = number
        self.era = era


class Least:
    """The least of the times seen of late.

    What our own threads take from each other does not count in it, since more of them
    would only take more.
    """

    value = 0.0
    _seen_at = 0.0

    def see(self, took: float, now: float) -> None:
        grown = self.value * 2 ** min((now - self._seen_at) / FORGET, 64)
        self.value = min(took, grown) if self.value else took
        self._seen_at = now


class Burst:
    """Whether callers are so busy that little should be sent beside them.

    One thread runs Python at a time: who makes calls without end would wait for workers
    again and again, for milliseconds, and a worker 5 ms for each turn of its own.
    """

    _since: float | None = None
    _calls = 0
    _seen_at = -math.inf

    def lasts(self, calls: int, now: float) -> float | None:
        """Return for how long one has been under way, after so many calls in all."""
        shortest, longest = GLANCE
        passed = now - self._seen_at
        if passed >= shortest:
            is_fast = calls - self._calls > BURST * min(passed, longest)
            if not is_fast:
                self._since = None
            elif self._since is None:
                self._since = now
            self._calls, self._seen_at = calls, now
        return None if self._since is None else now - self._since


class Pace:
    """When the next request may begin.

    After a pause one request goes, the probe, and one more with each success. Not
    thread-safe; times are those of one monotonic clock, in seconds, passed in.
    """

    def __init__(self) -> None:
        self.connections = 1
        self.rate_limit: float | None = None
        self.is_down = False
        self._allowed = math.inf
        self._began: dict[int, float] = {}
        self._turns = 0
        self._latency = Least()
        self._cost = Least()
        self._failures = 0
        self._openings = 0
        self._era = 0
        self.paused_until = -math.inf
        self._next_slot = -math.inf

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return not self._began

    def has_time(self, now: float, end: float) -> bool:
        """Whether a request that begins now is likely to be answered before `end`."""
        return now + min(2 * self._latency.value, 0.25) < end

    def opens(
        self, now: float, ready: int, waiting: int, *, alone: bool = False
    ) -> float:
        """When the next request may begin, or when to ask again.

        `ready` lanes could send, and hold most of the `waiting` events. One that is to
        go `alone` waits for the others.
        """
        if len(self._began) >= min(self._allowed, 1 if alone else self.connections):
            return math.inf
        opens = max(now, self.paused_until, self._next_slot)
        if not self._began or opens > now:
            return opens
        oldest = now - next(iter(self._began.values()))
        latency = oldest if oldest > SLOW else self._latency.value
        wanted = max(ready / STARTED_WITHIN, waiting / DRAINED_WITHIN)
        # One thread runs Python at a time: what a processor cannot do in a second, more
        # connections cannot either, and callers would wait for each of them.
        useful = int(latency / (self._cost.value or 1e-9))
        is_short = len(self._began) < min(math.ceil(wanted * latency), useful)
        return now if is_short else now + LOOK_AGAIN

    def begin(self, now: float, events: int) -> Turn:
        """Begin a request that carries so many `events`."""
        self._turns += 1
        self._began[self._turns] = now
        if self.rate_limit:
            self._next_slot = max(now, self._next_slot) + events / self.rate_limit
        return Turn(self._turns, self._era)

    def end(self, turn: Turn, now: float, spent: float) -> None:
        """End a request, however it went, that took `spent` of a processor's time."""
        self._latency.see(now - self._began.pop(turn.number), now)
        self._cost.see(spent, now)

    def succeed(self) -> None:
        """Note that the server answered as it should."""
        self._failures = self._openings = 0
        self.is_down = False
        self._allowed += 1

    def fail(
        self, now: float, turn: Turn, too_many: bool, retry_after: float | None
    ) -> None:
        """Note a failure of the server, or of the way to it, and what it asks for."""
        if retry_after is not None:
            self.pause(now, retry_after)
        if turn.era != self._era and retry_after is None:
            return  # begun before the pause, it says nothing new
        self._failures += 1
        if self.is_down or too_many or self._failures >= TROUBLE:
            self.is_down = True
            self._openings += 1
            self.pause(now, back_off(self._openings))

    def pause(self, now: float, seconds: float) -> None:
        """Begin nothing for `seconds`; a success under way does not end that."""
        self._era += 1
        self.paused_until = max(self.paused_until, now + seconds)
        self._allowed = 1

    def resume(self) -> None:
        """Begin again at once, as after a change of settings."""
        self._era += 1
        self._failures = self._openings = 0
        self.is_down = False
        self.paused_until = -math.inf


def back_off(attempts: int) -> float:
    """Full jitter: anything up to a bound that doubles with each attempt."""
    from random import uniform

    bound = FIRST_BACK_OFF * 2 ** min(max(attempts, 1) - 1, 16)
    return uniform(0, min(bound, LONGEST_BACK_OFF))
