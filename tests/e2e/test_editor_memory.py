"""The editor's Memory tab in a real browser: matches, marks, terms, concordance, keys, and how often it asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Origin, Row, Status
from apps.tm.models import Entry, MatchDay, Memory
from apps.tm.services.terms.edit import add
from apps.tm.services.terms.values import TermEdit
from tests.e2e.editing_pages import Texts, file_with, row_of
from tests.e2e.memory_pages import filled, look_ups, memory_at, rest
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ROWS = [
    ("S1", "선장님, 이 안개를 뚫고 오셨군요.", ""),
    ("S2", "고래기름 7통을 <PAColor0xffe9bd23>소금여우<PAOldColor>에게 주세요.", ""),
    ("S3", "바다는 기억하지 않소.", ""),
    ("S4", "바다는 기억하지 않소.", ""),
    ("S5", "등불을 건네받는다", "Take the lantern"),
]
ENTRIES = [
    ("선장님, 이 폭풍을 뚫고 오셨군요.", "Captain, you came all this way in this storm.", "Q1"),
    (
        "고래기름 3통을 <PAColor0xffe9bd23>소금여우<PAOldColor>에게 주세요.",
        "Give 3 barrels to the <PAColor0xffe9bd23>Salt Fox<PAOldColor>.",
        "Q2",
    ),
    ("바다는 기억하지 않소.", "The sea keeps no memory.", "Q3"),
]


@pytest.fixture
def world(lead: User) -> tuple[File, Memory]:
    """A file, and a memory of its project that others filled."""
    file = file_with(lead, ROWS)
    memory = memory_at(lead, "Passage 2024", file.project)
    filled(lead, memory, ENTRIES)
    return file, memory


@pytest.fixture
def glossary(lead: User, world: tuple[File, Memory]) -> Memory:
    """A glossary of the project: captain, and the Salt Fox, who is not to be called otherwise."""
    base = memory_at(lead, "Glossary", world[0].project, kind="terms")
    for term in (
        TermEdit(source="선장", target="captain", note="never skipper"),
        TermEdit(source="소금여우", target="Salt Fox"),
        TermEdit(source="소금여우", target="Saltfox", use="forbidden"),
    ):
        add(actor=lead, memory_id=base.pk, term=term)
    return base


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Callable[..., Page]:
    """`editor(file, query)`: the page with the cursor on a row."""

    def open_(file: File, query: str = "") -> Page:
        page = signed_in_page(lead)
        page.goto(f"/files/{file.pk}/{query}")
        page.wait_for_selector(".g-row.is-on[data-row]")
        return page

    return open_


def match(page: Page, n: int = 1) -> Locator:
    """The n-th match of the panel, drawn."""
    found = page.locator("#panel-memory .match:not(.mem-skeleton)").nth(n - 1)
    found.wait_for()
    return found


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.className")


def test_a_match_is_shown_and_fills_the_row(editor: Callable[..., Page], world: tuple[File, Memory]) -> None:
    file, memory = world
    page = editor(file)
    best = match(page)
    text = best.inner_text()
    assert "Passage 2024" in text
    assert "Ctrl 1" in text
    assert best.locator("del").all_inner_texts() == ["폭풍을"]
    assert best.locator("ins").all_inner_texts() == ["안개를"]
    assert best.locator(".parts .part").count() == 6
    assert page.locator("#file-memories").inner_text() == "1 memory"
    assert "confirmed rows go here" in str(page.locator("#file-memories").get_attribute("title"))
    page.keyboard.press("Control+1")
    row = until(lambda: (found := row_of(file, "S1")).target and found)
    assert (row.target, row.status, row.origin) == (ENTRIES[0][1], Status.TRANSLATED, Origin.MEMORY)
    assert 75 <= row.score < 100
    page.wait_for_selector(f'.g-row[data-index="0"] .g-mark .score:not(.avail) >> text={row.score}')
    assert page.evaluate("document.activeElement.dataset.index") == "0", "the cursor stays"
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and "/rows/" in answer.url):
        page.keyboard.press("Control+z")
    assert row_of(file, "S1").target == ""
    page.wait_for_selector('.g-row[data-index="0"] .g-mark .score.avail')
    page.keyboard.press("Control+y")
    until(lambda: (row_of(file, "S1").origin, row_of(file, "S1").score) == (Origin.MEMORY, row.score))


def test_a_match_replaces_the_text_of_the_open_editor_as_one_step(
    editor: Callable[..., Page], world: tuple[File, Memory]
) -> None:
    file, memory = world
    page = editor(file, "?n=2")
    match(page)
    page.keyboard.press("Enter")
    page.keyboard.type("mine")
    page.keyboard.press("Control+1")
    area = page.locator(".ed-area")
    filled_in = area.input_value()
    assert filled_in.startswith("Give 7 barrels to the ")
    assert "PAColor" not in filled_in
    assert "ed-area" in focused(page)
    page.keyboard.press("Control+z")
    assert area.input_value() == "mine"
    page.keyboard.press("Control+1")
    page.keyboard.press("Alt+t")
    row = until(lambda: (found := row_of(file, "S2")).target and found)
    assert row.target == "Give 7 barrels to the <PAColor0xffe9bd23>Salt Fox<PAOldColor>."
    assert (row.origin, row.status) == (Origin.MEMORY, Status.TRANSLATED)


def test_what_is_confirmed_is_found_by_another_page(editor: Callable[..., Page], world: tuple[File, Memory]) -> None:
    file, memory = world
    page = editor(file)
    match(page)
    other = page.context.new_page()
    other.goto(f"/files/{file.pk}/?n=5")
    other.wait_for_selector("#panel-memory .empty >> text=Nothing like it in 1 memory.")
    page.keyboard.press("End")
    page.wait_for_selector('.g-row.is-on[data-index="4"]')
    page.keyboard.press("Control+s")
    until(lambda: Entry.objects.filter(memory=memory, source="등불을 건네받는다", removed_at=None).count() == 1)
    entry = Entry.objects.get(memory=memory, source="등불을 건네받는다")
    other.wait_for_selector('#panel-memory .match .score >> text="102"')
    page.keyboard.press("End")
    page.keyboard.press("Control+s")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    time.sleep(0.6)
    again = Entry.objects.get(memory=memory, source="등불을 건네받는다")
    assert (again.rev, again.changed_at) == (entry.rev, entry.changed_at), "a second confirm changes nothing"


def test_rows_without_a_text_show_their_best_match_until_it_is_switched_off(
    editor: Callable[..., Page], world: tuple[File, Memory]
) -> None:
    file, memory = world
    Row.objects.filter(file=file, key="S4").update(comment="Spoken by the keeper.")
    page = editor(file)
    exact = page.locator('.g-row[data-index="2"] .g-mark .score.avail')
    exact.wait_for()
    assert int(exact.inner_text()) >= 100
    heights = page.evaluate("[...document.querySelectorAll('.g-row[data-row]')].map((row) => row.offsetHeight)")
    assert len(set(heights)) == 1, "a mark that comes later does not move the rows"
    assert page.locator('.g-row[data-index="4"] .score').count() == 0
    page.keyboard.press("Control+k")
    page.keyboard.type("marks of rows")
    page.keyboard.press("Enter")
    exact.wait_for(state="detached")


def test_terms_are_underlined_and_inserted(
    editor: Callable[..., Page], world: tuple[File, Memory], glossary: Memory
) -> None:
    file, memory = world
    page = editor(file)
    line = page.locator('.g-row[data-index="0"] .g-src .term')
    line.wait_for()
    assert line.all_inner_texts() == ["선장"]
    source = page.locator('.g-row[data-index="0"] .g-src .g-text').text_content()
    assert source == ROWS[0][1]
    page.keyboard.press("Enter")
    page.keyboard.type("Oh ")
    page.keyboard.press("Control+Shift+1")
    assert page.locator(".ed-area").input_value() == "Oh captain"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector('.g-row[data-index="1"] .g-src .tone .term >> text=소금여우')
    assert page.locator('.g-row[data-index="0"] .g-src .term').count() == 0
    assert page.locator(".term-row .st-qa").inner_text() == "not Saltfox"
    page.keyboard.press("Control+Shift+1")
    until(lambda: page.locator(".ed-area").count() and page.locator(".ed-area").input_value() == "Salt Fox")


def test_the_arrow_keys_ask_once_when_they_rest(editor: Callable[..., Page], lead: User) -> None:
    rows: Texts = [(f"K{n}", f"{n}번째 등대에 불을 밝혀야 합니다.", "") for n in range(300)]
    file = file_with(lead, rows)
    filled(lead, memory_at(lead, "Passage", file.project), [("3번째 등대에 불을 밝혀야 합니다.", "Light tower 3.", "")])
    page = editor(file)
    match(page)
    sent = look_ups(page)
    rest(page, sent)
    page.keyboard.down("ArrowDown")
    for _ in range(60):
        page.keyboard.down("ArrowDown")
        page.wait_for_timeout(15)
    page.keyboard.up("ArrowDown")
    page.wait_for_timeout(1500)
    assert int(page.evaluate("document.activeElement.dataset.index")) >= 60
    assert 1 <= len(sent) <= 2, "where it rests, and the row below"
    # The row below was asked for ahead: it is shown without a question of its own, only the next one is asked for.
    del sent[:]
    page.keyboard.press("ArrowDown")
    match(page)
    page.wait_for_timeout(700)
    assert len(sent) <= 1


def test_nothing_is_asked_for_while_the_panel_is_closed(
    editor: Callable[..., Page], world: tuple[File, Memory]
) -> None:
    file, memory = world
    page = editor(file)
    match(page)
    page.keyboard.press("Control+b")
    page.wait_for_timeout(500)
    sent = look_ups(page)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(300)
    assert sent == []
    page.keyboard.press("Alt+2")
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(400)
    assert sent == []
    page.keyboard.press("Alt+1")
    match(page)
    assert sent


def test_an_input_method_is_left_alone(
    editor: Callable[..., Page], world: tuple[File, Memory], glossary: Memory
) -> None:
    file, memory = world
    page = editor(file)
    match(page)
    page.keyboard.press("Enter")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "안", "selectionStart": 1, "selectionEnd": 1})
    for shift in (False, True):
        page.evaluate(
            "shiftKey => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code: 'Digit1', key: '1',"
            " ctrlKey: true, shiftKey, isComposing: true, bubbles: true, cancelable: true}))",
            shift,
        )
    assert page.locator(".ed-area").input_value() == "안"
    session.send("Input.insertText", {"text": "안개"})
    assert page.locator(".ed-area").input_value() == "안개"
    page.keyboard.press("Control+1")
    assert page.locator(".ed-area").input_value() == ENTRIES[0][1]


def test_the_panel_by_keyboard(editor: Callable[..., Page], world: tuple[File, Memory], glossary: Memory) -> None:
    file, memory = world
    page = editor(file, "?n=2")
    match(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("go to the matches")
    page.keyboard.press("Enter")
    until(lambda: "match" in focused(page))
    page.keyboard.press("Shift+F10")
    page.wait_for_selector("[role=menu] >> text=Use this text")
    assert "Use the text as the memory has it" in page.locator("[role=menu]").inner_text()
    page.keyboard.press("Escape")
    assert "match" in focused(page)
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    until(lambda: row_of(file, "S2").target.startswith("Give 7 barrels"))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.index") == "1"


def test_concordance_of_a_selection(editor: Callable[..., Page], world: tuple[File, Memory]) -> None:
    file, memory = world
    page = editor(file, "?n=5")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("keeps no")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+F3")
    hit = page.locator(".conc-list .term-row")
    hit.wait_for()
    assert hit.locator(".hit").all_inner_texts() == ["keeps no"]
    assert page.locator(".ed-area").input_value() == "keeps no", "the editor stays open"
    page.keyboard.press("Escape")
    assert "ed-area" in focused(page)
    page.keyboard.press("Control+F3")
    page.locator("#panel-memory input").fill("바다")
    until(lambda: hit.locator(".hit").all_inner_texts() == ["바다"])
    page.keyboard.press("ArrowDown")
    assert "term-row" in focused(page)
    page.keyboard.press("Shift+F10")
    page.click("[role=menu] >> text=Insert the target")
    until(lambda: page.locator(".ed-area").input_value().endswith("The sea keeps no memory."))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+F3")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"/memory/{memory.pk}/" in page.url
    page.wait_for_selector(".rec-row >> text=바다는 기억하지 않소.")


def test_a_file_without_a_memory_says_so(editor: Callable[..., Page], lead: User) -> None:
    page = editor(file_with(lead, ROWS))
    page.wait_for_selector("#panel-memory >> text=No memory serves this file.")
    assert page.locator("#file-memories").inner_text() == "No memory"


def test_an_unconfirmed_entry_says_so_and_confirmation_can_be_taken_away(
    editor: Callable[..., Page], world: tuple[File, Memory], lead: User
) -> None:
    file, memory = world
    Entry.objects.filter(memory=memory).update(confirmed=True, confirmed_at=timezone.now())
    page = editor(file)
    assert match(page).locator(".m-open").count() == 0
    match(page).click(button="right")
    page.click("[role=menu] >> text=Not right")
    until(lambda: not Entry.objects.get(memory=memory, key="Q1").confirmed)
    page.wait_for_selector("#panel-memory .match .m-open")


def test_the_earlier_translation_of_a_row_is_named_and_used(
    editor: Callable[..., Page], world: tuple[File, Memory], lead: User
) -> None:
    file, memory = world
    filled(lead, memory, [("문지기에게 초롱을 넘겨주시오.", "Hand the lamp to the warden.", "S5")])
    page = editor(file, "?n=5")
    page.wait_for_selector("#panel-memory .sec >> text=Earlier translation of this row")
    assert "Hand the lamp" in match(page).inner_text()
    page.keyboard.press("Control+1")
    until(lambda: row_of(file, "S5").target == "Hand the lamp to the warden.")


def test_a_neighbour_by_meaning_has_no_number_and_is_used_by_an_act_only(
    editor: Callable[..., Page], world: tuple[File, Memory], lead: User
) -> None:
    file, memory = world
    filled(lead, memory, [("건네받는다, 그 등불을", "Take the lantern from him", "N1")])
    page = editor(file, "?n=5")
    page.wait_for_selector("#panel-memory .sec >> text=never filled in by itself")
    near = match(page)
    assert near.locator(".score, .kbd, .parts").count() == 0
    page.keyboard.press("Control+1")
    page.wait_for_timeout(300)
    assert row_of(file, "S5").target == "Take the lantern"
    page.keyboard.press("Enter")
    near.click()
    assert "ed-area" in focused(page), "a click in the panel leaves the caret in the text"
    near.dblclick()
    assert page.locator(".ed-area").input_value() == "Take the lantern from him"
    page.keyboard.press("Alt+t")
    row = until(lambda: (found := row_of(file, "S5")).origin == Origin.MEMORY and found)
    assert row.score is None


def test_what_became_of_a_match_is_counted_once(editor: Callable[..., Page], world: tuple[File, Memory]) -> None:
    file, memory = world
    page = editor(file)
    match(page)
    page.keyboard.press("Control+1")
    until(lambda: row_of(file, "S1").target)
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S1").status == Status.CONFIRMED)
    page.keyboard.press("Home")
    page.wait_for_timeout(500)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(500)
    counted = MatchDay.objects.filter(memory=memory).values_list("as_is", "edited", "not_used")
    assert list(counted) == [(1, 0, 0)]


def test_a_locked_row_is_not_filled(editor: Callable[..., Page], world: tuple[File, Memory]) -> None:
    file, memory = world
    Row.objects.filter(file=file, key="S1").update(locked=True)
    page = editor(file)
    match(page)
    page.keyboard.press("Control+1")
    page.wait_for_selector("[data-toast=locked]")
    assert row_of(file, "S1").target == ""
