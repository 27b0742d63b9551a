"""The senders under test, each behind the same three functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Sender(NamedTuple):
    """A client with its own defaults, pointed at the server."""

    call: Callable[[str, str], object]
    """Takes a user and the mark of the event."""
    flush: Callable[[float], object]
    """Takes the seconds it may take; not every peer heeds them."""
    stats: Callable[[], dict[str, Any]] = dict


def trackplan(_url: str) -> Sender:
    """Reads its settings from the environment, when the program starts."""
    from fault_plan import configure, flush, stats, track_fault_tested

    configure()

    def call(user: str, mark: str) -> None:
        track_fault_tested(user, mark=mark)

    return Sender(call, flush, lambda: stats()._asdict())


def segment(url: str) -> Sender:
    from segment.analytics.client import Client

    client = Client("write-key", host=url)
    return Sender(
        lambda user, mark: client.track(user, "Fault Tested", {"mark": mark}),
        lambda _: client.flush(),
    )


def posthog(url: str) -> Sender:
    from posthog import Posthog

    client = Posthog("project-key", host=url)
    return Sender(
        lambda user, mark: client.capture(
            "Fault Tested", distinct_id=user, properties={"mark": mark}
        ),
        lambda _: client.flush(),
    )


def rudder(url: str) -> Sender:
    from rudderstack.analytics.client import Client

    client = Client("write-key", host=url)
    return Sender(
        lambda user, mark: client.track(user, "Fault Tested", {"mark": mark}),
        lambda _: client.flush(),
    )


def amplitude(url: str) -> Sender:
    from amplitude import Amplitude, BaseEvent, Config

    client = Amplitude("key", Config(server_url=url))

    def flush(_: float) -> None:
        for future in filter(None, client.flush()):
            future.result()

    return Sender(
        lambda user, mark: client.track(
            BaseEvent("Fault Tested", user_id=user, event_properties={"mark": mark})
        ),
        flush,
    )


def mixpanel(url: str) -> Sender:
    from mixpanel import Consumer, Mixpanel

    client = Mixpanel("token", Consumer(events_url=url))
    return Sender(
        lambda user, mark: client.track(user, "Fault Tested", {"mark": mark}),
        lambda _: None,
    )


def mixpanel_buffered(url: str) -> Sender:
    from mixpanel import BufferedConsumer, Mixpanel

    consumer = BufferedConsumer(events_url=url)
    client = Mixpanel("token", consumer)
    return Sender(
        lambda user, mark: client.track(user, "Fault Tested", {"mark": mark}),
        lambda _: consumer.flush(),
    )


def snowplow(url: str) -> Sender:
    from snowplow_tracker import Emitter

    return _snowplow(Emitter(url))


def snowplow_async(url: str) -> Sender:
    from snowplow_tracker import AsyncEmitter

    return _snowplow(AsyncEmitter(url))


def _snowplow(emitter: Any) -> Sender:
    from snowplow_tracker import StructuredEvent, Tracker

    tracker = Tracker("bench", emitter)
    return Sender(
        lambda _, mark: tracker.track(StructuredEvent("Faults", "Tested", mark)),
        lambda _: tracker.flush(),
    )


SENDERS: dict[str, Callable[[str], Sender]] = {
    "trackplan": trackplan,
    "segment": segment,
    "posthog": posthog,
    "rudder": rudder,
    "amplitude": amplitude,
    "mixpanel": mixpanel,
    "mixpanel buffered": mixpanel_buffered,
    "snowplow": snowplow,
    "snowplow async": snowplow_async,
}
