r"""Characters written as two escapes, `"\ud83d\ude00"`: JSON knows them, YAML does not.

`json.dumps` writes every character beyond U+FFFF so, and libyaml refuses it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

import yaml

from trackplan.load.syntax import marks

_ESCAPE = re.compile(
    r"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def events(text: str) -> Iterator[yaml.Event]:
    """Return libyaml's events, with such pairs joined where they are escapes."""
    pairs = deque(match for match in _ESCAPE.finditer(text) if match[1])
    if not pairs:
        # Not yaml.parse, which asks for each event twice: it takes half as long again.
        return iter(yaml.CLoader(text).get_event, None)
    return _joining(text, pairs)


def _joining(text: str, pairs: deque[re.Match[str]]) -> Iterator[yaml.Event]:
    unused = _unused(text)
    hidden = f"\\u{ord(unused):04x}" * 2  # as long as a pair: places stay as they are
    hiding = _ESCAPE.sub(lambda match: hidden if match[1] else match[0], text)
    for event in yaml.parse(hiding, Loader=yaml.CLoader):
        start, end = marks(event)
        while pairs and pairs[0].start() < end.index:
            pair = pairs.popleft()
            if isinstance(event, yaml.ScalarEvent) and pair.start() >= start.index:
                event.value = event.value.replace(hidden, pair[0], 1)
                event.value = event.value.replace(unused * 2, _joined(pair[0]), 1)
        yield event


def _unused(text: str) -> str:
    lower = text.lower()
    codes = range(0xE000, 0xF900)
    return chr(next(c for c in codes if chr(c) not in text and f"{c:04x}" not in lower))


def _joined(pair: str) -> str:
    units = bytes.fromhex(pair.replace("\\u", ""))
    return units.decode("utf-16-be")
