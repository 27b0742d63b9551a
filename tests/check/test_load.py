"""Text → data and places, as YAML 1.2 reads it."""

from __future__ import annotations

import math

import pytest

from trackplan import load
from trackplan.load import Array, Data, Object
from trackplan.model import Place

CORE = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    *((word, word) for word in ("yes", "no", "on", "off", "y", "n", "Yes", "NO")),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("-19", -19),
    ("012", 12),
    ("08", 8),
    ("0o17", 15),
    ("0o8", "0o8"),
    ("-0o17", "-0o17"),
    ("0x1F", 31),
    ("0xg", "0xg"),
    ("+0x1F", "+0x1F"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1,000", "1,000"),
    ("1:30", "1:30"),
    ("0.", 0.0),
    ("-0.0", -0.0),
    (".5", 0.5),
    ("+12e03", 12000.0),
    ("-2E+05", -200000.0),
    ("12e", "12e"),
    (".", "."),
    ("+", "+"),
    ("-", "-"),
    ("-.", "-."),
    ("1.2.3", "1.2.3"),
    ("2024-01-31", "2024-01-31"),
    ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
    ("١٢", "١٢"),
    ("None", "None"),
    ("=", "="),
    ('"5"', "5"),
    ("'true'", "true"),
    ('"\\u00e9\\x41\\n"', "éA\n"),
    ("'it''s'", "it's"),
    ("!!str 5", "5"),
    ("! 5", "5"),
    ("!!int '5'", 5),
    ("!!float 5", 5.0),
    ("!!bool 'true'", True),
    ("!!null ''", None),
]


def parse_clean(text: str) -> Data:
    data, diagnostics = load.parse(text, "f")
    assert diagnostics == []
    return data


@pytest.mark.parametrize(("text", "value"), CORE)
def test_a_scalar_means_what_the_core_schema_says(text: str, value: Data) -> None:
    data = parse_clean(f"key: {text if text != '-' else '-x'}")
    expected = value if text != "-" else "-x"
    assert isinstance(data, Object)
    assert data["key"] == expected
    assert type(data["key"]) is type(expected)
    if isinstance(expected, float):
        assert math.copysign(1, expected) == math.copysign(1, float(str(data["key"])))


TRICKY = """\
# a comment
"quo\\"ted": &anchor {größe: 1, '数': [a, "b c", 🎉, d]}
plain key  :   value  # comment
empty:
list:
- one
-   - nested
    - *anchor
-
block: |
  # not a comment
  text: no key
folded: >-
  a
  b
? complex
: answer
multi: a
  b
last: !!str 5
"""

KEYS = {
    'quo"ted': (2, 1, 10),
    "plain key": (3, 1, 9),
    "empty": (4, 1, 5),
    "list": (5, 1, 4),
    "block": (10, 1, 5),
    "folded": (13, 1, 6),
    "complex": (16, 3, 7),
    "multi": (18, 1, 5),
    "last": (20, 1, 4),
}
VALUES = {
    'quo"ted': (2, 13, 9),
    "plain key": (3, 16, 5),
    "empty": (4, 7, 1),
    "list": (6, 1, 1),
    "block": (10, 8, 1),
    "folded": (13, 9, 1),
    "complex": (17, 3, 6),
    "multi": (18, 8, 1),
    "last": (20, 7, 7),
}


def at(line: int, column: int, length: int) -> Place:
    return Place("f", line, column, length)


def tricky() -> Object:
    data = parse_clean(TRICKY)
    assert isinstance(data, Object)
    return data


def test_every_key_and_value_knows_its_place() -> None:
    data = tricky()
    assert {key: at(*place) for key, place in KEYS.items()} == {
        key: data.key_place(key) for key in data
    }
    assert {key: at(*place) for key, place in VALUES.items()} == {
        key: data.value_place(key) for key in data
    }


def test_places_count_characters_not_bytes() -> None:
    inner = tricky()['quo"ted']
    assert isinstance(inner, Object)
    assert inner.key_place("größe") == at(2, 22, 5)
    assert inner.key_place("数") == at(2, 32, 3)
    items = inner["数"]
    assert isinstance(items, Array)
    columns = [items.item_place(index).column for index in range(len(items))]
    assert columns == [38, 41, 48, 51]


def test_items_of_nested_lists_and_aliases_know_their_place() -> None:
    items = tricky()["list"]
    assert isinstance(items, Array)
    places = [items.item_place(index) for index in range(len(items))]
    assert [(place.line, place.column) for place in places] == [(6, 3), (7, 5), (9, 2)]
    nested = items[1]
    assert isinstance(nested, Array)
    assert nested.item_place(1) == at(8, 7, 7)
    assert nested[1] is tricky()['quo"ted'] or nested[1] == tricky()['quo"ted']


def test_values_are_as_written() -> None:
    data = tricky()
    assert data["block"] == "# not a comment\ntext: no key\n"
    assert data["folded"] == "a b"
    assert data["multi"] == "a b"
    assert data["complex"] == "answer"
    assert data["last"] == "5"
    assert data["empty"] is None


PAIR = r"\ud83d\ude00"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rf'"{PAIR}"', "😀"),
        (rf'"{PAIR.upper().replace("U", "u")}{PAIR}"', "😀😀"),
        (rf'"\\{PAIR}"', r"\😀"),
        (rf'"\\{PAIR[1:6]}"', r"\ud83d"),
        (rf"'{PAIR}'", PAIR),
        (PAIR, PAIR),
        (f"|-\n  {PAIR}", PAIR),
        (rf'"\ue000{PAIR}"', "\ue000😀"),
    ],
)
def test_a_pair_of_escapes_is_one_character_in_double_quotes_alone(
    text: str, value: str
) -> None:
    assert parse_clean(text) == value


def test_pairs_leave_places_and_each_other_alone() -> None:
    text = rf"""{{"{PAIR}": ['{PAIR}', "\ud83d\ude80"], x: 1}} # {PAIR}"""
    data = parse_clean(text)
    assert data == {"😀": [PAIR, "🚀"], "x": 1}
    assert isinstance(data, Object)
    assert data.key_place("x").column == text.index("x: 1") + 1


@pytest.mark.parametrize("lone", [r"\ud83d", r"\ude00", r"\ude00\ud83d"])
def test_half_a_pair_is_refused_where_it_stands(lone: str) -> None:
    with pytest.raises(load.PlanSyntaxError) as caught:
        load.parse(rf'a: "{PAIR} {lone}"', "f")
    assert caught.value.diagnostic.place == Place("f", 1, 20)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_change_nothing(end: str, mark: bytes) -> None:
    raw = mark + TRICKY.replace("\n", end).encode()
    assert load.decode(raw, "f") == TRICKY


def test_bytes_that_are_no_utf_8_have_a_place() -> None:
    with pytest.raises(load.PlanSyntaxError) as caught:
        load.decode("é: 1\nüä".encode() + b"\xff", "f")
    assert caught.value.diagnostic.place == Place("f", 2, 3)


def test_the_limits_leave_room_for_what_people_write() -> None:
    depth = load.MAX_DEPTH - 2
    parse_clean("a: " + "[" * depth + "]" * depth)
    parse_clean("a: &a [1]\nb: [" + ", ".join(["*a"] * 5000) + "]")
