"""What each keyword of JSON Schema asks of a value, the `unevaluated…` ones apart.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias, cast

from .formats import FORMATS
from .judging import At, Rule
from .patterns import matcher
from .values import Finding, Given, equality_key, is_number, shown, type_name

Findings: TypeAlias = Iterator[Finding]
Limit: TypeAlias = Callable[[float, float], bool]
Schemas: TypeAlias = Mapping[str, object]

_TYPES: Mapping[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: is_number(value) and _is_whole(cast("float", value)),
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

_TYPES_IN_WORDS = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "an array",
    "object": "an object",
}


def _is_whole(value: float) -> bool:
    return isinstance(value, int) or value.is_integer()


def _listed(values: Sequence[object]) -> str:
    texts = [
        shown(value) if not isinstance(value, list | dict) else type_name(value)
        for value in values
    ]
    more = f" and {len(texts) - 20} more" if len(texts) > 20 else ""
    return ", ".join(texts[:20]) + more


def _count(number: object, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


# --- Any value --------------------------------------------------------------------


def type_(at: At, value: object, wanted: object) -> Findings:
    names = [wanted] if isinstance(wanted, str) else cast("list[str]", wanted)
    if not any(_TYPES[name](value) for name in names):
        expected = " or ".join(_TYPES_IN_WORDS[name] for name in names)
        finding = at.finding("type", expected, value)
        if finding.got not in ("null", finding.discreet):
            finding = finding._replace(got=f"{finding.discreet}, {finding.got}")
        yield finding


def enum(at: At, value: object, wanted: object) -> Findings:
    values = cast("list[object]", wanted)
    key = equality_key(value)
    if all(equality_key(one) != key for one in values):
        yield at.finding("enum", f"one of {_listed(values)}", value)


def const(at: At, value: object, wanted: object) -> Findings:
    if equality_key(wanted) != equality_key(value):
        yield at.finding("const", _listed([wanted]), value)


def ref(at: At, value: object, pointer: object) -> Findings:
    return at.same(at.resolve(pointer), value)


# --- Numbers ----------------------------------------------------------------------


def bound(keyword: str, words: str, holds: Limit) -> Rule:
    def rule(at: At, value: object, limit: object) -> Findings:
        if is_number(value):
            number, least = cast("float", value), cast("float", limit)
            if not holds(number, least):
                yield at.finding(keyword, f"{words} {shown(limit)}", value)

    return rule


def is_multiple(value: float, factor: float) -> bool:
    """Tell whether a number is a multiple, in decimal as both are written."""
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    return (_exact(value) / _exact(factor)).denominator == 1


def _exact(number: float) -> Fraction:
    return Fraction(number if isinstance(number, int) else repr(number))


# --- Strings ----------------------------------------------------------------------


def length(keyword: str, words: str, holds: Limit) -> Rule:
    def rule(at: At, value: object, limit: object) -> Findings:
        if isinstance(value, str) and not holds(len(value), cast("float", limit)):
            expected = f"{words} {_count(limit, 'character', 'characters')}"
            got = _count(len(value), "character", "characters")
            yield at.finding(keyword, expected, value, got)

    return rule


def pattern(at: At, value: object, wanted: object) -> Findings:
    if isinstance(value, str) and not matcher(cast("str", wanted))(value):
        yield at.finding("pattern", f"text matching `{wanted}`", value)


def format_(at: At, value: object, name: object) -> Findings:
    if isinstance(value, str) and not FORMATS[cast("str", name)](value):
        yield at.finding("format", f"text in the format {name}", value)


# --- Arrays -----------------------------------------------------------------------


def size(
    keyword: str, kind: type, words: str, nouns: tuple[str, str], holds: Limit
) -> Rule:
    def rule(at: At, value: object, limit: object) -> Findings:
        if isinstance(value, kind):
            found = len(cast("Sequence[object]", value))
            if not holds(found, cast("float", limit)):
                expected = f"{words} {_count(limit, *nouns)}"
                yield at.finding(keyword, expected, value, _count(found, *nouns))

    return rule


def items(at: At, value: object, schema: object) -> Findings:
    if isinstance(value, list):
        every = cast("list[object]", value)
        first = len(cast("list[object]", at.schema.get("prefixItems", [])))
        for index in range(first, len(every)):
            yield from at.below(schema, every[index], index)


def prefix_items(at: At, value: object, schemas: object) -> Findings:
    if isinstance(value, list):
        every = cast("list[object]", value)
        for index, schema in enumerate(cast("list[object]", schemas)[: len(every)]):
            yield from at.below(schema, every[index], index)


def unique_items(at: At, value: object, wanted: object) -> Findings:
    if isinstance(value, list) and wanted:
        seen: dict[Hashable, int] = {}
        for index, item in enumerate(cast("list[object]", value)):
            first = seen.setdefault(equality_key(item), index)
            if first != index:
                got = f"item {index} equal to item {first}"
                yield at.finding("uniqueItems", "items that all differ", value, got)
                return


def contains(at: At, value: object, schema: object) -> Findings:
    if not isinstance(value, list):
        return
    found = sum(at.accepts(schema, item) for item in cast("list[object]", value))
    least = cast("float", at.schema.get("minContains", 1))
    most = cast("float", at.schema.get("maxContains", found))
    if found < least:
        keyword = "minContains" if "minContains" in at.schema else "contains"
        yield at.finding(keyword, _contained("at least", least), value, str(found))
    elif found > most:
        yield at.finding("maxContains", _contained("at most", most), value, str(found))


def _contained(words: str, limit: float) -> str:
    return f"{words} {_count(limit, 'item', 'items')} of the kind `contains` describes"


# --- Objects ----------------------------------------------------------------------


def properties(at: At, value: object, schemas: object) -> Findings:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        for key, schema in cast("Schemas", schemas).items():
            if key in given:
                yield from at.below(schema, given[key], key)


def pattern_properties(at: At, value: object, schemas: object) -> Findings:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        for wanted, schema in cast("Schemas", schemas).items():
            for key in filter(matcher(wanted), given):
                yield from at.below(schema, given[key], Given(key))


def additional_properties(at: At, value: object, schema: object) -> Findings:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        for key in undeclared(at.schema, given):
            yield from at.extra("additionalProperties", schema, given[key], key)


def undeclared(schema: Schemas, value: Schemas) -> list[str]:
    """Return the keys that neither `properties` nor `patternProperties` covers."""
    declared = cast("Schemas", schema.get("properties", {}))
    patterns = cast("Schemas", schema.get("patternProperties", {}))
    matchers = [matcher(wanted) for wanted in patterns]
    return [
        key
        for key in value
        if key not in declared and not any(matches(key) for matches in matchers)
    ]


def property_names(at: At, value: object, schema: object) -> Findings:
    if isinstance(value, dict):
        for key in cast("dict[str, object]", value):
            for finding in at.below(schema, key, Given(key)):
                expected = f"a property name that is {finding.expected}"
                yield finding._replace(keyword="propertyNames", expected=expected)


def required(at: At, value: object, keys: object) -> Findings:
    if isinstance(value, dict):
        for key in cast("list[str]", keys):
            if key not in value:
                yield _missing(at, "required", key, "it is required")


def dependent_required(at: At, value: object, rules: object) -> Findings:
    if isinstance(value, dict):
        for given, keys in cast("Mapping[str, list[str]]", rules).items():
            for key in keys if given in value else ():
                if key not in value:
                    why = f"`{given}` is given"
                    yield _missing(at, "dependentRequired", key, why)


def _missing(at: At, keyword: str, key: str, why: str) -> Finding:
    path = (*at.path, key)
    return Finding(path, keyword, f"a value ({why})", "nothing", "nothing")


def dependent_schemas(at: At, value: object, rules: object) -> Findings:
    if isinstance(value, dict):
        for given, schema in cast("Schemas", rules).items():
            if given in value:
                yield from at.same(schema, value)


# --- Combinations -----------------------------------------------------------------


def all_of(at: At, value: object, schemas: object) -> Findings:
    for schema in cast("list[object]", schemas):
        yield from at.same(schema, value)


def any_of(at: At, value: object, schemas: object) -> Findings:
    options = cast("list[object]", schemas)
    if not any(at.accepts(schema, value) for schema in options):
        expected = f"a value that fits at least one of {len(options)} alternatives"
        yield at.finding("anyOf", expected, value)


def one_of(at: At, value: object, schemas: object) -> Findings:
    options = cast("list[object]", schemas)
    fitting = sum(at.accepts(schema, value) for schema in options)
    if fitting != 1:
        expected = f"a value that fits exactly one of {len(options)} alternatives"
        finding = at.finding("oneOf", expected, value)
        fits = f", which fits {fitting or 'none'}"
        yield finding._replace(got=finding.got + fits, discreet=finding.discreet + fits)


def not_(at: At, value: object, schema: object) -> Findings:
    if at.accepts(schema, value):
        yield at.finding("not", "a value that `not` does not describe", value)


def if_(at: At, value: object, condition: object) -> Findings:
    branch = "then" if at.accepts(condition, value) else "else"
    if branch in at.schema:
        yield from at.same(at.schema[branch], value)
