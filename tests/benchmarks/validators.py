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
Amount = Annotated[float, pydantic.Field(ge=0), msgspec.Meta(ge=0)]
Count = Annotated[int, pydantic.Field(ge=1), msgspec.Meta(ge=1)]


class PlanChanged(TypedDict):
    fromPlan: Tier
    toPlan: Tier
    revenue: Amount


class InvoicePaid(TypedDict):
    """Formats as patterns: what pydantic has for them makes objects of texts."""

    invoiceId: Text
    currency: Literal["EUR", "USD", "GBP"]
    amount: Amount
    seats: Count
    isRenewal: bool
    email: Annotated[
        str,
        pydantic.Field(pattern=r"^[^@\s]+@[^@\s]+$"),
        msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$"),
    ]
    paidAt: Annotated[
        str,
        pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"),
        msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"),
    ]
    receipt: Annotated[
        str,
        pydantic.Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
        msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ]


class SearchDone(TypedDict):
    query: str
    hits: NotRequired[int]
    filter: NotRequired[str]
    page: NotRequired[Count]


class Address(TypedDict):
    street: Text
    city: Text
    country: Text


class AddressChanged(TypedDict):
    address: Address


class Line(TypedDict):
    sku: Text
    quantity: Count
    price: Amount


class OrderPlaced(TypedDict):
    orderId: Text
    items: list[Line]


TYPES: dict[str, Any] = {
    "Plan Changed": PlanChanged,
    "Invoice Paid": InvoicePaid,
    "Search Done": SearchDone,
    "Address Changed": AddressChanged,
    "Order Placed": OrderPlaced,
}
"""Without the conditional event, which types alone cannot say. Unknown properties pass."""


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
) -> Callable[..., None]:
    """Return a call as an application would write it: build, check, copy, send."""

    def call(user_id: str, **properties: object) -> None:
        check(properties)
        send(user_id, properties)

    def call_with_copy(user_id: str, **properties: object) -> None:
        check(properties)
        send(user_id, copy(properties) if copy else properties)

    def call_anew(user_id: str, **properties: object) -> None:
        send(user_id, check(properties))

    if peer in ("pydantic", "msgspec"):  # what they return is a copy
        return call_anew
    return call_with_copy if copy else call
