"""Values that fit a schema, made of choices."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, cast

from trackplan.runtime.judging import Judge, Schema
from trackplan.runtime.validate import explain
from trackplan.runtime.values import equality_key
from trackplan.texts import ALPHABET, FORMATS, Choose, matching, pick

from .merging import both, merged

_DEEP = 8
"""How deep data goes; schemas that refer to themselves know no end."""
_SHALLOW = 3
"""How deep data goes beyond what a schema requires."""
_ATTEMPTS = 10
"""How often a scalar is made anew until it fits."""
_MORE = 3
"""How many items or properties a value has more than it must, at most."""
_LONG = 20
"""How many characters a text has more than it must, at most."""
_LARGE = 10_000
"""How many characters or items a value has: more would take too long."""
_FAR = 10**6
"""How far numbers go where the schema sets no bound."""

_KINDS: Final = {
    "string": ("format", "pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains"),
    "object": ("properties", "required", "patternProperties", "minProperties"),
}
"""What type the keywords suggest, where a schema says none."""
_ANY: Final = ("string", "integer", "boolean", "null")


class UnfitError(Exception):
    """These choices lead to no value, though others may."""


class Maker:
    """Makes values by choices: the same choices, the same value.

    `present` decides whether an optional property is there, or an array has items that
    it need not have. What comes out fits most schemas: whether it does is for
    `explain` to say.
    """

    def __init__(
        self,
        definitions: Mapping[str, Schema],
        choose: Choose,
        present: Callable[[], bool],
    ) -> None:
        self._definitions = definitions
        self._judge = Judge(definitions, {})
        self._choose = choose
        self._present = present

    def value(self, schema: Schema, depth: int = 0) -> object:
        """Return a value. Raises UnfitError where the choices lead nowhere."""
        if depth > _DEEP:
            raise UnfitError
        flat = self._flat(schema)
        kind = self._kind(flat)
        options = self._options(flat)
        if kind == "array" and not options:
            return self._array(flat, depth)
        if kind == "object" and not options:
            return self._object(flat, depth)
        for _ in range(_ATTEMPTS):
            value = pick(options, self._choose) if options else self._scalar(flat, kind)
            if not explain(schema, value, self._definitions):
                return value
        raise UnfitError

    def call(self, schema: Schema) -> dict[str, object]:
        """Return properties or traits. Raises UnfitError as `value` does."""
        return self._object(self._flat(schema), 0)

    def _flat(self, schema: Schema) -> dict[str, object]:
        """Return one schema for all that hold at a place, alternatives chosen."""
        flat: dict[str, object] = {}
        rest: list[object] = [schema]
        for _ in range(100):  # references may go round
            if not rest:
                return flat
            one = rest.pop(0)
            if one is False:
                break
            if one is not True:
                keywords = cast("Mapping[str, object]", one)
                flat = merged(flat, keywords)
                rest += self._applied(keywords)
        raise UnfitError

    def _applied(self, schema: Mapping[str, object]) -> Iterator[object]:
        if "$ref" in schema:
            yield self._judge.resolve(cast("str", schema["$ref"]))
        yield from cast("Sequence[object]", schema.get("allOf", ()))
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                yield pick(cast("Sequence[object]", schema[keyword]), self._choose)
        if "if" in schema:
            if self._choose(2):
                yield schema["if"]
                yield schema.get("then", True)
            else:
                yield schema.get("else", True)

    def _kind(self, flat: Mapping[str, object]) -> str:
        kinds = flat.get("type")
        if isinstance(kinds, str):
            return kinds
        if kinds is None:
            found = [kind for kind, words in _KINDS.items() if flat.keys() & set(words)]
            return pick(found or _ANY, self._choose)
        if not kinds:
            raise UnfitError
        return pick(cast("Sequence[str]", kinds), self._choose)

    # --- Scalars ------------------------------------------------------------------

    def _options(self, flat: Mapping[str, object]) -> Sequence[object]:
        """Return the values to take one of, if there are any."""
        if "const" in flat:
            return [flat["const"]]
        keyword = "enum"
        if "examples" in flat and "enum" not in flat and not self._choose(_MORE):
            keyword = "examples"
        return cast("Sequence[object]", flat.get(keyword, ()))

    def _scalar(self, flat: Mapping[str, object], kind: str) -> object:
        if kind == "null":
            return None
        if kind == "boolean":
            return self._choose(2) == 1
        return self._text(flat) if kind == "string" else self._number(flat, kind)

    def _text(self, flat: Mapping[str, object]) -> str:
        if "format" in flat:
            return matching(FORMATS[str(flat["format"])], self._choose)
        if "pattern" in flat:
            return matching(str(flat["pattern"]), self._choose)
        low = _at_least(flat, "minLength", 0)
        high = max(low, _whole(flat, "maxLength", low + _LONG))
        if not self._choose(_MORE):
            return "text"[:high].ljust(low, "x")
        length = low + self._choose(min(high - low, _LONG) + 1)
        return "".join(pick(ALPHABET, self._choose) for _ in range(length))

    def _number(self, flat: Mapping[str, object], kind: str) -> float:
        low, high = _bounds(flat)
        step = Fraction(str(flat.get("multipleOf", 1)))
        first, last = math.ceil(low / step), math.floor(high / step)
        is_stepped = kind == "integer" or "multipleOf" in flat
        if first <= last and (is_stepped or not self._choose(2)):
            any_one = first + self._choose(last - first + 1)
            options = (min(max(first, 1), last), first, last, any_one)
            value = pick(options, self._choose) * step
            return int(value) if value.denominator == 1 else float(value)
        if is_stepped:
            raise UnfitError
        return float(low + (high - low) * Fraction(self._choose(1001), 1000))

    # --- Arrays and objects -------------------------------------------------------

    def _wants_more(self, depth: int) -> bool:
        """Tell whether what may be left out is there: far down it never is."""
        return depth < _SHALLOW and self._present()

    def _array(self, flat: Mapping[str, object], depth: int) -> list[object]:
        values = [self.value(one, depth + 1) for one in self._items(flat, depth)]
        if flat.get("uniqueItems") is True:
            values = list({equality_key(one): one for one in values}.values())
        return values

    def _items(self, flat: Mapping[str, object], depth: int) -> list[Schema]:
        """Return a schema for each item."""
        schemas = list(cast("Sequence[Schema]", flat.get("prefixItems", ())))
        rest = cast("Schema", flat.get("items", True))
        count = _at_least(flat, "minItems", 0)
        if "contains" in flat:
            held = _at_least(flat, "minContains", 1)
            schemas[:held] = [cast("Schema", both(rest, flat["contains"]))] * held
            count = max(count, held)
        if self._wants_more(depth):
            more = 0 if rest is False else count + 1 + self._choose(_MORE)
            count = max(count, len(schemas), more)
        count = min(count, _whole(flat, "maxItems", count))
        return [*schemas, *[rest] * count][:count]

    def _object(self, flat: Mapping[str, object], depth: int) -> dict[str, object]:
        declared = cast("Mapping[str, Schema]", flat.get("properties", {}))
        keys = self._keys(flat, declared, depth)
        result = {
            key: self.value(declared[key], depth + 1) for key in declared if key in keys
        }
        for key in keys:
            if key not in declared:
                result[key] = self._other(flat, depth)[1]
        for _ in range(100):
            if len(result) >= self._least(flat, depth):
                break
            key, value = self._other(flat, depth)
            result.setdefault(key, value)
        return result

    def _keys(
        self,
        flat: Mapping[str, object],
        declared: Mapping[str, Schema],
        depth: int,
    ) -> list[str]:
        keys = list(cast("Sequence[str]", flat.get("required", ())))
        optional = [k for k in declared if k not in keys and declared[k] is not False]
        most = _whole(flat, "maxProperties", len(keys) + len(optional))
        least = _whole(flat, "minProperties", 0)
        for key in optional:
            if len(keys) < most and (len(keys) < least or self._wants_more(depth)):
                keys.append(key)
        needed = cast("Mapping[str, Sequence[str]]", flat.get("dependentRequired", {}))
        for key in keys:  # which grows on the way
            keys += [one for one in needed.get(key, ()) if one not in keys]
        return keys

    def _least(self, flat: Mapping[str, object], depth: int) -> int:
        least = _whole(flat, "minProperties", 0)
        is_told = isinstance(flat.get("additionalProperties"), Mapping)
        return least + (is_told and self._wants_more(depth))

    def _other(self, flat: Mapping[str, object], depth: int) -> tuple[str, object]:
        """Return a property that the schema does not name."""
        patterns = cast("Mapping[str, Schema]", flat.get("patternProperties", {}))
        if patterns:
            pattern = pick(list(patterns), self._choose)
            name = matching(pattern, self._choose)
            return name, self.value(patterns[pattern], depth + 1)
        names = cast("Schema", flat.get("propertyNames", True))
        rest = cast("Schema", flat.get("additionalProperties", True))
        return str(self.value(names, depth + 1)), self.value(rest, depth + 1)


def _whole(flat: Mapping[str, object], keyword: str, default: int) -> int:
    return int(cast("float", flat.get(keyword, default)))


def _at_least(flat: Mapping[str, object], keyword: str, default: int) -> int:
    """Return how large a value must be. Raises UnfitError where that is too large."""
    least = _whole(flat, keyword, default)
    if least > _LARGE:
        raise UnfitError
    return least


def _bounds(flat: Mapping[str, object]) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest number; exclusive ones are moved a little."""
    step = Fraction(1) if flat.get("type") == "integer" else Fraction(1, 1000)
    lows = [_fraction(flat["minimum"])] if "minimum" in flat else []
    highs = [_fraction(flat["maximum"])] if "maximum" in flat else []
    if "exclusiveMinimum" in flat:
        lows.append(_fraction(flat["exclusiveMinimum"]) + step)
    if "exclusiveMaximum" in flat:
        highs.append(_fraction(flat["exclusiveMaximum"]) - step)
    low = max(lows, default=min([*highs, Fraction(0)]) - _FAR)
    return low, min(highs, default=max([*lows, Fraction(0)]) + _FAR)


def _fraction(number: object) -> Fraction:
    return Fraction(cast("float", number))
