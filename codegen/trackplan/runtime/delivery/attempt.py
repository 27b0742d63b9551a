"""One request for the first of a lane's items, and what came of it."""

from threading import current_thread, main_thread
from typing import NamedTuple

from trackplan.runtime.settings import Settings
from trackplan.runtime.wire import FORWARDED, authorization

from .queue import Item
from .transport import Request, Transport, TransportError

NO_ANSWER = 0
LARGEST_REQUEST = 500_000
"""Bytes that a request of several forwarded events may have."""


class Setup:
    """What a sender works with."""

    __slots__ = ("settings", "transport")

    def __init__(self, settings: Settings, transport: Transport) -> None:
        self.settings = settings
        self.transport = transport


class Attempt(NamedTuple):
    """What came of trying to send the first `tried` of some items."""

    tried: int
    status: int = NO_ANSWER
    retry_after: float | None = None
    written: bool = True
    """Whether the server may have got the request."""
    trouble: str | None = None
    """Why there is no answer, in words that are safe to log."""
    unsendable: str | None = None
    """Why no request was made: the item itself is to be set aside for it."""


def attempt(setup: Setup, items: list[Item], timeout: float) -> Attempt:
    """Send as many of `items` as fit one request: one, or a batch of forwarded ones."""
    settings = setup.settings
    bodies: list[bytes] = []
    size = 0
    for item in items:
        body = _encoded(item, settings.send_timestamp)
        reason = _unsendable(body, settings.max_event_size)
        if reason and not bodies:
            return Attempt(1, unsendable=reason)
        size += len(body or b"")
        if reason or body is None or (bodies and size > LARGEST_REQUEST):
            break
        bodies.append(body)
    return _ask(setup, _request(settings, items[0].lane, bodies, timeout), len(bodies))


def _encoded(item: Item, send_timestamp: bool) -> bytes | None:
    try:
        return item.encoded(send_timestamp)
    except Exception as error:  # one that cannot be encoded must not stop the others
        _let_through(error)
        return None


def _unsendable(body: bytes | None, limit: int) -> str | None:
    if body is None:
        return "not_json"
    return "too_large" if len(body) > limit else None


def _request(
    settings: Settings, lane: str, bodies: list[bytes], timeout: float
) -> Request:
    headers = {
        "Authorization": authorization(settings.write_code or ""),
        "Content-Type": "application/json",
        "User-Agent": "trackplan",
    }
    may_repeat = settings.delivery == "at_least_once"
    url, body = f"{settings.events_url}/event", bodies[0]
    if lane == FORWARDED:
        url = f"{settings.raw_url}/raw/event"
        body = b'{"events":[%s]}' % b",".join(bodies)
    return Request(url, headers, body, timeout, may_repeat)


def _ask(setup: Setup, request: Request, count: int) -> Attempt:
    try:
        answer = setup.transport.send(request)
        return Attempt(count, answer.status, answer.retry_after)
    except TransportError as error:
        _let_through(error)
        return Attempt(count, written=error.written, trouble=str(error))
    except Exception as error:  # its text may quote the request: only its name is safe
        _let_through(error)
        return Attempt(count, trouble=type(error).__name__)


def _let_through(error: BaseException | None) -> None:
    """Raise what a signal handler of the application's raised, if that is behind it.

    A time limit, for one, in a call that sends in the application's own thread.
    """
    if current_thread() is not main_thread():  # the only one that handles signals
        return
    import signal
    from traceback import walk_tb

    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    codes = {getattr(handler, "__code__", None) for handler in handlers}
    while error:
        if any(frame.f_code in codes for frame, _ in walk_tb(error.__traceback__)):
            raise error
        error = error.__cause__ or error.__context__
