"""A stand-in for the Userlens events API that runs on this machine.

It takes what a sender posts, says what is wrong with it, judges it against a tracking
plan and keeps the last of it for `GET /api/events`. Nothing leaves the machine.
"""

from .app import create_app
from .server import Server, serve

__all__ = ["Server", "create_app", "serve"]
