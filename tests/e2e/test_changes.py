"""The change sets of a file in a real browser: what they did, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.set_status import set_status
from tests.e2e.editing_pages import file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_revert_leaves_what_people_edited_since(
    signed_in_page: Callable[..., Page], lead: User, translator: User, background_tasks: Any
) -> None:
    file = file_with(lead, [(f"S{n}", f"등불 {n}", f"Lantern {n}") for n in range(4)])
    ids = [row_of(file, f"S{n}").pk for n in range(3)]
    set_status(actor=lead, row_ids=ids, status=Status.CONFIRMED, reason="All checked")
    edited = row_of(file, "S1")
    edit_row(actor=translator, row_id=edited.pk, seen_text_rev=edited.text_rev, edit=RowEdit(target="Lamp"))

    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/changes/")
    page.wait_for_selector(".dr.cs")
    assert page.locator("#set-title").inner_text() == "All checked"
    assert page.locator(".dr.cs").count() == 3
    page.click("button:has-text('Revert…')")
    page.keyboard.type("Too early")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .kept")
    assert "Row 2" in page.locator("dialog[open] .kept").inner_text()
    until(lambda: row_of(file, "S0").status == Status.ORIGINAL)
    assert row_of(file, "S1").target == "Lamp"
    page.keyboard.press("Escape")
    assert "reverted" in page.locator("#set-list").inner_text()


def test_a_change_says_which_rows_were_edited_since_and_the_list_is_filtered(
    signed_in_page: Callable[..., Page], lead: User, translator: User
) -> None:
    file = file_with(lead, [(f"S{n}", f"등불 {n}", f"Lantern {n}") for n in range(4)])
    ids = [row_of(file, f"S{n}").pk for n in range(3)]
    set_status(actor=lead, row_ids=ids, status=Status.CONFIRMED, reason="All checked")
    edited = row_of(file, "S1")
    edit_row(actor=translator, row_id=edited.pk, seen_text_rev=edited.text_rev, edit=RowEdit(target="Lamp"))

    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/changes/")
    page.wait_for_selector(".dr.cs")
    assert page.locator(".dr-since").count() == 1
    assert translator.name in page.locator(".dr-since").inner_text()
    until(lambda: "1 row that somebody edited since" in page.locator("#set-facts").inner_text())
    page.select_option("#set-kind", "import")
    until(lambda: page.locator("#set-list .also-set").count() == 1)
    assert "Import" in page.locator("#set-list").inner_text()
    page.select_option("#set-kind", "paste")
    until(lambda: "No such change." in page.locator("#set-items").inner_text())
    page.select_option("#set-kind", "")
    page.wait_for_selector(".dr.cs")
    # By keyboard: into the rows, down, and into the editor on that row.
    page.locator("#set-list .also-set").first.focus()
    page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".g-row.is-on[data-row]")
    assert page.locator(".g-row.is-on").get_attribute("data-row") == str(row_of(file, "S1").pk)
