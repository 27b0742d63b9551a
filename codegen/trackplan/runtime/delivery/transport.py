"""One request, one answer: the seam between the sender and HTTP."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from trackplan.runtime.errors import TrackplanError


class Request(NamedTuple):
    """A POST. Its repr hides what may be secret or personal: headers and body."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float = 10.0
    """Seconds in which the answer must have come."""
    may_repeat: bool = True
    """Whether to write it again where a kept connection turns out to be closed."""

    def __repr__(self) -> str:
        return f"Request({self.url!r}, {len(self.body)} bytes)"


class Answer(NamedTuple):
    """The status, and the seconds after which the server wants to be asked again."""

    status: int
    retry_after: float | None = None


class TransportError(TrackplanError):
    """No answer came; `written`: the request may have reached the server."""

    written: bool

    def __init__(self, message: str, written: bool) -> None:
        super().__init__(message)
        self.written = written


class Transport(Protocol):
    """Anything that can send a request. Several threads may call it at a time."""

    def send(self, request: Request) -> Answer:
        """Send and wait for the answer. Raises TransportError when none comes."""
        ...


Answerer: TypeAlias = Callable[[Request], Answer]
Answers: TypeAlias = Iterable[Answer | TransportError] | Answerer


class MemoryTransport:
    """A transport without a network, for tests: `requests` keeps what was sent.

    `answers` is called for each request, or lists one answer after the other, and 200
    from then on; a TransportError in the list is raised. Any thread may call `send`.
    """

    requests: list[Request]

    def __init__(self, answers: Answers = ()) -> None:
        self.requests = []
        self._lock = threading.Lock()
        self._answer = answers if callable(answers) else self._script(iter(answers))

    def send(self, request: Request) -> Answer:
        """Keep `request`, then answer."""
        with self._lock:
            self.requests.append(request)
        return self._answer(request)

    def _script(self, answers: Iterator[Answer | TransportError]) -> Answerer:
        def answer(_request: Request) -> Answer:
            with self._lock:
                scripted = next(answers, Answer(200))
            if isinstance(scripted, TransportError):
                raise scripted
            return scripted

        return answer
