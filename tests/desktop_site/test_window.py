"""A day at a desktop that has no server: the program on the desktop's settings, in a browser, and nothing goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.desktop_site.site import DesktopSite, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
QUEST = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<!-- build 12 -->\r\n<LanguageData>\r\n'
    '  <LocStr StringId="Q1" StrOrigin="등대지기의 부탁" Str="The Keeper&apos;s Request"/>\r\n'
    "  <locstr stringid='Q2' strorigin='고래기름 {0}통을 모으세요.' str='' note='a &gt; b'/>\r\n"
    '  <LocStr StringId="Q3" StrOrigin="고래기름 {0}통을 모았습니다." Str="" />\r\n'
    "</LanguageData>\r\n"
).encode()


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSite]:
    """A desktop with data of its own."""
    site = DesktopSite(tmp_path_factory.mktemp("desktop"))
    yield site
    site.stop()


@pytest.fixture
def window(browser: Browser, desktop: DesktopSite) -> Iterator[Page]:
    """The desktop's window, as its start address leaves it."""
    context = browser.new_context(base_url=desktop.address, viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(20_000)
    context.add_cookies([desktop.cookie()])  # type: ignore[list-item]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems, f"script errors on the page: {problems}"


def rows_of(desktop: DesktopSite, file_id: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = desktop.call("GET", f"files/{file_id}/rows?start=0&count=50")["rows"]
    return rows


def test_a_day_without_a_server(window: Page, desktop: DesktopSite, tmp_path: Path) -> None:
    folder = _make_a_folder(window, desktop)
    file = _import(window, desktop, folder, tmp_path)
    _edit(window, desktop, file)
    _use_the_memory(window, desktop, file)
    _search(window, file)
    _what_needs_others_says_so(window, desktop)
    written = _download(window, folder)
    assert written == QUEST.replace(
        "모으세요.' str=''".encode(), "모으세요.' str='Gather {0} barrels of oil.'".encode()
    )
    _bin(window, desktop, folder)
    assert desktop.connections() == []


def _make_a_folder(window: Page, desktop: DesktopSite) -> int:
    window.goto("/")
    window.get_by_role("tree").get_by_text("Offline Storage").wait_for()
    window.get_by_role("tree").get_by_text("This PC").wait_for()
    window.get_by_role("tree").get_by_text("Offline Storage").click()
    window.wait_for_url("**/projects/-1/")
    desktop.call("PATCH", "projects/-1", {"source_language": "ko", "target_language": "en"})
    window.get_by_role("button", name="New folder…").click()
    window.get_by_role("dialog").get_by_role("textbox").fill("Quests")
    window.keyboard.press("Enter")
    window.locator("#list-host").get_by_text("Quests").first.wait_for()
    window.locator("#list-host").get_by_text("Only on this PC").first.wait_for()
    (folder,) = desktop.call("GET", "tree/project/-1")["children"]
    assert folder["id"] < -1
    return int(folder["id"])


def _import(window: Page, desktop: DesktopSite, folder: int, tmp_path: Path) -> int:
    path = tmp_path / "quest.xml"
    path.write_bytes(QUEST)
    window.goto(f"/folders/{folder}/import/")
    with window.expect_file_chooser() as chooser:
        window.get_by_role("button", name=re.compile("Choose files")).click()
    chooser.value.set_files(path)
    window.get_by_text("등대지기의 부탁").first.wait_for()
    window.get_by_role("button", name=re.compile("^Import")).last.click()
    (file,) = until(lambda: desktop.call("GET", f"tree/folder/{folder}")["children"])
    return int(file["id"])


def _edit(window: Page, desktop: DesktopSite, file: int) -> None:
    folder = desktop.call("GET", f"files/{file}")["file"]["folder_id"]
    place = {"kind": "folder", "id": folder}
    memory = {"name": "Mine", "source_language": "ko", "target_language": "en", "scope": place}
    desktop.call("POST", "memories", memory)
    window.goto(f"/files/{file}/")
    window.locator("#alone-chip").get_by_text("Only you").wait_for()
    window.locator(".g-row.is-on[data-row]").wait_for()
    window.locator(".g-row[data-row]").nth(2).wait_for()
    window.locator(".g-row").nth(1).click()
    window.keyboard.press("Enter")
    window.keyboard.type("Gather {0} barrels of oil.")
    window.keyboard.press("Control+s")
    until(lambda: rows_of(desktop, file)[1]["status"] == "confirmed")
    assert rows_of(desktop, file)[1]["target"] == "Gather {0} barrels of oil."


def _use_the_memory(window: Page, desktop: DesktopSite, file: int) -> None:
    """The confirmed row is offered for the one that is nearly the same."""
    row = rows_of(desktop, file)[2]["id"]

    def found() -> Any:
        return desktop.call("POST", f"files/{file}/lookup", {"row": row, "threshold": 50})["proposals"]

    assert until(found)[0]["target"] == "Gather {0} barrels of oil."
    window.keyboard.press("Escape")
    window.locator(".g-row").nth(2).click()
    window.locator("#panel-memory").get_by_text("Gather").first.wait_for()
    # The socket is up: no chip about a lost line.
    assert window.locator("#link-chip").first.get_attribute("data-state") in (None, "")


def _search(window: Page, file: int) -> None:
    window.goto("/search/?q=고래기름")
    window.get_by_text("고래기름").first.wait_for()
    window.goto(f"/files/{file}/?q=is:conflict")
    window.get_by_text(re.compile("No row matches")).first.wait_for()


def _what_needs_others_says_so(window: Page, desktop: DesktopSite) -> None:
    window.goto("/account")
    window.get_by_text("There is nobody else on this computer").first.wait_for()
    for path in ("/people", "/password", "/admin/"):
        assert desktop.fetch("GET", path)[0] == 403
    assert desktop.fetch("POST", "/api/v1/users", {"username": "other"})[0] == 403
    assert [one["id"] for one in desktop.call("GET", "users")["results"]] == [-1]
    assert window.locator("a[href='/people']").count() == 0


def _download(window: Page, folder: int) -> bytes:
    window.goto(f"/folders/{folder}/")
    window.locator("#list-host").get_by_text("quest.xml").first.click(button="right")
    window.get_by_role("menuitem", name=re.compile("^Download")).hover()
    window.keyboard.press("ArrowRight")
    with window.expect_download() as download:
        window.get_by_role("menuitem", name="Original format").click()
    return Path(download.value.path()).read_bytes()


def _bin(window: Page, desktop: DesktopSite, folder: int) -> None:
    window.keyboard.press("Escape")
    window.locator("#list-host").get_by_text("quest.xml").first.click()
    window.keyboard.press("Delete")
    window.get_by_role("button", name="Move to recycle bin").click()
    until(lambda: desktop.call("GET", "trash")["results"])
    window.goto("/trash/")
    window.get_by_text("quest.xml").first.wait_for()
    (entry,) = desktop.call("GET", "trash")["results"]
    desktop.call("POST", f"trash/{entry['id']}/restore")
    assert len(desktop.call("GET", f"tree/folder/{folder}")["children"]) == 1


def test_nobody_else_gets_in(desktop: DesktopSite) -> None:
    assert desktop.fetch("GET", "/api/v1/tree", Authorization="")[0] == 403
    assert desktop.fetch("GET", "/api/v1/tree", Authorization="Bearer OFFLINE_MODE_0")[0] == 403
    assert desktop.fetch("GET", "/api/v1/tree", Host="localhost")[0] == 403
    assert desktop.fetch("GET", "/api/v1/tree", Origin="https://evil.example")[0] == 403
    assert desktop.fetch("GET", "/api/v1/tree")[0] == 200
