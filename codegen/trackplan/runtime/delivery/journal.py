"""One file of records: written by one process, and locked as long as that one lives."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count

# By name, here and below: a late finaliser finds the modules emptied.
from os import close, fstat, getpid, stat, unlink, write
from os import open as open_fd
from os.path import samestat
from time import monotonic, time_ns

from trackplan.runtime.counts import Tally
from trackplan.runtime.wire import Row

from .framing import Entry, NotKeptError, kept, lines, mark, parse, settled, unsettled
from .queue import Item
from .writing import make_write

if sys.platform != "win32":  # there the module imports, though no journal can be opened
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock

SUFFIX = ".v3.journal"
"""A change of the format changes the number: other versions are left alone."""
NAME = re.compile(r"\d{20}-\d+-\d+" + re.escape(SUFFIX))
PATIENCE = 10.0
"""Seconds to wait for threads that entered `append` and did not leave it."""

_FLAGS = os.O_RDWR | os.O_APPEND
for _flag in ("O_CLOEXEC", "O_NOFOLLOW"):
    _FLAGS |= getattr(os, _flag, 0)
_NEW = os.O_CREAT | os.O_EXCL
_created = count()
_write = make_write()
_sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class NotWrittenError(OSError):
    """There is no room, or the disk does not take it."""


class NotSyncedError(OSError):
    """What is written may not outlive a loss of power; it does outlive the process."""


class Written(Item):
    """An item that a journal keeps."""

    __slots__ = ("journal",)

    def __init__(self, entry: Entry, journal: Journal) -> None:
        super().__init__(entry.lane, entry.record, entry.number)
        self.is_kept = True
        self.journal: Journal | None = journal
        """Where it is to be marked as settled; None once it is."""


class Journal:
    """Any thread may call `append`, a signal handler too: it takes no lock.

    The rest is for one thread at a time. Raises OSError where nothing else is said.
    """

    def __init__(self, path: str, fd: int) -> None:
        self.path = path
        self.size = fstat(fd).st_size
        """In bytes; a race of writers may leave it a little short."""
        self.corrupt = 0
        self.unsettled = 0
        self._fd = fd
        self._entered = Tally()
        self._left = Tally()
        self._failed = Tally()
        self._retired_at: float | None = None
        self._settled: set[int] = set()
        self._offset = 0
        self._gone = 0
        self._has_ended = False

    @classmethod
    def create(cls, folder: str, fsync: bool) -> Journal:
        """A new journal in `folder`, locked; with `fsync`, there after a power loss."""
        while True:
            name = f"{time_ns():020}-{getpid()}-{next(_created)}{SUFFIX}"
            if journal := cls._lock(f"{folder}/{name}", _NEW):
                break
        if fsync:
            try:
                _sync_folder(folder)
            except OSError:
                journal.close()
                raise
        return journal

    @classmethod
    def adopt(cls, path: str) -> Journal | None:
        """The journal of a dead process; None when its owner lives."""
        if journal := cls._lock(path):
            journal.retire()
            try:
                journal._find_settled()
            except OSError:
                journal.abandon()
                raise
        return journal

    def append(self, row: Row, fsync: bool, limit: int) -> bool:
        """Write `row`; False when the journal takes no more.

        `limit` is how many bytes it may have. Raises NotWrittenError, or NotKeptError;
        after a NotSyncedError the row is there all the same. What else is raised comes
        from a signal handler of the application, and is the application's.
        """
        # Entering comes before the look: who retires the journal looks after it. And
        # before the try: should Ctrl-C come here, nobody has left who did not enter.
        number = self._entered.add()
        try:
            if self._retired_at is not None:
                self._failed.add()
                return False
            self._write(kept(number, row), limit)
        except (NotWrittenError, NotKeptError):
            self._failed.add()
            raise
        else:
            if fsync:
                self._sync()
        finally:
            self._left.add()
        return True

    def retire(self) -> None:
        """Take no more records."""
        if self._retired_at is None:
            self._retired_at = monotonic()

    def lease(self, limit: int, items: list[Item]) -> None:
        """Add the next records to `items`, in order, until there are `limit`."""
        written, is_quiet = self._state()
        is_final = self._is_final(is_quiet)
        for line in lines(self._fd, self._offset):
            if line == b"\n":
                self._offset += 1
                continue
            entry = parse(line)
            if entry is None and not is_final and not line.endswith(b"\n"):
                return  # it is being written
            if entry and entry.number > 0 and entry.number not in self._settled:
                if len(items) == limit:
                    return
                items.append(Written(entry, self))
                self._gone += 1
                self.unsettled += 1
            self.corrupt += entry is None
            self._offset += len(line)
        self._has_ended = is_final
        if is_quiet:  # what was damaged will not come any more
            self._gone = max(self._gone, written)

    def settle(self, number: int) -> None:
        """Mark a leased record, so that it is not sent again."""
        self.unsettled -= 1
        self._write(mark(number), sys.maxsize)

    def waiting(self) -> int:
        """How many records were not leased. Any thread may ask."""
        return self._left.read() - self._failed.read() - self._gone

    def has_ended(self) -> bool:
        """Whether all records were leased, and there will be no more."""
        return self._has_ended

    def is_done(self) -> bool:
        """Whether nobody needs the file any more."""
        return self._has_ended and self.unsettled == 0 and self._state()[1]

    def is_in_place(self) -> bool:
        """Whether the next process will find the file."""
        return _is_at(self._fd, self.path)

    def restore(self) -> None:
        """Write the file anew, for the next process, where somebody has removed it."""
        self.lease(0, [])
        if self.is_done():
            return
        os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
        part = f"{self.path}.part"
        fd = open_fd(part, os.O_WRONLY | _NEW, 0o600)
        try:
            offset = 0
            while chunk := os.pread(self._fd, 2**20, offset):
                offset += write(fd, chunk)
            os.rename(part, self.path)
        except OSError:
            unlink(part)
            raise
        finally:
            close(fd)

    def close(self) -> None:
        """Let go of the file, and delete it if it is done with. Raises nothing."""
        self.retire()
        if not self._state()[1]:
            return  # a put is under way, and must not write to what has our number next
        with suppress(OSError):
            self.lease(0, [])
            if self.is_done():
                unlink(self.path)
        self.abandon()

    def abandon(self) -> None:
        """Close the file and nothing more; a lock that a parent process shares stays.

        To settle a record raises OSError from here on.
        """
        self.retire()
        fd, self._fd = self._fd, -1
        with suppress(OSError):
            close(fd)

    @classmethod
    def _lock(cls, path: str, flags: int = 0) -> Journal | None:
        """The journal at `path`, locked; None when another process was faster."""
        fd = open_fd(path, _FLAGS | flags, 0o600)
        try:
            flock(fd, LOCK_EX | LOCK_NB)
            if _is_at(fd, path):
                return cls(path, fd)
        except BlockingIOError:
            pass
        except BaseException:  # a file system without locks, a signal's handler
            if flags:
                unlink(path)
            close(fd)
            raise
        close(fd)
        return None

    def _find_settled(self) -> None:
        self._settled = settled(self._fd)
        self._gone = -sum(1 for _ in unsettled(self._fd, self._settled))

    def _write(self, line: bytes, limit: int) -> None:
        length = len(line)
        if self.size + length > limit:
            raise NotWrittenError(errno.EDQUOT, "the spool has reached its size")
        try:
            written = _write(self._fd, line, length)
            if written < 0:
                written = write(self._fd, line)  # says what is wrong
        except OSError as error:
            raise as_ours(error, NotWrittenError) from error
        self.size += written
        if written < length - 1:  # without its last newline a record is whole
            raise NotWrittenError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _sync(self) -> None:
        try:
            _sync(self._fd)
        except OSError as error:
            raise as_ours(error, NotSyncedError) from error

    def _state(self) -> tuple[int, bool]:
        """How many records were written, and whether nobody is writing."""
        # Left is read first: if it equals entered, nobody was inside in between.
        left = self._left.read()
        return left - self._failed.read(), left == self._entered.read()

    def _is_final(self, is_quiet: bool) -> bool:
        if self._retired_at is None:
            return False
        # An exception thrown into `append`, say by Ctrl-C, may cost it its leaving.
        return is_quiet or monotonic() - self._retired_at > PATIENCE


def as_ours(error: OSError, kind: type[OSError]) -> OSError:
    """Return what the system says as an error of that kind.

    Not what a signal handler raised, TimeoutError most often: that has no number.
    """
    return error if error.errno is None else kind(*error.args)


def can_lock() -> bool:
    """Whether this system has what a journal needs."""
    return sys.platform != "win32"


def is_owned(fd: int) -> bool:
    """Whether a process holds the journal; asks by a lock of an instant."""
    try:
        flock(fd, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    flock(fd, LOCK_UN)
    return False


def _sync_folder(folder: str) -> None:
    fd = open_fd(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        close(fd)


def _is_at(fd: int, path: str) -> bool:
    try:
        return samestat(fstat(fd), stat(path))
    except OSError:
        return False
