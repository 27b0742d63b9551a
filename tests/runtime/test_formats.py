"""The predicates of `format`, each on its own table."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime import contract
from trackplan.runtime.formats import FORMATS

LONG = "a" * 63

VALID = {
    "date": ["2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"],
    "date-time": [
        "2024-02-29T12:00:00Z",
        "2024-02-29t12:00:00z",
        "2024-02-29T12:00:00.123456789012+05:30",
        "2024-02-29T12:00:00-00:00",
        "2016-12-31T23:59:60Z",
        "2017-01-01T00:59:60.5+01:00",
        "2016-12-31T18:59:60-05:00",
    ],
    "time": ["00:00:00Z", "23:59:59.9z", "12:00:00-23:59", "00:59:60+01:00"],
    "duration": ["P1Y2M3DT4H5M6S", "P1Y", "PT1H30M", "P2W", "PT0S", "P10D"],
    "email": [
        "a@b",
        "o'hara+tag@mail.example.com",
        '"a b\\"@c"@example.com',
        '""@example.com',
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
        "a" * 64 + "@example.com",
    ],
    "idn-email": [
        "用户@例え.jp",
        "josé@example.com",
        "a@bücher.example",
        f"a@{'é' * 57}",
    ],
    "hostname": [
        "a",
        "1.2.3",
        "A-b.example",
        "r3---x.example",
        "xn--bcher-kva.example",
        "XN--BCHER-KVA",
        f"{LONG}.com",
    ],
    "ipv4": ["0.0.0.0", "255.255.255.255", "192.0.2.1"],
    "ipv6": [
        "::",
        "::1",
        "1::",
        "1:2:3:4:5:6:7::",
        "::ffff:192.0.2.1",
        "A:b:0:0:0:0:0:1",
    ],
    "uri": [
        "a:",
        "http://",
        "https://user:pw@example.com:8080/a/b;c?d=/?#e/?",
        "http://[2001:db8::1]:80/",
        "http://[v1.a:b]/",
        "mailto:a@b",
        "a://%41",
    ],
    "uri-reference": ["", "a", "./a:b", "/a:b", "?a:b", "#a", "//host", "a/b:c"],
    "iri": ["http://例え.jp/道?\ue000#é"],
    "iri-reference": ["é", "#é", "//é"],
    "uri-template": [
        "",
        "/a{b}",
        "{+a,b}{#c:3}{/d*}{?e,f}{&g}",
        "{a.b}%41",
        "{%41}",
        "é{x}",
    ],
    "uuid": ["01234567-89ab-CDEF-0123-456789abcdef"],
    "regex": [r"^\d+$", "(?<n>a)", r"(a)*\1", "(?<=a*)b", r"\p{Script=Greek}"],
    "json-pointer": ["", "/", "/a~0b~1c", "/\0é"],
    "relative-json-pointer": ["0", "10#", "1/a~0", "0/"],
}
INVALID = {
    "date": [
        "2023-02-29",
        "1900-02-29",
        "2024-00-01",
        "2024-01-00",
        "2024-04-31",
        "2024-1-01",
        "20240101",
        "2024-W01-1",
        "2024-01-01\n",
        "٢٠٢٤-01-01",
    ],
    "date-time": [
        "2024-02-29",
        "2024-02-29T12:00:00",
        "2024-02-29 12:00:00Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T12:00Z",
        "2024-02-29T12:00:00.Z",
        "2024-02-29T12:00:00,5Z",
        "2024-02-29T12:00:00+0530",
        "2023-02-29T12:00:00Z",
        "2016-12-30T23:59:60Z",
        "2016-12-31T00:59:60+01:00",
        "2016-12-31T23:59:60+01:00",
    ],
    "time": [
        "12:00:00",
        "24:00:00Z",
        "12:60:00Z",
        "23:59:61Z",
        "12:00:60Z",
        "1:00:00Z",
    ],
    "duration": [
        "",
        "P",
        "PT",
        "P1YT",
        "P1Y1D",
        "PT1H1S",
        "P1W1D",
        "P1.5D",
        "p1d",
        "-P1D",
    ],
    "email": [
        "",
        "a",
        "@b",
        "a@",
        "a@@b",
        "a b@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        '"a@b',
        '"a"b@c',
        "a@b_c",
        "a@b.",
        "a@[1.2.3]",
        "a@[192.0.2.1",
        "a@[IPv6:1::2::3]",
        "é@b",
        "a" * 65 + "@b",
        "a@b\n",
    ],
    "idn-email": [
        "a",
        "a@",
        "@é",
        "a@-é",
        "a@é-",
        "a@\u0300a",
        "a@\u302e",
        "a@e\u0301",
        f"a@{'é' * 58}",
        "é" * 33 + "@b",
    ],
    "hostname": [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "-a",
        "a-",
        "a_b",
        "é",
        f"{LONG}a",
        ".".join([LONG] * 4),
        "xn--",
        "xn--a",
        "xn--a-",
        "xn---9ca",
        "xn--bcher-",
        "xn--0000000000",
        "xn--aa---o47jg78q",
        "a\n",
    ],
    "ipv4": ["1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4\n", "1.2.3.٤", ""],
    "ipv6": [
        "",
        ":",
        ":::",
        "1",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8::",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "192.0.2.1::",
        "::1%eth0",
        "::1.2.3",
        "::g",
    ],
    "uri": [
        "",
        "a",
        "//a",
        "1a:b",
        "http://a b",
        "http://é",
        "a:%4",
        "a:%zz",
        "http://[::1",
        "http://[1]",
        "http://a:b",
        "http://a@b@c",
        "a:#b#c",
        "a:\\b",
        "a:\n",
    ],
    "uri-reference": ["a:b c", "1:a", ":a", "\\", "^", "%"],
    "iri": ["é", "http://é é", "a:\ud800", "a:/\ue000"],
    "iri-reference": ["\\é", "é:é", "\ufdd0"],
    "uri-template": [
        "{",
        "}",
        "{}",
        "{a",
        "{a}}",
        "{-a}",
        "{a:0}",
        "{a:12345}",
        "%4{a}1",
        "a b",
    ],
    "uuid": [
        "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "01234567-89ab-cdef-0123-456789abcde\u0660",
        "0123456-789ab-cdef-0123-456789abcdef",
        "\ud800",
        "",
    ],
    "regex": ["(", "[", "a**", r"\a", r"\A", "(?P<n>a)"],
    "json-pointer": ["a", "#/a", "/~", "/~2", "/a~"],
    "relative-json-pointer": ["", "/a", "-1", "01", "0##", "0a", "1/~", "\u0660"],
}


def rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), rows(VALID))
def test_takes(name: str, text: str) -> None:
    assert FORMATS[name](text)


@pytest.mark.parametrize(("name", "text"), rows(INVALID))
def test_refuses(name: str, text: str) -> None:
    assert not FORMATS[name](text)


def test_every_format_has_both_tables() -> None:
    assert set(FORMATS) == set(VALID) == set(INVALID)


def test_a_predicate_is_named_after_its_format() -> None:
    assert {name: predicate.__name__ for name, predicate in FORMATS.items()} == {
        name: f"is_{name.replace('-', '_')}" for name in FORMATS
    }


def test_generated_code_may_use_each_predicate() -> None:
    assert {one.__name__ for one in FORMATS.values()} <= {*contract.__all__}


PREDICATES = pytest.mark.parametrize("predicate", FORMATS.values(), ids=FORMATS)
HOSTILE = st.text(st.characters() | st.sampled_from("\ud800\0%@:/[]{}~#?-.xn0T1+PZ"))


@PREDICATES
@given(HOSTILE, st.sampled_from(["", "xn--", "a@", "a@xn--", "http://[", "::", "P"]))
def test_no_text_makes_a_predicate_raise(
    predicate: Callable[[str], bool], text: str, start: str
) -> None:
    assert predicate(start + text) in (True, False)


@PREDICATES
@pytest.mark.parametrize(
    "unit", ["a", "1", "~", "%", "{a,", "(", "(a)", "[", "::", "a.", "\ud800"]
)
def test_long_text_takes_no_more_than_its_share(
    predicate: Callable[[str], bool], unit: str
) -> None:
    start = time.process_time()
    for prefix in ("", "a@", "http://", "P", '"', "00:00:00."):
        predicate(prefix + unit * 20_000)
    assert time.process_time() - start < 5
