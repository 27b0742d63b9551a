"""The other validators, each as the check that an application would write with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired

import fastjsonschema
import jsonschema
import jsonschema_rs
import msgspec
import pydantic
from typing_extensions import TypedDict

Data = dict[str, Any]
Check = Callable[[Data], object]
Tier = Literal["free", "pro", "enterprise"]
Text = Annotated[str, pydantic.Field(min_length=1), msgspec.Meta(min_length=1)]
Name = Annotated[Text, pydantic.Field(max_length=64), msgspec.Meta(max_length=64)]
Country = Annotated[
    str,
    pydantic.Field(min_length=2, max_length=2),
    msgspec.Meta(min_length=2, max_length=2),
]
Amount = Annotated[float, pydantic.Field(ge=0), msgspec.Meta(ge=0)]
Count = Annotated[int, pydantic.Field(ge=1), msgspec.Meta(ge=1)]

EMAIL = r"^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$"
DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
TIME = rf"^{DATE}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_closed = pydantic.with_config(extra="forbid")


@_closed
class PlanChanged(TypedDict):
    fromPlan: Tier
    toPlan: Tier
    revenue: Amount


@_closed
class InvoicePaid(TypedDict):
    """Formats as patterns: what pydantic has for them makes objects of texts."""

    invoiceId: Name
    currency: Literal["EUR", "USD", "GBP"]
    amount: Amount
    seats: Annotated[Count, pydantic.Field(le=10_000), msgspec.Meta(le=10_000)]
    isRenewal: bool
    email: Annotated[str, pydantic.Field(pattern=EMAIL), msgspec.Meta(pattern=EMAIL)]
    paidAt: Annotated[str, pydantic.Field(pattern=TIME), msgspec.Meta(pattern=TIME)]
    receipt: Annotated[str, pydantic.Field(pattern=UUID), msgspec.Meta(pattern=UUID)]


@_closed
class SearchDone(TypedDict):
    query: str
    hits: NotRequired[Annotated[int, pydantic.Field(ge=0), msgspec.Meta(ge=0)]]
    filter: NotRequired[str]
    page: NotRequired[Count]


@_closed
class Address(TypedDict):
    street: Text
    city: Text
    country: Country


@_closed
class AddressChanged(TypedDict):
    address: Address


@_closed
class Line(TypedDict):
    sku: Text
    quantity: Count
    price: Amount


@_closed
class OrderPlaced(TypedDict):
    orderId: Text
    items: Annotated[
        list[Line], pydantic.Field(min_length=1), msgspec.Meta(min_length=1)
    ]


TYPES: dict[str, Any] = {
    "Plan Changed": PlanChanged,
    "Invoice Paid": InvoicePaid,
    "Search Done": SearchDone,
    "Address Changed": AddressChanged,
    "Order Placed": OrderPlaced,
}
"""Without the conditional event, which types alone cannot say.

msgspec lets unknown properties pass: it forbids them in its own structs alone.
"""


def checks(event: str, schema: Data) -> dict[str, Check]:
    """Return, by peer, what raises for data that breaks `schema`."""
    by_schema: dict[str, Check] = {
        "jsonschema": jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.FormatChecker()
        ).validate,
        "jsonschema-rs": jsonschema_rs.Draft202012Validator(
            schema, validate_formats=True
        ).validate,
        "fastjsonschema": fastjsonschema.compile(
            {**schema, "$schema": "http://json-schema.org/draft-07/schema"}
        ),
    }
    if (kind := TYPES.get(event)) is None:
        return by_schema
    adapter = pydantic.TypeAdapter(kind)
    return by_schema | {
        "pydantic": lambda data: adapter.validate_python(data, strict=True),
        "msgspec": lambda data: msgspec.convert(data, kind),
    }


def queued(
    peer: str,
    check: Check,
    send: Callable[[str, Any], object],
    copy: Callable[[Data], Data] | None = None,
) -> Callable[[str, Data], None]:
    """Return a call as an application would write it: check, copy, send."""

    def call(user_id: str, data: Data) -> None:
        check(data)
        send(user_id, data)

    def call_with_copy(user_id: str, data: Data) -> None:
        check(data)
        send(user_id, copy(data) if copy else data)

    def call_anew(user_id: str, data: Data) -> None:
        send(user_id, check(data))

    if peer in ("pydantic", "msgspec"):  # what they return is a copy
        return call_anew
    return call_with_copy if copy else call
