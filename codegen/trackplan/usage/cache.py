"""Summaries by the content of their files, kept from one run to the next."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

from trackplan.cache import keep


def digest(content: bytes) -> str:
    """Return what tells one content from another."""
    return blake2b(content, digest_size=16).hexdigest()


@cache
def _head() -> str:
    """Return what names the program: another one may read a file differently."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    own = digest(b"".join(path.read_bytes() for path in code))
    return f"trackplan usage {own}, Python {sys.version_info[0]}.{sys.version_info[1]}"


def read(path: Path) -> dict[str, str]:
    """Return summaries by digest; none where the file is missing, torn or outdated."""
    with suppress(OSError, ValueError):
        head, sum_, body = path.read_text("utf-8").split("\n", 2)
        if head == _head() and sum_ == digest(body.encode()):
            found: dict[str, str] = json.loads(body)
            return found
    return {}


def write(path: Path, summaries: Mapping[str, str]) -> None:
    """Keep summaries. Where they cannot be written, the next run takes longer."""
    body = json.dumps(summaries)
    keep(str(path), f"{_head()}\n{digest(body.encode())}\n{body}".encode())
