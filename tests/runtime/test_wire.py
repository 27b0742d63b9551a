from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from trackplan.runtime.wire import Record, authorization, body, encode

MOMENT = datetime(2026, 2, 3, 4, 5, 6, 123_000, UTC).timestamp()


def test_track_carries_properties_and_the_time_in_utc() -> None:
    record = Record("track", "u", None, "Report Exported", {"format": "csv"}, MOMENT)
    assert body(record, send_timestamp=True) == {
        "type": "track",
        "userId": "u",
        "source": "userlens-restapi",
        "event": "Report Exported",
        "properties": {"format": "csv"},
        "timestamp": "2026-02-03T04:05:06.123Z",
    }


def test_the_timestamp_can_be_left_out() -> None:
    record = Record("track", "u", None, "Report Exported", {}, MOMENT)
    assert body(record, send_timestamp=False) == {
        "type": "track",
        "userId": "u",
        "source": "userlens-restapi",
        "event": "Report Exported",
        "properties": {},
    }


def test_identify_carries_traits_and_no_timestamp() -> None:
    assert body(Record("identify", "u", None, None, {}, MOMENT), True) == {
        "type": "identify",
        "userId": "u",
        "source": "userlens-restapi",
        "traits": {},
    }


def test_group_carries_its_id_and_traits() -> None:
    assert body(Record("group", "u", "g", None, {"name": "Acme"}, MOMENT), True) == {
        "type": "group",
        "userId": "u",
        "source": "userlens-restapi",
        "groupId": "g",
        "traits": {"name": "Acme"},
    }


@pytest.mark.parametrize(
    ("occurred", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (0.9996, "1970-01-01T00:00:01.000Z"),
        (1_700_000_000.123, "2023-11-14T22:13:20.123Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
        (-59_011_459_200.0, "0100-01-01T00:00:00.000Z"),
    ],
)
def test_timestamps_have_milliseconds_and_four_digit_years(
    occurred: float, text: str
) -> None:
    record = Record("track", "u", None, "Report Exported", {}, occurred)
    assert body(record, True)["timestamp"] == text


def test_json_is_compact_ascii() -> None:
    assert encode({"a": ["é", 1.5, None]}) == b'{"a":["\\u00e9",1.5,null]}'


def test_a_lone_surrogate_is_encoded() -> None:
    assert json.loads(encode({"a": "\ud800"})) == {"a": "\ud800"}


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode({"a": float("nan")})


def test_authorization_is_the_code_and_a_colon() -> None:
    scheme, credentials = authorization("çode").split(" ")
    assert (scheme, base64.b64decode(credentials).decode()) == ("Basic", "çode:")


def test_the_repr_of_a_record_shows_no_data() -> None:
    record = Record("track", "jane", None, "Report Exported", {"x": "secret"}, 0.0)
    assert repr(record) == "Record('Report Exported')"
