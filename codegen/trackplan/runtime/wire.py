"""What goes over the wire: a call as a record, as a body, as bytes."""

from __future__ import annotations

from binascii import b2a_base64
from functools import cache
from time import gmtime
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from json import JSONEncoder


class Record(NamedTuple):
    """One call, validated, as it waits to be sent."""

    kind: Literal["identify", "group", "track", "forward"]
    """`forward` is an event that the browser SDK collected."""
    user_id: str
    group_id: str | None
    event: str | None
    data: dict[str, object]
    """Traits or properties, by their names on the wire; of `forward`, all of it."""
    occurred: float
    """Seconds since the epoch."""

    def __repr__(self) -> str:
        return f"Record({self.event or self.kind!r})"


def body(record: Record, send_timestamp: bool) -> dict[str, object]:
    """The JSON object the events API takes; it shares the record's `data`."""
    if record.kind == "forward":
        return record.data
    common: dict[str, object] = {
        "type": record.kind,
        "userId": record.user_id,
        "source": "userlens-restapi",
    }
    if record.kind == "track":
        common |= {"event": record.event, "properties": record.data}
        return (
            common | {"timestamp": _utc(record.occurred)} if send_timestamp else common
        )
    if record.kind == "group":
        common["groupId"] = record.group_id
    return common | {"traits": record.data}


def _utc(occurred: float) -> str:
    seconds, milliseconds = divmod(round(occurred * 1000), 1000)
    year, month, day, hour, minute, second, *_ = gmtime(seconds)
    date = f"{year:04}-{month:02}-{day:02}"
    return f"{date}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z"


def encode(body: dict[str, object]) -> bytes:
    """Compact ASCII JSON. Raises ValueError or TypeError for what is not JSON."""
    return _encoder().encode(body).encode("ascii")


@cache
def _encoder() -> JSONEncoder:
    from json import JSONEncoder

    return JSONEncoder(allow_nan=False, separators=(",", ":"))


def authorization(write_code: str) -> str:
    """The Authorization header: the Write Code as user, an empty password."""
    return f"Basic {b2a_base64(f'{write_code}:'.encode(), newline=False).decode()}"
