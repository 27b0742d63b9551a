"""Where a value that a test wants and one that was sent differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from trackplan.runtime.convert import to_json
from trackplan.runtime.values import UNSET, Finding, join


class Difference(NamedTuple):
    """One place where they differ, with what stands there in words."""

    path: str
    wanted: str
    sent: str

    def __str__(self) -> str:
        return f"{self.path}: wanted {self.wanted}, sent {self.sent}"


def differences(wanted: object, sent: object, path: str) -> Iterator[Difference]:
    """Yield what differs. `UNSET` wants and stands for nothing.

    What is wanted may be anything that a generated function takes (a datetime, a
    Decimal, a tuple, …), or whatever decides by `==`.
    """
    if isinstance(wanted, Mapping) and isinstance(sent, dict):
        there = cast("dict[str, object]", sent)
        here = cast("Mapping[str, object]", wanted)
        for key in dict.fromkeys((*here, *there)):
            one, other = here.get(key, UNSET), there.get(key, UNSET)
            yield from differences(one, other, join(path, key))
    elif isinstance(wanted, list | tuple) and isinstance(sent, list):
        yield from _of_arrays(
            cast("Sequence[object]", wanted), cast("list[object]", sent), path
        )
    elif not _is_same(wanted, sent):
        yield Difference(path, in_words(wanted), in_words(sent))


def _of_arrays(
    wanted: Sequence[object], sent: list[object], path: str
) -> Iterator[Difference]:
    if len(wanted) != len(sent):
        lengths = (f"{in_words(one)} ({len(one)} items)" for one in (wanted, sent))
        yield Difference(path, *lengths)
        return
    for index, (one, other) in enumerate(zip(wanted, sent, strict=True)):
        yield from differences(one, other, f"{path}[{index}]")


def _is_same(wanted: object, sent: object) -> bool:
    if wanted is UNSET or sent is UNSET:
        return wanted is sent
    if isinstance(wanted, int | float) and isinstance(wanted, bool) != isinstance(
        sent, bool
    ):
        return False  # to Python, True is 1
    return bool(wanted == sent) or _as_sent(wanted) == sent


def _as_sent(value: object) -> object:
    """Return the JSON that a generated function would send, or the value itself."""
    problems: list[Finding] = []
    converted = to_json(value, problems)
    return value if problems else converted


def in_words(value: object) -> str:
    """Return a value as JSON where it is JSON, else as Python shows it."""
    if value is UNSET:
        return "nothing"
    try:
        return json.dumps(_as_sent(value), ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)
