"""What was renamed is told from what came and went, and by what."""

from __future__ import annotations

from tests.diff.plans import EVENT, changes, summary

SEATS = EVENT + "      seatCount: {type: integer}\n"


def test_an_event_that_keeps_its_python_name_is_safe_to_call() -> None:
    before = "events:\n  Seats Added: {properties: {a: {}}}\n"
    after = "events:\n  More Seats: {python_name: seats_added, properties: {a: {}}}\n"
    (change,) = changes(before, after)
    assert summary([change]) == [("event-renamed", "safe", "breaks")]
    assert "`python_name` track_seats_added was kept" in change.message


def test_an_event_that_said_what_replaces_it_is_renamed() -> None:
    before = "events:\n  Signup: {deprecated: {replaced_by: Account Created}}\n"
    (change,) = changes(before, "events:\n  Account Created: {}\n")
    assert summary([change]) == [("event-renamed", "breaks", "breaks")]
    assert "as `replaced_by` said" in change.message


def test_an_event_of_a_like_name_is_renamed_and_the_message_says_so() -> None:
    found = changes("events:\n  Seats Added: {}\n", "events:\n  Seat Added: {}\n")
    assert summary(found) == [("event-renamed", "breaks", "breaks")]
    assert "judged by likeness" in found[0].message


def test_an_event_of_another_name_came_and_the_old_one_went() -> None:
    found = changes("events:\n  Seats Added: {}\n", "events:\n  Invoice Paid: {}\n")
    assert [one.rule.name for one in found] == ["event-removed", "event-added"]


def test_what_replaces_a_removed_event_is_named_where_it_was_there_before() -> None:
    stays = "  Account Created: {}\n"
    before = (
        f"events:\n  Joined: {{deprecated: {{replaced_by: Account Created}}}}\n{stays}"
    )
    (change,) = changes(before, f"events:\n{stays}")
    assert (
        change.message
        == "event `Joined` was removed, and `Account Created` replaces it"
    )


def test_what_else_changed_in_a_renamed_event_is_named_too() -> None:
    before = "events:\n  Seats Added: {properties: {a: {type: integer}}}\n"
    found = changes(
        before, before.replace("Seats", "Seat").replace("integer", "number")
    )
    assert [one.rule.name for one in found] == ["event-renamed", "type-widened"]


def test_a_property_that_keeps_its_python_name_is_safe_to_pass() -> None:
    found = changes(SEATS, SEATS.replace("seatCount", "seat_count"))
    assert summary(found) == [("property-renamed", "safe", "breaks")]


def test_a_property_that_said_what_replaces_it_is_renamed() -> None:
    before = EVENT + "      n: {type: integer, deprecated: {replaced_by: seatCount}}\n"
    (change,) = changes(before, SEATS)
    assert summary([change]) == [("property-renamed", "breaks", "breaks")]


def test_a_required_property_that_is_renamed_is_named_once() -> None:
    before = SEATS + "    required: [seatCount]\n"
    found = changes(before, before.replace("seatCount", "seatsCount"))
    assert summary(found) == [("property-renamed", "breaks", "breaks")]


def test_a_property_of_another_name_and_type_came_and_the_old_one_went() -> None:
    found = changes(SEATS, EVENT + "      plan: {type: string}\n")
    assert [one.rule.name for one in found] == ["property-removed", "property-added"]


def test_a_nested_property_is_renamed_by_likeness() -> None:
    before = (
        EVENT + "      price: {type: object, properties: {amount: {type: number}}}\n"
    )
    (change,) = changes(before, before.replace("amount", "amounts"))
    assert change.rule.name == "property-renamed"
    assert change.message.startswith("property `price.amount` was renamed `amounts`")


def test_the_parameter_alone_may_be_renamed() -> None:
    after = SEATS.replace("{type: integer}", "{type: integer, python_name: seats}")
    assert summary(changes(SEATS, after)) == [("parameter-renamed", "breaks", "safe")]
