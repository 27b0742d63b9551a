"""What the calling processes got done, in shared memory: no kill undoes it."""

from __future__ import annotations

import os
import struct
from mmap import mmap
from pathlib import Path

RETURNED, RAISED = b"\1", b"\2"
_NUMBER = struct.Struct("d")
_LONGEST, _WHICH, _LONG, _OWN, _ENDED, _HEAD = 0, 8, 16, 24, 32, 40
LONG = 0.005


class Ledger:
    """One byte a call, after five numbers of the whole program."""

    def __init__(self, path: Path, calls: int = 0) -> None:
        """Open the ledger at `path`, or make one for `calls` calls."""
        with path.open("w+b" if calls else "r+b") as file:
            if calls:
                os.truncate(path, _HEAD + calls)
            self._map = mmap(file.fileno(), 0)

    def note(self, number: int, result: bytes, seconds: float, own: float) -> None:
        """Call `number` returned or raised after `seconds`, of which so many its `own`."""
        at = _HEAD + number
        self._map[at : at + 1] = result
        if seconds > self.longest:
            self._write(_LONGEST, seconds)
            self._write(_WHICH, number)
        if seconds > LONG:
            self._write(_LONG, self.long + 1)
        if own > self.longest_own:
            self._write(_OWN, own)

    def end(self, now: float) -> None:
        """The program has nothing more to do than to end."""
        self._write(_ENDED, now)

    @property
    def longest(self) -> float:
        return self._read(_LONGEST)

    @property
    def longest_own(self) -> float:
        """The longest, without what the machine took from a call."""
        return self._read(_OWN)

    @property
    def which(self) -> int:
        """The number of the longest call."""
        return int(self._read(_WHICH))

    @property
    def long(self) -> int:
        """How many calls took more than 5 ms."""
        return int(self._read(_LONG))

    @property
    def ended(self) -> float:
        """On the monotonic clock, which all processes share; 0 while not ended."""
        return self._read(_ENDED)

    def done(self) -> int:
        """How many calls came back."""
        calls = self._map[_HEAD:]
        return len(calls) - calls.count(b"\0")

    def numbers(self, result: bytes) -> set[int]:
        """The calls that ended with `result`."""
        calls = self._map[_HEAD:]
        return {number for number, value in enumerate(calls) if value == result[0]}

    def close(self) -> None:
        self._map.close()

    def _read(self, at: int) -> float:
        (value,) = _NUMBER.unpack_from(self._map, at)
        return float(value)

    def _write(self, at: int, value: float) -> None:
        _NUMBER.pack_into(self._map, at, value)
