"""Kinds of change that `diff` reports: TP6. The level follows from what one breaks.

`bad` is the plan before and `good` the plan after; they differ in this alone.
"""

from __future__ import annotations

from textwrap import dedent, indent

from trackplan.diagnostic import Rule
from trackplan.rules.registry import rule

CHANGES: dict[str, Rule] = {}
"""Every kind of change by its code."""


def _change(
    code: str, name: str, summary: str, why: str, *, before: str, after: str
) -> Rule:
    bad, good = _plan(before), _plan(after)
    return rule(
        code, name, summary, why, bad=bad, good=good, level="note", family=CHANGES
    )


def _plan(text: str) -> str:
    return "trackplan: 1\n" + dedent(text)


def _property(
    code: str, name: str, summary: str, why: str, *, old: str, new: str
) -> Rule:
    """Enter a change of one property."""
    event = "events:\n  Seats Added:\n    properties:\n"
    before, after = (event + indent(dedent(one), " " * 6) for one in (old, new))
    return _change(code, name, summary, why, before=before, after=after)


# --- Events, traits, definitions --------------------------------------------------

EVENT_ADDED = _change(
    "TP601",
    "event-added",
    "An event was added.",
    "No call sends it yet, and nobody reads it.",
    before="events:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {}\n  Seats Removed: {}\n",
)
EVENT_REMOVED = _change(
    "TP602",
    "event-removed",
    "An event was removed.",
    "Its function is gone, and what reads it gets nothing more.",
    before="events:\n  Seats Added: {}\n  Invoice Paid: {}\n",
    after="events:\n  Seats Added: {}\n",
)
EVENT_RENAMED = _change(
    "TP603",
    "event-renamed",
    "An event has another name on the wire.",
    "What reads the old name gets nothing; a kept `python_name` spares the calls.",
    before="events:\n  Seats Added: {}\n",
    after="events:\n  Seat Count Raised: {python_name: seats_added}\n",
)
FUNCTION_RENAMED = _change(
    "TP604",
    "function-renamed",
    "The function of an event has another name.",
    "Code that imports the old name fails.",
    before="events:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {python_name: more_seats}\n",
)
TRAITS_ADDED = _change(
    "TP605",
    "traits-added",
    "User or group traits were added.",
    "No call sends them yet, and nobody reads them.",
    before="events:\n  Seats Added: {}\n",
    after="traits:\n  group: {properties: {seats: {type: integer}}}\n"
    "events:\n  Seats Added: {}\n",
)
TRAITS_REMOVED = _change(
    "TP606",
    "traits-removed",
    "User or group traits were removed.",
    "Their function is gone, and what reads them gets nothing more.",
    before="traits:\n  group: {properties: {seats: {type: integer}}}\n"
    "events:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {}\n",
)
DEFINITION_ADDED = _change(
    "TP607",
    "definition-added",
    "An entry of `$defs` was added.",
    "It changes nothing by itself.",
    before="events:\n  Seats Added: {}\n",
    after="$defs:\n  count: {type: integer}\nevents:\n  Seats Added: {}\n",
)
DEFINITION_REMOVED = _change(
    "TP608",
    "definition-removed",
    "An entry of `$defs` was removed.",
    "Its type can be imported from the generated package, and then cannot any more.",
    before="$defs:\n  count: {type: integer}\nevents:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {}\n",
)
DEFINITION_RENAMED = _change(
    "TP609",
    "definition-renamed",
    "An entry of `$defs` has another name.",
    "The name never travels; code that imports its type by the old name fails.",
    before="$defs:\n  seatCount: {type: integer}\nevents:\n  Seats Added: {}\n",
    after="$defs:\n  seatsCount: {type: integer}\nevents:\n  Seats Added: {}\n",
)

# --- Properties -------------------------------------------------------------------

PROPERTY_ADDED = _property(
    "TP611",
    "property-added",
    "A property was added.",
    "An optional one asks nothing of calls; one that is required has to be passed.",
    old="seats: {type: integer}\n",
    new="seats: {type: integer}\nprice: {type: number}\n",
)
PROPERTY_REMOVED = _property(
    "TP612",
    "property-removed",
    "A property was removed.",
    "Calls that pass it fail, and what reads it gets nothing more.",
    old="seats: {type: integer}\nprice: {type: number}\n",
    new="seats: {type: integer}\n",
)
PROPERTY_RENAMED = _property(
    "TP613",
    "property-renamed",
    "A property has another name on the wire.",
    "What reads the old name gets nothing; a kept `python_name` spares the calls.",
    old="seats: {type: integer}\n",
    new="seatCount: {type: integer, python_name: seats}\n",
)
PARAMETER_RENAMED = _property(
    "TP614",
    "parameter-renamed",
    "The parameter of a property has another name.",
    "Calls that pass the old name fail.",
    old="seats: {type: integer}\n",
    new="seats: {type: integer, python_name: seat_count}\n",
)
PARAMETER_TYPE = _property(
    "TP615",
    "parameter-type",
    "A parameter takes fewer Python types than before.",
    "The values on the wire are the same or more, and type checkers may refuse a call.",
    old="code: {allOf: [{type: string}, {minLength: 1}]}\n",
    new="code: {type: string, minLength: 1}\n",
)
REQUIRED_ADDED = _change(
    "TP621",
    "required-added",
    "A property that was optional is required.",
    "Calls that leave it out fail.",
    before="events:\n  Seats Added:\n    properties: {seats: {type: integer}}\n",
    after="events:\n  Seats Added:\n    properties: {seats: {type: integer}}\n"
    "    required: [seats]\n",
)
REQUIRED_DROPPED = _change(
    "TP622",
    "required-dropped",
    "A property that was required is optional.",
    "What reads it has to do without it at times.",
    before="events:\n  Seats Added:\n    properties: {seats: {type: integer}}\n"
    "    required: [seats]\n",
    after="events:\n  Seats Added:\n    properties: {seats: {type: integer}}\n",
)
OPENED = _change(
    "TP623",
    "opened",
    "An object takes properties that it does not name.",
    "What nobody described may arrive.",
    before="events:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {additionalProperties: true}\n",
)
CLOSED = _change(
    "TP624",
    "closed",
    "An object takes no properties but those it names.",
    "Calls that pass others fail.",
    before="events:\n  Seats Added: {additionalProperties: true}\n",
    after="events:\n  Seats Added: {}\n",
)

# --- Values -----------------------------------------------------------------------

TYPE_WIDENED = _property(
    "TP631",
    "type-widened",
    "A value may have more types than before.",
    "What reads it meets values it never saw.",
    old="seats: {type: integer}\n",
    new="seats: {type: number}\n",
)
TYPE_NARROWED = _property(
    "TP632",
    "type-narrowed",
    "A value may have fewer types than before.",
    "Calls that pass another type fail.",
    old="seats: {type: number}\n",
    new="seats: {type: integer}\n",
)
TYPE_CHANGED = _property(
    "TP633",
    "type-changed",
    "A value has another type.",
    "Calls that pass the old type fail, and what reads it meets the new one.",
    old="seats: {type: integer}\n",
    new="seats: {type: string}\n",
)
VALUE_ADDED = _property(
    "TP634",
    "value-added",
    "A list of allowed values has new ones.",
    "What reads the property meets values it never saw.",
    old="plan: {type: string, enum: [free, pro]}\n",
    new="plan: {type: string, enum: [free, pro, team]}\n",
)
VALUE_REMOVED = _property(
    "TP635",
    "value-removed",
    "A list of allowed values lost some.",
    "Calls that pass them fail.",
    old="plan: {type: string, enum: [free, pro, team]}\n",
    new="plan: {type: string, enum: [free, pro]}\n",
)
LIMIT_LOOSENED = _property(
    "TP636",
    "limit-loosened",
    "A bound or a length takes more than before.",
    "What reads the property meets values it never saw.",
    old="seats: {type: integer, maximum: 10}\n",
    new="seats: {type: integer, maximum: 100}\n",
)
LIMIT_TIGHTENED = _property(
    "TP637",
    "limit-tightened",
    "A bound or a length takes less than before.",
    "Calls that pass what is beyond it fail.",
    old="seats: {type: integer, maximum: 100}\n",
    new="seats: {type: integer, maximum: 10}\n",
)
PATTERN_CHANGED = _property(
    "TP638",
    "pattern-changed",
    "A text has to match another pattern.",
    "Texts that passed may fail, and others may arrive.",
    old="code: {type: string, pattern: '^[a-z]+$'}\n",
    new="code: {type: string, pattern: '^[A-Z]+$'}\n",
)
FORMAT_CHANGED = _property(
    "TP639",
    "format-changed",
    "A text has to have another format.",
    "Texts that passed may fail, and others may arrive.",
    old="at: {type: string}\n",
    new="at: {type: string, format: date}\n",
)
REFERENCE_CHANGED = _change(
    "TP641",
    "reference-changed",
    "A `$ref` leads to another schema, which means something else.",
    "Values that passed may fail, and others may arrive.",
    before="""\
        $defs: {plan: {enum: [free, pro]}, tier: {enum: [gold]}}
        events:
          Seats Added: {properties: {plan: {$ref: '#/$defs/plan'}}}
        """,
    after="""\
        $defs: {plan: {enum: [free, pro]}, tier: {enum: [gold]}}
        events:
          Seats Added: {properties: {plan: {$ref: '#/$defs/tier'}}}
        """,
)
RULE_CHANGED = _change(
    "TP642",
    "rule-changed",
    "Another keyword of a schema asks for something else.",
    "Values that passed may fail, and others may arrive.",
    before="events:\n  Seats Added:\n    properties: {seats: {}, by: {}}\n",
    after="events:\n  Seats Added:\n    properties: {seats: {}, by: {}}\n"
    "    dependentRequired: {seats: [by]}\n",
)
REMARK_CHANGED = _change(
    "TP651",
    "remark-changed",
    "What the plan says to people changed, and nothing that it asks.",
    "Calls and data are the same; descriptions, owners, examples and the like are not.",
    before="events:\n  Seats Added: {}\n",
    after="events:\n  Seats Added: {owner: billing}\n",
)
