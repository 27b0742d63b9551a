"""Summaries by the content of their files, kept from one run to the next."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from trackplan.usage.summary import VERSION

_HEAD = f"trackplan usage {VERSION}, Python {sys.version_info[0]}.{sys.version_info[1]}"
"""Another version of either may read a file differently."""


def digest(content: bytes) -> str:
    """Return what tells one content from another."""
    return blake2b(content, digest_size=16).hexdigest()


def read(path: Path) -> dict[str, str]:
    """Return summaries by digest; none where the file is missing, torn or outdated."""
    with suppress(OSError, ValueError):
        head, sum_, body = path.read_text("utf-8").split("\n", 2)
        if head == _HEAD and sum_ == digest(body.encode()):
            found: dict[str, str] = json.loads(body)
            return found
    return {}


def write(path: Path, summaries: Mapping[str, str]) -> None:
    """Keep summaries. Where they cannot be written, the next run takes longer."""
    body = json.dumps(summaries)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        ignore = path.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        new.write_text(f"{_HEAD}\n{digest(body.encode())}\n{body}", "utf-8")
        new.replace(path)
