"""What would change in the generated code → findings that name the events."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from trackplan.diagnostic import Diagnostic
from trackplan.model import Call, Event, Place, Plan
from trackplan.rules.stale import STALE_CONTRACT, STALE_EVENT, STALE_FILE
from trackplan.write import Change

_CALL = re.compile(
    r"""^_(\w+) = Call\(\n    "(\w+)",\n    (None|".*"|'.*'),$""", re.MULTILINE
)
_CONTRACT = re.compile(r"^require_contract\((\d+)", re.MULTILINE)
_CURE = "run `trackplan generate`"
_UPGRADE = "upgrade trackplan to the version that generated the code"
_BY_HAND = f"{_CURE}; what was changed by hand is lost then, and belongs in the plan"
_FILES = {
    "missing": ("the file is missing", _CURE),
    "left over": ("the file is left over: the plan does not give it", _CURE),
    "stale": ("the file is stale: changed, here or in the plan", _BY_HAND),
}


class _Code(NamedTuple):
    """The code of one event or traits, and where it starts in the text of its file."""

    file: str
    whole: str
    start: int
    text: str

    def place(self, offset: int = 0) -> Place:
        return _place(self.file, self.whole, self.start + offset)


def stale(changes: Sequence[Change], plan: Plan) -> list[Diagnostic]:
    """Return why the generated code needs `changes` to be that of `plan`."""
    is_listed = all(one.path.stem != "__init__" for one in changes)
    # Where the package lists them all, a missing file was deleted: none in it is new.
    told = [one for one in changes if one.before is not None or not is_listed]
    old = {name: code for one in told for name, code in _codes(one, one.before)}
    new = {name: code for one in told for name, code in _codes(one, one.after)}
    if told and len(new) == len(plan.calls) and not any(one.before for one in told):
        folder = Place(str(changes[0].path.parent), 1, 1)
        return [Diagnostic(STALE_FILE, folder, "there is no generated code", _CURE)]
    found = {name: _gone(name, old[name]) for name in old if name not in new}
    places = {_name(call): call.place for call in plan.calls}
    found |= {name: _new(name, places[name]) for name in new if name not in old}
    if contract := [*_contract(changes)]:  # it changes the code of all others too
        return [*contract, *found.values()]
    both = [(name, old[name], new[name]) for name in old if name in new]
    found |= {one[0]: _changed(*one) for one in both if one[1].text != one[2].text}
    return [*found.values(), *_files(changes, found)]


def _codes(change: Change, text: str | None) -> Iterator[tuple[str, _Code]]:
    """Yield the code of each event or traits by its name, up to its function's end."""
    text = (text or "").rstrip("\n")
    start = text.find("\n\n\n") + 3  # after the imports
    for found in _CALL.finditer(text):
        function = text.find(f"\ndef {found[1]}(", found.end())
        end = text.find("\n\n\n", max(function, found.end()))
        end = len(text) if end < 0 else end
        start = min(start, found.start())
        name = _label(found[2], ast.literal_eval(found[3]))
        yield name, _Code(str(change.path), text, start, text[start:end])
        start = end + 3


def _label(kind: str, event: str) -> str:
    traits = {"identify": "user traits", "group": "group traits"}
    return traits.get(kind, f"event `{event}`")


def _name(call: Call) -> str:
    return _label("track" if isinstance(call, Event) else call.name, call.name)


def _new(name: str, place: Place) -> Diagnostic:
    fact = f"the code of {name} is missing: new in the plan"
    return Diagnostic(STALE_EVENT, place, fact, _CURE)


def _gone(name: str, code: _Code) -> Diagnostic:
    fact = f"the code of {name} is left over: gone from the plan"
    return Diagnostic(STALE_EVENT, code.place(), fact, _CURE)


def _changed(name: str, old: _Code, new: _Code) -> Diagnostic:
    fact = f"the code of {name} is stale: changed, here or in the plan"
    place = old.place(_difference(old.text, new.text))
    return Diagnostic(STALE_EVENT, place, fact, _BY_HAND)


def _contract(changes: Sequence[Change]) -> Iterator[Diagnostic]:
    for change in changes:
        old = _CONTRACT.search(change.before or "")
        new = _CONTRACT.search(change.after or "")
        if old and new and old[1] != new[1]:
            place = _place(str(change.path), old.string, old.start())
            fact = f"the code is of contract {old[1]}, and trackplan here of {new[1]}"
            is_newer = int(old[1]) > int(new[1])
            yield Diagnostic(
                STALE_CONTRACT, place, fact, _UPGRADE if is_newer else _CURE
            )


def _files(changes: Sequence[Change], named: Collection[str]) -> Iterator[Diagnostic]:
    """Yield the files whose change the `named` events do not explain."""
    is_relisted = any(one.path.stem == "__init__" for one in changes) and named
    for change in changes:
        texts = (change.before, change.after)
        holds = {name for text in texts for name, _ in _codes(change, text)}
        is_new = change.path.stem == "__init__" or change.before is None
        if holds.isdisjoint(named) and not (is_relisted and is_new):
            before = change.before or ""
            offset = _difference(before, change.after or "")
            fact, cure = _FILES[change.word]
            place = _place(str(change.path), before, offset)
            yield Diagnostic(STALE_FILE, place, fact, cure)


def _difference(old: str, new: str) -> int:
    """Return where the first line of `old` starts that is another in `new`."""
    offset = 0
    for line, other in zip(old.split("\n"), new.split("\n"), strict=False):
        if line != other:
            return offset
        offset += len(line) + 1
    return old.rfind("\n") + 1


def _place(file: str, text: str, offset: int) -> Place:
    """Return the place of the line that starts at `offset`, without its margin."""
    line = text[offset:].partition("\n")[0]
    shown = line.strip()
    column = line.find(shown) + 1
    return Place(file, text.count("\n", 0, offset) + 1, column, max(1, len(shown)))
