"""A window of a linked desktop and one of the server, in browsers: people, leases, texts, and two saves of one row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, RowLease
from apps.sync.client import loop
from apps.sync.models import Conflict
from tests.e2e.editing_pages import row_of, until
from tests.e2e.live_pages import OpenWindow, goto_file, open_window, people_in, row_at, target
from tests.sync.client.site import edit, offline

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser]
__all__ = ["open_window"]


@pytest.fixture
def rounds_run(linked: File) -> Iterator[None]:
    """The desktop's loop works."""
    loop.start()
    try:
        until(loop.is_online)
        yield
    finally:
        loop.stop()


@pytest.fixture
def desk(desktop_page: Page, linked: File) -> Iterator[Page]:
    """The desktop's window, with the file open."""
    goto_file(desktop_page, linked, "?n=1")
    yield desktop_page
    # Gone before the server's windows are, which wait for an empty room.
    desktop_page.close()


def write(page: Page, index: int, text: str) -> None:
    """Type into a row and confirm it."""
    row_at(page, index).click()
    page.keyboard.press("Enter")
    page.locator("textarea:focus").fill(text)
    page.keyboard.press("Control+s")


def target_there(file: File, key: str) -> str:
    return row_of(file, key).target


def test_a_day_of_two(
    open_window: OpenWindow, rounds_run: None, desk: Page, linked: File, reviewer: User, translator: User
) -> None:
    far = open_window(reviewer, linked, "?n=3")
    until(lambda: people_in(desk) == people_in(far) == 2)
    row_at(desk, 2, ".is-visited").wait_for()
    assert "Rea Viewer" in (desk.locator("#people button").get_attribute("aria-label") or "")
    _texts_cross(desk, far, linked)
    _a_held_row_is_held_on_both_sides(desk, far)
    _two_saves_of_one_row(desk, linked, reviewer)
    desk.goto("about:blank")
    until(lambda: people_in(far) == 1)


def _texts_cross(desk: Page, far: Page, file: File) -> None:
    write(far, 1, "theirs of row 2")
    began = time.monotonic()
    until(lambda: target(desk, 1) == "theirs of row 2")
    assert time.monotonic() - began < 5
    far.keyboard.press("Escape")
    write(desk, 4, "mine of row 5")
    until(lambda: target(far, 4) == "mine of row 5")
    desk.keyboard.press("Escape")


def _a_held_row_is_held_on_both_sides(desk: Page, far: Page) -> None:
    until(lambda: not RowLease.objects.exists())
    for holder, other in ((far, desk), (desk, far)):
        row_at(holder, 3).click()
        holder.keyboard.press("Enter")
        row_at(other, 3, ".is-held").wait_for()
        row_at(other, 3).click()
        other.keyboard.press("Enter")
        assert other.locator("textarea:focus").count() == 0
        holder.locator("textarea:focus").press_sequentially("as it is typed")
        row_at(other, 3).get_by_text("as it is typed").wait_for()
        holder.locator("textarea:focus").fill("")
        holder.keyboard.press("Escape")
        row_at(other, 3, ".is-held").wait_for(state="detached")


def _two_saves_of_one_row(desk: Page, file: File, reviewer: User) -> None:
    """The desktop's save has not gone out when another one is made: its person is asked, and decides."""
    loop.stop()
    write(desk, 5, "mine, first")
    with offline():
        until(lambda: target_there(file, "K5") == "mine, first")
    desk.keyboard.press("Escape")
    # The server keeps the row for the text that is on its way, for some seconds.
    until(lambda: not RowLease.objects.exists())
    edit(reviewer, file.pk, "K5", "theirs, later")
    loop.start()
    panel = desk.locator(".g-refusal")
    panel.wait_for()
    assert "Rea Viewer" in panel.inner_text() and "theirs, later" in panel.inner_text()
    with offline():
        assert Conflict.objects.get().resolution == ""
    panel.get_by_role("button", name="Keep mine").click()
    until(lambda: target_there(file, "K5") == "mine, first")
    assert row_of(file, "K5").revisions.filter(target="theirs, later").exists()
    with offline():
        assert Conflict.objects.get().resolution == "swapped"
    until(lambda: Conflict.objects.get().resolution == "swapped")
    panel.wait_for(state="detached")
