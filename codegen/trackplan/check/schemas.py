"""The schemas of a plan: keywords, patterns and formats that can be carried out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from trackplan import rules
from trackplan.check.findings import Findings, describe
from trackplan.check.names import calls
from trackplan.check.references import References
from trackplan.check.tree import Path, children
from trackplan.check.unseen import unseen, without
from trackplan.load import Array, Object
from trackplan.naming import closest
from trackplan.runtime.formats import FORMATS
from trackplan.runtime.patterns import PatternError, matcher, translate


def check_schemas(found: Findings) -> None:
    """Find what cannot be carried out as it stands."""
    for path, schema in found.schemas:
        _check_misplaced(found, path, schema)
        _check_patterns(found, path, schema)
        _check_format(found, path, schema)


def _check_misplaced(found: Findings, path: Path, schema: Object) -> None:
    """Find `$anchor` and `$defs` where no reference can lead to them."""
    is_shared = path[:1] == ("$defs",)
    if "$anchor" in schema and not is_shared and len(path) > 2:
        fact = f"`$anchor` stands outside `$defs`, in {describe(path)}"
        cure = "move the schema into the plan's `$defs`"
        found.at_key((*path, "$anchor"), rules.UNSUPPORTED_KEYWORD, fact, cure)
    if "$defs" in schema and not is_shared and len(path) > 2:
        fact = f"`$defs` stands inside {describe(path)}"
        cure = "move it into the `$defs` at the top of the plan"
        found.at_key((*path, "$defs"), rules.UNSUPPORTED_KEYWORD, fact, cure)


def _check_patterns(found: Findings, path: Path, schema: Object) -> None:
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        _check_pattern(found, (*path, "pattern"), pattern)
    named = schema.get("patternProperties")
    if isinstance(named, Object):
        for key in named:
            _check_pattern(found, (*path, "patternProperties", key), key)


def _check_pattern(found: Findings, path: Path, pattern: str) -> None:
    try:
        translate(pattern)
    except PatternError as error:
        fact = f"the pattern `{pattern}` cannot be carried out: {error.message}"
        cure = f"correct it at character {error.position + 1}"
        report = found.at_value if path[-1] == "pattern" else found.at_key
        report(path, rules.BAD_PATTERN, fact, cure)


def _check_format(found: Findings, path: Path, schema: Object) -> None:
    name = schema.get("format")
    if isinstance(name, str) and name not in FORMATS:
        fact = f"unknown format `{name}` for {describe(path)}"
        cure = f"formats are {', '.join(sorted(FORMATS))}"
        guess = closest(name, FORMATS)
        found.at_value((*path, "format"), rules.UNKNOWN_FORMAT, fact, cure, guess)


def check_required(found: Findings, references: References) -> None:
    """Find required properties that a closed event or traits do not declare."""
    for path, call in calls(found.plan):
        if not is_closed_call(call):
            continue
        always = always_required(references, path, call, set())
        at_times = _required_at_times(references, path, call)
        for place, name in (*always, *at_times):
            if not is_declared(name, call):
                _report_undeclared(found, place, name, call)
        for place, name in _required_anyhow(references, path, call):
            _report_undeclared(found, place, name, call)


def is_closed_call(call: Object) -> bool:
    """Tell whether events or traits take no properties but those they declare."""
    if "additionalProperties" in call:
        return call["additionalProperties"] is False
    return "unevaluatedProperties" not in call


def is_closed(path: Path, schema: Object) -> bool:
    """Tell whether an object takes no properties but those its schema declares."""
    if path[:-1] in (("events",), ("traits",)):
        return is_closed_call(schema)
    return schema.get("additionalProperties") is False


def _required_anyhow(
    references: References, path: Path, call: Object
) -> Iterator[tuple[Path, str]]:
    """Yield what is not declared and required by each alternative, one for each."""
    for keyword in ("anyOf", "oneOf"):
        found: list[tuple[Path, str]] = []
        options = call.get(keyword)
        for index, option in enumerate(options if isinstance(options, Array) else ()):
            place: Path = (*path, keyword, index)
            if isinstance(option, Object):
                wanted = always_required(references, place, option, set())
                missing = (one for one in wanted if not is_declared(one[1], call))
                found += islice(missing, 1)
        if isinstance(options, Array) and len(found) == len(options):
            yield from found


def _required_at_times(
    references: References, path: Path, schema: Object
) -> Iterator[tuple[Path, str]]:
    """Yield what conditions require where they hold; no call could then be right."""
    conditional = {"dependentSchemas", *(("then", "else") if "if" in schema else ())}
    for step, child in children(schema):
        place = (*path, *step)
        if isinstance(child, Object) and step[0] in conditional:
            yield from always_required(references, place, child, set())
        if isinstance(child, Object) and step[0] in (*conditional, "allOf"):
            yield from _required_at_times(references, place, child)
    needed = schema.get("dependentRequired")
    for key, names in needed.items() if isinstance(needed, Object) else ():
        for index, name in enumerate(names if isinstance(names, Array) else ()):
            if isinstance(name, str):
                yield (*path, "dependentRequired", key, index), name


def always_required(
    references: References, path: Path, schema: Object, seen: set[Path]
) -> Iterator[tuple[Path, str]]:
    """Yield what a schema requires in any case, with the place that says so."""
    required, parts = schema.get("required"), schema.get("allOf")
    for index, name in enumerate(required if isinstance(required, Array) else ()):
        if isinstance(name, str):
            yield (*path, "required", index), name
    for index, part in enumerate(parts if isinstance(parts, Array) else ()):
        if isinstance(part, Object):
            yield from always_required(references, (*path, "allOf", index), part, seen)
    where, target = references.target(schema.get("$ref"), path) or ((), None)
    if isinstance(target, Object) and where not in seen:
        seen.add(where)
        for _, name in always_required(references, where, target, seen):
            yield (*path, "$ref"), name


def is_declared(name: str, call: Object) -> bool:
    """Tell whether an object schema names a property, or a pattern that fits it."""
    declared, patterns = call.get("properties"), call.get("patternProperties")
    if isinstance(declared, Object) and name in declared:
        return True
    try:
        named = patterns if isinstance(patterns, Object) else ()
        return any(matcher(pattern)(name) for pattern in named)
    except PatternError:  # reported where it stands
        return True


def _report_undeclared(found: Findings, path: Path, name: str, call: Object) -> None:
    declared = call.get("properties")
    names = declared if isinstance(declared, Object) else ()
    for one in names:
        if (why := unseen(one)) and without(one) == name:
            place = (*path[:2], "properties", one)
            fact = f"{describe(place)} {why}, and `{name}` is required"
            cure = "write the name without"
            found.at_key(place, rules.REQUIRED_UNDECLARED, fact, cure, name)
            return
    fact = f"`{name}` is required in {describe(path[:2])} and not declared"
    cure = "declare it under `properties`, or correct the name"
    is_conditional = not {"then", "else"}.isdisjoint(path)
    if path[2] in ("$ref", "allOf", "anyOf", "oneOf") and not is_conditional:
        cure = "declare it in the event too, or write `unevaluatedProperties: false`"
    guess = closest(name, names)
    found.at_value(path, rules.REQUIRED_UNDECLARED, fact, cure, guess)
