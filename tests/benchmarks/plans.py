"""The same events, eight properties each, as every generator wants them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

AREAS = (
    *("Account", "Billing", "Board", "Calendar", "Campaign", "Catalog", "Checkout"),
    *("Dashboard", "Editor", "Form", "Gallery", "Inbox", "Library", "Market"),
    *("Network", "Onboarding", "Portal", "Search", "Settings", "Workspace"),
)
THINGS = (
    *("Address", "Alert", "Badge", "Card", "Comment", "Coupon", "Draft", "Export"),
    *("Filter", "Folder", "Goal", "Import", "Invoice", "Label", "Link", "Message"),
    *("Note", "Order", "Page", "Report", "Rule", "Task", "Template", "Ticket", "Video"),
)
VERBS = (
    *("Created", "Deleted", "Edited", "Opened", "Closed", "Shared", "Moved", "Copied"),
    *("Viewed", "Rated", "Sent", "Received", "Printed", "Locked", "Merged", "Split"),
    *("Tagged", "Pinned", "Restored", "Archived"),
)

PROPERTIES = (
    ("itemId", {"type": "string", "minLength": 1, "maxLength": 64}),
    ("plan", {"type": "string", "enum": ["free", "pro", "enterprise"]}),
    ("email", {"type": "string", "format": "email"}),
    ("openedAt", {"type": "string", "format": "date-time"}),
    ("seats", {"type": "integer", "minimum": 1, "maximum": 10000}),
    ("amount", {"type": "number", "minimum": 0}),
    ("isTrial", {"type": "boolean"}),
    ("labels", {"type": "array", "items": {"type": "string"}, "maxItems": 20}),
)
REQUIRED = ["itemId", "plan", "seats", "isTrial"]


def names(count: int) -> Iterator[str]:
    """Yield the names of up to 10,000 events."""
    for number in range(count):
        thing, area = number // 20, AREAS[number % 20]
        yield f"{area} {THINGS[thing % 25]} {VERBS[thing // 25]}"


def plan(count: int, longest: int = 64) -> str:
    """Return a tracking plan; `longest` changes the event in its middle."""
    lines = ["trackplan: 1", "name: Bench", "events:"]
    for number, name in enumerate(names(count)):
        lines += [f"  {name}:", f"    description: A person met with {name.lower()}."]
        lines += ["    owner: growth", "    properties:"]
        for key, schema in PROPERTIES:
            changed = dict(schema)
            if key == "itemId" and number == count // 2:
                changed["maxLength"] = longest
            lines.append(f"      {key}: {_flow(changed)}")
        lines.append(f"    required: {_flow(REQUIRED)}")
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    return json.dumps(value).replace('"', "")


def json_schema(count: int) -> str:
    """Return what datamodel-code-generator takes."""
    events = {name.replace(" ", ""): _object(name) for name in names(count)}
    return json.dumps({"title": "Bench", "type": "object", "$defs": events}, indent=1)


def _object(name: str) -> dict[str, object]:
    return {
        "type": "object",
        "description": f"A person met with {name.lower()}.",
        "properties": dict(PROPERTIES),
        "required": REQUIRED,
        "additionalProperties": False,
    }


def openapi(count: int) -> str:
    """Return what openapi-python-client takes: the events as its models."""
    events = {name.replace(" ", ""): _object(name) for name in names(count)}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Bench", "version": "1"},
        "paths": {},
        "components": {"schemas": events},
    }
    return json.dumps(document, indent=1)


def glean(count: int) -> str:
    """Return what glean_parser takes; it knows text, numbers and flags alone."""
    lines = ["$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0", "bench:"]
    kinds = {"integer": "quantity", "number": "quantity", "boolean": "boolean"}
    for name in names(count):
        lines += [f"  {name.lower().replace(' ', '_')}:", "    type: event"]
        lines += [f"    description: A person met with {name.lower()}."]
        lines += ["    bugs: [https://example.com/1]", "    expires: never"]
        lines += ["    data_reviews: [https://example.com/1]"]
        lines += ["    notification_emails: [growth@example.com]", "    extra_keys:"]
        for key, schema in PROPERTIES:
            kind = kinds.get(str(schema["type"]), "string")
            snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
            lines.append(f"      {snake}: {{description: A {snake}., type: {kind}}}")
    return "\n".join(lines) + "\n"


INPUTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "trackplan": ("tracking_plan.yaml", plan),
    "glean_parser": ("metrics.yaml", glean),
    "openapi-python-client": ("openapi.json", openapi),
    "datamodel-code-generator": ("schema.json", json_schema),
}
"""The file each generator reads."""
