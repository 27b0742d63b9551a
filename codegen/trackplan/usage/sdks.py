"""The SDKs whose calls name their events by text, and go past the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trackplan.usage.summary import CALL, Arguments


class Sdk(NamedTuple):
    """How one SDK is called."""

    name: str
    modules: Sequence[str]
    clients: Sequence[str]
    """The classes whose instances send, wherever in the modules they stand."""
    events: Mapping[str, Sequence[str]]
    """The methods that send an event, with the keywords or positions that name it."""
    others: Sequence[str] = ("identify",)
    """The methods that send something else."""


_SEGMENT = {"track": ("event", "1"), "screen": ("name", "2"), "page": ("name", "2")}
_SNOWPLOW = (
    *("track_page_view", "track_page_ping", "track_screen_view"),
    *("track_mobile_screen_view", "track_link_click", "track_site_search"),
    *("track_add_to_cart", "track_remove_from_cart", "track_ecommerce_transaction"),
    *("track_form_change", "track_form_submit", "track_self_describing_event"),
)

SDKS = (
    Sdk(
        "segment",
        ("segment.analytics", "analytics"),
        ("Client",),
        _SEGMENT,
        ("identify", "group", "alias"),
    ),
    Sdk(
        "rudderstack",
        ("rudderstack.analytics", "rudder_analytics"),
        ("Client",),
        _SEGMENT,
        ("identify", "group", "alias"),
    ),
    Sdk(
        "posthog",
        ("posthog",),
        ("Posthog", "Client"),
        # (event) today, (distinct_id, event) before version 6
        {"capture": ("event", "1", "0"), "capture_ai": ("event", "0")},
        ("identify", "group_identify", "alias", "set", "set_once"),
    ),
    Sdk(
        "mixpanel",
        ("mixpanel",),
        ("Mixpanel",),
        {"track": ("event_name", "1"), "import_data": ("event_name", "2")},
        ("people_set", "people_set_once", "group_set", "group_set_once", "alias"),
    ),
    Sdk(
        "amplitude",
        ("amplitude",),
        ("Amplitude",),
        {"track": ("event", "0")},
        ("identify", "group_identify", "set_group", "revenue"),
    ),
    Sdk(
        "snowplow",
        ("snowplow_tracker",),
        ("Tracker",),
        {"track": ("event", "0"), "track_struct_event": ("action", "1")},
        _SNOWPLOW,
    ),
    Sdk("userlens", ("userlens",), ("EventTracker",), {"track": ("event_name", "1")}),
)

ROOTS = frozenset(module.partition(".")[0] for sdk in SDKS for module in sdk.modules)
"""The top modules of all SDKs."""


def sending(path: str) -> tuple[Sdk, str] | None:
    """Return the SDK and the method that a dotted path names, such as
    `posthog.Posthog.().capture`, or None where that sends nothing.
    """
    before, _, method = path.rpartition(".")
    for sdk in SDKS:
        if method not in sdk.events and method not in sdk.others:
            continue
        for module in sdk.modules:
            if before == module or before == f"{module}.default_client":
                return sdk, method
            if before.startswith(f"{module}.") and before.endswith(f".{CALL}"):
                client = before.split(".")[-2]
                if client in sdk.clients:
                    return sdk, method
    return None


def event_name(sdk: Sdk, method: str, arguments: Arguments) -> str | None:
    """Return the text that names the event, or None where it is not literal."""
    wanted = sdk.events.get(method, ())
    given = [
        one
        for one in wanted
        if one in arguments.keywords or _is_position(one, arguments)
    ]
    return arguments.texts.get(given[0]) if given else None


def _is_position(wanted: str, arguments: Arguments) -> bool:
    return wanted.isdecimal() and int(wanted) < arguments.positional
