"""The capture calls of other SDKs, none of which checks anything against a plan.

What is measured is the caller's part: those with a thread that sends are set up so that
it sends nothing. mixpanel has none, so its caller sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Capture = Callable[[str, str, dict[str, Any]], object]


def captures(url: str) -> dict[str, Capture]:
    """Return a function of user, event and properties for each.

    `url` is of a server that takes whatever it is sent.
    """
    makers = (_segment, _posthog, _rudder, _amplitude)
    return {maker.__name__[1:]: maker() for maker in makers} | {
        "mixpanel": _mixpanel(url),
        "mixpanel, the message alone": _mixpanel_message(),
    }


def _segment() -> Capture:
    from segment.analytics.client import Client

    return Client("key", send=False).track  # type: ignore[no-any-return]


def _posthog() -> Capture:
    from posthog import Posthog

    client = Posthog("key", send=False)
    return lambda user, event, data: client.capture(
        event, distinct_id=user, properties=data
    )


def _rudder() -> Capture:
    from rudderstack.analytics.client import Client

    return Client("key", send=False).track  # type: ignore[no-any-return]


def _amplitude() -> Capture:
    from amplitude import Amplitude, BaseEvent, Config

    never = Config(flush_queue_size=10**9, flush_interval_millis=10**9)
    client = Amplitude("key", never)
    return lambda user, event, data: client.track(
        BaseEvent(event, user_id=user, event_properties=data)
    )


def _mixpanel(url: str) -> Capture:
    """Of its two ways to send the cheaper one, which sends at each fiftieth call."""
    from mixpanel import BufferedConsumer, Mixpanel

    return Mixpanel("token", BufferedConsumer(events_url=url)).track  # type: ignore[no-any-return]


def _mixpanel_message() -> Capture:
    from mixpanel import Mixpanel

    class Nowhere:
        def send(self, *_: object) -> None:
            """Build the message, and send nothing."""

    return Mixpanel("token", Nowhere()).track  # type: ignore[no-any-return]
