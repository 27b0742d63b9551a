from django.test import Client

from generated import track_subscription_upgraded
from trackplan.testing import Tracked


def test_the_new_plan_is_tracked(tracked: Tracked) -> None:
    client = Client()
    client.post("/signup", {"user": "user-1", "email": "ann@example.com"})
    client.post("/workspaces/user-1/plan", {"plan": "free"})
    tracked.assert_called(
        track_subscription_upgraded, "user-1", to_plan="pro", revenue=99
    )
