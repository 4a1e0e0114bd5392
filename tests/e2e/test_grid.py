"""The editor page in a real browser: editing, scrolling, refusals, drafts, input methods, filters."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowLease, Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from tests.e2e.editing_pages import Texts, file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GOLD = "Find the <PAColor0xffe9bd23>Salt Fox<PAOldColor> now."
ROWS = [
    ("S1", "등대지기의 부탁", "The Keeper's Request"),
    ("S2", "<PAColor0xffe9bd23>소금여우<PAOldColor>를 찾으세요.", GOLD),
    ("S3", "첫째 줄<br/>둘째 줄", "First line<br/>second line"),
    ("S4", "고래기름 {0}통", ""),
    ("S5", "<img src=x onerror=alert(1)>", "<b onmouseover=alert(2)>bold</b>"),
    ("S6", "등불을 건네받는다", ""),
]


@pytest.fixture
def make_file(lead: User) -> Callable[..., File]:
    """`make_file(rows)`: a file of (key, source, target)."""

    def make(rows: Texts = ROWS) -> File:
        return file_with(lead, rows)

    return make


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Callable[..., Page]:
    """`editor(file, query)`: the page with its first rows drawn and a row under the cursor."""

    def open_(file: File, query: str = "") -> Page:
        page = signed_in_page(lead)
        page.goto(f"/files/{file.pk}/{query}")
        page.wait_for_selector(".g-row.is-on[data-row]")
        return page

    return open_


def lose_lease() -> None:
    """The lease of the row in the editor runs out, as after a night in which the laptop slept."""
    until(RowLease.objects.exists)
    RowLease.objects.all().delete()


def cell(page: Page, index: int, column: str = "target") -> str:
    return page.locator(f'.g-row[data-index="{index}"] [data-column="{column}"]').inner_text()


def test_editing_by_keyboard_saves_and_moves_on(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    file = make_file()
    page = editor(file, "?n=4")
    page.keyboard.press("Enter")
    page.keyboard.type("{0} barrels")
    page.keyboard.press("Tab")
    until(lambda: row_of(file, "S4").target == "{0} barrels")
    assert row_of(file, "S4").status == Status.TRANSLATED
    assert page.evaluate("document.activeElement.closest('.g-row').dataset.index") == "4"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Take the lantern")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S6").status == Status.CONFIRMED)
    assert row_of(file, "S6").target == "Take the lantern"
    assert page.evaluate("document.activeElement.dataset.index") == "5"


def test_opening_and_confirming_changes_no_letter_of_coded_texts(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    file = make_file()
    page = editor(file, "?n=2")
    for key, target in (("S2", GOLD), ("S3", "First line<br/>second line"), ("S5", "<b onmouseover=alert(2)>bold</b>")):
        page.keyboard.press("Control+g")
        page.keyboard.type(key)
        page.keyboard.press("Enter")
        until(lambda key=key: page.evaluate("document.activeElement.dataset.row") == str(row_of(file, key).pk))
        page.keyboard.press("Enter")
        page.keyboard.press("Control+s")
        until(lambda key=key: row_of(file, key).status == Status.CONFIRMED)
        assert row_of(file, key).target == target


def test_line_ends_and_colours_keep_their_spelling(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    file = make_file()
    page = editor(file, "?n=3")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("third")
    page.keyboard.press("Alt+t")
    until(lambda: row_of(file, "S3").target == "First line<br/>second line<br/>third")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert "PAColor" not in page.locator(".ed-area").input_value()
    page.keyboard.type(" Go.")
    page.keyboard.press("Alt+t")
    until(lambda: row_of(file, "S2").target == GOLD + " Go.")


def test_markup_in_texts_is_text(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    page = editor(make_file())
    assert "<img src=x onerror=alert(1)>" in cell(page, 4, "source")
    assert page.locator(".g-view img, .g-view b").count() == 0


def test_escape_restores_and_undo_takes_back(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    file = make_file()
    page = editor(file)
    page.keyboard.press("Enter")
    page.keyboard.type(" gone")
    page.keyboard.press("Escape")
    assert cell(page, 0) == "The Keeper's Request"
    page.keyboard.press("Enter")
    page.keyboard.type("!")
    page.keyboard.press("Alt+t")
    until(lambda: row_of(file, "S1").target == "The Keeper's Request!")
    page.keyboard.press("Control+z")
    until(lambda: row_of(file, "S1").target == "The Keeper's Request")


def test_a_stale_save_shows_both_texts_and_loses_none(
    editor: Callable[..., Page], make_file: Callable[..., File], translator: User
) -> None:
    file = make_file()
    page = editor(file)
    page.keyboard.press("Enter")
    page.keyboard.type(" Mine")
    lose_lease()
    row = row_of(file, "S1")
    edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Theirs"))
    page.keyboard.press("Control+s")
    page.wait_for_selector(".g-refusal")
    assert page.locator(".ed-area").input_value() == "The Keeper's Request Mine"
    assert "Theirs" in page.locator(".g-refusal").inner_text()
    assert row_of(file, "S1").target == "Theirs"
    page.click(".g-refusal button:has-text('Keep mine')")
    until(lambda: row_of(file, "S1").target == "The Keeper's Request Mine")
    page.wait_for_selector(".g-refusal", state="detached")


def test_others_edits_come_in_without_touching_the_editor(
    editor: Callable[..., Page], make_file: Callable[..., File], translator: User
) -> None:
    file = make_file()
    page = editor(file)
    page.keyboard.press("Enter")
    page.keyboard.type(" I")
    lose_lease()
    for key, target in (("S1", "Theirs"), ("S6", "Take it")):
        row = row_of(file, key)
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target))
    until(lambda: cell(page, 5) == "Take it", 9)
    page.keyboard.type(" type")
    assert page.locator(".ed-area").input_value() == "The Keeper's Request I type"
    assert "Theirs" in page.locator(".ed-note.is-theirs").inner_text()


def test_unsaved_text_is_offered_again(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    file = make_file()
    page = editor(file)
    page.keyboard.press("Enter")
    page.keyboard.type(" unsaved")
    time.sleep(0.5)
    page.reload()
    page.wait_for_selector("[data-toast=drafts]")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.locator('.g-row[data-index="0"]').focus()
    page.keyboard.press("Enter")
    page.click(".ed-note button:has-text('Use it')")
    assert page.locator(".ed-area").input_value() == "The Keeper's Request unsaved"
    page.keyboard.press("Alt+t")
    until(lambda: row_of(file, "S1").target == "The Keeper's Request unsaved")


def test_keys_belong_to_the_input_method_while_it_composes(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    file = make_file()
    page = editor(file, "?n=4")
    page.keyboard.press("Enter")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "안", "selectionStart": 1, "selectionEnd": 1})
    for code in ("Tab", "Enter", "Escape"):
        page.evaluate(
            "code => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
            " {code, key: code, isComposing: true, bubbles: true, cancelable: true}))",
            code,
        )
    assert page.locator(".ed-area").input_value() == "안"
    assert page.locator(".ed-text.is-composing").count() == 1
    session.send("Input.insertText", {"text": "안개"})
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S4").target == "안개")


def test_scrolling_leaves_no_holes_and_reaches_the_end(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    long = "꺼진 등대에 다시 불을 밝혀야 합니다. " * 4
    rows = [
        (f"K{n}", f"{n} {long if n % 3 == 0 else '등불'}", f"row {n}<br/>two" if n % 2 else "") for n in range(3000)
    ]
    page = editor(make_file(rows))
    assert page.locator("#grid").get_attribute("aria-rowcount") == "3000"
    page.mouse.move(400, 400)
    for _ in range(25):
        page.mouse.wheel(0, 700)
        time.sleep(0.02)
        assert holes(page) == []
    time.sleep(0.4)
    assert page.evaluate("document.activeElement.dataset.index") == "0", "the focused row left the page"
    page.keyboard.press("End")
    page.wait_for_selector('.g-row.is-on[data-index="2999"][data-row]')
    until(lambda: holes(page) == [])
    assert page.locator('.g-row[data-index="2999"]').get_attribute("aria-rowindex") == "3000"
    page.keyboard.press("Home")
    page.wait_for_selector('.g-row.is-on[data-index="0"][data-row]')
    assert page.locator(".g-row").count() < 120


def test_the_end_is_at_the_lower_edge_when_its_rows_come_late(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    page = editor(
        make_file([(f"K{n}", "꺼진 등대에 다시 불을 밝혀야 합니다. " * 4, "one<br/>two") for n in range(3000)])
    )
    page.evaluate(
        "const answer = window.fetch; window.fetch = async (...all) =>"
        " { await new Promise((go) => setTimeout(go, 450)); return answer(...all); }"
    )
    page.keyboard.press("End")
    page.wait_for_selector('.g-row[data-index="2999"][aria-busy]')
    page.wait_for_selector('.g-row.is-on[data-index="2999"][data-row]')
    assert until(lambda: holes(page) == []), "a hole below the last row"


def holes(page: Page) -> list[str]:
    """Gaps and overlaps between the rows on the screen."""
    return page.evaluate(
        """() => {
          const view = document.querySelector('.g-view').getBoundingClientRect();
          const boxes = [...document.querySelectorAll('.g-layer > .g-row:not(.is-parked)')]
            .map(row => ({index: Number(row.dataset.index), box: row.getBoundingClientRect()}));
          const wrong = [];
          if (boxes[0].box.top > view.top + 1) wrong.push('hole above');
          if (boxes.at(-1).box.bottom < view.bottom - 1) wrong.push('hole below');
          boxes.slice(1).forEach((one, i) => {
            if (one.index !== boxes[i].index + 1) wrong.push('order ' + one.index);
            if (Math.abs(one.box.top - boxes[i].box.bottom) > 1) wrong.push('gap ' + one.index);
          });
          return wrong;
        }"""
    )


def test_the_filter_counts_and_an_edited_row_stays_until_one_moves_on(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    file = make_file()
    page = editor(file)
    page.click("#filter-menu")
    page.click(".menu-item:has-text('New')")
    until(lambda: page.locator("#count").inner_text() == "2 of 6 rows")
    page.locator('.g-row[data-index="0"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.type("{0} barrels")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S4").status == Status.CONFIRMED)
    assert page.locator('.g-row[data-index="0"]').is_visible()
    page.keyboard.press("ArrowDown")
    until(lambda: not page.locator('.g-row[data-index="0"]').is_visible())
    page.keyboard.press("Control+f")
    page.keyboard.type("lantern nobody has")
    page.keyboard.press("Enter")
    page.wait_for_selector(".g-view > .empty")
    assert "6 rows without the filter" in page.locator(".g-view > .empty").inner_text()


def test_many_rows_get_a_status_as_one_change(editor: Callable[..., Page], make_file: Callable[..., File]) -> None:
    file = make_file()
    page = editor(file)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+F10")
    page.click(".menu-item:has-text('Confirm')")
    until(lambda: Row.objects.filter(file=file, status=Status.CONFIRMED).count() == 3)
    assert file.change_sets.filter(kind="bulk").count() == 1


def test_menu_closes_with_escape_and_gives_the_focus_back(
    editor: Callable[..., Page], make_file: Callable[..., File]
) -> None:
    page = editor(make_file())
    page.keyboard.press("Shift+F10")
    box = page.locator(".menu").bounding_box()
    assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 900
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.index") == "0"
    page.keyboard.press("?")
    page.wait_for_selector("dialog.help[open]")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.index") == "0"


def test_a_file_that_is_not_there_is_a_page_not_a_fault(signed_in_page: Callable[..., Page], translator: User) -> None:
    page = signed_in_page(translator)
    answer = page.goto("/files/-987654/")
    assert answer is not None and answer.status == 404
    assert page.locator("h1").inner_text() == "There is nothing here, or you may not see it."
