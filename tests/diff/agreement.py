"""How often `diff` agrees with what the authors of published schemas declared.

`python -m tests.diff.agreement FOLDER` takes a folder of folders, each with the versions
of one schema: `1.2.0.json`, or `1-2-0` as SchemaVer has it. Each version is wrapped as a
property of an event and compared with the one before.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from trackplan.check import check_text
from trackplan.diff import Change, diff
from trackplan.model import Plan

_VERSION = re.compile(r"(\d+)[.-](\d+)[.-](\d+)(?:\.json)?")
_PARTS = ("major", "minor", "patch")
_AS_IN_DRAFT_4 = (
    "$schema",
    "self",
    "id",
    "default",
    "title",
    "links",
    "_links",
    "_name",
)


class Pair(NamedTuple):
    """Two versions of a schema, what was declared of them and what was found."""

    name: str
    declared: str
    changes: list[Change]

    @property
    def found(self) -> str:
        """What `diff` would have declared, by callers alone: they follow a version."""
        if any(one.callers.verdict != "safe" for one in self.changes):
            return "major"
        return "minor" if self.changes else "none"


def pairs(folder: Path) -> Iterator[Pair]:
    """Yield each version with the one before, where both make a plan."""
    for series in sorted({path.parent for path in folder.rglob("*") if _version(path)}):
        versions = sorted(
            (v, path) for path in series.iterdir() if (v := _version(path))
        )
        for (old, before), (new, after) in pairwise(versions):
            plans = [_plan(path) for path in (before, after)]
            changed = next(at for at in range(3) if old[at] != new[at])
            name = f"{series.name} {before.stem} {after.stem}"
            if plans[0] is None or plans[1] is None:
                print(f"left out, no plan: {name}")
            else:
                yield Pair(name, _PARTS[changed], diff(plans[0], plans[1]))


def _version(path: Path) -> tuple[int, ...] | None:
    found = _VERSION.fullmatch(path.name)
    return tuple(map(int, found.groups())) if found else None


def _plan(path: Path) -> Plan | None:
    schema = _without_own_version(json.loads(path.read_text("utf-8")), path.stem)
    own = {"properties": {"data": _today(schema)}, "required": ["data"]}
    definitions = _today({"$defs": schema.get("definitions", {})})["$defs"]
    document = {"trackplan": 1, "$defs": definitions, "events": {"Case": own}}
    text = json.dumps(document).replace("#/definitions/", "#/$defs/")
    return check_text(text, "plan.yaml").plan


def _without_own_version(schema: Any, version: str) -> Any:
    """Return a schema without the properties that only state which version it is."""
    if isinstance(schema, list):
        return [_without_own_version(one, version) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {k: _without_own_version(v, version) for k, v in schema.items()}
    named = schema.get("properties", {})
    own = {
        k
        for k, v in named.items()
        if isinstance(v, dict) and v.get("enum") == [version]
    }
    if own:
        made["properties"] = {
            k: v for k, v in made["properties"].items() if k not in own
        }
        made["required"] = [k for k in made.get("required", []) if k not in own]
    return made


def _today(schema: Any) -> Any:
    """Return a schema of draft 4 in the words of 2020-12, its remarks left out."""
    if isinstance(schema, list):
        return [_today(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {k: _today(v) for k, v in schema.items() if not _is_remark(k, v)}
    for bound in ("Minimum", "Maximum"):
        if isinstance(made.get(f"exclusive{bound}"), bool):
            is_out, limit = made.pop(f"exclusive{bound}"), bound.lower()
            if is_out:
                made[f"exclusive{bound}"] = made.pop(limit)
    if isinstance(made.get("items"), list):
        made["prefixItems"] = made.pop("items")
    return made


def _is_remark(key: str, value: Any) -> bool:
    is_schema = isinstance(value, dict) and "type" in value  # a property of that name
    return (key in _AS_IN_DRAFT_4 and not is_schema) or key == "definitions"


def main() -> None:
    """Print the count of what was declared and what was found, then each difference."""
    every = list(pairs(Path(sys.argv[1])))
    counts = Counter((one.declared, one.found) for one in every)
    print(f"\n{len(every)} pairs\n{'declared':<10}{'found':<10}{'pairs':>6}")
    for (declared, found), count in sorted(counts.items()):
        print(f"{declared:<10}{found:<10}{count:>6}")
    for one in every:
        is_major = one.declared == "major"
        if is_major != (one.found == "major"):
            print(f"\n{one.name}: declared {one.declared}, found {one.found}")
            for change in one.changes:
                print(f"  {change.rule.name}: {change.message}: {change.callers.why}")


if __name__ == "__main__":
    main()
