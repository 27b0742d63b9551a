"""A stand-in for the Userlens events API that runs on this machine.

It takes what a sender posts, says what is wrong with it, judges it against a tracking
plan, keeps the last of it and shows it on a page. Nothing leaves the machine.
"""

from .app import Source, create_app
from .ending import report
from .faults import Faults, read_faults
from .reload import Reading
from .server import Server, serve

__all__ = [
    "Faults",
    "Reading",
    "Server",
    "Source",
    "create_app",
    "read_faults",
    "report",
    "serve",
]
