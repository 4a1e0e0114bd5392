"""A desktop and its server, both real, in a browser: logging in, working through a cut line, deciding a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, RowRevision, Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.client import keychain, link, loop, peers
from apps.sync.models import PendingEdit
from tests import factories
from tests.e2e.editing_pages import file_with, row_of
from tests.e2e.waiting import until
from tests.sync.client.site import offline

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = [
    ("S1", "서두르십시오.", "Make haste."),
    ("S2", "안개 속에서 종소리가 들린다.", "You hear a bell in the fog."),
]


@pytest.fixture
def desk(desktop_page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The window of a desktop that reaches its server by HTTP; its loop runs, and its keychain is a file."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(peers, "is_lan", lambda: False)
    monkeypatch.setattr(keychain, "keep", kept.__setitem__)
    monkeypatch.setattr(keychain, "token", lambda client: kept.get(client, ""))
    monkeypatch.setattr(keychain, "forget", lambda client: kept.pop(client, None))
    peers.forget_sessions()
    loop.start()
    yield desktop_page
    desktop_page.goto("about:blank")
    loop.stop()
    peers.forget_sessions()


def chip(page: Page) -> str:
    return page.locator("#sync-chip").inner_text()


def log_in(page: Page, address: str, person: User) -> None:
    """By the start screen, as on the first day."""
    page.goto("/start/")
    page.click("#login-go:has-text('Choose a server…')")
    page.fill("dialog[open] input", address)
    page.keyboard.press("Enter")
    page.wait_for_selector("#server:has-text('Reachable in')")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=treeitem]")
    until(lambda: "All sent" in chip(page))


def open_mirrored(page: Page, file: File) -> None:
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row[data-row]:has-text('bell')")


def type_into(page: Page, key_index: int, text: str) -> None:
    page.locator(f".g-row[data-index='{key_index}']").click()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ed-area")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Alt+t")


def test_a_day_with_and_without_the_server(desk: Page, server_url: str, lead: User, translator: User) -> None:
    file = file_with(lead, ROWS)
    log_in(desk, server_url, translator)
    open_mirrored(desk, file)
    # Linked: an edit is on the server a moment later.
    type_into(desk, 0, "Hurry.")
    until(lambda: row_of(file, "S1").target == "Hurry.")
    until(lambda: "All sent" in chip(desk))
    # Offline by hand: it stays here, and the chip says so.
    desk.click("#sync-chip")
    desk.click(".link-panel [data-act-name=offline]")
    until(lambda: chip(desk).startswith("Offline since"))
    desk.keyboard.press("Escape")
    type_into(desk, 1, "A bell tolls in the fog.")
    until(lambda: chip(desk) == "Saved on this PC · 1 to send")
    desk.click("#sync-chip")
    desk.wait_for_selector(".link-item:has-text('A bell tolls in the fog.')")
    desk.keyboard.press("Escape")
    row = row_of(file, "S2")
    assert row.target == "You hear a bell in the fog."
    # Meanwhile somebody edits the same row on the server, later.
    edit_row(
        actor=lead,
        row_id=row.pk,
        seen_text_rev=row.text_rev,
        edit=RowEdit(target="Through the fog, a bell.", status=Status.TRANSLATED),
    )
    # A start in between changes nothing about the choice.
    desk.goto("/start/")
    desk.wait_for_selector("[role=treeitem]")
    assert chip(desk) == "Saved on this PC · 1 to send"
    desk.keyboard.press("Control+k")
    desk.keyboard.type("go online")
    desk.keyboard.press("Enter")
    until(lambda: "All sent" in chip(desk))
    until(lambda: desk.locator("#inbox-link .badge").count() == 1)
    assert row_of(file, "S2").target == "Through the fog, a bell."
    # The inbox of the desktop: mine goes into the file, here and on the server.
    desk.keyboard.press("g")
    desk.keyboard.press("i")
    desk.wait_for_selector(".cf-side")
    assert "Mine" in desk.locator(".cf-side").first.inner_text()
    assert "A bell tolls" in desk.locator(".cf-side").first.inner_text()
    desk.keyboard.press("x")
    until(lambda: row_of(file, "S2").target == "A bell tolls in the fog.")
    texts = set(RowRevision.objects.filter(row=row).values_list("target", flat=True))
    assert {"A bell tolls in the fog.", "Through the fog, a bell."} <= texts
    with offline():
        assert not PendingEdit.objects.exists()


def test_an_ended_login_keeps_what_waits_and_is_renewed_in_place(
    desk: Page, server_url: str, lead: User, translator: User
) -> None:
    file = file_with(lead, ROWS)
    log_in(desk, server_url, translator)
    open_mirrored(desk, file)
    with offline():
        link.sign_out(actor=User.objects.get(pk=translator.pk))
    peers.forget_sessions()
    type_into(desk, 0, "Hurry.")
    until(lambda: chip(desk) == "Log in to send 1")
    desk.click("#sync-chip")
    desk.click(".link-panel [data-act-name=login]")
    desk.keyboard.type(translator.username)
    desk.keyboard.press("Tab")
    desk.keyboard.type("not my password")
    desk.keyboard.press("Enter")
    until(lambda: desk.locator("dialog[open] .form-error").inner_text() != "")
    desk.fill("dialog[open] [name=password]", factories.PASSWORD)
    desk.keyboard.press("Enter")
    until(lambda: row_of(file, "S1").target == "Hurry.")
    assert until(lambda: "All sent" in chip(desk))


def test_an_edit_that_is_let_go_gives_the_row_back_to_the_server(
    desk: Page, server_url: str, lead: User, translator: User
) -> None:
    file = file_with(lead, ROWS)
    log_in(desk, server_url, translator)
    open_mirrored(desk, file)
    until(lambda: "All sent" in chip(desk))
    desk.click("#sync-chip")
    desk.click(".link-panel [data-act-name=offline]")
    desk.keyboard.press("Escape")
    type_into(desk, 0, "Hurry.")
    until(lambda: chip(desk) == "Saved on this PC · 1 to send")
    desk.click("#sync-chip")
    desk.click(".link-item button")
    desk.click("dialog[open] .btn-danger")
    until(lambda: chip(desk).startswith("Offline since"))
    with offline():
        assert row_of(file, "S1").target == "Make haste."
        assert RowRevision.objects.filter(row__key="S1", target="Hurry.").exists()
