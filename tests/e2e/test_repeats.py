"""Rows with the same source in a real browser: the offer after a save, and the workbench."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, Row, Status
from apps.ldm.services.rows.set_status import set_status
from tests.e2e.editing_pages import file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = [
    ("A1", "등불을 건네받는다", ""),
    ("A2", "등불을 건네받는다", ""),
    ("A3", "등불을 건네받는다", "Take the lamp"),
    ("A4", "등불을 건네받는다", "Receive the lantern"),
    ("B1", "바다", "Sea"),
    ("B2", "바다", "Sea"),
    ("C1", "하나뿐", "The only one"),
]


def targets(file: Any, source: str) -> list[str]:
    return list(Row.objects.filter(file=file, source=source).order_by("position").values_list("target", flat=True))


def test_filling_repeats_is_offered_and_done_only_when_asked(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = file_with(lead, ROWS)
    set_status(actor=lead, row_ids=[row_of(file, "A4").pk], status=Status.CONFIRMED)
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.locator(".g-row.is-on").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Take the lantern")
    page.keyboard.press("Control+s")
    page.wait_for_selector("[data-toast=repeats]")
    assert "2 more rows say" in page.locator("[data-toast=repeats]").inner_text()
    assert targets(file, "등불을 건네받는다") == ["Take the lantern", "", "Take the lamp", "Receive the lantern"]
    # The next row is in the editor meanwhile; the key means the row of the offer.
    page.keyboard.press("Alt+r")
    page.wait_for_selector("dialog[open] .same-line")
    page.click("dialog[open] .btn-primary")
    until(lambda: row_of(file, "A2").target == "Take the lantern")
    # What people confirmed stays, unless the box is ticked.
    assert targets(file, "등불을 건네받는다") == [
        "Take the lantern",
        "Take the lantern",
        "Take the lantern",
        "Receive the lantern",
    ]
    assert ChangeSet.objects.get(file=file, kind=ChangeSet.Kind.PROPAGATE).counts["changed"] == 2


def test_a_row_without_repeats_is_offered_nothing(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = file_with(lead, ROWS)
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/?n=7")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.locator(".g-row.is-on").focus()
    with page.expect_response(lambda answer: answer.url.endswith("/repeats")):
        page.keyboard.press("Control+s")
    until(lambda: row_of(file, "C1").status == Status.CONFIRMED)
    assert page.locator("[data-toast=repeats]").count() == 0


def test_the_workbench_gives_all_rows_of_a_source_one_text_by_keyboard(
    signed_in_page: Callable[..., Page], lead: User
) -> None:
    file = file_with(lead, ROWS)
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/repeats/")
    page.wait_for_selector(".rep")
    # Only sources with several texts are listed at first.
    assert page.locator(".rep").count() == 1
    assert page.locator(".rep .num").first.inner_text() == "4"
    page.click("#repeats-differ")
    until(lambda: page.locator(".rep").count() == 2)
    page.click("#repeats-differ")
    until(lambda: page.locator(".rep").count() == 1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "repeat-target"
    wanted = page.locator(".rep-target", has_text="Receive the lantern").locator("input")
    page.keyboard.press(str(int(wanted.get_attribute("value") or "0") + 1))
    assert wanted.is_checked()
    page.wait_for_selector(".rep-rows a")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog[open] .same-line")
    page.click("dialog[open] .btn-primary")
    until(lambda: set(targets(file, "등불을 건네받는다")) == {"Receive the lantern"})
    page.wait_for_selector("#repeats-list .empty")
    assert "the same text everywhere" in page.locator("#repeats-list").inner_text()


def test_a_repeat_leads_to_its_row_and_to_the_whole_project(signed_in_page: Callable[..., Page], lead: User) -> None:
    file = file_with(lead, ROWS)
    page = signed_in_page(lead)
    page.goto(f"/files/{file.pk}/repeats/")
    page.wait_for_selector(".rep-rows a")
    page.click("#repeats-scope [data-value=project]")
    until(lambda: "quest.xml" in page.locator(".rep-rows").inner_text())
    page.locator(".rep-rows a").nth(2).click()
    page.wait_for_selector(".g-row.is-on[data-row]")
    assert page.locator(".g-row.is-on").get_attribute("data-row") == str(row_of(file, "A3").pk)
