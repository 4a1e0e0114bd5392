"""The chip of a desktop's link in a real browser: its words, what it opens, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from tests.e2e.accessibility import findings
from tests.e2e.link_pages import SetLink, own_file, waiting
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def chip(page: Page) -> str:
    return page.locator("#sync-chip").inner_text()


def test_it_is_on_desktops_only(signed_in_page: Callable[..., Page], lead: User) -> None:
    page = signed_in_page(lead)
    page.goto("/tasks/")
    page.wait_for_selector("#task-end .empty")
    assert page.locator("#sync-chip").count() == 0


def test_an_own_save_shows_at_once_and_a_cut_line_changes_the_chip_only(desktop_page: Page) -> None:
    link = SetLink(desktop_page)
    file = own_file([("S1", "등불", "Lantern")])
    desktop_page.goto(f"/files/{file.pk}/")
    desktop_page.wait_for_selector(".g-row.is-on[data-row]")
    until(lambda: "All sent" in chip(desktop_page))
    link.now = link.now | {"pending": 1, "state": "unreachable"}
    desktop_page.keyboard.press("Enter")
    desktop_page.keyboard.type("Lamp")
    desktop_page.keyboard.press("Control+s")
    until(lambda: chip(desktop_page) == "Saved on this PC · 1 to send", seconds=4)
    assert desktop_page.locator(".toast").count() == 0


def test_what_waits_is_listed_and_can_be_let_go(desktop_page: Page) -> None:
    link = SetLink(desktop_page, pending=2, quarantined=1, state="unreachable")
    link.waiting = [
        waiting(1, "Find the lamp.", quarantined=True, error="You may not change this row any more."),
        waiting(2, "Through the fog, a bell.", tries=4),
        waiting(3, "Make haste."),
    ]
    desktop_page.goto("/tasks/")
    until(lambda: chip(desktop_page) == "Saved on this PC · 2 to send")
    desktop_page.click("#sync-chip")
    desktop_page.wait_for_selector(".link-item")
    panel = desktop_page.locator(".link-panel")
    assert "2 edits are saved on this PC." in panel.inner_text()
    assert panel.locator(".sec").all_inner_texts() == ["Not accepted by the server", "To send"]
    assert "You may not change this row any more." in panel.inner_text()
    assert "4 tries" in panel.inner_text()
    assert panel.locator(".link-item").count() == 2
    panel.get_by_role("button", name="Show more").click()
    until(lambda: panel.locator(".link-item").count() == 3)
    assert findings(desktop_page) == []
    panel.locator(".link-item[data-row='1'] button").click()
    desktop_page.locator("dialog[open] .btn-danger").click()
    link.wait_for("DELETE", "link/pending/1")
    until(lambda: "not change" not in panel.inner_text())
    desktop_page.keyboard.press("Escape")
    until(lambda: panel.count() == 0)


def test_going_offline_and_online_by_keyboard(desktop_page: Page) -> None:
    link = SetLink(desktop_page)
    desktop_page.goto("/tasks/")
    until(lambda: "All sent" in chip(desktop_page))
    desktop_page.locator("#sync-chip").focus()
    desktop_page.keyboard.press("Enter")
    desktop_page.wait_for_selector(".link-panel")
    desktop_page.keyboard.press("Tab")
    desktop_page.keyboard.press("Enter")
    link.wait_for("POST", "link/sync", {})
    desktop_page.keyboard.press("Tab")
    desktop_page.keyboard.press("Enter")
    until(lambda: chip(desktop_page).startswith("Offline since"))
    assert link.now["mode"] == "offline"
    desktop_page.keyboard.press("Escape")
    assert desktop_page.evaluate("document.activeElement.id") == "sync-chip"
    desktop_page.keyboard.press("Control+k")
    desktop_page.keyboard.type("go online")
    desktop_page.keyboard.press("Enter")
    until(lambda: "All sent" in chip(desktop_page))


def test_what_is_heard_while_an_act_is_pressed_does_not_take_it_away(desktop_page: Page) -> None:
    link = SetLink(desktop_page, state="unreachable", pending=1)
    desktop_page.goto("/tasks/")
    until(lambda: chip(desktop_page) == "Saved on this PC · 1 to send")
    desktop_page.click("#sync-chip")
    desktop_page.hover(".link-panel [data-act-name=now]")
    desktop_page.mouse.down()
    link.now = link.now | {"user": link.now["user"] | {"name": "Ji-ho Yoon"}}
    desktop_page.evaluate("document.dispatchEvent(new CustomEvent('locanext:wrote', { detail: 'link/' }))")
    desktop_page.wait_for_selector(".link-panel .facts >> text=Ji-ho Yoon")
    desktop_page.mouse.up()
    link.wait_for("POST", "link/sync", {})
    assert link.sent.count(("POST", "link/sync", {})) == 1


def test_an_expired_login_and_a_wrong_clock_say_so(desktop_page: Page) -> None:
    link = SetLink(desktop_page, state="login", pending=118)
    desktop_page.goto("/tasks/")
    until(lambda: chip(desktop_page) == "Log in to send 118")
    desktop_page.click("#sync-chip")
    desktop_page.click(".link-panel [data-act-name=login]")
    desktop_page.keyboard.type("seoyeon.han")
    desktop_page.keyboard.press("Tab")
    desktop_page.keyboard.type("a-lighthouse")
    desktop_page.keyboard.press("Enter")
    link.wait_for("POST", "link/login", {"username": "seoyeon.han", "password": "a-lighthouse"})
    link.now = link.now | {"clock_offset": -240.0}
    until(lambda: chip(desktop_page) == "Clock is 4 min off")
    assert "4 min ahead of the server's" in desktop_page.locator(".link-panel").inner_text()
