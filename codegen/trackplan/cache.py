"""What a command said, said again at once where all that it read is as it was.

Python itself tells, by audit events, which files and folders a run opens: none can be
forgotten. A record holds them with their stamps: times, size, inode. In the two seconds
after a change another one may leave the stamp as it is: there the content counts too.

This module is loaded before the command's tools are, and imports next to nothing.
"""

from __future__ import annotations

import os
import stat
import sys
import time
import zlib

TYPE_CHECKING = False  # as in typing, which takes 5 ms to import
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = ".trackplan_cache"
VERBS = ("check", "generate")
"""They say what follows from the files they open and from what `_key` holds. What one
of them learns otherwise, from git or from whether a file exists, has to be added."""
YOUNG = 2_000_000_000
"""Nanoseconds in which a file may change again without a new stamp, at the most."""
LITTER = {
    ".gitignore": "*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n",
}
"""What tells others to leave the folder alone; see https://bford.info/cachedir."""


def recall() -> int | None:
    """Say again what this command line said, and return its exit code.

    Returns None where it has to run; then `remember` can keep what it says.
    """
    global _run
    is_cached = sys.argv[1:2] and sys.argv[1] in VERBS and sys.stdout and sys.stderr
    is_endless = "--watch" in sys.argv
    if not is_cached or is_endless or os.environ.get("TRACKPLAN_NO_CACHE"):
        return None
    key = _key()
    record = _read(key)
    if record is None:
        _run = _Run(key)
        return None
    code, *said = record
    try:
        for stream, text in zip((sys.stdout, sys.stderr), said, strict=True):
            stream.write(text)
            stream.flush()
    except OSError:  # the command itself knows what to do about it
        return None
    return int(code)


def remember(code: int, out: str, err: str = "") -> None:
    """Keep what this command line says, where all that was read stands there still."""
    if _run is None:
        return
    tool = {path: _stamp(path) for path in _modules()}
    if any(stamp and _changed(stamp) > _run.began - YOUNG for stamp in tool.values()):
        return  # it may have been edited after it was loaded
    states = _run.states | tool
    sure = {path: state for path, state in states.items() if state is not None}
    if len(sure) == len(states) and _hold(sure):
        _write(_run.key, (str(code), out, err), sure)


def _key() -> str:
    """Return all but files that decides what a command says."""
    streams = [(one.encoding, one.isatty()) for one in (sys.stdout, sys.stderr)]
    variables = {k: v for k, v in os.environ.items() if k.startswith(_VARIABLES)}
    today = time.localtime()[:3]  # a deprecation may be overdue from one day on
    python = sys.version, sys.executable, sys.path
    where = sys.argv, os.getcwd(), sorted(variables.items())
    return repr((where, python, today, streams))


_VARIABLES = ("NO_COLOR", "PYTHON", "TRACKPLAN_", "_TRACKPLAN_")


def _modules() -> Iterator[str]:
    """Yield the tool's own files, and the folders of all else it works with.

    An installer makes new files, which their folder shows; ours may be under edit.
    """
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path and name != "__main__":  # the arguments tell that one
            yield path if name.startswith("trackplan") else os.path.dirname(path)


# --- What a run reads -----------------------------------------------------------------


class _Run:
    """What one run has read, and in which state it was then."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.began = time.time_ns()
        self.states: dict[str, str | None] = {}
        """By path; None where what stands there was not read."""
        self._is_busy = False
        for folder in _upwards(os.getcwd()):  # it is not opened where it is not there
            self._note(os.path.join(folder, "pyproject.toml"))

        # Not the method itself: to call that at each event takes three times as long.
        def hear(event: str, arguments: tuple[object, ...]) -> None:
            if event in _EVENTS:
                self._hear(event, arguments)

        sys.addaudithook(hear)

    def _note(self, path: str) -> None:
        if self.states.get(path) is None:
            self.states[path] = _state(path)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._is_busy or isinstance(arguments[0], int):
            return
        self._is_busy = True  # what is opened here was not read by the run
        path = _path(arguments[0] or ".")
        if event == "open":
            if not _writes(arguments) and not path.endswith(".pyc"):
                self._note(path)
        elif event in ("os.rename", "os.remove"):
            self._forget(path)
            self._forget(_path(arguments[_EVENTS[event]]))
        else:
            self._list(path)
        self._is_busy = False

    def _list(self, folder: str) -> None:
        """Note a folder, and what its links lead to, which its stamp does not show."""
        if os.path.basename(folder) == FOLDER:
            return
        self._note(folder)
        try:
            links = [one.path for one in os.scandir(folder) if one.is_symlink()]
        except OSError:
            return
        for link in links:
            self._note(link)

    def _forget(self, path: str) -> None:
        """Take a path that is about to change for unread, and its folder."""
        for changing in self.states.keys() & {path, os.path.dirname(path) or "."}:
            self.states[changing] = None


_EVENTS = {"open": 0, "os.scandir": 0, "os.listdir": 0, "os.rename": 1, "os.remove": 0}
"""The audit events that count, and which argument of each is a path."""
_run: _Run | None = None


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    above = os.path.dirname(folder)
    if above != folder:
        yield from _upwards(above)


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _path(argument: object) -> str:
    return os.fsdecode(argument) if isinstance(argument, bytes) else str(argument)


# --- In which state it is -------------------------------------------------------------


def _state(path: str) -> str | None:
    """Return the stamp of a file or folder, with the content where that is young."""
    stamp = _stamp(path)
    return f"{stamp}#{_content(path)}" if stamp and _is_young(stamp) else stamp


def _stamp(path: str) -> str | None:
    """Return what a change would change; "" where nothing is, None for a pipe."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        return None
    return f"{found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_ino}"


def _changed(stamp: str) -> int:
    written, changed, *_ = stamp.split(" ")
    return max(int(written), int(changed))


def _is_young(stamp: str) -> bool:
    return _changed(stamp) > time.time_ns() - YOUNG


def _content(path: str) -> str:
    """Return a digest of what a file holds, or a folder lists."""
    from hashlib import blake2b  # takes 3 ms, and is seldom needed

    try:
        with open(path, "rb") as file:
            return blake2b(file.read()).hexdigest()
    except OSError:
        pass
    try:
        return repr(sorted(os.listdir(path)))
    except OSError:
        return ""


def _hold(states: Mapping[str, str]) -> bool:
    return all(_holds(path, state) for path, state in states.items())


def _holds(path: str, state: str) -> bool:
    stamp, _, content = state.partition("#")
    return _stamp(path) == stamp and (not content or _content(path) == content)


def _settled(state: str) -> str:
    """Return the state without the content, where the stamp has come of age."""
    stamp, _, content = state.partition("#")
    return state if content and _is_young(stamp) else stamp


# --- The record on the disk -----------------------------------------------------------


def _place() -> str:
    return os.path.join(FOLDER, f"{zlib.crc32(repr(sys.argv).encode()):08x}")


def _read(key: str) -> list[str] | None:
    """Return the exit code and the texts that were kept, if they hold."""
    try:
        with open(_place(), "rb") as file:
            check, _, body = file.read().partition(b"\0")
    except OSError:
        return None
    if check != b"%d" % zlib.crc32(body):
        return None
    found, code, out, err, *rest = body.decode("utf-8", "surrogatepass").split("\0")
    states = dict(zip(rest[::2], rest[1::2], strict=True))
    if found != key or not _hold(states):
        return None
    if any(state != _settled(state) for state in states.values()):
        states = {path: _settled(state) for path, state in states.items()}
        _write(key, (code, out, err), states)
    return [code, out, err]


def _write(key: str, said: tuple[str, str, str], states: Mapping[str, str]) -> None:
    """Keep a record; without one the command runs."""
    parts = [key, *said, *(text for state in states.items() for text in state)]
    if any("\0" in part for part in parts):
        return
    body = "\0".join(parts).encode("utf-8", "surrogatepass")
    keep(_place(), b"%d\0" % zlib.crc32(body) + body)


def keep(path: str, content: bytes) -> None:
    """Write a file of the folder that others leave alone whole, or not at all."""
    folder = os.path.dirname(path)
    try:
        if not os.path.isdir(folder):
            os.mkdir(folder)
        for name, text in LITTER.items():
            if not os.path.exists(os.path.join(folder, name)):
                _put(os.path.join(folder, name), text.encode())
        _put(path, content)
    except OSError:
        return


def _put(path: str, content: bytes) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise
