"""Calls of SDKs that go past the plan; a line marked `# SDK METHOD EVENT` is one."""

from __future__ import annotations

import re

import pytest
from usage.conftest import Project, found

CODE = {
    "segment": """
        import analytics
        import segment.analytics as seg
        from segment import analytics as other
        from segment.analytics import Client, track
        analytics.track("u", "A")  # segment track A
        seg.track("u", event="A")  # segment track A
        seg.identify("u", {"A": 1})  # segment identify -
        other.page("u", "docs", "A")  # segment page A
        track("u", name)  # segment track -
        Client("k").track("u", "A", {})  # segment track A
        analytics.flush()
    """,
    "rudderstack": """
        import rudderstack.analytics as rudder_analytics
        rudder_analytics.track("u", "A")  # rudderstack track A
    """,
    "posthog": """
        import posthog
        from posthog import Posthog
        from posthog.client import Client
        posthog.capture("A", distinct_id="u")  # posthog capture A
        posthog.capture("u", "A", {})  # posthog capture A
        posthog.capture("u", event="A")  # posthog capture A
        hog = Posthog("k")
        hog.capture(distinct_id="u", event="A")  # posthog capture A
        hog.feature_enabled("A", "u")
        with Client("k") as client:
            client.capture("A")  # posthog capture A
    """,
    "mixpanel": """
        import mixpanel
        mp = mixpanel.Mixpanel("k")
        mp.track("u", "A", {})  # mixpanel track A
        mp.people_set("u", {})  # mixpanel people_set -
    """,
    "amplitude": """
        from amplitude import Amplitude, BaseEvent
        client = Amplitude("k")
        client.track(BaseEvent(event_type="A", user_id="u"))  # amplitude track A
        client.track(BaseEvent("A"))  # amplitude track A
        client.track(event)  # amplitude track -
    """,
    "snowplow": """
        from snowplow_tracker import StructuredEvent, Tracker
        tracker = Tracker("ns", emitter)
        tracker.track(StructuredEvent(category="c", action="A"))  # snowplow track A
        tracker.track_struct_event("c", "A")  # snowplow track_struct_event A
        tracker.track_page_view("url")  # snowplow track_page_view -
    """,
    "userlens": """
        from userlens import EventTracker
        EventTracker("code").track("u", "A", {})  # userlens track A
        EventTracker("code").identify(user_id="u")  # userlens identify -
    """,
    "an object's own client": """
        from posthog import Posthog
        class Telemetry:
            client: Posthog
            def __init__(self, other: "Posthog | None", third=None):
                self.mine = Posthog("k")
                self.other = other
                self.third = third or Posthog("k")
            def send(self):
                self.mine.capture("A")  # posthog capture A
                self.other.capture("A")  # posthog capture A
                self.third.capture("A")  # posthog capture A
                self.client.capture("A")  # posthog capture A
                self.capture("A")
    """,
    "a class of one's own": """
        import posthog
        class Mine(posthog.Posthog):
            def send(self):
                self.capture("A")  # posthog capture A
        Mine("k").capture("A")  # posthog capture A
    """,
    "a client made later": """
        from typing import Optional
        from posthog import Posthog
        _client: Optional[Posthog] = None
        def client() -> Posthog:
            global _client
            _client = _client or Posthog("k")
            return _client
        client().capture("A")  # posthog capture A
        def send():
            _client.capture("A")  # posthog capture A
    """,
    "another name, a partial, a value": """
        from functools import partial
        from posthog import capture
        send = capture
        send("A")  # posthog capture A
        submit(partial(capture, "A"))  # posthog capture A
        submit(capture, "A")  # posthog capture -
    """,
    "something else": """
        import json as analytics
        import cv2
        from .posthog import capture
        analytics.track("u", "A")
        cv2.VideoCapture().capture("A")
        capture("A")
        # posthog.capture("A")
        text = "posthog.capture('A')"
        def f(posthog):
            posthog.capture("A")
    """,
}


def marked(code: str) -> list[tuple[int, str, str, str | None]]:
    return [
        (number, *mark.groups()[:2], None if mark[3] == "-" else mark[3])
        for number, line in enumerate(code.split("\n"), 1)
        if (mark := re.search(r"\S.*# (\w+) (\w+) (\S+)$", line))
    ]


@pytest.mark.parametrize("code", CODE.values(), ids=list(CODE))
def test_raw_calls_are_found(code: str, project: Project) -> None:
    calls = project({"app.py": code}).usage.raw_calls
    assert [
        (one.place.line, one.sdk, one.method, one.event) for one in calls
    ] == marked(code)


def test_a_client_of_another_module_is_followed(project: Project) -> None:
    files = {
        "app/clients.py": "from posthog import Posthog\nhog = Posthog('k')\n",
        "app/main.py": "from .clients import hog\nhog.capture('A')\n",
    }
    assert len(project(files).usage.raw_calls) == 1


def test_a_module_of_the_project_is_no_sdk(project: Project) -> None:
    files = {
        "analytics.py": "def track(*args): ...\n",
        "app.py": "import analytics\nanalytics.track('u', 'A')\n",
    }
    assert project(files).usage.raw_calls == []


def test_a_folder_of_scripts_is_no_package_in_the_place_of_an_sdk(
    project: Project,
) -> None:
    files = {
        "analytics/report.py": "",
        "app.py": "import analytics\nanalytics.track('u', 'A')\n",
    }
    assert len(project(files).usage.raw_calls) == 1


def test_a_module_named_like_the_sdk_that_it_calls_is_not_the_sdk(
    project: Project,
) -> None:
    files = {
        "app/__init__.py": "",
        "app/posthog.py": "from posthog import Posthog\nPosthog('k').capture('A')\n",
    }
    assert len(project(files).usage.raw_calls) == 1


def test_a_raw_call_says_whether_the_plan_knows_the_event(project: Project) -> None:
    code = """\
    import posthog
    posthog.capture("Signed Up")
    posthog.capture("Singed Up")
    posthog.capture(name)
    """
    assert found(project({"app.py": code}), "bypass") == [
        "app.py:2: `capture` of posthog sends `Signed Up` past the plan",
        "app.py:3: `capture` of posthog sends `Singed Up`, which the plan does not have",
        "app.py:4: `capture` of posthog is called past the plan",
    ]


def test_raw_calls_of_tests_are_counted_and_no_finding(project: Project) -> None:
    examined = project({"tests/test_a.py": "import posthog\nposthog.capture('A')\n"})
    assert [one.is_test for one in examined.usage.raw_calls] == [True]
    assert found(examined, "bypass") == []
