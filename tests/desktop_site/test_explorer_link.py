"""The explorer of a linked desktop: what only the server has, bringing it here, and giving what is here to the server.

The answers of the link are put in here; the desktop, its pages and its own data are the real ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.desktop_site.site import DesktopSite, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
LINK = {
    "server_url": "https://l10n.example", "mode": "auto", "state": "online", "pending": 0, "sending": 0,
    "quarantined": 0, "conflicts": 0, "last_sync": None, "last_contact": None, "clock_offset": 0, "stuck": False,
    "user": {"id": 7, "name": "Yoon"},
}  # fmt: skip


def node(kind: str, pk: int, name: str) -> dict[str, Any]:
    """A node of the server that is not here."""
    return {"kind": kind, "id": pk, "name": name, "changed_at": "2026-11-20T10:00:00Z", "here": False}


BELOW = {
    "": [node("platform", 501, "Console")],
    "platform:501": [node("project", 502, "Ashen Passage EN")],
    "project:502": [node("folder", 503, "quest"), node("file", 504, "boss.xml")],
    "folder:503": [],
}


class Server:
    """What the link would answer, and what was asked of it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Any]] = []

    def heard(self, window: Page) -> list[tuple[str, str, Any]]:
        """What was sent; routes are answered only while the page is asked something."""
        window.wait_for_timeout(10)
        return self.sent

    def answer(self, route: Route) -> None:
        request = route.request
        address = urlsplit(request.url)
        path, asked = address.path.removeprefix("/api/v1/"), parse_qs(address.query)
        if request.method != "GET":
            self.sent.append((request.method, path, json.loads(request.post_data or "{}")))
            route.fulfill(status=202, json={"task": None})
        elif path == "link":
            route.fulfill(json=LINK)
        elif path == "link/files":
            ids = [int(pk) for pk in asked["ids"][0].split(",")]
            route.fulfill(json=[{"file_id": pk, "state": "current", "whole": True, "subscribed": True} for pk in ids])
        elif path == "link/tree":
            route.fulfill(json={"items": BELOW[asked.get("parent", [""])[0]], "next": None})
        else:
            route.fallback()


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSite]:
    """A desktop with a folder of its own."""
    site = DesktopSite(tmp_path_factory.mktemp("desktop"))
    site.call("GET", "tree")
    site.call("POST", "folders", {"project_id": -1, "parent_id": None, "name": "Drafts"})
    yield site
    site.stop()


@pytest.fixture
def server() -> Server:
    """The server behind the link."""
    return Server()


@pytest.fixture
def window(browser: Browser, desktop: DesktopSite, server: Server) -> Iterator[Page]:
    """The desktop's window with the answers of the link."""
    context = browser.new_context(base_url=desktop.address, viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(20_000)
    context.add_cookies([desktop.cookie()])  # type: ignore[list-item]
    page = context.new_page()
    page.route(re.compile(r"/api/v1/link"), server.answer)
    yield page
    context.close()


def test_what_only_the_server_has_is_seen_and_fetched(window: Page, server: Server) -> None:
    listed = window.locator("#list-host")
    window.goto("/")
    listed.get_by_text("Console").first.wait_for()
    listed.get_by_text("On the server").first.wait_for()
    listed.get_by_text("Console").first.dblclick()
    listed.get_by_text("Ashen Passage EN").first.dblclick()
    listed.get_by_text("boss.xml").first.click(button="right")
    window.get_by_role("menuitem", name="This PC").hover()
    window.keyboard.press("ArrowRight")
    window.get_by_role("menuitem", name="Download to this PC").click()
    until(lambda: ("POST", "link/mirror", {"kind": "file", "id": 504}) in server.heard(window))
    listed.get_by_text("quest").first.click(button="right")
    window.get_by_role("menuitem", name="This PC").hover()
    window.keyboard.press("ArrowRight")
    window.get_by_role("menuitem", name="Keep in sync").first.click()
    until(lambda: ("PUT", "link/subscriptions/folder/503", {}) in server.heard(window))
    listed.get_by_text("boss.xml").first.dblclick()
    assert until(lambda: ("POST", "link/open", {"file_id": 504}) in server.heard(window))


def test_what_only_the_server_has_is_not_changed_here(window: Page) -> None:
    window.goto("/")
    window.locator("#list-host").get_by_text("Console").first.click(button="right")
    rename = window.get_by_role("menuitem", name="Rename")
    assert rename.get_attribute("aria-disabled") == "true"
    assert "Download it first" in (rename.get_attribute("title") or "")


def test_a_folder_of_this_pc_goes_to_the_server(window: Page, desktop: DesktopSite, server: Server) -> None:
    (folder,) = desktop.call("GET", "tree/project/-1")["children"]
    window.goto("/projects/-1/")
    window.locator("#list-host").get_by_text("Only on this PC").first.wait_for()
    window.locator("#list-host").get_by_text("Drafts").first.click(button="right")
    window.get_by_role("menuitem", name="Upload to the server…").click()
    dialog = window.get_by_role("dialog")
    dialog.locator("select[name=project]").select_option(label="Console / Ashen Passage EN")
    dialog.locator("select[name=folder] option", has_text="quest").wait_for(state="attached")
    dialog.locator("select[name=folder]").select_option(label="quest")
    dialog.locator("button[type=submit]").click()
    wanted = {"kind": "folder", "id": folder["id"], "project_id": 502, "folder_id": 503}
    assert until(lambda: ("POST", "link/upload", wanted) in server.heard(window))


def test_the_tree_shows_what_only_the_server_has_and_a_reload_comes_back_to_it(window: Page) -> None:
    window.goto("/")
    tree, listed = window.locator("#tree"), window.locator("#list-host")
    console = tree.locator("[data-key='platform:501']")
    console.get_by_label("On the server").wait_for()
    console.dblclick()
    tree.get_by_text("Ashen Passage EN").click()
    listed.get_by_text("boss.xml").first.wait_for()
    window.reload()
    listed.get_by_text("boss.xml").first.wait_for()
    assert "Ashen Passage EN" in window.locator("#crumbs").inner_text()
    listed.get_by_text("boss.xml").first.click(button="right")
    for name in ("Changes", "Register as memory", "Pretranslate", "Analyse", "Move to recycle bin"):
        assert window.get_by_role("menuitem", name=name).get_attribute("aria-disabled") == "true", name
    window.get_by_role("menuitem", name="Details").click()
    assert "boss.xml" in window.get_by_role("dialog").inner_text()


def test_a_place_that_nobody_knows_says_so(window: Page) -> None:
    window.goto("/folders/999/")
    said = window.locator("#list-host").get_by_text("There is nothing here, or you may not see it.")
    said.wait_for()
    assert said.count() == 1
