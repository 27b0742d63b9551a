"""The capture calls of other SDKs, none of which checks anything against a plan.

Each is set up so that nothing is sent: what is measured is the caller's part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Capture = Callable[[str, str, dict[str, Any]], object]


def captures() -> dict[str, Capture]:
    """Return a function of user, event and properties for each."""
    makers = (_segment, _posthog, _rudder, _amplitude, _mixpanel)
    return {maker.__name__[1:]: maker() for maker in makers}


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


def _mixpanel() -> Capture:
    from mixpanel import Mixpanel

    class Nowhere:
        def send(self, *_: object) -> None:
            """Build the message, and send nothing."""

    return Mixpanel("token", Nowhere()).track  # type: ignore[no-any-return]
