"""A write to a file that does not hand the interpreter to another thread."""

from __future__ import annotations

import os
from collections.abc import Callable


def make_write() -> Callable[[int, bytes], int]:
    """`os.write` for a local file, without its release of the interpreter lock.

    A line takes microseconds to reach the page cache. `os.write` lets another thread
    run meanwhile, and then waits for it, up to 5 ms, a turn in Python: 20,000 calls
    beside busy workers took 1.6 s, and take 0.4 so. Where the disk itself stalls, all
    threads wait. Builds of Python without ctypes get `os.write`.
    """
    try:
        from ctypes import PyDLL, c_char_p, c_int, c_size_t, c_ssize_t, get_errno

        call = PyDLL(None, use_errno=True).write
    except (ImportError, OSError, TypeError):
        return os.write
    call.argtypes, call.restype = (c_int, c_char_p, c_size_t), c_ssize_t
    words = os.strerror  # names of its own: a late finaliser finds modules emptied

    def write(fd: int, line: bytes) -> int:
        if (written := int(call(fd, line, len(line)))) >= 0:
            return written
        raise OSError(get_errno(), words(get_errno()))

    return write
