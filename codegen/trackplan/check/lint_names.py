"""Lints of names: one way to write them, one spelling of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from trackplan import naming, rules
from trackplan.check.findings import Findings, describe, place_as_seen
from trackplan.check.tree import Path
from trackplan.load import Object

_SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_CAMEL = re.compile(r"[a-z0-9][a-zA-Z0-9]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL_WORDS = _words("a an and as at by for from in into of on or per the to via with")
_IRREGULAR = _words(
    """beaten became began begun bent bid blown bought bound broke broken brought
    built came cast caught chose chosen crept cut dealt did done drawn drew driven
    drove eaten fallen fed fell felt fled flown forbidden forgiven forgot forgotten
    fought found froze frozen gave given gone got gotten grew grown had heard held
    hidden hit hung kept knew known laid learnt led left lent let lit lost made
    meant met misled mistaken outbid overcame overdue overpaid overridden
    overwritten paid prepaid proven put quit ran rang read rebuilt redone repaid
    rerun resent reset resold rewound rewritten risen rose run rung said seen sent
    set shaken shown shrunk shut sold sought spent split spoke spoken spread spun
    stolen stood struck stuck sung swept taken taught thrown told took torn
    underpaid understood undid undone unset upheld upset went withdrawn withdrew
    withheld woke woken won worn written wrote"""
)
_NOT_PAST = _words(
    """bed breed deed embed exceed feed indeed need newsfeed proceed red seed shed speed
    succeed weed"""
)
_GESTURES = _words("clicked hovered pressed scrolled swiped tapped")


def lint_names(found: Findings, properties: Sequence[Path]) -> None:
    """Find event and property names that are not written as the plan's names are."""
    wanted = found.plan.get("naming")
    settings = wanted if isinstance(wanted, Object) else {}
    events = found.plan.get("events")
    case = _EVENT_CASES.get(str(settings.get("events", "Title Case")))
    for name in events if isinstance(events, Object) else ():
        if case and not found.is_broken(("events", name)):
            _event(found, name, case)
    style = str(settings.get("properties", "camelCase"))
    is_known = style in _PROPERTY_CASES
    by_name: dict[str, list[Path]] = defaultdict(list)
    for path in properties:
        by_name[str(path[-1])].append(path)
    for name, paths in by_name.items() if is_known else ():
        _property(found, name, paths, style)
    _near_duplicates(found, by_name)


def title_case(name: str) -> str:
    """Return `name` as events are written: `Report Exported to Disk`."""
    words = naming.words(name)
    return " ".join(
        word if word in _SMALL_WORDS and index else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


def camel_case(name: str) -> str:
    """Return `name` as properties are written: `recordCount`."""
    first, *rest = naming.words(name) or [""]
    return first.lower() + "".join(word[:1].upper() + word[1:] for word in rest)


def snake_case(name: str) -> str:
    """Return `name` in words of lower case, with underscores."""
    return "_".join(word.lower() for word in naming.words(name))


def _is_title_case(name: str) -> bool:
    words = name.split(" ")
    is_run_together = len(words) == 1 and len(naming.words(name)) > 1
    if words != name.split() or is_run_together or (name.isupper() and words[1:]):
        return False
    return all(
        not word[:1].islower()
        or (index > 0 and word in _SMALL_WORDS)
        or not word.islower()
        for index, word in enumerate(words)
    ) and not {"_", ".", "/", ":"} & set(name)


def _is_snake_case(name: str) -> bool:
    return bool(_SNAKE.fullmatch(name))


def _is_camel_case(name: str) -> bool:
    return bool(_CAMEL.fullmatch(name))


_EVENT_CASES: dict[str, tuple[str, Callable[[str], bool], Callable[[str], str]]] = {
    "Title Case": ("Title Case", _is_title_case, title_case),
    "snake_case": ("snake_case", _is_snake_case, snake_case),
}
_PROPERTY_CASES: dict[str, tuple[Callable[[str], bool], Callable[[str], str]]] = {
    "camelCase": (_is_camel_case, camel_case),
    "snake_case": (_is_snake_case, snake_case),
}


def _event(
    found: Findings,
    name: str,
    style: tuple[str, Callable[[str], bool], Callable[[str], str]],
) -> None:
    path: Path = ("events", name)
    style_name, fits, rewrite = style
    if not fits(name):
        fact = f"{describe(path)} is not written in {style_name}"
        cure = "rename it, or set `naming.events`"
        guess = rewrite(name)
        guess_or_none = guess if guess not in ("", name) else None
        found.at_key(path, rules.EVENT_CASE, fact, cure, guess_or_none)
    words = {word.lower() for word in naming.words(name)}
    if gestures := sorted(words & _GESTURES):
        fact = f"{describe(path)} names a gesture, `{gestures[0]}`"
        cure = "name what it brought about: `Report Exported`"
        found.at_key(path, rules.EVENT_TENSE, fact, cure)
    elif name.isascii() and words and not any(map(_is_past, words)):
        fact = f"{describe(path)} has no verb in the past tense"
        cure = "name what happened: `Report Exported`, not `Export Report`"
        found.at_key(path, rules.EVENT_TENSE, fact, cure)


def _is_past(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith("ed") and word not in _NOT_PAST)


def _property(found: Findings, name: str, paths: Sequence[Path], style: str) -> None:
    fits, rewrite = _PROPERTY_CASES[style]
    for path in paths if name.isascii() and not fits(name) else ():
        fact = f"{describe(path)} is not written in {style}"
        cure = "rename it, or set `naming.properties`"
        guess = rewrite(name)
        found.at_key(
            path, rules.PROPERTY_CASE, fact, cure, guess if fits(guess) else None
        )


def _near_duplicates(found: Findings, by_name: Mapping[str, Sequence[Path]]) -> None:
    spellings: dict[str, dict[str, Sequence[Path]]] = defaultdict(dict)
    for name, paths in by_name.items():
        letters = "".join(naming.words(name)).lower()
        spellings[letters or name][name] = paths
    for names in spellings.values():
        if len(names) > 1:
            usual = max(names, key=lambda name: len(names[name]))
            first = found.key_place(names[usual][0])
            for path in (p for name in names if name != usual for p in names[name]):
                where = place_as_seen(first, found.key_place(path))
                fact = f"{describe(path)} is spelt `{usual}` elsewhere ({where})"
                cure = "spell it the same way everywhere"
                found.at_key(path, rules.NEAR_DUPLICATE, fact, cure)
