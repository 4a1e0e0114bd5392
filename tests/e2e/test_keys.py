"""Changing a shortcut: pressed, kept on the server, used; a clash is asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import Status
from tests.e2e.editing_pages import file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Page:
    """The editor of a file of two rows, the cursor on the first."""
    file = file_with(lead, [("S1", "등대", "Lighthouse"), ("S2", "여우", "Fox")])
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.file = file  # type: ignore[attr-defined]
    return page


def ask_for_key(page: Page, command: str) -> None:
    page.keyboard.press("F1")
    page.get_by_role("button", name="Change keys").click()
    page.locator(f'[data-command="{command}"]').click()
    page.wait_for_selector(".help-ask")


def preferences(user: User) -> dict[str, object]:
    user.refresh_from_db()
    return user.preferences


def test_a_command_answers_to_its_new_key_after_a_reload(editor: Page, lead: User) -> None:
    ask_for_key(editor, "row.confirm")
    editor.keyboard.press("Alt+q")
    editor.wait_for_selector(".help-cols .is-changed")
    assert editor.locator('[data-command="row.confirm"]').evaluate("button => button === document.activeElement")
    editor.keyboard.press("Escape")
    until(lambda: preferences(lead).get("keys") == {"row.confirm": ["Alt+KeyQ"]})
    editor.reload()
    editor.wait_for_selector(".g-row.is-on[data-row]")
    editor.keyboard.press("Alt+q")
    until(lambda: row_of(editor.file, "S1").status == Status.CONFIRMED)  # type: ignore[attr-defined]


def test_a_clash_names_the_other_command_and_changes_nothing_until_decided(editor: Page, lead: User) -> None:
    ask_for_key(editor, "row.confirm")
    editor.keyboard.press("Control+g")
    ask = editor.locator(".help-ask")
    assert "Go to row" in ask.inner_text()
    ask.get_by_role("button", name="Keep it there").click()
    ask.wait_for(state="detached")
    assert editor.locator(".help-cols .is-changed").count() == 0
    editor.locator('[data-command="row.confirm"]').click()
    editor.keyboard.press("Control+g")
    ask.get_by_role("button", name="Use it here").click()
    ask.wait_for(state="detached")
    until(lambda: preferences(lead).get("keys") == {"row.confirm": ["Ctrl+KeyG"], "find.row": []})


def test_escape_keeps_the_old_keys_and_the_list_open(editor: Page) -> None:
    ask_for_key(editor, "row.confirm")
    editor.keyboard.press("Escape")
    editor.locator(".help-ask").wait_for(state="detached")
    assert editor.locator("dialog.help[open]").count() == 1
    assert editor.locator(".help-cols .is-changed").count() == 0


def test_a_closed_dialog_does_not_take_the_focus_from_what_has_it(editor: Page) -> None:
    editor.keyboard.press("F1")
    editor.wait_for_selector("dialog[open]")
    # A browser tells of the closing later than it closes: whoever is quicker keeps the keyboard.
    editor.evaluate(
        """() => new Promise((done) => {
          const dialog = document.querySelector("dialog[open]");
          dialog.addEventListener("close", () => setTimeout(done, 0));
          dialog.close();
          document.querySelector("#filter-box input").focus();
        })"""
    )
    assert editor.evaluate("document.activeElement === document.querySelector('#filter-box input')")
    editor.keyboard.press("Escape")
    editor.keyboard.press("Control+k")
    editor.keyboard.press("Escape")
    until(lambda: editor.evaluate("document.querySelector('dialog[open]') === null"))
    until(lambda: editor.evaluate("Boolean(document.activeElement.closest('.g-row, #filter-box'))"))
