"""Only type-checked, by `make types`: how an application's tests may use what we offer."""

from __future__ import annotations

from hypothesis import given

from generated import identify_user, track_signed_up
from trackplan.testing import Tracked, capture, examples, strategies


def test_by_the_fixture(tracked: Tracked) -> None:
    tracked.assert_called("Signed Up", "user-1", times=2, method="google")
    tracked.assert_called(track_signed_up, "user-1", additional_properties={"times": 1})
    tracked.assert_not_called(identify_user, "user-1")
    tracked.assert_order("identify", track_signed_up)
    tracked.of("user-1").assert_called("identify")
    body: dict[str, object] = tracked[0]
    assert body["type"] == "track"


def test_by_capture() -> None:
    with capture() as sent:
        for example in examples(track_signed_up):
            track_signed_up("user-1", **example)
    sent.assert_called("Signed Up")


@given(strategies.broken_calls(track_signed_up))
def test_by_a_strategy(broken: strategies.BrokenCall) -> None:
    track_signed_up("user-1", **broken.arguments)
    path: str = broken.path
    assert path == broken.keyword
