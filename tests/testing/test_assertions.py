"""What can be asserted of the calls of a test, and what a failure says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial, wraps
from types import ModuleType
from typing import Any
from unittest.mock import ANY

import pytest

from trackplan.runtime import UNSET, forward_sdk_events
from trackplan.testing import Tracked, capture

PLAN = """
trackplan: 1
traits:
  user: {properties: {nickName: {type: string}}}
  group: {properties: {seatCount: {type: integer}}}
events:
  Basket Filled:
    properties:
      itemCount: {type: integer}
      total: {type: number}
      isGift: {type: boolean}
      filledAt: {type: string, format: date-time}
      times: {type: integer}
      URL: {type: string, python_name: link}
      event: {type: string}
      self: {type: string}
      lines: {type: array, items: {type: object, properties: {sku: {type: string}, count: {type: integer}}}}
  Basket Emptied:
    properties: {reason: {type: string}}
  Basket Noted:
    additionalProperties: {type: string}
  Basket Marked:
    patternProperties: {"^mark_": {type: string}}
"""


@pytest.fixture(scope="module")
def plan(generate: Callable[[str], ModuleType]) -> Any:
    return generate(PLAN)


@pytest.fixture
def sent(plan: Any) -> Iterator[Tracked]:
    """Three calls of two users."""
    with capture() as sent:
        plan.identify_user("ann", nick_name="Annie")
        plan.track_basket_filled("ann", item_count=2, total=9.5, is_gift=True)
        plan.track_basket_filled("bob", item_count=3, total=9.5)
        yield sent


def message(assertion: Callable[[], None]) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion()
    return str(caught.value)


# --- What passes ------------------------------------------------------------------


def test_an_event_is_named_or_its_function_given(plan: Any, sent: Tracked) -> None:
    sent.assert_called("Basket Filled")
    sent.assert_called(plan.track_basket_filled)


def test_a_name_may_stand_in_several_packages(
    plan: Any, generate: Callable[[str], ModuleType]
) -> None:
    other = "trackplan: 1\nevents:\n  Basket Filled: {properties: {nItems: true}}\n"
    package: Any = generate(other)
    with capture() as sent:
        plan.track_basket_filled("ann", item_count=2, total=9.5)
        package.track_basket_filled("ann", n_items=2)
    sent.assert_called("Basket Filled", item_count=2)
    sent.assert_called("Basket Filled", n_items=2)


def test_a_function_may_be_wrapped(plan: Any, sent: Tracked) -> None:
    @wraps(plan.track_basket_filled)
    def wrapper() -> None: ...

    sent.assert_called(wrapper)


def test_what_is_left_out_may_be_anything(sent: Tracked) -> None:
    sent.assert_called("Basket Filled", total=9.5)


def test_a_property_may_have_the_name_of_a_parameter(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_filled("ann", event="x", self="y")
        sent.assert_called("Basket Filled", event="x", self="y")


@pytest.mark.parametrize("name", ["item_count", "itemCount"])
def test_a_property_has_its_name_in_python_or_on_the_wire(
    sent: Tracked, name: str
) -> None:
    sent.assert_called("Basket Filled", **{name: 3})


def test_a_property_may_have_a_python_name_of_its_own(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_filled("ann", link="/baskets/1")
    sent.assert_called("Basket Filled", link="/baskets/1")


def test_a_property_named_as_an_argument_is_given_apart(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_filled("ann", times=3)
    sent.assert_called("Basket Filled", times=1, additional_properties={"times": 3})


def test_an_open_event_has_properties_that_no_plan_names(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_noted("ann", additional_properties={"colour": "red"})
    sent.assert_called("Basket Noted", colour="red")


def test_properties_that_a_pattern_names_are_known(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_marked("ann", additional_properties={"mark_1": "red"})
    sent.assert_called("Basket Marked", mark_1="red")
    with pytest.raises(AssertionError, match="has no property `mrak_1`"):
        sent.assert_not_called("Basket Marked", mrak_1="red")


def test_user_and_group_are_positional_as_in_the_call(plan: Any) -> None:
    with capture() as sent:
        plan.group_user("ann", "acme", seat_count=3)
    sent.assert_called(plan.group_user, "ann", "acme", seat_count=3)
    sent.assert_called("group", group_id="acme")


@pytest.mark.parametrize("total", [9.5, Decimal("9.5"), pytest.approx(9.4999999), ANY])
def test_a_value_is_what_the_function_takes_or_compares_equal(
    sent: Tracked, total: object
) -> None:
    sent.assert_called("Basket Filled", total=total)


def test_a_moment_is_compared_as_it_is_sent(plan: Any) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    with capture() as sent:
        plan.track_basket_filled("ann", filled_at=moment)
    sent.assert_called("Basket Filled", filled_at=moment)
    sent.assert_called("Basket Filled", filled_at="2026-01-02T00:00:00Z")


def test_matchers_may_stand_inside_a_value(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_filled("ann", lines=[{"sku": "a", "count": 2}])
    sent.assert_called("Basket Filled", lines=({"sku": ANY, "count": 2},))


def test_unset_wants_a_property_not_to_be_sent(sent: Tracked) -> None:
    sent.assert_called("Basket Filled", "bob", is_gift=UNSET)


def test_order_may_skip_calls(plan: Any, sent: Tracked) -> None:
    sent.assert_order(plan.identify_user, "Basket Filled")


def test_a_view_has_the_calls_of_one_user(sent: Tracked) -> None:
    assert [body["userId"] for body in sent.of("bob")] == ["bob"]


def test_forwarded_events_can_be_asserted_too(plan: Any) -> None:
    event = {"event": "$ul_pageview", "properties": {"$ul_url": "/pricing"}}
    with capture() as sent:
        forward_sdk_events([event], user_id="ann")
    sent.assert_called("$ul_pageview", "ann", additional_properties={"$ul_url": ANY})
    sent.assert_not_called("$ul_click")


# --- What a failure says ----------------------------------------------------------


def test_the_nearest_call_comes_first_with_what_differs(sent: Tracked) -> None:
    wanted = partial(
        sent.assert_called, "Basket Filled", "bob", item_count=4, is_gift=True
    )
    assert message(wanted) == (
        '`Basket Filled` was not sent with userId="bob", itemCount=4, isGift=true.\n'
        "  2. Basket Filled of ann: itemCount=2, total=9.5, isGift=true\n"
        '       userId: wanted "bob", sent "ann"\n'
        "       itemCount: wanted 4, sent 2\n"
        "  3. Basket Filled of bob: itemCount=3, total=9.5\n"
        "       itemCount: wanted 4, sent 3\n"
        "       isGift: wanted true, sent nothing\n"
        "Sent besides:\n"
        '  1. identify of ann: nickName="Annie"'
    )


def test_the_call_that_differs_least_is_the_nearest(sent: Tracked) -> None:
    lines = message(partial(sent.assert_called, "Basket Filled", "bob", total=1))
    assert lines.splitlines()[1].startswith("  3. Basket Filled of bob")


def test_what_differs_inside_a_value_is_named_by_its_path(plan: Any) -> None:
    with capture() as sent:
        plan.track_basket_filled("ann", lines=[{"sku": "a", "count": 2}])
    wanted = [{"sku": "a", "count": 3}]
    said = message(partial(sent.assert_called, "Basket Filled", lines=wanted))
    assert "\n       lines[0].count: wanted 3, sent 2\n" in f"{said}\n"


def test_true_is_not_1(sent: Tracked) -> None:
    said = message(partial(sent.assert_called, "Basket Filled", "ann", is_gift=1))
    assert "isGift: wanted 1, sent true" in said


def test_a_count_that_differs_is_told(sent: Tracked) -> None:
    said = message(partial(sent.assert_called, "Basket Filled", times=1))
    assert said.startswith("`Basket Filled` was sent twice, not once.\n  2. ")


def test_a_call_that_should_not_be_is_shown(sent: Tracked) -> None:
    said = message(partial(sent.assert_not_called, "Basket Filled", "bob"))
    assert said.startswith(
        '`Basket Filled` was sent once with userId="bob", and should not be.\n'
        "  3. Basket Filled of bob"
    )


@pytest.mark.parametrize(
    "assertion", ["assert_called", "assert_not_called", "assert_order"]
)
def test_a_misspelt_event_fails_with_a_guess(sent: Tracked, assertion: str) -> None:
    said = message(partial(getattr(sent, assertion), "Basket Emptid"))
    assert said == (
        "`Basket Emptid` is no event of the plan; did you mean `Basket Emptied`?"
    )


@pytest.mark.parametrize("assertion", ["assert_called", "assert_not_called"])
def test_a_misspelt_property_fails_with_a_guess(sent: Tracked, assertion: str) -> None:
    said = message(partial(getattr(sent, assertion), "Basket Filled", item_cont=2))
    assert said == (
        "`Basket Filled` has no property `item_cont`; did you mean `item_count`?"
    )


def test_a_wrong_order_names_the_call_that_is_missing(sent: Tracked) -> None:
    said = message(partial(sent.assert_order, "Basket Filled", "identify"))
    assert said.startswith(
        "`identify` was not sent after `Basket Filled`.\n"
        "  Wanted in this order: Basket Filled, identify.\n"
        "Sent:\n  1. identify of ann"
    )


def test_a_view_says_whose_calls_it_has(sent: Tracked) -> None:
    said = message(partial(sent.of("eve").assert_called, "Basket Filled"))
    assert said == "`Basket Filled` was not sent for eve.\nNothing was sent for eve."


def test_many_calls_are_counted_and_long_ones_cut(plan: Any) -> None:
    with capture() as sent:
        for _ in range(25):
            plan.track_basket_emptied("ann", reason="x" * 1000)
    said = message(partial(sent.assert_called, "Basket Filled"))
    assert said.endswith("\n  and 5 more")
    assert max(map(len, said.splitlines())) < 220


def test_what_is_no_event_is_a_mistake(sent: Tracked) -> None:
    with pytest.raises(TypeError, match="neither a name nor a generated function"):
        sent.assert_called(message)


# --- Threads ----------------------------------------------------------------------


def test_a_thread_that_still_runs_is_named(plan: Any) -> None:
    go_on = threading.Event()

    def work() -> None:
        go_on.wait()
        plan.track_basket_filled("ann")

    with capture() as sent:
        thread = threading.Thread(target=work, name="filler")
        thread.start()
        said = message(partial(sent.assert_called, "Basket Filled"))
        go_on.set()
        thread.join()
        sent.assert_called("Basket Filled")
    assert said == (
        "`Basket Filled` was not sent.\n"
        "Nothing was sent.\n"
        "Still running: filler. What they send later is not here: join them, or wait "
        "for what they do, before you assert."
    )
