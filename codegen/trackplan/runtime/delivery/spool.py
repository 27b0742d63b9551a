"""The durable queue: files in a folder, which processes share and outlive."""

from __future__ import annotations

import os
from collections import deque

from trackplan.runtime import log
from trackplan.runtime.errors import ConfigurationError
from trackplan.runtime.wire import Record, Row

from . import folder
from .framing import NotKeptError
from .journal import NotWrittenError, Written, can_lock
from .journals import Journals
from .queue import Found, Item, packed, unpacked

SEGMENT = 2**22
"""Bytes in a journal after which another is begun, so that this one can be deleted."""


class Spool:
    """A queue that the end of the process does not end: a Queue, and a little more.

    Once `put` has returned True, the record survives the kill of the process and, with
    `fsync`, the loss of power. What cannot be written waits in memory instead, at most
    `memory_limit` records. `size` caps the folder, in bytes; what other processes have
    in it is known as of the last `adopt`. No file is touched before there is need, and
    no method raises OSError.
    """

    is_shared = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        size: int,
        fsync: bool,
        memory_limit: int,
        segment: int = SEGMENT,
    ) -> None:
        if not can_lock():
            raise ConfigurationError("the spool needs a POSIX system, for its `flock`")
        self._folder = os.path.abspath(path)
        self._size = size
        self._fsync = fsync
        self._memory_limit = memory_limit
        self._segment = segment
        self._warnings = log.Throttle(60)
        self._refusals = log.Throttle(60)
        self._start()

    def prepare(self) -> None:
        """Open the file that the first call writes to."""
        self._journals.prepare()

    def put(self, row: Row) -> bool:
        """Keep `row`; False when neither the disk nor memory has room."""
        # What waits in memory goes first, so that a user's events keep their order.
        if self._memory or self._is_refilling:
            return self._remember(row)
        try:
            self._journals.append(row)
        except NotWrittenError as error:
            self._journals.trouble = error  # told later: logging takes locks
            return self._remember(row)
        except NotKeptError:  # which the sender will find out too
            return self._remember(row, is_odd=True)
        return True

    def lease(self, limit: int) -> list[Item]:
        """Hand out the oldest items, those of dead processes first."""
        remembered = self._remembered()  # first: what the files hold is older
        items, are_drained = self._journals.lease(limit)
        if are_drained:
            items += self._lease_remembered(min(remembered, limit - len(items)))
        return items

    def settle(self, item: Item, reason: str | None) -> None:
        """Forget a leased item; given a reason, keep it in `set-aside.jsonl`.

        A second call for the same item does no more than the latter.
        """
        if reason is not None:
            self._set_aside(item, reason)
        if isinstance(item, Written) and item.journal:
            journal, item.journal = item.journal, None
            try:
                journal.settle(item.number)
            except OSError as error:
                self.unmarked += 1
                self._journals.trouble = error
            if journal.is_done():
                self._journals.drop_done()

    def adopt(self) -> int:
        """Take over what dead processes left; how many events that is.

        Also looks after the folder: to be called at the start and every half minute.
        """
        adopted = self._journals.adopt()
        self.adopted += adopted
        self._journals.look_around()
        self.save()
        return adopted

    def drop_oldest(self) -> Record | None:
        """Take out the oldest record that waits in memory: a file gives none back."""
        return _taken(self._memory) or _taken(self._odd)

    def found(self) -> Found:
        """What was adopted, skipped as torn or damaged, and left at the end."""
        journals = self._journals
        return Found(self.adopted, journals.corrupt(), journals.left())

    def __len__(self) -> int:
        # A record is in its file before it is counted, and may be leased in between.
        return max(0, self._journals.waiting()) + self._remembered()

    def close(self) -> None:
        """Leave to the next process what is not settled.

        What is put after that is written all the same, to a new journal.
        """
        self.save()
        self._journals.close()

    def abandon(self) -> None:
        """Let go of everything, in a forked child: it is the parent's.

        The files stay locked by the parent, and this spool is as good as new.
        """
        self._journals.abandon()
        self._start()

    def _start(self) -> None:
        """Start with nothing, in a new spool or a forked child."""
        self._journals = Journals(self._folder, self._size, self._segment, self._fsync)
        self._memory: deque[Row | bytes] = deque()
        """What waits for room."""
        self._odd: deque[Row | bytes] = deque()
        """What no file can hold, since it is not JSON or too long."""
        self._is_refilling = False
        self.adopted = 0
        """Events found in the journals of dead processes so far."""
        self.unmarked = 0
        """Events settled that a file still calls waiting: a crash sends them again."""
        self.lost = 0
        """Events set aside that could not be written to `set-aside.jsonl`."""

    def _remember(self, row: Row, is_odd: bool = False) -> bool:
        if self._remembered() >= self._memory_limit:
            return False
        (self._odd if is_odd else self._memory).append(packed(row))
        return True

    def _remembered(self) -> int:
        return len(self._memory) + len(self._odd)

    def _lease_remembered(self, limit: int) -> list[Item]:
        items: list[Item] = []
        while len(items) < limit and (record := self.drop_oldest()):
            items.append(Item.of(record))
        return items

    def save(self) -> None:
        """Write what waits in memory, as far as there is room again."""
        # Again, since a call that came meanwhile has put its row behind the others.
        while self._memory and self._refill():
            pass

    def _refill(self) -> bool:
        """Do so once; False when there is no room."""
        self._is_refilling = True
        try:
            while record := _taken(self._memory):
                try:
                    self._journals.append(record)
                except NotWrittenError:
                    self._memory.appendleft(packed(record))
                    return False
                except NotKeptError:
                    self._odd.append(packed(record))
        finally:
            self._is_refilling = False
        return True

    def _set_aside(self, item: Item, reason: str) -> None:
        line = folder.set_aside_line(item, reason)
        try:
            folder.set_aside(self._folder, line, self._size // 2)
        except OSError as error:
            self.lost += 1
            self._journals.trouble = error
        else:
            self._journals.grow(len(line))

    def report(self) -> None:
        """Say in the log, once a minute at most, what a file did not take or give."""
        error = self._journals.trouble
        if error and self._warnings.due():
            self._journals.trouble = None
            log.warning(
                "the spool %s could not be written (%s)%s",
                self._folder,
                error.strerror,
                "".join(f"; {n} events {what}" for n, what in self._counts() if n),
            )
        refused = self._journals.not_ours
        if refused and self._refusals.due():
            self._journals.not_ours = None
            log.warning(
                "%s cannot be adopted (%s); its events wait for a process of its owner",
                refused.filename,
                refused.strerror,
            )

    def _counts(self) -> tuple[tuple[int, str], ...]:
        return (
            (len(self._memory), "wait in memory only"),
            (self.lost, "that were set aside could not be kept"),
            (self.unmarked, "may be sent again"),
        )


def _taken(rows: deque[Row | bytes]) -> Record | None:
    """Take out the oldest; None when there is none, or another thread was faster."""
    try:
        return unpacked(rows.popleft())
    except IndexError:
        return None
