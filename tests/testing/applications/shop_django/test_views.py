from django.test import Client, SimpleTestCase

from generated import identify_user, track_signed_up, track_subscription_upgraded
from trackplan.testing import Tracked, capture


def test_signing_up_says_who_then_what(tracked: Tracked) -> None:
    Client().post("/signup", {"user": "user-1", "email": "ann@example.com"})
    tracked.assert_called(identify_user, "user-1", email="ann@example.com")
    tracked.assert_called("Signed Up", "user-1", invited=False, times=1)
    tracked.assert_order("identify", track_signed_up)


def test_each_user_has_events_of_its_own(tracked: Tracked) -> None:
    for user in ("user-1", "user-2"):
        Client().post(f"/workspaces/{user}/plan", {"plan": "pro"})
    tracked.of("user-2").assert_called("Subscription Upgraded", times=1)


class Upgrades(SimpleTestCase):
    def setUp(self) -> None:
        self.tracked = self.enterContext(capture())

    def test_a_move_is_tracked(self) -> None:
        self.client.post("/workspaces/user-1/plan", {"plan": "pro"})
        self.tracked.assert_called(track_subscription_upgraded, to_plan="pro")

    def test_nothing_is_tracked_where_nobody_is_found(self) -> None:
        self.client.get("/nowhere")
        self.tracked.assert_not_called(track_subscription_upgraded)
