"""Finding rows in a real browser: the editor's filter field, saved filters, and the page that searches rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, SavedFilter
from apps.ldm.services.files.import_file import import_file
from tests.browser import give_session
from tests.e2e.accessibility import findings
from tests.e2e.editing_pages import file_with, locstr, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
# What asks the database, and not only the screen.
on_postgres = pytest.mark.browser_on_postgres

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
    until(lambda: keys(page) == ["고래기름 {0}통", "등불"])
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


@on_postgres
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
    assert "안개 속의 등대" in page.locator(".g-row.is-on").inner_text(), "the cursor is on the row where it was"


# ---- saved filters
@on_postgres
def test_a_saved_filter_is_shared_with_a_second_person(
    editor: Callable[..., Page], file: File, translator: User, browser: Any, server_url: str
) -> None:
    page = editor()
    filter_by(page, "등대 -target:fog")
    until(lambda: count(page) == "1 of 6 rows")
    page.click("#saved-menu")
    page.click(".menu-item:has-text('Save this filter')")
    page.locator("dialog[open] input[type=text]").fill("Lighthouses <b>")
    page.locator("dialog[open] input[type=checkbox]").check()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-toast=saved-filter]")
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query, saved.shared) == ("Lighthouses <b>", "등대 -target:fog", True)
    context = browser.new_context(base_url=server_url, locale="en-US")
    give_session(context, translator, server_url)
    other = context.new_page()
    other.goto(f"/files/{file.pk}/")
    other.wait_for_selector(".g-row.is-on[data-row]")
    other.keyboard.press("Control+k")
    other.keyboard.type("lighthouses")
    until(lambda: other.locator("dialog.palette [role=option]").count() == 1)
    other.keyboard.press("Enter")
    until(lambda: count(other) == "1 of 6 rows")
    assert other.locator("#filter-text").input_value() == "등대 -target:fog"
    other.click("#saved-menu")
    assert other.locator(".menu-item:has-text('Rename, share, delete')").count() == 0, "it is not theirs"
    context.close()
    page.click("#saved-menu")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("dialog[open] input[type=text]").fill("Towers")
    page.keyboard.press("Enter")
    until(lambda: SavedFilter.objects.get().name == "Towers")
    page.click("#saved-menu")
    page.click(".menu-item:has-text('Rename, share, delete')")
    page.click(".menu.sub .menu-item:has-text('Towers')")
    page.click("dialog[open] button:has-text('Delete')")
    until(lambda: not SavedFilter.objects.exists())
    page.click("[data-toast=saved-filter] button:has-text('Undo')")
    until(lambda: SavedFilter.objects.exists())
    assert SavedFilter.objects.get().shared


def test_the_field_offers_saved_filters(editor: Callable[..., Page], file: File, lead: User) -> None:
    SavedFilter.objects.create(
        project_id=file.project_id, owner_id=lead.pk, owner_name="Lea", name="Later", query="status:todo 안개"
    )
    page = editor()
    page.keyboard.press("Control+f")
    page.keyboard.press("Alt+ArrowDown")
    until(lambda: page.locator("#filter-box [role=option]:visible").count() > 15)
    page.keyboard.type("late")
    until(lambda: options(page) != [] and page.locator("#filter-box [role=option]:visible").count() == 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(lambda: count(page) == "2 of 6 rows")
    assert page.locator("#filter-text").input_value() == "status:todo 안개"


# ---- the page that searches rows
@pytest.fixture
def second(lead: User, file: File) -> File:
    """Another file of the same project."""
    rows = [("T1", "등대 <b>열쇠</b>", "Lighthouse key"), ("T2", "밧줄", "Rope")]
    (other,) = import_file(actor=lead, project=file.project, folder=None, filename="tools.xml", data=locstr(rows))
    return other


def found(page: Page) -> list[tuple[str, ...]]:
    """(source, target) of the rows that were found."""
    texts = "rows => rows.map(row => [...row.querySelectorAll('.s-text')].map(text => text.innerText))"
    return [tuple(row) for row in page.locator("#results .s-row[data-row]").evaluate_all(texts)]


@on_postgres
def test_rows_of_two_files_are_found_opened_and_come_back_to(
    signed_in_page: Callable[..., Page], lead: User, file: File, second: File
) -> None:
    page = signed_in_page(lead)
    page.goto("/")
    page.wait_for_selector("[role=treeitem]")
    page.keyboard.press("Control+p")
    page.keyboard.insert_text("등대")
    page.wait_for_selector("dialog.palette [role=option]:has-text('All results')")
    assert page.locator("dialog.palette [role=option]").last.inner_text().strip() == "All results for “등대”"
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results .s-row[data-row]")
    sources = {source for source, _ in found(page)}
    assert sources == {"등대에 불을 밝히세요", "안개 속의 등대", "등대 <b>열쇠</b>"}
    assert page.locator("#results [role=group]").count() == 2
    assert page.locator("#results b").count() == 0, "markup in texts is text"
    assert set(page.locator("#results .hit").all_inner_texts()) == {"등대"}
    page.wait_for_selector("#search-count:has-text('3 rows')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    row = page.evaluate("Number(document.activeElement.dataset.row)")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.g-row.is-on[data-row="{row}"]')
    page.wait_for_selector("#search-back")
    page.keyboard.press("Alt+Shift+F")
    page.wait_for_selector("#results .s-row[data-row]")
    until(lambda: page.evaluate("Number(document.activeElement.dataset.row)") == row)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search-text"


@on_postgres
def test_modes_fields_and_scope_decide_what_is_found(
    signed_in_page: Callable[..., Page], lead: User, file: File, second: File
) -> None:
    page = signed_in_page(lead)
    page.goto(f"/files/{second.pk}/")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.keyboard.press("Control+Shift+F")
    page.wait_for_selector("#search-text:focus")
    assert page.locator("#search-scope").inner_text().strip() == "tools.xml"
    page.keyboard.insert_text("등대")
    until(lambda: len(found(page)) == 1, 5)
    page.click("#search-scope")
    page.click(".menu-item:has-text('Passage')")
    until(lambda: len(found(page)) == 3)
    page.select_option("#search-mode", "regex")
    page.fill("#search-text", "^(Salt|Rope)")
    page.keyboard.press("Enter")
    until(lambda: {target for _, target in found(page)} == {"Salt Fox", "Rope"})
    page.click("#search-fields")
    page.click(".menu-item:has-text('Target')")
    page.wait_for_selector("#results .empty:has-text('No row matches.')")
    page.select_option("#search-mode", "contains")
    page.click("#search-fields")
    page.click(".menu-item:has-text('Key')")
    page.fill("#search-text", "T2")
    until(lambda: found(page) == [("밧줄", "Rope")])
    page.select_option("#search-mode", "regex")
    page.fill("#search-text", "(")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-text[aria-invalid=true]")
    page.select_option("#search-mode", "similar")
    page.wait_for_selector("#results .empty.is-similar, #results .s-note")


def test_more_rows_come_when_one_walks_past_the_last(
    signed_in_page: Callable[..., Page], lead: User, server_url: str
) -> None:
    file = file_with(lead, [(f"K{n}", f"밧줄 {n}", f"Rope {n}") for n in range(150)])
    page = signed_in_page(lead)
    page.goto(f"/search/?q=밧줄&scope=file:{file.pk}")
    until(lambda: len(found(page)) == 100)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    until(lambda: len(found(page)) == 150)
    assert len({source for source, _ in found(page)}) == 150
    until(lambda: "밧줄" in page.evaluate("document.activeElement.innerText"))
    assert page.locator("#results button:has-text('More rows')").count() == 0
    assert page.locator("#results [role=group]").count() == 1


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_screen_readers_and_narrow_windows_get(
    signed_in_page: Callable[..., Page], lead: User, file: File, theme: str
) -> None:
    lead.preferences = {"theme": theme, "ui_language": "ko"}
    lead.save()
    page = signed_in_page(lead)
    page.set_viewport_size({"width": 859, "height": 700})
    page.goto(f"/files/{file.pk}/?q=등대")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.keyboard.press("Control+f")
    page.keyboard.press("End")
    page.keyboard.type(" status:")
    page.wait_for_selector("#filter-box [role=option]:visible")
    page.keyboard.press("ArrowDown")
    assert findings(page) == []
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    page.goto("/search/?q=등대")
    page.wait_for_selector("#results .s-row[data-row]")
    assert page.locator("#search-scope").is_visible() and page.locator("#search-fields").is_visible()
    assert findings(page) == []
    assert page.evaluate(wide)


def test_a_place_that_may_not_be_seen_is_not_searched(signed_in_page: Callable[..., Page], translator: User) -> None:
    page = signed_in_page(translator)
    for scope in ("file:987654", "project:-5", "nonsense", "file:x", "row:1"):
        answer = page.goto(f"/search/?scope={scope}")
        assert answer is not None and answer.status == 404, scope
