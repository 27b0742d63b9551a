"""The journals that a process writes and reads, and which of them it writes now."""

from __future__ import annotations

import os
from os import getpid  # by name: a late finaliser finds the module emptied

from trackplan.runtime.wire import Row

from . import folder
from .forking import wiped_by_a_fork
from .journal import Journal, NotSyncedError, NotWrittenError, as_ours
from .queue import Item

MOST_ADOPTED = 64
"""Journals of dead processes that are held open at a time."""


class Journals:
    """The journals in one folder: at most `size` bytes, `segment` in each.

    Any thread may call `append` and `waiting`, a signal handler `append` too: it takes
    no lock. All else is for one thread at a time. What can raise OSError says so.
    """

    def __init__(self, path: str, size: int, segment: int, fsync: bool) -> None:
        self._folder = path
        self._size = size
        self._segment = segment
        self._fsync = fsync
        self._process = getpid()
        self._is_own = wiped_by_a_fork()
        self._written: dict[int, Journal] = {}
        """The one that is written now, by process: a forked child finds none."""
        self._adopted: list[Journal] = []
        self._own: list[Journal] = []
        """Own ones that are not written to any more, oldest first."""
        self._left: dict[str, int] = {}
        """How many records were not leased from a closed journal, by its path."""
        self.trouble: OSError | None = None
        """What went wrong last, until it is told."""
        self.not_ours: PermissionError | None = None
        """A journal of another user that was met last, until it is told."""
        self._corrupt = 0
        self._room = size
        """Bytes that the journal which is written now may have."""

    def append(self, row: Row) -> None:
        """Write `row`. Raises NotWrittenError, NotKeptError and what handlers raise."""
        process = self._process if self._is_own[0] else getpid()
        while True:
            journal = self._written.get(process) or self._begin(process)
            try:
                if journal.append(row, self._fsync, self._room):
                    return
            except NotSyncedError as error:  # it stands there, once
                self.trouble = error
                return

    def prepare(self) -> None:
        """Open a journal, so that the next call need not. Raises nothing.

        Each step of it lets other threads run, up to 5 ms in a busy process. Not where
        root has no folder of its own yet: its children may be another user's.
        """
        try:
            if not self._current() and self._is_ours():
                self._begin(getpid())
        except OSError as error:
            self.trouble = error

    def waiting(self) -> int:
        """How many records were not leased."""
        return sum(journal.waiting() for journal in self._all())

    def left(self) -> int:
        """How many records `close` left to the next process, without those leased."""
        return sum(self._left.values())

    def corrupt(self) -> int:
        """How many lines were torn or damaged, and skipped."""
        return self._corrupt + sum(journal.corrupt for journal in self._all())

    def lease(self, limit: int) -> tuple[list[Item], bool]:
        """The oldest records, and whether there are no more."""
        current = self._current()
        if current and current.size > self._segment:
            self._retire(current)
            self.prepare()
        items: list[Item] = []
        for journal in self._all():
            try:
                journal.lease(limit, items)
            except OSError as error:
                self.trouble = error
                continue
            # The next one may hold younger records of a user.
            if not journal.has_ended() and journal is not self._current():
                return items, False
        self.drop_done()
        return items, len(items) < limit

    def adopt(self) -> int:
        """Take over what dead processes left; how many records that is."""
        return sum(self._adopt(path) for path in folder.journals(self._folder))

    def look_around(self) -> None:
        """See how much room the others leave, and whether our file is still there."""
        if (current := self._current()) and not current.is_in_place():
            self._retire(current)
        self._measure()

    def grow(self, size: int) -> None:
        """Count `size` bytes more in the folder, until the next look."""
        self._room -= size

    def drop_done(self) -> None:
        """Delete the journals that nobody needs any more."""
        for journal in (*self._adopted, *self._own):
            if journal.is_done():
                self._drop(journal)

    def close(self) -> None:
        """Leave to the next process what is not settled; a new journal may follow."""
        if current := self._current():
            self._retire(current)
        for journal in self._all():
            if (waiting := journal.waiting()) > 0:
                self._left[journal.path] = waiting
            self._restore(journal)
            self._drop(journal)

    def abandon(self) -> None:
        """Close all files, in a forked child; the parent's locks on them stay."""
        for journal in (*self._adopted, *self._own, *self._written.values()):
            journal.abandon()

    def _current(self) -> Journal | None:
        return self._written.get(getpid())

    def _all(self) -> list[Journal]:
        """All that may hold records, the oldest first."""
        journals = [*self._adopted, *self._own]
        if (current := self._current()) and current not in journals:
            journals.append(current)
        return journals

    def _begin(self, process: int) -> Journal:
        """Open a journal, unless another thread is faster."""
        try:
            made = self._create()
        except OSError as error:
            raise as_ours(error, NotWrittenError) from error
        journal = self._written.setdefault(process, made)  # atomic
        if journal is not made:
            made.close()
        return journal

    def _is_ours(self) -> bool:
        try:
            return os.stat(self._folder).st_uid == os.geteuid()
        except FileNotFoundError:
            return os.geteuid() != 0

    def _create(self) -> Journal:
        try:
            return Journal.create(self._folder, self._fsync)
        except FileNotFoundError:
            os.makedirs(self._folder, 0o700, exist_ok=True)
            return Journal.create(self._folder, self._fsync)

    def _retire(self, current: Journal) -> None:
        """Let the next record begin another journal."""
        self._own.append(current)
        # First out of reach, then closed to writers, or they would try it for ever.
        self._written.pop(getpid(), None)
        current.retire()
        self._measure()

    def _adopt(self, path: str) -> int:
        journal = None
        if len(self._adopted) < MOST_ADOPTED:
            try:
                journal = Journal.adopt(path)
            except PermissionError as error:
                self.not_ours = error
            except OSError:  # gone meanwhile
                pass
        if journal is None:
            return 0
        self._adopted.append(journal)
        if not (waiting := journal.waiting()):
            self._drop(journal)
        return waiting - self._left.pop(path, 0)

    def _drop(self, journal: Journal) -> None:
        journals = self._adopted if journal in self._adopted else self._own
        journals.remove(journal)
        journal.close()
        self._corrupt += journal.corrupt
        self._measure()

    def _restore(self, journal: Journal) -> None:
        try:
            if not journal.is_in_place():
                journal.restore()
        except OSError as error:
            self.trouble = error

    def _measure(self) -> None:
        current = self._current()
        others = folder.size(self._folder) - (current.size if current else 0)
        self._room = self._size - others
