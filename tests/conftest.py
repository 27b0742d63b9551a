"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("busy", deadline=None)  # a busy machine is no bug
settings.load_profile("busy")

# A shell that starts a job in the background has it ignore Ctrl-C, and all its children.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
