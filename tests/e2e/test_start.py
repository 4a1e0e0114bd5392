"""The start screen of a desktop in a real browser: the server's state, logging in, starting without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.accessibility import findings
from tests.e2e.link_pages import ALONE, SetLink, own_file, prefer
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def at(page: Page) -> str:
    return page.evaluate("location.pathname")


def test_nobody_logged_in_and_no_server_yet(desktop_page: Page) -> None:
    own_file([("S1", "등불", "Lantern"), ("S2", "안개", "Fog")])
    link = SetLink(desktop_page, **ALONE)
    desktop_page.goto("/start/")
    desktop_page.wait_for_selector("#login-go:has-text('Choose a server…')")
    assert "No server yet" in desktop_page.locator("#server").inner_text()
    assert not desktop_page.locator("[name=username]").is_visible()
    until(lambda: "0 projects, 2 rows" in desktop_page.locator("#facts").inner_text())
    link.refusal = (400, "This address is not https.")
    desktop_page.click("#login-go")
    desktop_page.keyboard.type("http://loc.example")
    desktop_page.keyboard.press("Enter")
    until(lambda: "not https" in desktop_page.locator("dialog[open]").inner_text())
    link.refusal = None
    desktop_page.fill("dialog[open] input", "loc.example")
    desktop_page.keyboard.press("Enter")
    desktop_page.wait_for_selector("[name=username]:visible")
    assert link.sent[-1] == ("POST", "link/server", {"server_url": "https://loc.example"})
    assert "loc.example" in desktop_page.locator("#server-name").inner_text()


def test_logging_in_says_what_is_wrong_and_goes_on(desktop_page: Page) -> None:
    link = SetLink(desktop_page, state="login", user=None, pending=3)
    desktop_page.goto("/start/")
    desktop_page.wait_for_selector("#login-go:enabled")
    until(lambda: "3 edits, sent when you are online" in desktop_page.locator("#facts").inner_text())
    assert desktop_page.evaluate("document.activeElement.name") == "username"
    desktop_page.keyboard.press("Enter")
    assert "Type your user name" in desktop_page.locator("#login-problem").inner_text()
    link.refusal = (401, "This name and password do not match.")
    desktop_page.keyboard.type("seoyeon.han")
    desktop_page.keyboard.press("Tab")
    desktop_page.keyboard.type("wrong")
    desktop_page.keyboard.press("Enter")
    until(lambda: "do not match" in desktop_page.locator("#login-problem").inner_text())
    assert at(desktop_page) == "/start/"
    link.refusal = None
    desktop_page.wait_for_selector("#login-go:enabled")
    desktop_page.keyboard.type("right")
    desktop_page.keyboard.press("Enter")
    desktop_page.wait_for_selector("[role=treeitem]")
    assert ("POST", "link/login", {"username": "seoyeon.han", "password": "right"}) in link.sent


def test_starting_offline_stays_until_it_is_changed(desktop_page: Page) -> None:
    link = SetLink(desktop_page, state="login", user=None)
    link.probed = {"state": "unreachable", "milliseconds": None}
    desktop_page.goto("/start/")
    until(lambda: "Not reachable" in desktop_page.locator("#server-state").inner_text())
    assert desktop_page.locator("#login-go").is_disabled()
    desktop_page.keyboard.press("Alt+o")
    desktop_page.wait_for_selector("[role=treeitem]")
    assert link.now["mode"] == "offline"
    # The next start goes to the files at once, though the server answers again.
    desktop_page.goto("/start/")
    desktop_page.wait_for_selector("[role=treeitem]")
    # Back by hand, and online again without a restart.
    link.now = link.now | {"user": {"id": 4, "name": "Seo-yeon Han"}}
    desktop_page.goto("/start/?stay=1")
    desktop_page.wait_for_selector("#login-go:has-text('Go online as Seo-yeon Han')")
    desktop_page.keyboard.press("Enter")
    desktop_page.wait_for_selector("[role=treeitem]")
    assert link.now["mode"] == "auto"


def test_a_remembered_login_goes_on_with_the_server_or_without(desktop_page: Page) -> None:
    link = SetLink(desktop_page, state="connecting")
    desktop_page.goto("/start/")
    until(lambda: "being asked" in desktop_page.locator("#start-note").inner_text())
    link.now = link.now | {"state": "online"}
    desktop_page.wait_for_selector("[role=treeitem]")
    link.now = link.now | {"state": "unreachable"}
    desktop_page.goto("/start/")
    desktop_page.wait_for_selector("[role=treeitem]")
    assert link.sent == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_accessible(desktop_page: Page, theme: str) -> None:
    prefer(theme=theme)
    link = SetLink(desktop_page, state="login", user=None)
    desktop_page.goto("/start/")
    desktop_page.wait_for_selector("#login-go:enabled")
    assert findings(desktop_page) == []
    link.now = link.now | {"state": "certificate"}
    until(lambda: "certificate" in desktop_page.locator("#server-state").inner_text())
    assert findings(desktop_page) == []
