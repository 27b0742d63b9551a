"""The catalog's page, opened from a file in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import barriers, browser, is_wider_than_window, page
from tests.check.test_scale import plan_of
from trackplan.catalog import render
from trackplan.check import check_text

__all__ = ["browser", "page"]

OWN = (Path(__file__).parents[2] / "tracking_plan.yaml").read_text("utf-8")
WORD = "Unbreakable" * 30
HOSTILE = f"""\
trackplan: 1
name: "<script>document.title = 'owned'</script> \\u202e"
description: "</style><img src=x onerror=alert(1)> {WORD}"
$defs:
  "</script><script>alert(1)</script>": {{enum: ["</script>", "\\u202e", "{WORD}"]}}
events:
  "<img src=x onerror=alert(1)>":
    description: "\\" onmouseover=alert(1) x=\\" {{{{7*7}}}} {WORD}"
    owner: "\\"><script>alert(1)</script>"
    tags: ["a&b=c#d?e", "{WORD}"]
    when: "\\u202e{WORD}"
    properties:
      "</code><img src=x onerror=alert(1)>": {{python_name: one, type: string}}
      {WORD}: {{type: string, pattern: "^{WORD}$", deprecated: {{reason: "{WORD}"}}}}
      nested: {{type: object, properties: {{a: {{type: object, properties: {{{WORD}x: {{const: "{WORD}"}}}}}}}}}}
    examples: [{{"</code><img src=x onerror=alert(1)>": "</script><script>alert(1)</script>"}}]
  {WORD}: {{deprecated: {{replaced_by: "<img src=x onerror=alert(1)>"}}}}
"""


@cache
def rendered(text: str) -> str:
    plan = check_text(text, "plan.yaml").plan
    assert plan is not None
    return render(plan, "plan.yaml", "html")


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Callable[..., str]:
    """Open the catalog of a plan, and return its address."""

    def opened(text: str, query: str = "") -> str:
        (tmp_path / "plan.html").write_text(rendered(text), "utf-8")
        url = (tmp_path / "plan.html").as_uri()
        page.goto(url + query)
        return url

    return opened


def titles(page: Page) -> list[str]:
    """Return the titles of the events that are shown."""
    return page.locator(
        "section[aria-labelledby=events] article:visible h3"
    ).all_inner_texts()


def search(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_typing_leaves_the_events_that_have_all_words(opened, page) -> None:
    opened(OWN)
    search(page)
    page.keyboard.type("PLAN enterprise upgraded")
    assert titles(page) == ["Plan Upgraded", "Subscription Upgraded"]
    assert page.get_by_role("status").inner_text() == "2 of 15 events"


def test_properties_and_functions_are_searched(opened, page) -> None:
    opened(OWN, "?q=webhookUrl")
    assert titles(page) == ["Integration Connected"]
    page.get_by_role("searchbox").fill("track_signed_up")
    assert titles(page) == ["Signed Up"]


def test_what_nothing_fits_says_so_and_can_be_cleared(opened, page) -> None:
    opened(OWN, "?q=zzz")
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    assert len(titles(page)) == 15
    assert page.get_by_role("status").inner_text() == "15 of 15 events"


@pytest.mark.parametrize(
    ("label", "value", "count"),
    [("Owner", "billing", 6), ("Tag", "security", 1), ("Status", "deprecated", 1)],
)
def test_a_filter_leaves_what_fits_it(opened, page, label, value, count) -> None:
    opened(OWN)
    page.get_by_label(label).select_option(value)
    assert page.get_by_role("status").inner_text() == f"{count} of 15 events"


def test_search_and_filters_survive_a_reload(opened, page) -> None:
    opened(OWN)
    page.get_by_label("Owner").select_option("billing")
    page.get_by_role("searchbox").fill("upgraded")
    shown = titles(page)
    page.reload()
    assert titles(page) == shown == ["Plan Upgraded", "Subscription Upgraded"]
    assert page.get_by_label("Owner").input_value() == "billing"


def test_a_tag_is_a_filter(opened, page) -> None:
    opened(OWN)
    page.locator("a.tag", has_text="churn").first.click()
    assert titles(page) == ["Payment Failed", "Subscription Cancelled"]
    expect(page).to_have_url(re.compile(r"\?tag=churn$"))


def test_a_deep_link_shows_its_event(opened, page) -> None:
    opened(OWN, "#event-signed-up")
    expect(page.get_by_role("heading", name="Signed Up")).to_be_in_viewport()


def test_a_link_leads_to_what_the_filters_hide(opened, page) -> None:
    opened(OWN, "?status=deprecated")
    assert titles(page) == ["Plan Upgraded"]
    page.locator(".note a", has_text="Subscription Upgraded").click()
    expect(
        page.get_by_role("heading", name="Subscription Upgraded")
    ).to_be_in_viewport()
    assert len(titles(page)) == 15


def test_an_event_of_any_script_has_a_deep_link(opened, page) -> None:
    opened(
        "trackplan: 1\nevents: {Événement Übergröße: {}}",
        "?q=zzz#event-événement-übergröße",
    )
    assert titles(page) == ["Événement Übergröße"]


@pytest.mark.parametrize("query", ["?q=%&owner=nobody#%", "?tag=__proto__#nowhere"])
def test_an_address_that_makes_no_sense_does_no_harm(opened, page, query) -> None:
    opened(OWN, query)
    expect(page.get_by_role("status")).to_contain_text("of 15 events")


def test_the_first_hit_is_reached_with_enter(opened, page) -> None:
    url = opened(OWN)
    search(page)
    page.keyboard.type("churn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}?q=churn#event-payment-failed")


def test_every_control_is_reached_with_the_tab_key(opened, page) -> None:
    opened(OWN, "?q=plan")
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.name || document.activeElement.textContent"
            )
        )
    assert reached == [
        "Skip to the events",
        "q",
        "owner",
        "tag",
        "status",
        "Clear",
        "Contents",
    ]


def test_no_text_of_a_plan_does_anything(opened, page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    opened(HOSTILE)
    page.get_by_role("searchbox").fill("<img")
    page.mouse.move(600, 300)
    assert dialogs == []
    assert page.locator("img, svg, iframe, object, script").count() == 1
    assert page.title().startswith("<script>document.title = 'owned'</script>")


def test_a_script_that_got_in_would_not_run(opened, page, browser: Browser) -> None:
    other = browser.new_page()  # where a refusal is what is expected
    other.goto(opened(OWN))
    refused = other.evaluate(
        """() => new Promise(resolve => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'owned'";
          document.addEventListener("securitypolicyviolation", e => resolve(e.effectiveDirective));
          document.body.append(script);
          if (document.title === "owned") resolve("it ran");
        })"""
    )
    assert refused == "script-src-elem"
    assert other.title() == "Acme tracking plan"
    other.close()


@pytest.mark.parametrize("text", [OWN, HOSTILE], ids=["own", "hostile"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_never_scrolls_sideways(opened, page, text, width) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    opened(text)
    page.evaluate(
        "document.querySelectorAll('article, details').forEach("
        "one => { one.open = true; one.style.contentVisibility = 'visible'; })"
    )
    assert not is_wider_than_window(page)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_barrier(opened, page, scheme, width) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    opened(OWN)
    assert barriers(page) == []


def test_paper_shows_every_event_and_no_control(opened, page) -> None:
    opened(OWN)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.get_by_role("searchbox").is_visible()
    colors = page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.body).color]"
    )
    assert colors == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


@pytest.mark.parametrize(
    "text",
    [
        "trackplan: 1\n",
        "trackplan: 1\ntraits: {user: {}}\n",
        "trackplan: 1\nevents: {A: {}}\n",
    ],
    ids=["empty", "traits", "undescribed"],
)
def test_a_plan_that_says_little_has_a_page_too(opened, page, text) -> None:
    opened(text)
    assert page.get_by_role("status").inner_text() in ("0 of 0 events", "1 of 1 event")
    assert barriers(page) == []


def test_a_plan_of_970_events_is_searched_in_less_than_5_mb(
    opened, page, tmp_path
) -> None:
    opened(plan_of(970))
    assert (tmp_path / "plan.html").stat().st_size < 5_000_000
    page.get_by_role("searchbox").fill("Number 96")
    assert page.get_by_role("status").inner_text() == "19 of 970 events"
    page.get_by_role("button", name="Clear").click()
    assert page.get_by_role("status").inner_text() == "970 of 970 events"
    expect(page.locator("#events ~ article:not([hidden])")).to_have_count(970)


def test_without_scripts_everything_can_be_read(
    opened, browser: Browser, page: Page
) -> None:
    url = opened(OWN)
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(url)
    assert plain.locator("article:visible").count() == page.locator("article").count()
    assert not plain.get_by_role("searchbox").is_visible()
    context.close()
