"""No serious finding of the automated accessibility check on the screens people spend the day with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from tests.e2e.accessibility import findings
from tests.e2e.editing_pages import file_with

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = [
    ("S1", "등대지기의 부탁", "The Keeper's Request"),
    ("S2", "<PAColor0xffe9bd23>소금여우<PAOldColor>를 찾으세요.", "Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor>."),
    ("S3", "첫째 줄<br/>둘째 줄 {0}", "First line<br/>second line {0}"),
    ("S4", "고래기름 {0}통", ""),
]
THEMES = ("dark", "light")


@pytest.fixture(params=THEMES)
def themed(request: pytest.FixtureRequest, signed_in_page: Callable[..., Page], lead: User) -> Page:
    """A page of a lead in the dark or the light theme."""
    lead.preferences = {"theme": request.param}
    lead.save()
    return signed_in_page(lead)


def test_the_check_finds_what_is_wrong(signed_in_page: Callable[..., Page], lead: User) -> None:
    page = signed_in_page(lead)
    page.goto("/search/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    assert any(line.startswith("button-name") for line in findings(page))


def test_explorer(themed: Page, lead: User) -> None:
    file = file_with(lead, ROWS)
    themed.goto("/")
    themed.wait_for_selector("[role=treeitem]")
    assert findings(themed) == []
    themed.goto(f"/projects/{file.project_id}/")
    themed.wait_for_selector("[role=row][aria-selected]")
    assert findings(themed) == []


def test_editor_with_a_row_chosen(themed: Page, lead: User) -> None:
    file = file_with(lead, ROWS)
    themed.goto(f"/files/{file.pk}/")
    themed.wait_for_selector(".g-row.is-on[data-row]")
    assert findings(themed) == []


def test_editor_while_editing_and_its_panels(themed: Page, lead: User) -> None:
    file = file_with(lead, ROWS)
    themed.goto(f"/files/{file.pk}/")
    themed.wait_for_selector(".g-row.is-on[data-row]")
    for tab in themed.locator("#side-tabs [role=tab]:visible").all():
        tab.click()
        assert findings(themed) == [], tab.inner_text()
    themed.locator(".g-row[data-index='1']").click()
    themed.keyboard.press("Enter")
    themed.wait_for_selector(".ed-area")
    assert findings(themed) == []


def test_lists_of_shortcuts_and_commands(themed: Page, lead: User) -> None:
    file = file_with(lead, ROWS)
    themed.goto(f"/files/{file.pk}/")
    themed.wait_for_selector(".g-row.is-on[data-row]")
    themed.keyboard.press("F1")
    themed.wait_for_selector("dialog.help[open]")
    assert findings(themed) == []
    themed.keyboard.press("Escape")
    themed.keyboard.press("Control+k")
    themed.wait_for_selector("dialog.palette[open]")
    assert findings(themed) == []
