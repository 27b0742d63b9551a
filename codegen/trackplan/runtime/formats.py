"""JSON Schema's `format` as an assertion: one predicate per format, each on any `str`.

No predicate raises, and each takes time linear in its text. Letters and digits are
ASCII where the format is not an internationalised one. `idn-hostname` is not here: it
needs the tables of IDNA 2008, which the standard library lacks.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from trackplan.runtime.patterns import is_well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Each day of the calendar but 29 February.
_MONTH_DAY = (
    "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_DATE = f"[0-9]{{4}}-{_MONTH_DAY}"
_HOUR, _MINUTE = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_HOUR_MINUTE = rf"({_HOUR}):({_MINUTE})"
_FRACTION = r"(?:\.[0-9]++)?+"
_TIME = rf"{_HOUR_MINUTE}:({_MINUTE}|60){_FRACTION}(?:[Zz]|([+-]){_HOUR_MINUTE})"
_USUAL_DATE_TIME = (
    rf"{_DATE}[Tt]{_HOUR}:{_MINUTE}:{_MINUTE}{_FRACTION}(?:[Zz]|[+-]{_HOUR}:{_MINUTE})"
)

_MINUTES = "[0-9]+M(?:[0-9]+S)?"
_CLOCK = f"T(?:[0-9]+H(?:{_MINUTES})?|{_MINUTES}|[0-9]+S)"
_MONTHS = "[0-9]+M(?:[0-9]+D)?"
_DAYS = f"(?:[0-9]+Y(?:{_MONTHS})?|{_MONTHS}|[0-9]+D)"
_DURATION = f"P(?:{_DAYS}(?:{_CLOCK})?|{_CLOCK}|[0-9]+W)"

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEX_TO_0 = bytes.maketrans(b"123456789abcdefABCDEF", b"0" * 21)
_UUID_OF_0 = b"00000000-0000-0000-0000-000000000000"

_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
# Within 64 characters neither a part nor a label of it can be too long.
_USUAL_EMAIL = rf"[{_ATOM}]++(?:\.[{_ATOM}]++)*+@[A-Za-z0-9]++(?:[.-][A-Za-z0-9]++)*+"
_QUOTED = r" !#-\[\]-~"
_BEYOND_ASCII = "\x80-\ud7ff\ue000-\U0010ffff"
# RFC 5892 2.1 LetterDigits, less what casefolding removes; 2.6 Exceptions; `-`. The
# rules on the neighbours of the contextual ones (appendix A) are not applied.
_U_LABEL_CATEGORIES = ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd")
_U_LABEL_TOO = (
    "-\xdf\u03c2\u06fd\u06fe\u0f0b\u3007\xb7\u0375\u05f3\u05f4\u30fb\u200c\u200d"
)
_U_LABEL_NEVER = "\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b"

# RFC 3986 appendix A: unreserved and sub-delims; RFC 3987 2.2: ucschar and iprivate.
_URI_NAME = r"A-Za-z0-9._~!$&'()*+,;=\-"
_UCS = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"

# RFC 6570 2.1 and 2.2.
_TEMPLATE_LITERAL = rf"!#$&(-;=?-\[\]_a-z~{_UCS}{_PRIVATE}"
_TEMPLATE_CHAR = "(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})"
_TEMPLATE_NAME = rf"{_TEMPLATE_CHAR}(?:\.?{_TEMPLATE_CHAR})*(?::[1-9][0-9]{{0,3}}|\*)?"
_TEMPLATE_EXPRESSION = rf"\{{[+#./;?&=,!@|]?{_TEMPLATE_NAME}(?:,{_TEMPLATE_NAME})*\}}"


@cache
def _rule(source: str) -> re.Pattern[str]:
    return re.compile(source)


_misfit: dict[str, Callable[[str], re.Match[str] | None]] = {}
"""What finds a text that is not all of a rule: where nothing is found, none is made."""


def _fits(rule: str, text: str) -> bool:
    try:
        return _misfit[rule](text) is None
    except KeyError:  # compiled when first used, which an import could not wait for
        _misfit[rule] = re.compile(rf"(?!(?:{rule})\Z)").match
        return _fits(rule, text)


def is_date(text: str) -> bool:
    """RFC 3339 5.6 full-date, a day of the calendar."""
    return _fits(_DATE, text) or _is_leap_day(text)


def _is_leap_day(text: str) -> bool:
    if not _fits("[0-9]{4}-02-29", text):
        return False
    year = int(text[:4])
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_time(text: str) -> bool:
    """RFC 3339 5.6 full-time; second 60 only as 23:59:60 in UTC."""
    found = _rule(_TIME).fullmatch(text)
    if found is None:
        return False
    return found[3] != "60" or _utc_minute(found) in (-1, 1439)


def is_date_time(text: str) -> bool:
    """RFC 3339 5.6 date-time; second 60 only at the end of a month in UTC (5.7)."""
    # All but leap days and leap seconds, in a sixth of the time.
    if _fits(_USUAL_DATE_TIME, text):
        return True
    date, time = text[:10], text[11:]
    if text[10:11] not in ("T", "t") or not is_date(date) or not is_time(time):
        return False
    return time[6:8] != "60" or _ends_a_month(date, time)


def _utc_minute(time: re.Match[str]) -> int:
    """The minute of the local day, less the offset: below 0 on the UTC day before."""
    minute = int(time[1]) * 60 + int(time[2])
    if time[4] is None:
        return minute
    offset = int(time[5]) * 60 + int(time[6])
    return minute + offset if time[4] == "-" else minute - offset


def _ends_a_month(date: str, time: str) -> bool:
    """Whether the minute is the last of a month in UTC."""
    clock = _rule(_TIME).fullmatch(time)
    if clock is None:
        return False
    if _utc_minute(clock) < 0:
        return date.endswith("-01")
    return not is_date(f"{date[:8]}{int(date[8:]) + 1:02}")


def is_duration(text: str) -> bool:
    """RFC 3339 appendix A duration, in capitals as ISO 8601 has it."""
    return _fits(_DURATION, text)


def is_email(text: str) -> bool:
    """RFC 5321 4.1.2 Mailbox, its local part within 64 octets (4.5.3.1.1)."""
    # In a sixth of the time, and no label of two hyphens that may be an A-label.
    if len(text) <= 64 and _fits(_USUAL_EMAIL, text):
        return True
    local, _, domain = text.rpartition("@")
    if domain.startswith("["):
        return _is_local_part(local, "") and _is_address_literal(domain)
    return _is_local_part(local, "") and is_hostname(domain)


def is_idn_email(text: str) -> bool:
    """RFC 6531 3.3 Mailbox; a label beyond ASCII is checked as far as an A-label is."""
    local, _, domain = text.rpartition("@")
    if not _is_local_part(local, _BEYOND_ASCII):
        return False
    if domain.startswith("["):
        return _is_address_literal(domain)
    labels = domain.split(".") if len(domain) <= 253 else [""]
    return all(
        _is_label(label) if label.isascii() else _is_u_label(label) for label in labels
    )


def _is_local_part(local: str, more: str) -> bool:
    atom = f"[{_ATOM}{more}]+"
    rule = rf'{atom}(?:\.{atom})*|"(?:[{_QUOTED}{more}]|\\[ -~])*"'
    return (
        len(local) <= 64
        and _fits(rule, local)
        and (local.isascii() or len(local.encode()) <= 64)
    )


def _is_address_literal(domain: str) -> bool:
    """RFC 5321 4.1.3, with the one registered tag."""
    address, closing = domain[1:-1], domain[-1:]
    if address[:5].lower() == "ipv6:":
        return closing == "]" and is_ipv6(address[5:])
    return closing == "]" and is_ipv4(address)


def is_hostname(text: str) -> bool:
    """RFC 1123 2.1, without a final dot; `xn--` is an A-label (RFC 5890 2.3.2.1)."""
    return len(text) <= 253 and all(map(_is_label, text.split(".")))


def _is_label(label: str) -> bool:
    if not _fits(_LABEL, label):
        return False
    return label[:4].lower() != "xn--" or _is_a_label(label[4:].lower())


def _is_a_label(encoded: str) -> bool:
    """Whether Punycode is that of a U-label, and the only one (RFC 5891 5.4)."""
    try:
        label = encoded.encode().decode("punycode")
        return label.encode("punycode").decode() == encoded and _is_u_label(label)
    except (ValueError, OverflowError):
        return False


def _is_u_label(label: str) -> bool:
    """RFC 5891 4.2.3, as far as the Unicode data of the standard library tells."""
    # A shared library, and only names beyond ASCII need it.
    from unicodedata import category, normalize

    if label.isascii() or len(label) > 59 or len(label.encode("punycode")) > 59:
        return False
    if label[0] == "-" or label[-1] == "-" or label[2:4] == "--":
        return False
    return (
        category(label[0])[0] != "M"
        and normalize("NFC", label) == label
        and all(map(_is_u_label_char, label))
    )


def _is_u_label_char(char: str) -> bool:
    """RFC 5892 3, without the properties of 2.3, 2.4 and 2.9."""
    from unicodedata import category, normalize

    if char in _U_LABEL_TOO or char in _U_LABEL_NEVER:
        return char in _U_LABEL_TOO
    folded = normalize("NFKC", normalize("NFKC", char).casefold())
    return folded == char and category(char) in _U_LABEL_CATEGORIES


def is_ipv4(text: str) -> bool:
    """RFC 2673 3.2 dotted-quad, without leading zeros."""
    return _fits(_IPV4, text)


def is_ipv6(text: str) -> bool:
    """RFC 4291 2.2, without a zone."""
    if len(text) > 45:
        return False
    head, gap, tail = text.partition("::")
    groups = [*(head.split(":") if head else ()), *(tail.split(":") if tail else ())]
    if groups and text.endswith(groups[-1]) and is_ipv4(groups[-1]):
        groups[-1:] = ["0", "0"]
    if not all(_fits("[0-9A-Fa-f]{1,4}", group) for group in groups):
        return False
    return len(groups) <= 7 if gap else len(groups) == 8


def is_uri(text: str) -> bool:
    """RFC 3986 3 URI: with a scheme."""
    return _has_scheme(text) and is_uri_reference(text)


def is_uri_reference(text: str) -> bool:
    """RFC 3986 4.1 URI-reference."""
    return _is_reference(text, "", "")


def is_iri(text: str) -> bool:
    """RFC 3987 2.2 IRI: with a scheme."""
    return _has_scheme(text) and is_iri_reference(text)


def is_iri_reference(text: str) -> bool:
    """RFC 3987 2.2 IRI-reference."""
    return _is_reference(text, _UCS, _PRIVATE)


def _has_scheme(text: str) -> bool:
    return _rule("[A-Za-z][A-Za-z0-9+.-]*:").match(text) is not None


def _is_reference(text: str, more: str, more_in_query: str) -> bool:
    rest, _, fragment = text.partition("#")
    rest, _, query = rest.partition("?")
    if _has_scheme(rest):
        rest = rest.partition(":")[2]
    elif ":" in rest.partition("/")[0]:  # path-noscheme
        return False
    authority, path = "", rest
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        path = slash + path
    return (
        _is_authority(authority, more)
        and _consists_of(f"{_URI_NAME}:@/{more}", path)
        and _consists_of(f"{_URI_NAME}:@/?{more}{more_in_query}", query)
        and _consists_of(f"{_URI_NAME}:@/?{more}", fragment)
    )


def _is_authority(text: str, more: str) -> bool:
    """RFC 3986 3.2: userinfo, a name or a bracketed address, and a port."""
    user, _, place = text.rpartition("@")
    found = _rule(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::[0-9]*)?").fullmatch(place)
    if found is None or not _consists_of(f"{_URI_NAME}:{more}", user):
        return False
    if found[1] is None:
        return _consists_of(_URI_NAME + more, found[2])
    return is_ipv6(found[1]) or _fits(rf"[Vv][0-9A-Fa-f]+\.[{_URI_NAME}:]+", found[1])


def _consists_of(chars: str, text: str) -> bool:
    """Whether all is of `chars` or percent-encoded (RFC 3986 2.1)."""
    return _rule(rf"[^{chars}%]|%(?![0-9A-Fa-f]{{2}})").search(text) is None


def is_uri_template(text: str) -> bool:
    """RFC 6570 2 URI-Template, of any level."""
    # The stand-in keeps a `%` before an expression from borrowing digits behind it.
    literals = _rule(_TEMPLATE_EXPRESSION).sub("/", text)
    return _consists_of(_TEMPLATE_LITERAL, literals)


def is_uuid(text: str) -> bool:
    """RFC 4122 3, in either case and of any version."""
    try:  # a quarter of the time that a pattern takes
        return text.encode().translate(_HEX_TO_0) == _UUID_OF_0
    except UnicodeEncodeError:  # half a surrogate pair
        return False


def is_regex(text: str) -> bool:
    """ECMA-262 22.2.1 Pattern, in unicode mode."""
    return is_well_formed(text)


def is_json_pointer(text: str) -> bool:
    """RFC 6901 3."""
    return text[:1] in ("", "/") and _rule("~(?![01])").search(text) is None


def is_relative_json_pointer(text: str) -> bool:
    """draft-bhutton-relative-json-pointer-00, section 3."""
    found = _rule("(?:0|[1-9][0-9]*)(#?)").match(text)
    if found is None:
        return False
    rest = text[found.end() :]
    return not rest if found[1] else is_json_pointer(rest)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": is_date,
    "date-time": is_date_time,
    "duration": is_duration,
    "email": is_email,
    "hostname": is_hostname,
    "idn-email": is_idn_email,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "iri": is_iri,
    "iri-reference": is_iri_reference,
    "json-pointer": is_json_pointer,
    "regex": is_regex,
    "relative-json-pointer": is_relative_json_pointer,
    "time": is_time,
    "uri": is_uri,
    "uri-reference": is_uri_reference,
    "uri-template": is_uri_template,
    "uuid": is_uuid,
}
"""The predicate of each format of JSON Schema draft 2020-12, by the format's name."""
