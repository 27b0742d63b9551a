"""The Python names of a plan: each can be made, and no two are the same."""

from __future__ import annotations

from collections.abc import Iterator

from trackplan import naming, rules
from trackplan.check.findings import Findings, describe, place_as_seen
from trackplan.check.tree import Path
from trackplan.load import Data, Object
from trackplan.model import has_own_type, typed_children

_PREFIX = "$ul_"


def event_function(name: str, event: Object) -> str | None:
    """Return the name of the function that tracks an event."""
    own = event.get("python_name")
    if isinstance(own, str):
        return f"track_{own}" if naming.is_python_name(own) else None
    return naming.function_name("track", name)


def parameter(name: str, schema: Data) -> str | None:
    """Return the name of the parameter that takes a property."""
    own = schema.get("python_name") if isinstance(schema, Object) else None
    if isinstance(own, str):
        return own if naming.is_python_name(own) else None
    return naming.snake_case(name)


def check_names(found: Findings) -> None:
    """Find names that cannot be made, that collide, or that belong to others.

    To run when nothing but the plan's shape has been checked: what is misshapen has no
    types to look at.
    """
    _check_types(found)
    events = found.plan.get("events")
    if isinstance(events, Object):
        functions: dict[Path, str | None] = {
            ("events", name): event_function(name, event)
            for name, event in events.items()
            if isinstance(event, Object)
        }
        _check_unique(found, functions, frozenset())
    for path, call in calls(found.plan):
        _check_reserved(found, path)
        properties = call.get("properties")
        if isinstance(properties, Object):
            _check_parameters(found, path, properties)
    _check_definitions(found)
    _check_idle_names(found)


def calls(plan: Object) -> Iterator[tuple[Path, Object]]:
    """Yield traits and events with their paths."""
    for section in ("traits", "events"):
        entries = plan.get(section)
        if isinstance(entries, Object):
            for name, call in entries.items():
                if isinstance(call, Object):
                    yield (section, name), call


def _check_parameters(found: Findings, path: Path, properties: Object) -> None:
    names: dict[Path, str | None] = {}
    for name, schema in properties.items():
        place = (*path, "properties", name)
        _check_reserved(found, place)
        names[place] = parameter(name, schema)
    _check_unique(found, names, naming.RESERVED_PARAMETERS)


def _check_reserved(found: Findings, path: Path) -> None:
    name = str(path[-1])
    if name.startswith(_PREFIX):
        fact = f"{describe(path)} begins with `{_PREFIX}`"
        cure = "choose another name: the Userlens browser SDK owns these"
        found.at_key(path, rules.RESERVED_NAME, fact, cure)


def _check_unique(
    found: Findings, names: dict[Path, str | None], reserved: frozenset[str]
) -> None:
    first: dict[str, Path] = {}
    for path, name in names.items():
        if name is None:
            _report_nameless(found, path)
        elif name in reserved:
            fact = f"{describe(path)} becomes `{name}`, a parameter of every function"
            cure = "give it another `python_name`"
            found.at_key(path, rules.NAME_COLLISION, fact, cure)
        elif name in first:
            _report_collision(found, path, first[name], name)
        else:
            first[name] = path


def _report_collision(found: Findings, path: Path, other: Path, name: str) -> None:
    where = place_as_seen(found.key_place(other), found.key_place(path))
    fact = f"{describe(path)} becomes `{name}`, as `{other[-1]}` does ({where})"
    cure = "give one of them a `python_name`"
    found.at_key(path, rules.NAME_COLLISION, fact, cure)


def _report_nameless(found: Findings, path: Path) -> None:
    if _has_own_name(found.plan, path):
        fact = f"`python_name` of {describe(path)} is not a name Python takes"
        cure = "write lower-case letters, digits and underscores, and no keyword"
        found.at_value((*path, "python_name"), rules.BAD_PYTHON_NAME, fact, cure)
    else:
        fact = f"no Python name can be made for {describe(path)}"
        cure = "give it a `python_name`"
        found.at_key(path, rules.NO_PYTHON_NAME, fact, cure)


def _has_own_name(plan: Object, path: Path) -> bool:
    data: Data = plan
    for step in path:
        data = data[str(step)] if isinstance(data, Object) else None
    return isinstance(data, Object) and "python_name" in data


def _check_idle_names(found: Findings) -> None:
    """Find `python_name`s that name nothing, since there is no parameter."""
    for path, schema in found.schemas:
        if "python_name" not in schema:
            continue
        is_call = len(path) == 2 and path[0] != "$defs"
        is_parameter = len(path) == 4 and path[0] != "$defs" and path[2] == "properties"
        if not is_call and not is_parameter:
            fact = f"`python_name` has no effect in {describe(path)}"
            cure = "leave it out: only events and their own properties have one"
            found.at_key((*path, "python_name"), rules.BAD_PYTHON_NAME, fact, cure)


def _check_definitions(found: Findings) -> None:
    """`$defs` names must differ as function names do, not only as type names."""
    definitions = found.plan.get("$defs")
    if not isinstance(definitions, Object):
        return
    first: dict[str, Path] = {}
    for name in definitions:
        path: Path = ("$defs", name)
        made = naming.function_name("fits", name)
        if made is None:
            fact = f"no Python name can be made for {describe(path)}"
            cure = "give the entry a name with letters"
            found.at_key(path, rules.NO_PYTHON_NAME, fact, cure)
        elif made in first:
            where = place_as_seen(found.key_place(first[made]), found.key_place(path))
            fact = f"{describe(path)} is named like `{first[made][-1]}` ({where})"
            cure = "rename one of them; the names of `$defs` never travel"
            found.at_key(path, rules.NAME_COLLISION, fact, cure)
        else:
            first[made] = path


def _check_types(found: Findings) -> None:
    first: dict[str, Path] = {}
    for path in _typed_schemas(found):
        name = naming.type_name(path)
        cure = "move the object into `$defs` under a name of its own"
        if path[0] == "$defs" and len(path) == 2:
            cure = "rename the entry; the names of `$defs` never travel"
        if name is None:
            continue
        if name in naming.RESERVED_TYPES:
            fact = f"the type of {describe(path)} would be `{name}`, which is taken"
            found.at_key(path, rules.NAME_COLLISION, fact, cure)
        elif name in first and _is_named_like(path, first[name]):
            continue  # reported as such
        elif name in first and first[name] != path:
            where = place_as_seen(found.key_place(first[name]), found.key_place(path))
            fact = (
                f"the type of {describe(path)} would be `{name}`, as that of "
                f"{describe(first[name])} ({where})"
            )
            found.at_key(path, rules.NAME_COLLISION, fact, cure)
        else:
            first.setdefault(name, path)


def _is_named_like(path: Path, other: Path) -> bool:
    """Tell whether two entries of `$defs` also get functions of the same name."""
    if len(path) != 2 or len(other) != 2:
        return False
    mine, its = (naming.function_name("fits", str(one[1])) for one in (path, other))
    return mine == its


def _typed_schemas(found: Findings) -> Iterator[Path]:
    definitions = found.plan.get("$defs")
    if isinstance(definitions, Object) and not found.is_broken(("$defs",)):
        for name, schema in definitions.items():
            yield ("$defs", name)
            yield from _records(schema, ("$defs", name))
    for path, call in calls(found.plan):
        if not found.is_broken(path):
            yield from _records(call, path)


def _records(schema: Data, path: Path) -> Iterator[Path]:
    """Yield what has a type of its own inside a schema."""
    for step, child in typed_children(schema) if isinstance(schema, Object) else ():
        if isinstance(child, Object) and not child.keys() <= _PLAIN:
            if has_own_type(child):
                yield (*path, *step)
            yield from _records(child, (*path, *step))


_PLAIN = frozenset({"type", "format", "minimum", "maximum", "minLength", "maxLength"})
"""With these alone, as most schemas are, they are no type, and hold none."""
