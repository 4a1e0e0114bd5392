"""Finding rows in a real browser: the editor's filter field, saved filters, and the page that searches rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.services.files.import_file import import_file
from tests import factories
from tests.e2e.editing_pages import file_with, locstr, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = [
    ("Q1", "짙은 안개", "Thick fog"),
    ("Q2", "등대에 불을 밝히세요", "Light the lighthouse"),
    ("Q3", "안개 속의 등대", "A lighthouse in the fog"),
    ("Q4", "고래기름 {0}통", ""),
    ("Q5", "소금여우", "Salt Fox"),
    ("Q6", "등불", ""),
]


@pytest.fixture
def file(lead: User) -> File:
    """A file of six rows."""
    return file_with(lead, ROWS)


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User, file: File) -> Callable[..., Page]:
    """`editor(query)`: the file's page with its first rows drawn."""

    def open_(query: str = "") -> Page:
        page = signed_in_page(lead)
        page.goto(f"/files/{file.pk}/{query}")
        page.wait_for_selector(".g-row.is-on[data-row]")
        return page

    return open_


def count(page: Page) -> str:
    return page.locator("#count").inner_text()


def keys(page: Page) -> list[str]:
    """Sources of the rows on the screen, in order."""
    return page.locator(".g-layer > .g-row:not(.is-parked) .g-src .g-text").all_inner_texts()


def filter_by(page: Page, query: str) -> None:
    page.keyboard.press("Control+f")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)
    page.keyboard.press("Enter")


def options(page: Page) -> list[str]:
    return page.locator("#filter-box [role=option]:visible > :first-child").all_inner_texts()


# ---- the filter field
def test_completions_lead_from_a_field_to_its_value(editor: Callable[..., Page]) -> None:
    page = editor()
    field = page.locator("#filter-text")
    page.keyboard.press("Control+f")
    assert field.get_attribute("aria-expanded") == "false", "nothing opens before one types"
    page.keyboard.type("sta")
    until(lambda: page.locator("#filter-box [role=option]:visible").count() == 1)
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert active and page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert field.input_value() == "status:"
    until(lambda: page.locator("#filter-box [role=option]:visible").count() == 8)
    page.keyboard.type("ne")
    until(lambda: page.locator("#filter-box [role=option]:visible").count() == 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert field.input_value() == "status:new"
    page.keyboard.press("Enter")
    until(lambda: count(page) == "2 of 6 rows")
    assert keys(page) == ["고래기름 {0}통", "등불"]
    colours = page.locator("#filter-box .q-mirror > span").evaluate_all("all => all.map(one => one.className)")
    assert colours == ["q-f", "q-o"]
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.g-row')?.dataset.index") == "0"


def test_an_unknown_field_is_underlined_and_the_valid_ones_are_named(editor: Callable[..., Page]) -> None:
    page = editor()
    filter_by(page, "status:new")
    until(lambda: count(page) == "2 of 6 rows")
    filter_by(page, "안개 speaker:ian")
    page.wait_for_selector("#filter-text[aria-invalid=true]")
    assert page.locator("#filter-box .q-bad").inner_text() == "speaker"
    note = page.locator("#filter-box .q-note").inner_text()
    assert "speaker" in note and "assignee" in note and "updated" in note
    described = page.locator("#filter-text").get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == note
    assert count(page) == "2 of 6 rows", "the rows stay as they were"
    assert page.locator("#filter-text").input_value() == "안개 speaker:ian", "what was typed stays"
    page.keyboard.press("Escape")
    assert page.locator("#filter-text").input_value() == "status:new", "the last filter is back"
    assert page.locator("#filter-text[aria-invalid]").count() == 0
    assert page.evaluate("Boolean(document.activeElement.closest('.g-view'))")
    filter_by(page, "status:nwe")
    page.wait_for_selector("#filter-text[aria-invalid=true]")
    assert page.locator("#filter-box .q-bad").inner_text() == "nwe"
    assert "original" in page.locator("#filter-box .q-note").inner_text()


def test_a_korean_word_of_two_letters_typed_with_an_input_method(editor: Callable[..., Page]) -> None:
    page = editor()
    page.keyboard.press("Control+f")
    session = page.context.new_cdp_session(page)
    for text in ("ㅇ", "아", "안", "안ㄱ", "안개"):
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {code: 'Enter', key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert page.locator("#filter-box.is-composing").count() == 1
    assert count(page) == "6 rows", "Enter belonged to the input method"
    session.send("Input.insertText", {"text": "안개"})
    assert page.locator("#filter-text").input_value() == "안개"
    page.keyboard.press("Enter")
    until(lambda: count(page) == "2 of 6 rows")
    assert page.locator("#filter-box.is-composing").count() == 0
    until(lambda: keys(page) == ["짙은 안개", "안개 속의 등대"])
    until(lambda: page.locator(".g-src .hit").all_inner_texts() == ["안개", "안개"])
    assert page.locator("#filter-box .q-mirror").inner_text() == "안개"


def test_the_menu_writes_the_language_and_the_address_keeps_it(editor: Callable[..., Page]) -> None:
    page = editor()
    filter_by(page, "lighthouse")
    until(lambda: count(page) == "2 of 6 rows")
    until(lambda: page.locator(".g-tgt .hit").all_inner_texts() == ["lighthouse", "lighthouse"])
    page.click("#filter-menu")
    page.get_by_role("menuitemcheckbox", name="Original", exact=True).click()
    until(lambda: page.locator("#filter-text").input_value() == "lighthouse status:original")
    page.click("#filter-menu")
    page.click(".menu-item:has-text('How text is looked for')")
    page.click(".menu.sub .menu-item:has-text('Does not contain')")
    until(lambda: count(page) == "2 of 6 rows" and "짙은 안개" in keys(page))
    assert page.locator("#filter-text").input_value() == "-lighthouse status:original"
    assert page.locator(".g-view .hit").count() == 0
    until(lambda: "q=-lighthouse" in page.url)
    page.reload()
    page.wait_for_selector(".g-row.is-on[data-row]")
    assert page.locator("#filter-text").input_value() == "-lighthouse status:original"
    assert count(page) == "2 of 6 rows"
    page.click("#filter-menu")
    page.click(".menu-item:has-text('All rows')")
    until(lambda: count(page) == "6 rows")


def test_the_row_with_the_cursor_stays_in_sight_and_links_of_before_still_work(editor: Callable[..., Page]) -> None:
    page = editor("?status=original&text=안개")
    assert page.locator("#filter-text").input_value() == "안개 status:original"
    page.locator('.g-row[data-index="1"]').focus()
    page.keyboard.press("ArrowDown")
    page.locator('.g-row[data-index="1"]').click()
    filter_by(page, "등대")
    until(lambda: keys(page) == ["등대에 불을 밝히세요", "안개 속의 등대"])
    on = page.locator(".g-row.is-on")
    assert "안개 속의 등대" in on.inner_text(), "the cursor is on the row where it was"
