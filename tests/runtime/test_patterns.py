"""ECMA-262 patterns in Python's `re`: the same language, or a refusal that says why."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackplan.runtime.patterns import (
    PatternError,
    is_well_formed,
    matcher,
    translate,
)

DRAGON = "\U0001f432"


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        # Anchors and boundaries.
        ("b", ["abc"], ["ac", ""]),
        ("^abc$", ["abc"], ["abc\n", "\nabc", "x\nabc"]),
        ("a$|^b", ["xa", "bx"], ["a\n", "\nb"]),
        (r"\bab\b", ["ab", "éab", "ab é"], ["xab", "ab_", "ab1"]),
        (r"^\B$", [""], ["a"]),
        (r"a\B", ["ab"], ["a", "aé"]),
        # Characters and their classes.
        ("^.$", ["a", "\x85", "\v", DRAGON], ["\n", "\r", "\u2028", "\u2029"]),
        (r"^\d$", ["7"], ["\u0967", "a"]),
        (r"^\D$", ["\u0967", "a", "\n"], ["7"]),
        (r"^\w$", ["a", "Z", "0", "_"], ["é", "\u017f", "-"]),
        (r"^\W$", ["é", "-"], ["a", "_"]),
        (r"^\s$", ["\t", "\n", "\v", "\xa0", "\ufeff", "\u2029"], ["\x1c", "\x85"]),
        (r"^\S$", ["\x1c", "\x85", "\u180e"], [" ", "\ufeff"]),
        # Escapes.
        (r"^\cA\cj$", ["\x01\n"], ["cAcj"]),
        (r"^\0\t\n\v\f\r$", ["\0\t\n\v\f\r"], ["0"]),
        (r"^\x41\u0042\u{43}$", ["ABC"], ["x41"]),
        (r"^\uD83D\uDC32$", [DRAGON], ["\ud83d"]),
        (r"^\u{1F432}$", [DRAGON], []),
        (r"^\uD83D$", ["\ud83d"], [DRAGON]),
        (r"^\^\$\\\.\*\+\?\(\)\[\]\{\}\|\/$", [r"^$\.*+?()[]{}|/"], []),
        (r"^a\-b[\-]$", ["a-b-"], ["a\\-b-"]),
        (f"^{DRAGON}*$", ["", DRAGON * 2], ["\U0001f409"]),
        ("^# &~ -\n$", ["# &~ -\n"], []),
        # Brackets.
        ("^[a-c]$", ["b"], ["d", "-"]),
        ("^[^a-c]$", ["d", "\n"], ["b"]),
        ("[]", [], ["", "a"]),
        ("^[^]$", ["a", "\n", DRAGON], [""]),
        ("^[a[b]$", ["[", "a", "b"], ["]"]),
        ("^[a&&b]$", ["a", "b", "&"], []),
        ("^[+--]$", ["+", ",", "-"], ["."]),
        ("^[~~||]$", ["~", "|"], []),
        (r"^[\]\\\^\-]$", ["]", "\\", "^", "-"], []),
        (r"^[\b]$", ["\b"], ["b"]),
        (r"^[\w.-]$", ["a", ".", "-"], ["é"]),
        (r"^[^\S ]$", ["\t", "\n"], [" ", "a"]),
        (r"^[\s\S]$", ["\n", "a"], [""]),
        (r"^[\D1]$", ["1", "a"], ["2"]),
        (r"^[\uD83D\uDC32-\u{1F434}]$", ["\U0001f433"], ["\ud83d", "\udc32"]),
        # Unicode properties.
        (r"^\p{Letter}$", ["é", "a", "中"], ["1", "_"]),
        (r"^\p{L}\p{gc=Lu}\p{General_Category=Nd}$", ["aÉ٣"], ["aé٣"]),
        (r"^\P{L}$", ["1"], ["é"]),
        (r"^\p{LC}$", ["a", "A", "ǅ"], ["中"]),
        (r"^[\p{Lu}\p{digit}]+$", ["É٣"], ["é"]),
        (r"^[^\P{Lu}]$", ["É"], ["é"]),
        (r"^\p{Co}$", ["\ue000", "\U0010fffd"], ["\U0010ffff"]),
        (r"^\p{ASCII}$", ["\x7f"], ["\x80"]),
        (r"^\p{White_Space}$", ["\x85", " "], ["\ufeff"]),
        (r"^\P{Any}$", [], ["", "a"]),
        # Repetition.
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{2,}$", ["aa", "aaaa"], ["a"]),
        ("^a{1,2}?$", ["a", "aa"], ["aaa"]),
        ("^a{0,99999999999}$", ["", "aaa"], ["b"]),
        ("^a*?b+?c??$", ["aabbc", "b"], ["aa"]),
        ("^(?:ab)*$", ["", "abab"], ["aba"]),
        ("^(?:a{2}){2}$", ["aaaa"], ["aa"]),
        # Lookarounds.
        ("^(?=a)(?!ab)", ["ac"], ["ab", "ba"]),
        ("(?<=a)b", ["ab"], ["b"]),
        ("(?<!a)b", ["cb", "b"], ["ab"]),
        # Groups and back-references.
        (r"^(a|b)\1$", ["aa", "bb"], ["ab"]),
        (r"^(?<first>a|b)\k<first>0$", ["aa0"], ["ab0"]),
        (r"^(?<$x>a)\k<$x>$", ["aa"], ["a"]),
        (r"^(?:(a)|b)\1$", ["aa", "b"], ["a", "ba"]),
        (r"^(a)?\1$", ["", "aa"], ["a"]),
        (r"^\1(a)$", ["a"], ["aa"]),
        (r"^(a\1)$", ["a"], ["aa"]),
        (r"^(?:(a)|\1b)$", ["a", "b"], ["ab"]),
        (r"^(?:(a)|b\1c)*$", ["abc", "bca"], ["abac"]),
        (r"^(?!(b))a\1$", ["a"], ["ab"]),
        (r"^(?=(a+))\1b$", ["aab"], ["aa"]),
        (r"^(?:(a|b)\1)+$", ["aabb"], ["ab"]),
        ("^" + "(a)" * 100 + r"\100$", ["a" * 101], ["a" * 100, "a" * 100 + "@"]),
    ],
)
def test_matches_what_ecma_262_matches(
    pattern: str, matching: list[str], other: list[str]
) -> None:
    search = matcher(pattern)
    assert [text for text in matching if search(text) is None] == []
    assert [text for text in other if search(text) is not None] == []


@pytest.mark.parametrize(
    ("pattern", "message", "position"),
    [
        (r"a\A", r"`\A` is no ECMA-262 escape here", 1),
        (r"\Z", r"`\Z` is no ECMA-262 escape here", 0),
        (r"\a", r"`\a` is no ECMA-262 escape here", 0),
        (r"\_", r"`\_` is no ECMA-262 escape here", 0),
        (r"\00", r"`\0` is no ECMA-262 escape here", 0),
        (r"\x4", r"`\x` is no ECMA-262 escape here", 0),
        (r"\u{110000}", r"`\u` is no ECMA-262 escape here", 0),
        (r"\c1", r"`\c` is no ECMA-262 escape here", 0),
        (r"[\B]", r"`\B` is no ECMA-262 escape here", 1),
        ("a\\", "`\\` is no ECMA-262 escape here", 1),
        ("a(?P<x>b)", "`(?P` opens no ECMA-262 group", 1),
        ("(?#a)", "`(?#` opens no ECMA-262 group", 0),
        ("(?i)a", "`(?i` opens no ECMA-262 group", 0),
        ("(?>a)", "`(?>` opens no ECMA-262 group", 0),
        ("(?(1)a)", "`(?(` opens no ECMA-262 group", 0),
        ("(?<1>a)", "a group's name has to be an identifier in `<…>`", 0),
        ("(?<a>a)(?<a>b)", "two groups have the name `a`", 7),
        ("((a)", "the group is never closed", 0),
        ("a)", "`)` closes no group", 1),
        ("[a", "the character class is never closed", 0),
        ("[b-a]", "`b-a` is not a range of characters", 1),
        ("[a--]", "`a--` is not a range of characters", 1),
        (r"[a-\d]", r"`a-\d` is not a range of characters", 1),
        ("a++", "`+` has nothing to repeat", 2),
        ("*", "`*` has nothing to repeat", 0),
        ("^*", "`*` has nothing to repeat", 1),
        ("(?=a)?", "`?` has nothing to repeat", 5),
        ("a{,2}", r"a lone `{` is written `\{`", 1),
        ("a]", r"a lone `]` is written `\]`", 1),
        ("}", r"a lone `}` is written `\}`", 0),
        ("a{3,2}", "the quantifier `{3,2}` counts down", 1),
        (r"(a)\2", "there is no group `2`", 3),
        (r"\k<a>", "there is no group `a`", 0),
        (r"\k", r"`\k` needs the name of a group in `<…>`", 0),
        (r"\pL", r"`\p` needs the name of a property in `{…}`", 0),
        (r"\p{gc=Foo}", r"`\p{gc=Foo}` is not a Unicode property", 0),
        (r"\p{Foo=Lu}", r"`\p{Foo=Lu}` is not a Unicode property", 0),
    ],
)
def test_refuses_what_ecma_262_refuses(
    pattern: str, message: str, position: int
) -> None:
    with pytest.raises(PatternError) as caught:
        translate(pattern)
    assert (caught.value.message, caught.value.position) == (message, position)


WIDTH = "a look-behind of variable length is not supported"
REFERENCE = "may not look from a look-behind, nor at a repeated group"


@pytest.mark.parametrize(
    ("pattern", "message", "position"),
    [
        ("x(?<=a|bc)", WIDTH, 1),
        ("(?<!a*)b", WIDTH, 0),
        (r"(a)(?<=\1)", f"the back-reference `1` {REFERENCE}", 7),
        (r"(a)*\1", f"the back-reference `1` {REFERENCE}", 4),
        (r"(?:(a)|b)*\1", f"the back-reference `1` {REFERENCE}", 10),
        (r"(?:(?<x>a)?\k<x>)*", f"the back-reference `x` {REFERENCE}", 11),
        (r"(?=(|a)?)\1", f"the back-reference `1` {REFERENCE}", 9),
        (r"(?:(?=(a)))?\1", f"the back-reference `1` {REFERENCE}", 12),
        (
            r"\p{Script=Greek}",
            "the Unicode property `Script=Greek` is not supported",
            0,
        ),
        (r"\P{Alphabetic}", "the Unicode property `Alphabetic` is not supported", 0),
        ("a{4294967295}", "the quantifier `{4294967295}` is too large", 1),
        ("(" * 51 + ")" * 51, "groups are nested more than 50 deep", 50),
    ],
)
def test_refuses_what_re_cannot_say_exactly(
    pattern: str, message: str, position: int
) -> None:
    assert is_well_formed(pattern)
    with pytest.raises(PatternError) as caught:
        translate(pattern)
    assert (caught.value.message, caught.value.position) == (message, position)


def test_an_error_prints_its_fact_and_place() -> None:
    assert str(PatternError("`)` closes no group", 3)) == (
        "`)` closes no group, at offset 3"
    )


def test_a_pattern_is_compiled_once() -> None:
    assert matcher("a+") is matcher("a+")


def test_the_general_categories_are_those_of_unicodedata() -> None:
    search = matcher(r"^\p{Cn}$")
    assert [
        char
        for char in map(chr, range(0x110000))
        if (search(char) is None) == (unicodedata.category(char) == "Cn")
    ] == []


SYNTAX = st.text(st.sampled_from("ab01\\()[]{}?*+|^$.,-:<>=!kpPudDwsbB&~#\n \ud83d"))


@given(SYNTAX | st.text())
def test_a_translation_compiles_or_is_refused(pattern: str) -> None:
    with suppress(PatternError):
        re.compile(translate(pattern))


@given(st.text(st.characters(exclude_characters="^$\\.*+?()[]{}|"), min_size=1))
def test_characters_without_meaning_match_themselves(text: str) -> None:
    found = re.search(translate(text), text)
    assert found is not None
    assert found[0] == text
