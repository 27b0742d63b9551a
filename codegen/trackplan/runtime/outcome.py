"""What has become of a call."""

from typing import Literal, NamedTuple


class Outcome(NamedTuple):
    """What has become of a call by the time it returns.

    A call that is queued is delivered later. Only a synchronous one, as after
    `configure(synchronous=True)`, can be known to be delivered.
    """

    state: Literal["queued", "delivered", "set_aside"]
    reason: str | None = None
    """Why it was set aside: `violation`, `queue_full`, `http_400`, ..."""


QUEUED = Outcome("queued")
DELIVERED = Outcome("delivered")
