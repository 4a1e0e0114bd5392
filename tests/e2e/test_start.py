"""The start screen of a desktop in a real browser: the server's state, logging in, starting without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from apps.accounts.models import User
from tests.e2e.accessibility import findings
from tests.e2e.editing_pages import file_with
from tests.e2e.link_pages import ALONE, SetLink
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def desktop(signed_in_page: Callable[..., Page], lead: User, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page of a program that is a desktop."""
    page = signed_in_page(lead)
    file_with(lead, [("S1", "등불", "Lantern"), ("S2", "안개", "Fog")])
    monkeypatch.setitem(settings.DATABASE_ROLES, "default", "desktop")
    return page


def at(page: Page) -> str:
    return page.evaluate("location.pathname")


def test_nobody_logged_in_and_no_server_yet(desktop: Page) -> None:
    link = SetLink(desktop, **ALONE)
    desktop.goto("/start/")
    desktop.wait_for_selector("#server-other:visible")
    assert "No server yet" in desktop.locator("#server").inner_text()
    assert desktop.locator("#login-go").is_disabled()
    assert "1 project, 2 rows" in desktop.locator("#facts").inner_text()
    link.refusal = (400, "This address is not https.")
    desktop.click("#server-other")
    desktop.keyboard.type("http://loc.example")
    desktop.keyboard.press("Enter")
    until(lambda: "not https" in desktop.locator("dialog[open]").inner_text())
    link.refusal = None
    desktop.fill("dialog[open] input", "loc.example")
    desktop.keyboard.press("Enter")
    desktop.wait_for_selector("#login-go:enabled")
    assert link.sent[-1] == ("POST", "link/server", {"server_url": "https://loc.example"})
    assert "loc.example" in desktop.locator("#server-name").inner_text()


def test_logging_in_says_what_is_wrong_and_goes_on(desktop: Page) -> None:
    link = SetLink(desktop, state="login", user=None, pending=3)
    desktop.goto("/start/")
    desktop.wait_for_selector("#login-go:enabled")
    assert "3 edits, sent when you are online" in desktop.locator("#facts").inner_text()
    assert desktop.evaluate("document.activeElement.name") == "username"
    desktop.keyboard.press("Enter")
    assert "Type your user name" in desktop.locator("#login-problem").inner_text()
    link.refusal = (401, "This name and password do not match.")
    desktop.keyboard.type("seoyeon.han")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("wrong")
    desktop.keyboard.press("Enter")
    until(lambda: "do not match" in desktop.locator("#login-problem").inner_text())
    assert at(desktop) == "/start/"
    link.refusal = None
    desktop.wait_for_selector("#login-go:enabled")
    desktop.keyboard.type("right")
    desktop.keyboard.press("Enter")
    desktop.wait_for_selector("[role=treeitem]")
    assert ("POST", "link/login", {"username": "seoyeon.han", "password": "right"}) in link.sent


def test_starting_offline_stays_until_it_is_changed(desktop: Page) -> None:
    link = SetLink(desktop, state="unreachable", user=None)
    desktop.goto("/start/")
    until(lambda: "Not reachable" in desktop.locator("#server-state").inner_text())
    assert desktop.locator("#login-go").is_disabled()
    desktop.keyboard.press("Alt+o")
    desktop.wait_for_selector("[role=treeitem]")
    assert link.now["mode"] == "offline"
    # The next start goes to the files at once, though the server answers again.
    desktop.goto("/start/")
    desktop.wait_for_selector("[role=treeitem]")
    # Back by hand, and online again without a restart.
    link.now = link.now | {"user": {"id": 4, "name": "Seo-yeon Han"}}
    desktop.goto("/start/?stay=1")
    desktop.wait_for_selector("#login-go:has-text('Go online as Seo-yeon Han')")
    desktop.keyboard.press("Enter")
    desktop.wait_for_selector("[role=treeitem]")
    assert link.now["mode"] == "auto"


def test_a_remembered_login_goes_on_with_the_server_or_without(desktop: Page) -> None:
    link = SetLink(desktop, state="connecting")
    desktop.goto("/start/")
    until(lambda: "being asked" in desktop.locator("#start-note").inner_text())
    link.now = link.now | {"state": "online"}
    desktop.wait_for_selector("[role=treeitem]")
    link.now = link.now | {"state": "unreachable"}
    desktop.goto("/start/")
    desktop.wait_for_selector("[role=treeitem]")
    assert link.sent == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_accessible(desktop: Page, lead: User, theme: str) -> None:
    User.objects.filter(pk=lead.pk).update(preferences={"theme": theme})
    link = SetLink(desktop, state="login", user=None)
    desktop.goto("/start/")
    desktop.wait_for_selector("#login-go:enabled")
    assert findings(desktop) == []
    link.now = link.now | {"state": "certificate"}
    until(lambda: "certificate" in desktop.locator("#server-state").inner_text())
    assert findings(desktop) == []
