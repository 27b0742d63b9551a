"""What a fork must not interrupt."""

from __future__ import annotations

import os
import threading
from functools import cache
from importlib import import_module


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
