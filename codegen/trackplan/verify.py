"""Whether events reach Userlens: one of each kind is sent, each answer explained."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

from trackplan.collector import Server, create_app
from trackplan.runtime.client import Client
from trackplan.runtime.delivery.attempt import NO_ANSWER, Attempt
from trackplan.runtime.delivery.http import HttpxTransport, proxy_for
from trackplan.runtime.delivery.transport import (
    Answer,
    Request,
    Transport,
    TransportError,
)
from trackplan.runtime.settings import Settings, masked
from trackplan.runtime.wire import Record

if TYPE_CHECKING:
    from trackplan.runtime.configuration import Configuration

GROUP, EVENT = "trackplan-verify-group", "Integration Verified"
GRACE = 1.0
"""Seconds beyond the time-out that a request has to end by itself."""


class Route(NamedTuple):
    """The way to Userlens, in words that hold no secret."""

    url: str
    code: str
    """The end of the Write Code."""
    proxy: str | None
    """Host and port."""
    timeout: float


class Result(NamedTuple):
    """What came of sending one call, once."""

    kind: str
    attempt: Attempt
    causes: tuple[BaseException, ...] = ()
    """Why there is no answer, the outermost first."""

    @property
    def is_accepted(self) -> bool:
        """Whether the answer was a 2xx."""
        return 200 <= self.attempt.status < 300


def verify(settings: Settings, user: str, say: Callable[[str], object]) -> int:
    """Send to Userlens or, without a Write Code, to a stand-in. Returns the exit code.

    What there is to tell goes to `say`, line by line, as it happens.
    """
    if settings.write_code:
        look = f"In Userlens, look for the user `{user}`, the group `{GROUP}`, and the "
        return _verify(settings, user, say, f"{look}event `{EVENT}` of this user.")
    say("There is no Write Code, so a stand-in for Userlens on this machine is asked.")
    with Server(create_app(None, strict=True, write_code=None)) as server:
        local = settings._replace(
            write_code="local-only", events_url=server.url, proxy=None, ca_file=None
        )
        cure = "Set USERLENS_WRITE_CODE to ask Userlens itself."
        return _verify(local, user, say, cure)


def _verify(
    settings: Settings, user: str, say: Callable[[str], object], next_step: str
) -> int:
    # What the sender logs of its troubles is said below, with the cure.
    logging.getLogger("trackplan").addHandler(logging.NullHandler())
    transport = HttpxTransport(settings.proxy, settings.ca_file)
    results: list[Result] = []
    route = _route(settings)
    say(_headline(route))
    for result in send(settings, transport, user):
        for line in report(result, route, [one.attempt.status for one in results]):
            say(line)
        results.append(result)
    transport.close()
    accepted = sum(result.is_accepted for result in results)
    say(f"\n{accepted} of 3 accepted.{f' {next_step}' if accepted == 3 else ''}")
    if not settings.deliver:
        say("The application sends nothing here: TRACKPLAN_DELIVER is false.")
    return 0 if accepted == 3 else 1


# --- Sending ----------------------------------------------------------------------


def send(settings: Settings, transport: Transport, user: str) -> Iterator[Result]:
    """Send one call of each kind, once; nothing follows one that gets no answer."""
    for record in _records(user):
        result = _send(settings, transport, record)
        yield result
        if result.attempt.status == NO_ANSWER:
            return


def _records(user: str) -> Iterable[Record]:
    data: dict[str, object] = {"isTest": True}
    yield Record("identify", user, None, None, data, time())
    yield Record("group", user, GROUP, None, data, time())
    yield Record("track", user, None, EVENT, data, time())


def _send(settings: Settings, transport: Transport, record: Record) -> Result:
    once = _Once(record.kind, transport)
    client = Client(**_configuration(settings, once))

    def call() -> None:
        reason = client.accept(record).reason
        once.came.put(Result(record.kind, Attempt(1, unsendable=reason)))

    # In a thread, since nothing ends the search for a host name but the system.
    Thread(target=call, daemon=True).start()
    try:
        return once.came.get(timeout=settings.timeout + GRACE)
    except Empty as late:
        return Result(record.kind, Attempt(1, trouble="the time is up"), (late,))


def _configuration(settings: Settings, transport: Transport) -> Configuration:
    """The settings, for a client of its own that sends in the call."""
    alone = settings._replace(
        deliver=True,
        synchronous=True,
        max_attempts=1,
        spool=None,
        on_delivered=None,
        on_failed=None,
        on_dropped=None,
    )
    return cast("Configuration", {**alone._asdict(), "transport": transport})


class _Once:
    """A transport for one request; `came` tells first what came of it, and why."""

    def __init__(self, kind: str, transport: Transport) -> None:
        self.came: SimpleQueue[Result] = SimpleQueue()
        self._kind = kind
        self._transport = transport
        self._is_used = False

    def send(self, request: Request) -> Answer:
        if self._is_used:  # the sender would try again what has been seen
            raise TransportError("sent once already", written=False)
        self._is_used = True
        end = monotonic() + request.timeout
        try:
            answer = self._transport.send(request)
        except TransportError as error:
            late = (TimeoutError(),) if monotonic() >= end else ()
            causes = (*_chain(error), *late)
            self._tell(Attempt(1, trouble=str(error)), causes)
            raise
        self._tell(Attempt(1, answer.status, answer.retry_after))
        return answer

    def _tell(self, came: Attempt, causes: tuple[BaseException, ...] = ()) -> None:
        self.came.put(Result(self._kind, came, causes))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


# --- Explaining -------------------------------------------------------------------


class Explained(NamedTuple):
    """A failure as a fact and its cure, to be formatted."""

    fact: str
    cure: str


def report(result: Result, route: Route, told: Iterable[int]) -> Iterator[str]:
    """The lines for one result; what is explained for a status is not said again."""
    status, trouble = result.attempt.status, result.attempt.trouble
    if result.is_accepted:
        yield f"{result.kind:8}  {status} accepted"
        return
    if status:
        yield f"{result.kind:8}  {status} refused"
    else:
        yield f"{result.kind:8}  no answer ({trouble or result.attempt.unsendable})"
    if status not in told:
        words = _words(result, route)
        fact, cure = explain(result)
        yield f"  {fact.format_map(words)}"
        yield f"  = help: {cure.format_map(words)}"


def explain(result: Result) -> Explained:
    """Why this is no success, and what to do about it."""
    status = result.attempt.status
    if result.attempt.unsendable:
        return _TOO_LARGE
    if status != NO_ANSWER:
        return _ANSWERS.get(status) or _ANSWERS.get(status // 100) or _STRANGE
    names = {kind.__name__ for cause in result.causes for kind in type(cause).__mro__}
    faults = _UNDER_WAY if "RequestError" in names else _BEFORE  # as httpx calls it
    return next(faults[name] for name in faults if name in names)


def _words(result: Result, route: Route) -> Mapping[str, object]:
    host = urlsplit(route.url).netloc
    proxy = route.proxy and f"the proxy {route.proxy}"
    seconds = result.attempt.retry_after
    return {
        **route._asdict(),
        "host": host,
        "next": proxy or host,
        "setting": _PROXIES if proxy else "USERLENS_EVENTS_URL",
        "server": f"Userlens, or {proxy}," if proxy else "Userlens",
        "wait": "a minute" if seconds is None else f"{seconds:g} seconds",
    }


_PROXIES = "TRACKPLAN_PROXY or, without it, HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
_TOO_LARGE = Explained(
    "The test event is larger than TRACKPLAN_MAX_EVENT_SIZE allows.",
    "raise it, or take a shorter --user",
)
_STRANGE = Explained(
    "This is not how the events API answers.",
    "check that USERLENS_EVENTS_URL, now {url}, is that of Userlens",
)
_REFUSED = Explained(
    "{server} refuses the event itself.",
    "upgrade trackplan and run this again; if it stays, report the status",
)
_BUSY = Explained(
    "{server} takes no more events just now.",
    "wait {wait}; an application that meets this needs TRACKPLAN_RATE_LIMIT, and above "
    "10,000 events a minute a word with Userlens",
)
_NO_API = Explained(
    "There is no events API at {url}.",
    "set USERLENS_EVENTS_URL to the base URL, without `/event`, or unset it",
)
_ANSWERS = {
    400: _REFUSED,
    401: Explained(
        "Userlens does not know the Write Code {code}.",
        "copy it from the settings of your Userlens project into USERLENS_WRITE_CODE",
    ),
    403: Explained(
        "{server} does not let this Write Code, or this machine, send events.",
        "check that the Write Code {code} is active, and ask who runs your firewall",
    ),
    404: _NO_API,
    405: _NO_API,
    407: Explained(
        "The proxy {proxy} wants a login.",
        "set TRACKPLAN_PROXY to http://user:password@host:port",
    ),
    408: _BUSY,
    413: Explained(
        "{server} finds a small event too large.",
        "check USERLENS_EVENTS_URL, now {url}, and what stands in between",
    ),
    422: _REFUSED,
    425: _BUSY,
    429: _BUSY,
    3: Explained(
        "The answer is a redirect; none is followed, for the Write Code's sake.",
        "set USERLENS_EVENTS_URL, now {url}, to the final address, with https",
    ),
    5: Explained(
        "{server} has a failure of its own.",
        "run this again later; what an application sends meanwhile is tried again",
    ),
}
"""By status or, failing that, by its first digit."""

_UNDER_WAY = {
    "SSLCertVerificationError": Explained(
        "The certificate of {host} is not trusted.",
        "where a company's proxy inspects TLS, set TRACKPLAN_CA_FILE to the PEM file "
        "of its certificate; else check the clock, and the host in USERLENS_EVENTS_URL",
    ),
    "gaierror": Explained(
        "The host name of {next} is not known.",
        "check {setting}, and this machine's name servers; where only a proxy leads "
        "out, set TRACKPLAN_PROXY",
    ),
    "ConnectionRefusedError": Explained(
        "Nothing listens at {next}, or a firewall refuses.",
        "check host and port in {setting}",
    ),
    "ProxyError": Explained(
        "The proxy {proxy} does not let the request through.",
        "if it wants a login (407), set TRACKPLAN_PROXY to "
        "http://user:password@host:port; else ask who runs it to allow {host}",
    ),
    "ConnectTimeout": Explained(
        "No connection to {next} within {timeout:g} seconds.",
        "let your firewall allow it; where only a proxy leads out, set TRACKPLAN_PROXY",
    ),
    "SSLError": Explained(
        "{host} does not speak TLS as it should.",
        "check whether USERLENS_EVENTS_URL, now {url}, should begin with http or https",
    ),
    "ConnectError": Explained(
        "There is no way to {next}.",
        "check that this machine has a network, and {setting}",
    ),
    "TimeoutError": Explained(
        "{server} did not answer within {timeout:g} seconds.",
        "run this again, with a longer --timeout; if that helps, set TRACKPLAN_TIMEOUT",
    ),
    "Exception": Explained(
        "The connection to {next} ended before an answer came.",
        "run this again; if it stays, check {setting} and what stands in between",
    ),
}
"""By the name of the first of these exceptions, or of a base, among the causes."""

_BEFORE = {
    "Empty": Explained(
        "The host name of {next} could not be looked up within {timeout:g} seconds.",
        "check {setting}, and this machine's name servers",
    ),
    "OSError": Explained(
        "The certificates to trust cannot be read.",
        "let TRACKPLAN_CA_FILE or, without it, SSL_CERT_FILE name a file in PEM format",
    ),
    "ImportError": Explained(
        "The proxy is a SOCKS proxy, which needs one more package.",
        "run `pip install 'httpx[socks]'`",
    ),
    "Exception": Explained(
        "A URL cannot be used: that of {next}.",
        "write it as http://host:port in {setting}",
    ),
}
"""The same, for what goes wrong before there is a request."""


def _headline(route: Route) -> str:
    through = f", through the proxy {route.proxy}" if route.proxy else ""
    return f"Sending to {route.url}{through}, with the Write Code {route.code}.\n"


def _route(settings: Settings) -> Route:
    parts = urlsplit(settings.events_url)
    proxy = proxy_for(settings.proxy, parts.scheme, parts.netloc)
    return Route(
        settings.events_url,
        masked(settings.write_code) or "",
        proxy and _without_secrets(proxy),
        settings.timeout,
    )


def _without_secrets(proxy: str) -> str:
    return proxy.rpartition("@")[2].split("//")[-1].split("/")[0]
