"""What a fork must not interrupt, and how a child tells that it is one."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

_MADV_WIPEONFORK = 18
"""Of Linux, since 4.14; the module `mmap` does not name it."""


@cache
def fork_gate() -> threading.Lock:
    """Held while our thread imports or sets up TLS; a fork waits for it.

    A fork in the middle of either leaves the child a lock that nobody releases.
    """
    # Imports need the lock that logging takes before a fork. The last hook runs first:
    # only when logging's stand already does a fork wait for us before it takes that.
    import logging  # noqa: F401

    gate = threading.Lock()
    if hasattr(os, "register_at_fork"):
        release = gate.release
        os.register_at_fork(
            before=gate.acquire, after_in_parent=release, after_in_child=release
        )
    return gate


def preload(*modules: str) -> None:
    """Import what a thread of ours needs before a fork can come in between."""
    with fork_gate():
        for module in modules:
            import_module(module)


def wiped_by_a_fork() -> mmap | bytes:
    """A byte that is 1, and that the kernel makes 0 in a child, before any code runs.

    A call with a spool looks at it first: it takes 0.04 µs, and to ask for the number
    of the process, a system call, 0.2. Where no kernel does so, it is always 0.
    """
    if sys.platform != "linux":
        return b"\0"
    try:
        import mmap  # here: a shared library that few processes need

        page = mmap.mmap(-1, 1, flags=mmap.MAP_PRIVATE)
        page.madvise(_MADV_WIPEONFORK)
    except (ImportError, OSError):
        return b"\0"
    with suppress(OSError):
        page.madvise(-1)
        return b"\0"  # an emulator that says yes to everything, and does nothing
    page[0] = 1
    return page
