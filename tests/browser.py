"""A browser for the tests of pages: Debian's chromium, driven by Playwright.

A module of tests takes it with `from tests.browser import browser, page`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
_ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for a module: while it is open, the thread can run no other loop."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium: `apt-get install chromium` as root")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(_ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; at the end nothing has gone wrong in it."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: _note(message.type, message.text, troubles))
    yield page
    page.close()
    assert troubles == []


def _note(kind: str, text: str, troubles: list[str]) -> None:
    if kind in ("error", "warning"):  # a refusal by the policy is one
        troubles.append(text)


def barriers(page: Page) -> list[str]:
    """Return what axe finds serious or critical, each with the elements it is about."""
    return [
        f"{one['id']}: {node['html']}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def is_wider_than_window(page: Page) -> bool:
    """Tell whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
