"""Who types faster than rows come loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
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
