"""The chip of a desktop's link in a real browser: its words, what it opens, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from apps.accounts.models import User
from tests.e2e.accessibility import findings
from tests.e2e.editing_pages import file_with
from tests.e2e.link_pages import SetLink, waiting
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def desktop(signed_in_page: Callable[..., Page], lead: User, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page of a program that is a desktop."""
    page = signed_in_page(lead)
    monkeypatch.setitem(settings.DATABASE_ROLES, "default", "desktop")
    return page


def chip(page: Page) -> str:
    return page.locator("#sync-chip").inner_text()


def test_it_is_on_desktops_only(signed_in_page: Callable[..., Page], lead: User) -> None:
    page = signed_in_page(lead)
    page.goto("/tasks/")
    page.wait_for_selector("#task-end .empty")
    assert page.locator("#sync-chip").count() == 0


def test_an_own_save_shows_at_once_and_a_cut_line_changes_the_chip_only(desktop: Page, lead: User) -> None:
    link = SetLink(desktop)
    settings.DATABASE_ROLES["default"] = "server"
    file = file_with(lead, [("S1", "등불", "Lantern")])
    settings.DATABASE_ROLES["default"] = "desktop"
    desktop.goto(f"/files/{file.pk}/")
    desktop.wait_for_selector(".g-row.is-on[data-row]")
    until(lambda: "All sent" in chip(desktop))
    link.now = link.now | {"pending": 1, "state": "unreachable"}
    desktop.keyboard.press("Enter")
    desktop.keyboard.type("Lamp")
    desktop.keyboard.press("Control+s")
    until(lambda: chip(desktop) == "Saved on this PC · 1 to send", seconds=4)
    assert desktop.locator(".toast").count() == 0


def test_what_waits_is_listed_and_can_be_let_go(desktop: Page) -> None:
    link = SetLink(desktop, pending=3, quarantined=1, state="unreachable")
    link.waiting = [
        waiting(1, "Find the lamp.", quarantined=True, error="You may not change this row any more."),
        waiting(2, "Through the fog, a bell.", tries=4),
        waiting(3, "Make haste."),
    ]
    desktop.goto("/tasks/")
    until(lambda: chip(desktop) == "Saved on this PC · 2 to send")
    desktop.click("#sync-chip")
    desktop.wait_for_selector(".link-item")
    panel = desktop.locator(".link-panel")
    assert "2 edits are saved on this PC." in panel.inner_text()
    assert panel.locator(".sec").all_inner_texts() == ["Not accepted by the server", "To send"]
    assert "You may not change this row any more." in panel.inner_text()
    assert "4 tries" in panel.inner_text()
    assert panel.locator(".link-item").count() == 2
    panel.get_by_role("button", name="Show more").click()
    until(lambda: panel.locator(".link-item").count() == 3)
    assert findings(desktop) == []
    panel.locator(".link-item[data-row='1'] button").click()
    desktop.locator("dialog[open] .btn-danger").click()
    until(lambda: ("DELETE", "link/pending/1", None) in link.sent)
    until(lambda: "not change" not in panel.inner_text())
    desktop.keyboard.press("Escape")
    until(lambda: panel.count() == 0)


def test_going_offline_and_online_by_keyboard(desktop: Page) -> None:
    link = SetLink(desktop)
    desktop.goto("/tasks/")
    until(lambda: "All sent" in chip(desktop))
    desktop.locator("#sync-chip").focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_selector(".link-panel")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    until(lambda: ("POST", "link/sync", {}) in link.sent)
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    until(lambda: chip(desktop).startswith("Offline since"))
    assert link.now["mode"] == "offline"
    desktop.keyboard.press("Escape")
    assert desktop.evaluate("document.activeElement.id") == "sync-chip"
    desktop.keyboard.press("Control+k")
    desktop.keyboard.type("go online")
    desktop.keyboard.press("Enter")
    until(lambda: "All sent" in chip(desktop))


def test_an_expired_login_and_a_wrong_clock_say_so(desktop: Page) -> None:
    link = SetLink(desktop, state="login", pending=118)
    desktop.goto("/tasks/")
    until(lambda: chip(desktop) == "Log in to send 118")
    desktop.click("#sync-chip")
    desktop.click(".link-panel [data-act-name=login]")
    desktop.keyboard.type("seoyeon.han")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("a-lighthouse")
    desktop.keyboard.press("Enter")
    until(lambda: link.sent[-1][1] == "link/login")
    link.now = link.now | {"clock_offset": -240.0}
    until(lambda: chip(desktop) == "Clock is 4 min off")
    assert "4 min ahead of the server's" in desktop.locator(".link-panel").inner_text()
