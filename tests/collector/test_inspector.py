"""The inspector in a browser: what a person sees of what arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser import barriers, browser, is_wider_than_window, page
from tests.collector.conftest import group, identify, track
from trackplan.check import check_file
from trackplan.collector import Server, create_app

__all__ = ["browser", "page"]

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
ROWS = "#canvas [role=option]"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    plan = check_file(ROOT / "tracking_plan.yaml").plan
    app = create_app(plan, strict=False, write_code=None)
    with Server(app) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of the collector, which has just been emptied."""
    auth = ("fake-write-code-0001", "")
    with httpx.Client(base_url=server.url, auth=auth, trust_env=False) as client:
        client.post("/api/reset")
        yield client


def send(client: httpx.Client, *bodies: object) -> None:
    for body in bodies:
        client.post("/event", json=body)


def send_mixed(client: httpx.Client) -> None:
    """One of each verdict; the violation is number 2."""
    send(
        client,
        track("Signed Up", "user-1", method="google"),
        track("Signed Up", "user-2", method="fax", colour=HOSTILE),
        track("Checkout Started", "user-3"),
        identify("user-1", plan="pro"),
        group("user-1", employees=0),
        {"type": "track"},
    )
    client.post("/raw/event", json={"events": [{"event": "$ul_pageview"}]})


def visit(page: Page, client: httpx.Client, query: str = "") -> None:
    page.goto(f"{client.base_url}{query}")
    expect(page.locator("#connection")).to_have_text("live")


def numbers(page: Page) -> list[str]:
    return page.locator(ROWS).evaluate_all("rows => rows.map(row => row.dataset.id)")


def test_an_event_appears_within_a_second(page: Page, client: httpx.Client) -> None:
    visit(page, client)
    send(client, track("Signed Up", method="google"))
    expect(page.locator(ROWS)).to_contain_text("Signed Up", timeout=1000)


def test_new_events_are_announced(page: Page, client: httpx.Client) -> None:
    visit(page, client)
    send(client, track("Checkout Started"))
    expect(page.get_by_role("status")).to_have_text("1 event arrived, 1 not good")


def test_the_newest_is_on_top(page: Page, client: httpx.Client) -> None:
    send_mixed(client)
    visit(page, client)
    expect(page.locator(ROWS)).to_have_count(7)
    assert numbers(page) == ["7", "6", "5", "4", "3", "2", "1"]


def test_filters_stand_in_the_url_and_survive_a_reload(
    page: Page, client: httpx.Client
) -> None:
    send_mixed(client)
    visit(page, client)
    page.get_by_role("button", name="violation").click()
    page.get_by_label("Type").select_option("track")
    page.get_by_label("User").fill("user-2")
    page.get_by_label("Text in the body").fill("fax")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page).to_have_url(
        re.compile("verdict=violation&type=track&user=user-2&q=fax")
    )
    page.reload()
    expect(page.locator(ROWS)).to_have_count(1)
    assert page.get_by_label("Text in the body").input_value() == "fax"
    assert numbers(page) == ["2"]


def test_what_is_wrong_stands_at_the_property_with_its_line(
    page: Page, client: httpx.Client
) -> None:
    send_mixed(client)
    visit(page, client)
    page.locator(ROWS, has_text="violation").locator("text=Signed Up").click()
    wrong = page.locator(".part.bad", has_text="method")
    expect(wrong).to_contain_text('expected one of "password", "google", "sso"')
    expect(wrong).to_contain_text('got "fax"')
    expect(wrong).to_contain_text("tracking_plan.yaml:")


def test_a_test_and_a_command_can_be_copied(page: Page, client: httpx.Client) -> None:
    send_mixed(client)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, client, "?id=1")
    for button, text in (("a test", "track_signed_up("), ("curl", "| curl -sS")):
        page.get_by_role("button", name=f"Copy as {button}").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert text in page.evaluate("navigator.clipboard.readText()")
        expect(page.get_by_role("button", name="Copied")).to_be_hidden()


def test_markup_in_a_payload_is_only_text(page: Page, client: httpx.Client) -> None:
    send(client, track(HOSTILE, HOSTILE, **{HOSTILE: HOSTILE}))
    send(client, {"type": HOSTILE, "groupId": HOSTILE})
    visit(page, client)
    expect(page.locator(ROWS)).to_have_count(2)
    for row in (0, 1):
        page.locator(ROWS).nth(row).click()
        expect(page.locator("#detail h2")).to_contain_text("onerror")
    page.get_by_role("link", name="Coverage").click()
    expect(page.locator("#coverage")).to_contain_text("onerror")
    assert page.locator("img").count() == 0
    assert page.title() == "trackplan collector"


def test_a_payload_of_a_megabyte_does_no_harm(page: Page, client: httpx.Client) -> None:
    send(client, track("x" * 400_000, note=HOSTILE * 10_000))
    send(client, track("Signed Up", method="google"))
    visit(page, client, "?id=1")
    expect(page.get_by_role("button", name="Show all").first).to_be_attached()
    assert page.locator("#detail").evaluate("node => node.textContent.length") < 200_000
    page.keyboard.press("k")
    expect(page.locator("#detail h2")).to_have_text("Signed Up")


def test_of_ten_thousand_events_few_rows_are_in_the_page(page: Page) -> None:
    app = create_app(None, strict=False, write_code=None)
    with Server(app) as server:
        auth = ("fake-write-code-0001", "")
        with httpx.Client(base_url=server.url, auth=auth, trust_env=False) as client:
            send(client, track("Signed Up"))
            store = app.state.collected.store
            for _ in range(9_999):
                store.add(store.get(1))
            visit(page, client)
            expect(page.locator(ROWS).first).to_have_attribute("data-id", "10000")
            page.locator("#list").focus()
            for top in (0, 100_000, 200_000, 339_000):
                page.locator("#list").evaluate("(l, top) => { l.scrollTop = top }", top)
                shown = str(10_000 - top // 34)
                expect(page.locator(f"#row-{min(int(shown), 9_990)}")).to_be_attached()
                assert page.locator(ROWS).count() < 60
            page.keyboard.press("End")
            expect(page.locator("#row-1")).to_have_attribute("aria-selected", "true")


def test_a_pause_holds_back_what_arrives(page: Page, client: httpx.Client) -> None:
    visit(page, client)
    page.get_by_role("button", name="Pause").click()
    send(client, track("Signed Up", method="google"))
    expect(page.get_by_role("button", name="Resume (1)")).to_be_visible()
    expect(page.locator(ROWS)).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(ROWS)).to_have_count(1)


def test_clear_forgets_everything(page: Page, client: httpx.Client) -> None:
    send_mixed(client)
    visit(page, client)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing has arrived yet")).to_be_visible()
    assert client.get("/api/summary").json()["count"] == 0


def test_everything_can_be_reached_by_keyboard(
    page: Page, client: httpx.Client
) -> None:
    send_mixed(client)
    visit(page, client)
    expect(page.locator(ROWS)).to_have_count(7)
    for key, number in (("j", 7), ("j", 6), ("k", 7)):
        page.keyboard.press(key)
        selected = page.locator("[aria-selected=true]")
        expect(selected).to_have_attribute("data-id", str(number))
    page.locator("#list").focus()
    page.keyboard.press("End")
    expect(page.locator("#detail h2")).to_have_text("Signed Up")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Text in the body")).to_be_focused()
    page.keyboard.type("fax")
    expect(page.locator(ROWS)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator("#coverage")).to_contain_text("of 15 events seen")


def test_the_page_goes_on_when_the_collector_comes_back(page: Page) -> None:
    app = create_app(None, strict=False, write_code=None)
    with Server(app) as server:
        port = httpx.URL(server.url).port or 0
        page.goto(server.url)
        expect(page.locator("#connection")).to_have_text("live")
    other = create_app(None, strict=False, write_code=None)
    with Server(other, port) as server:
        auth = ("fake-write-code-0001", "")
        httpx.post(f"{server.url}/event", json=track("Back"), auth=auth)
        expect(page.locator(ROWS)).to_contain_text("Back", timeout=15_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_has_no_barriers(
    page: Page, client: httpx.Client, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, client)
    assert barriers(page) == []
    send_mixed(client)
    page.goto(f"{client.base_url}?id=2")
    expect(page.locator(".part.bad").first).to_be_visible()
    assert barriers(page) == []
    assert not is_wider_than_window(page)
    page.goto(f"{client.base_url}?view=coverage")
    expect(page.locator("#coverage table").first).to_be_visible()
    assert barriers(page) == []
    assert not is_wider_than_window(page)
