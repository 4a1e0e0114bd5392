"""Pretranslation and analysis in a real browser: golden path 9."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.tasks.models import TaskRun
from tests.e2e.editing_pages import file_with, row_of, until
from tests.e2e.memory_pages import filled, memory_at

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ROWS = [
    ("QST_1", "등대지기의 하루", ""),
    ("QST_2", "사과 7개를 성문으로 가져와라", ""),
    ("QST_3", "완전히 새로 쓰인 문장이다", ""),
    ("QST_4", "아무도 모르는 이야기가 시작된다", ""),
]
TEXTS = [
    ("등대지기의 하루", "A Keeper's Day", "QST_1"),
    ("사과 3개를 성문으로 가져와라", "Bring 3 apples to the gate", "OLD_2"),
    ("옛날 말", "Old words", "QST_3"),
]


@pytest.fixture
def file(lead: User) -> File:
    made = file_with(lead, ROWS)
    filled(lead, memory_at(lead, "Main", made.project), TEXTS)
    return made


def dialog_from_explorer(page: Page, file: File, label: str) -> Locator:
    """The dialog that the menu of the file opens."""
    if "/projects/" not in page.url:
        page.goto(f"/projects/{file.project_id}/")
        page.wait_for_selector("#place[data-ready]")
    page.locator(".list-row", has_text="quest.xml").click(button="right")
    page.get_by_role("menuitem", name=label).click()
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    return dialog


def run(page: Page, dialog: Locator) -> str:
    """Start it; what the message says when it is done."""
    dialog.get_by_role("button", name="Pretranslate", exact=True).click()
    toast = page.locator(".toast", has_text="filled")
    toast.wait_for()
    return toast.inner_text()


def targets(file: File) -> list[str]:
    return [row_of(file, key).target for key, _, _ in ROWS]


def test_three_settings_fill_mark_and_are_taken_back(
    signed_in_page: Callable[..., Page], translator: User, file: File, background_tasks: threading.Thread
) -> None:
    """Golden path 9: equal sources only, similar ones as well, with earlier translations; rows marked; undone."""
    page = signed_in_page(translator)
    # 1. Equal sources only; the dry run says so and writes nothing.
    dialog = dialog_from_explorer(page, file, "Pretranslate…")
    dialog.get_by_label("Least score").fill("100")
    dialog.get_by_role("button", name="Count first").click()
    dialog.get_by_text("1 of 4 rows would be filled.").wait_for()
    assert dialog.locator("svg.chart").get_attribute("aria-label") == "101 %: 1"
    assert dialog.locator("td", has_text="A Keeper's Day").count() == 1
    assert targets(file) == ["", "", "", ""]
    assert "1 row filled." in run(page, dialog)
    assert targets(file) == ["A Keeper's Day", "", "", ""]
    # 2. Similar ones as well.
    page.locator(".toast").get_by_role("button", name="Close").first.click()
    dialog = dialog_from_explorer(page, file, "Pretranslate…")
    assert "1 row filled." in run(page, dialog)
    assert targets(file) == ["A Keeper's Day", "Bring 7 apples to the gate", "", ""]
    # 3. The row's earlier translation.
    page.locator(".toast").get_by_role("button", name="Close").first.click()
    dialog = dialog_from_explorer(page, file, "Pretranslate…")
    dialog.get_by_label("Fill the earlier translation where nothing matches").check()
    assert "1 row filled." in run(page, dialog)
    assert targets(file)[2:] == ["Old words", ""]
    # Rows carry their mark, and history says where the text is from.
    other = page.context.new_page()
    other.goto(f"/files/{file.pk}/")
    other.wait_for_selector(".g-row .score")
    marks = other.locator(".g-row.is-translated .g-mark .score:not(.avail)").all_inner_texts()
    assert [mark.strip() for mark in marks] == [str(row_of(file, key).score) for key in ("QST_1", "QST_2", "QST_3")]
    other.close()
    # Undone: the last run only, then the one that stays is still there.
    page.locator(".toast").get_by_role("button", name="Revert").click()
    page.locator(".toast", has_text="1 row went back.").wait_for()
    assert targets(file) == ["A Keeper's Day", "Bring 7 apples to the gate", "", ""]


def test_from_the_editor_by_its_commands(
    signed_in_page: Callable[..., Page], translator: User, file: File, background_tasks: threading.Thread
) -> None:
    page = signed_in_page(translator)
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row")
    page.keyboard.press("Control+k")
    page.wait_for_selector(".palette-item")
    page.keyboard.type("pretranslate")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Least score").wait_for()
    assert dialog.get_by_label("Fill locked rows as well").count() == 0
    dialog.get_by_label("Least score").fill("20")
    dialog.get_by_role("button", name="Pretranslate", exact=True).click()
    assert dialog.is_visible() and not TaskRun.objects.filter(kind="ldm.pretranslate").exists()
    dialog.get_by_label("Least score").fill("75")
    assert "2 rows filled." in run(page, dialog)
    # The open grid shows it without a reload.
    page.wait_for_selector(".g-row.is-translated .score:not(.avail)")
    until(lambda: "A Keeper's Day" in page.locator(".g-row").first.inner_text())


def test_an_analysis_opens_with_figures_that_sort_and_weigh(
    signed_in_page: Callable[..., Page], lead: User, file: File, background_tasks: threading.Thread
) -> None:
    page = signed_in_page(lead)
    dialog = dialog_from_explorer(page, file, "Analyse…")
    dialog.get_by_role("button", name="Analyse", exact=True).click()
    page.locator(".toast").get_by_role("button", name="Open").click()
    page.wait_for_url("**/analysis/*/")
    page.wait_for_selector(".analysis tbody tr")
    total = sum(row.words for row in Row.objects.filter(file=file))
    foot = page.locator(".analysis tfoot td.num").all_inner_texts()
    assert foot[0] == str(total)
    assert sum(int(value) for value in foot[2:]) == total
    assert "101 %" in (page.locator(".ana-bar.is-wide").get_attribute("aria-label") or "")
    page.get_by_role("radio", name="Rows").click()
    assert page.locator(".analysis tfoot td.num").first.inner_text() == "4"
    page.get_by_role("button", name="Total", exact=True).click()
    page.wait_for_selector("th[aria-sort=descending]")
    before = page.locator(".analysis tfoot td.num").nth(1).inner_text()
    page.get_by_role("button", name="Rates…").click()
    page.get_by_label("New", exact=True).fill("0")
    page.locator("dialog[open]").get_by_role("button", name="Save").click()
    until(lambda: page.locator(".analysis tfoot td.num").nth(1).inner_text() != before)
    file.project.refresh_from_db()
    assert file.project.settings["rates"]["new"] == 0
    with page.expect_download() as waiting:
        page.get_by_role("link", name="XLSX").click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
