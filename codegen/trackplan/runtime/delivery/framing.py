"""The lines of a journal: each can be told from one that was torn or damaged.

A line is `<crc32> [<number>,"<kind>","<user>","<event or group>",<data>,<time>]`, a
record as JSON, or `<crc32> -<number>`, which settles the record of that number. A
newline goes ahead of each, to end what was torn off before it, and one comes after it,
so that no damaged byte joins two.
"""

import json
import os
import re
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple
from zlib import crc32

from trackplan.runtime.wire import FORWARDED, Record, Row, encoder

LONGEST = 2**24
"""Bytes in a line; what is longer was not written by us."""

_CHUNK = 2**16
_pieces = encoder()
_LINE = re.compile(
    rb"([0-9a-f]{1,8}) "
    rb'(-(\d{1,18})|\[(\d{1,18}),"\w+","((?:[^"\\]++|\\.)*+)",.*\])\n?'
)


class NotKeptError(Exception):
    """No line holds a row: it is not JSON, or too long."""


class Entry(NamedTuple):
    """What one sound line says."""

    number: int
    """Unique in its file; negative in a mark, which settles the record so numbered."""
    lane: str = FORWARDED
    record: bytes = b""
    """As JSON."""


def kept(number: int, row: Row) -> bytes:
    """The line that keeps `row`, to the millisecond, to be appended.

    Raises NotKeptError where none does. The caller waits for it, so what is sent is
    made of it later.
    """
    kind, user_id, group_id, event, data, occurred = row
    try:
        user, name = _quoted(user_id), _quoted(event or group_id or "")
        properties = "".join(_pieces(data, 0))
        # In milliseconds: a float of that many digits takes 0.4 µs more to write.
        milliseconds = round(occurred * 1000)
    except Exception as error:
        raise NotKeptError(str(error)) from error
    content = f'[{number},"{kind}",{user},{name},{properties},{milliseconds}]'.encode()
    if len(content) > LONGEST:
        raise NotKeptError("the event is too long for the spool")
    return framed(content)


def mark(number: int) -> bytes:
    """The line that settles the record of that number."""
    return framed(b"-%d" % number)


def framed(content: bytes) -> bytes:
    """`content` as a line."""
    return b"\n%x %b\n" % (crc32(content), content)


def record(text: bytes) -> Record:
    """The row of which `kept` made this JSON. Raises ValueError where there is none."""
    try:
        _, kind, user_id, name, data, milliseconds = json.loads(text)
        group_id = name if kind == "group" else None
        event = name if kind == "track" else None
        return Record(kind, user_id, group_id, event, dict(data), milliseconds / 1000)
    except (TypeError, ArithmeticError, RecursionError) as error:
        raise ValueError(str(error)) from error


def lines(fd: int, offset: int = 0) -> Iterator[bytes]:
    """The lines from `offset` on; the last may lack its newline, and its end."""
    rest = b""
    while chunk := os.pread(fd, _CHUNK, offset):
        offset += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > LONGEST + 16:
            yield rest
            rest = b""
    if rest:
        yield rest


def entries(fd: int) -> Iterator[Entry]:
    """What the sound lines say."""
    return (entry for line in lines(fd) if (entry := parse(line)))


def settled(fd: int) -> set[int]:
    """The numbers of the records that are settled."""
    return {-entry.number for entry in entries(fd) if entry.number < 0}


def unsettled(fd: int, settled: set[int]) -> Iterator[Entry]:
    """The records that are not settled."""
    return (e for e in entries(fd) if e.number > 0 and e.number not in settled)


def parse(line: bytes) -> Entry | None:
    """What `line` says; None when it is blank, torn or corrupt."""
    match = _LINE.fullmatch(line)
    if not match or int(match[1], 16) != crc32(match[2]):
        return None
    if match[3]:
        return Entry(-int(match[3]))
    try:
        return Entry(int(match[4]), _unquoted(match[5]), match[2])
    except ValueError:
        return None


def _unquoted(text: bytes) -> str:
    """What JSON writes so, between quotes. Raises ValueError where it does not."""
    return str(json.loads(b'"%b"' % text)) if b"\\" in text else text.decode("ascii")
