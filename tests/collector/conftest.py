"""A plan built by hand, and collectors on free ports with a client for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpx
import pytest
from starlette.applications import Starlette

from trackplan.collector import Server, create_app
from trackplan.model import Call, Definition, Event, Place, Plan, Schema, Traits

PLACE = Place("tracking_plan.yaml", 1, 1)
TIER: Schema = {"type": "string", "enum": ["free", "pro"]}
TIER_REF: Schema = {"$ref": "#/$defs/planTier"}


C = TypeVar("C", bound=Call)


def _call(kind: type[C], name: str, schema: Schema) -> C:
    return kind(
        name=name,
        function="",
        schema=schema,
        properties=(),
        open=False,
        description=None,
        owner=None,
        tags=(),
        when=None,
        deprecated=None,
        examples=(),
        place=PLACE,
    )


@pytest.fixture
def plan() -> Plan:
    """Two events and user traits; nothing about groups."""
    upgraded: Schema = {
        "type": "object",
        "properties": {"toPlan": TIER_REF, "revenue": {"type": "number", "minimum": 0}},
        "required": ["toPlan"],
        "additionalProperties": False,
    }
    user: Schema = {
        "type": "object",
        "properties": {"email": {"type": "string"}, "plan": TIER_REF},
        "additionalProperties": False,
    }
    return Plan(
        name="Acme",
        definitions=(Definition("planTier", "PlanTier", TIER, None, PLACE),),
        user=_call(Traits, "identify", user),
        group=None,
        events=(
            _call(Event, "Report Exported", {"type": "object"}),
            _call(Event, "Subscription Upgraded", upgraded),
        ),
    )


@pytest.fixture
def lenient() -> Iterator[httpx.Client]:
    """A client of a lenient collector without a plan."""
    with Server(create_app(None, strict=False, write_code=None)) as server:
        yield from _client(server)


@pytest.fixture
def strict() -> Iterator[httpx.Client]:
    """A client of a strict collector without a plan."""
    with Server(create_app(None, strict=True, write_code=None)) as server:
        yield from _client(server)


@pytest.fixture
def planned(plan: Plan) -> Iterator[httpx.Client]:
    """A client of a lenient collector that judges by the plan."""
    with Server(create_app(plan, strict=False, write_code=None)) as server:
        yield from _client(server)


def _client(server: Server) -> Iterator[httpx.Client]:
    auth = ("fake-write-code-0001", "")
    with httpx.Client(base_url=server.url, auth=auth, trust_env=False) as client:
        yield client


@contextmanager
def client_of(app: Starlette) -> Iterator[httpx.Client]:
    """A client of `app`, which listens on a port of its own meanwhile."""
    with Server(app) as server:
        yield from _client(server)


def track(
    event: str, user: str = "user-123", **properties: object
) -> dict[str, object]:
    """The body of a track call."""
    return {
        "type": "track",
        "userId": user,
        "source": "userlens-restapi",
        "event": event,
        "properties": properties,
    }


def identify(user: str = "user-123", **traits: object) -> dict[str, object]:
    """The body of an identify call."""
    return {
        "type": "identify",
        "userId": user,
        "source": "userlens-restapi",
        "traits": traits,
    }


def group(user: str = "user-123", **traits: object) -> dict[str, object]:
    """The body of a group call."""
    return {**identify(user, **traits), "type": "group", "groupId": "company-456"}
