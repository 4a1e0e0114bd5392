"""Who types faster than rows come loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from tests.e2e.editing_pages import file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_typing_into_a_row_that_is_not_here_yet(
    signed_in_page: Callable[..., Page], translator: User, lead: User
) -> None:
    file = file_with(lead, [("K1", "하나", ""), ("K2", "둘", ""), ("K3", "셋", "")])
    page = signed_in_page(translator)
    held: list[Route] = []
    slow = True
    rows = re.compile(r"/api/v1/files/\d+/rows\?")
    page.route(rows, lambda route: held.append(route) if slow else route.continue_())
    page.goto(f"/files/{file.pk}/")
    page.locator(".g-row.is-on").wait_for()
    page.locator(".g-row").nth(1).click()
    page.keyboard.press("Enter")
    page.keyboard.type("Two of them")
    assert held
    slow = False
    for route in held:
        route.continue_()
    page.locator(".g-row[data-row]").nth(2).wait_for()
    page.keyboard.type(".")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "K2").target == "Two of them.")


def test_a_row_that_is_here_before_its_own_answer_begins_with_what_was_typed(
    signed_in_page: Callable[..., Page], translator: User, lead: User
) -> None:
    page, file, held = _in_second_row(signed_in_page(translator), lead)
    page.keyboard.type("Two of them")
    until(lambda: page.evaluate("1") and len(held) > 1)
    # The screen's own question is answered, that of the editor is not yet.
    held.pop(0).continue_()
    page.locator(".g-row[data-row]").nth(2).wait_for()
    page.keyboard.type(".")
    page.wait_for_selector(".ed-area")
    for route in held:
        route.continue_()
    assert page.locator(".ed-area").input_value() == "Two of them."
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "K2").target == "Two of them.")


def test_what_was_typed_into_a_row_that_one_left_is_kept_beside_it(
    signed_in_page: Callable[..., Page], translator: User, lead: User
) -> None:
    page, file, held = _in_second_row(signed_in_page(translator), lead)
    page.keyboard.type("Two")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Three")
    until(lambda: page.evaluate("1") and len(held) > 2)
    for route in held:
        route.continue_()
    page.wait_for_selector(".ed-area")
    assert page.locator(".ed-area").input_value() == "Three"
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "K3").target == "Three")
    page.locator('.g-row[data-index="1"] .g-tgt').dblclick()
    page.wait_for_selector(".ed-note")
    assert "Two" in page.locator(".ed-note").inner_text()
    assert row_of(file, "K2").target == ""


def _in_second_row(page: Page, lead: User) -> tuple[Page, File, list[Route]]:
    """The page with the second row wanted open, its file, and its questions for rows: none is answered."""
    file = file_with(lead, [("K1", "하나", ""), ("K2", "둘", ""), ("K3", "셋", "")])
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/files/\d+/rows\?"), lambda route: held.append(route))
    page.goto(f"/files/{file.pk}/")
    page.locator(".g-row.is-on").wait_for()
    page.locator(".g-row").nth(1).click()
    page.keyboard.press("Enter")
    return page, file, held
