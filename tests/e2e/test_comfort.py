"""The reference column and changed sources in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import Row
from tests.e2e.editing_pages import file_with, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MINE = [("K1", "등대", "Lighthouse"), ("K2", "여우", ""), ("K3", "새", "Bird")]


def cell(page: Page, index: int, column: str) -> str:
    return page.locator(f'.g-row[data-index="{index}"] [data-column="{column}"]').inner_text()


def open_editor(page: Page, file_id: int) -> None:
    page.goto(f"/files/{file_id}/")
    page.wait_for_selector(".g-row.is-on[data-row]")


def test_the_reference_column_is_chosen_shown_and_kept(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = file_with(lead, MINE)
    french = file_with(lead, [("K2", "여우", "Renard"), ("K1", "등대", "Phare")], name="Passage FR", language="fr")
    page = signed_in_page(lead)
    open_editor(page, file.pk)
    page.click("#columns-menu")
    page.get_by_role("menuitemcheckbox", name="Reference column…").click()
    page.locator(".ref-file", has_text="Passage FR").click()
    until(lambda: cell(page, 0, "reference") == "Phare" and cell(page, 1, "reference") == "Renard")
    assert page.locator('.g-row[data-index="0"] [data-column="reference"]').get_attribute("lang") == "fr"
    assert cell(page, 2, "reference") == ""

    def kept() -> bool:
        lead.refresh_from_db()
        chosen = lead.preferences.get("reference", {}).get(str(file.pk))
        return bool(chosen) and chosen["file"] == french.pk

    until(kept)
    open_editor(page, file.pk)
    until(lambda: cell(page, 1, "reference") == "Renard")
    page.click("#columns-menu")
    page.get_by_role("menuitemcheckbox", name="Reference column…").click()
    page.get_by_role("button", name="No reference").click()
    page.locator('[data-column="reference"]').first.wait_for(state="detached")


def test_a_changed_source_shows_what_it_was_until_the_row_is_confirmed(
    signed_in_page: Callable[..., Page], lead: User
) -> None:
    file = file_with(lead, MINE)
    Row.objects.filter(file=file, key="K1").update(source_changed=True, old_source="낡은 등대")
    page = signed_in_page(lead)
    open_editor(page, file.pk)
    was = page.locator('.g-row[data-index="0"] .g-was')
    assert was.locator("del").inner_text().startswith("낡은")
    page.locator('.g-row[data-index="0"]').click()
    page.keyboard.press("Control+s")
    was.wait_for(state="detached")
    assert cell(page, 0, "source") == "등대"
