"""Rows in conflict in the editor: the pink fork, how many there are, and the filter that shows them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.sync.models import Conflict
from tests.e2e.editing_pages import file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_rows_in_conflict(signed_in_page: Callable[..., Page], translator: User, lead: User) -> None:
    file = file_with(lead, [("K1", "하나", "One"), ("K2", "둘", "Two"), ("K3", "셋", "")])
    row = row_of(file, "K2")
    Conflict.objects.create(
        op=uuid.uuid4(), file_id=file.pk, row_id=row.pk, kept="Two", lost="Deux",
        lost_by_id=translator.pk, lost_by_name="Tran Slator",
    )  # fmt: skip
    page = signed_in_page(translator)
    page.goto(f"/files/{file.pk}/")
    marked = page.locator(".g-row.is-conflict")
    marked.wait_for()
    assert marked.count() == 1
    assert marked.get_attribute("data-row") == str(row.pk)
    assert "In conflict" in (marked.get_attribute("aria-label") or "")
    assert marked.get_by_title("The text of Tran Slator is in the inbox").count() == 1
    page.locator("#conflicts-chip").click()
    until(lambda: page.locator("#filter-text").input_value() == "is:conflict")
    until(lambda: page.locator(".g-row[data-row]").count() == 1)
    # Nothing of a desktop's is shown in a browser on the server.
    assert page.locator("#alone-chip").is_hidden()
    assert page.locator("#partial-chip").is_hidden()
