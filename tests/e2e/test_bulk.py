"""Acts on many rows in a real browser: choosing all rows, undo, find and replace, a block from a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Row, RowLease, Status
from tests.e2e.editing_pages import Texts, file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
# What asks the database, and not only the screen.
on_postgres = pytest.mark.browser_on_postgres

GOLD = "<PAColor0xffe9bd23>Salty Fox<PAOldColor>"
ROWS = [
    ("S1", "소금여우를 찾으세요.", "Look for the Salty Fox."),
    ("S2", "소금여우의 거처", "The Salty Fox's Den"),
    ("S3", "<PAColor0xffe9bd23>소금여우<PAOldColor>에게 {Salty}통", f"Hand {{Salty}} to the {GOLD}, Salty one"),
    ("S4", "기름 냄새", "The smell of oil"),
    ("S5", "등불", ""),
]


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Callable[..., tuple[Page, File]]:
    """`editor(rows, query)`: the page of a file of (key, source, target) with a row under the cursor."""

    def open_(rows: Texts = ROWS, query: str = "") -> tuple[Page, File]:
        file = file_with(lead, rows)
        page = signed_in_page(lead)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"/files/{file.pk}/{query}")
        page.wait_for_selector(".g-row.is-on[data-row]")
        page.locator(".g-row.is-on").focus()
        return page, file

    return open_


def texts(file: File) -> dict[str, str]:
    return dict(Row.objects.filter(file=file).values_list("key", "target"))


def put_on_clipboard(page: Page, text: str) -> None:
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)


def clipboard(page: Page, kind: str = "text/plain") -> str:
    script = """async (kind) => {
        const [item] = await navigator.clipboard.read();
        return item.types.includes(kind) ? (await item.getType(kind)).text() : "";
    }"""
    return str(page.evaluate(script, kind))


@pytest.mark.slow
def test_a_status_for_every_row_of_a_large_filter_goes_back_with_one_key(
    editor: Callable[..., tuple[Page, File]], background_tasks: Any
) -> None:
    rows = [(f"S{n}", f"등불 {n}", f"Lantern {n}" if n % 6 else "") for n in range(720)]
    page, file = editor(rows, "?q=status:original")
    page.keyboard.press("Control+a")
    assert page.locator("#chosen").inner_text().startswith("600 rows chosen")
    page.keyboard.press("Control+Shift+s")
    page.wait_for_selector("dialog[open]")
    assert "600 rows" in page.locator("dialog[open] h2").inner_text()
    page.keyboard.type("Checked with the studio")
    page.keyboard.press("Enter")
    until(lambda: Row.objects.filter(file=file, status=Status.APPROVED).count() == 600)
    page.wait_for_selector("[data-toast=act]")
    assert "600 rows: approved." in page.locator("[data-toast=act]").inner_text()
    made = ChangeSet.objects.get(file=file, kind=ChangeSet.Kind.BULK)
    assert made.reason == "Checked with the studio"
    page.wait_for_selector(".g-row.is-approved")
    page.locator(".g-row.is-on").focus()
    page.keyboard.press("Control+z")
    until(lambda: not Row.objects.filter(file=file, status=Status.APPROVED).exists())
    assert Row.objects.filter(file=file, status=Status.ORIGINAL).count() == 600
    page.wait_for_selector(".g-row.is-original")


@on_postgres
def test_rows_that_cannot_change_are_left_and_can_be_shown(
    editor: Callable[..., tuple[Page, File]], lead: User
) -> None:
    page, file = editor()
    Row.objects.filter(file=file, key="S2").update(locked=True)
    page.keyboard.press("Control+a")
    assert page.locator("#chosen").inner_text().startswith("5 rows chosen")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S1").status == Status.CONFIRMED)
    said = page.locator("[data-toast=act]").inner_text()
    assert "3 rows: confirmed." in said
    assert "2 rows were left" in said
    page.click("[data-toast=act] button:has-text('Show those left')")
    until(lambda: page.locator(".g-row[data-row]").count() == 2)
    assert [page.locator(f'.g-row[data-index="{n}"] .g-num').inner_text().strip() for n in (0, 1)] == ["2", "5"]


def test_clearing_asks_first_and_an_emptied_row_comes_back(
    editor: Callable[..., tuple[Page, File]], background_tasks: Any
) -> None:
    page, file = editor()
    page.keyboard.press("Shift+F10")
    page.click(".menu-item:has-text('Clear the text')")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    assert row_of(file, "S1").target == "Look for the Salty Fox."
    page.keyboard.press("Shift+F10")
    page.click(".menu-item:has-text('Clear the text')")
    page.click("dialog[open] .btn-primary")
    until(lambda: row_of(file, "S1").target == "")
    page.click("[data-toast=act] button:has-text('Undo')")
    until(lambda: row_of(file, "S1").target == "Look for the Salty Fox.")


@on_postgres
def test_replacing_leaves_codes_and_colours_alone(
    editor: Callable[..., tuple[Page, File]], background_tasks: Any
) -> None:
    page, file = editor()
    page.keyboard.press("Control+h")
    page.keyboard.type("Salty")
    page.keyboard.press("Tab")
    page.fill("#replace-by", "Salt")
    page.wait_for_selector(".rp-hit ins")
    until(lambda: page.locator(".rp-hit").count() == 5)
    # The one inside {Salty} is listed, says why, and cannot be taken.
    refused = page.locator(".rp-hit[aria-disabled]")
    assert refused.count() == 1
    assert refused.get_attribute("aria-checked") == "false"
    assert refused.locator(".rp-why").inner_text()
    # One of the others is left out by hand.
    page.locator(".rp-hit:has(ins)").nth(1).locator(".rp-box").click()
    page.click(".replace .btn-primary")
    until(lambda: "Salt Fox" in row_of(file, "S1").target)
    assert texts(file) == {
        "S1": "Look for the Salt Fox.",
        "S2": "The Salty Fox's Den",
        "S3": "Hand {Salty} to the <PAColor0xffe9bd23>Salt Fox<PAOldColor>, Salt one",
        "S4": "The smell of oil",
        "S5": "",
    }
    assert ChangeSet.objects.filter(file=file, kind=ChangeSet.Kind.REPLACE).count() == 1
    until(lambda: page.evaluate("document.activeElement.id") == "replace-find")
    page.keyboard.press("Escape")
    assert page.evaluate("Boolean(document.activeElement.closest('.g-row'))")
    page.keyboard.press("Control+z")
    until(lambda: row_of(file, "S1").target == "Look for the Salty Fox.")


@on_postgres
def test_a_regular_expression_is_refused_in_place_and_groups_are_put_in(
    editor: Callable[..., tuple[Page, File]],
) -> None:
    page, file = editor()
    page.keyboard.press("Control+h")
    page.click(".rp-toggle:has-text('.*')")
    page.click(".rp-toggle:has-text('Aa')")
    page.fill("#replace-find", "(Salty")
    page.wait_for_selector(".rp-problem:not([hidden])")
    assert page.locator("#replace-find").get_attribute("aria-invalid") == "true"
    page.fill("#replace-find", r"the (\w+) Fox\b")
    page.fill("#replace-by", "a $1 Wolf")
    page.wait_for_selector(".rp-problem[hidden]", state="attached")
    until(lambda: page.locator(".rp-hit ins").all_inner_texts() == ["a Salty Wolf"])
    page.locator("#replace-find").focus()
    page.keyboard.press("F3")
    until(lambda: page.locator(".g-row.is-on").get_attribute("data-index") == "0")
    assert page.evaluate("document.activeElement.id") == "replace-find"
    page.click("button:has-text('Replace this one')")
    until(lambda: row_of(file, "S1").target == "Look for a Salty Wolf.")


def test_a_block_of_a_spreadsheet_is_looked_at_and_pasted(
    editor: Callable[..., tuple[Page, File]], background_tasks: Any
) -> None:
    page, file = editor()
    put_on_clipboard(
        page,
        "소금여우를 찾으세요.\tFind the fox.\r\n다른 문장\tThe den\r\n"
        '"<PAColor0xffe9bd23>소금여우<PAOldColor>에게 {Salty}통"\t"Two ""lines""\nof text"\r\n',
    )
    page.keyboard.press("Control+v")
    page.wait_for_selector("dialog.paste .paste-line")
    lines = page.locator(".paste-line")
    assert lines.count() == 3
    # The second line's source is another one: it is shown, warned about, and not taken by itself.
    assert [lines.nth(n).locator("input").is_checked() for n in range(3)] == [True, False, True]
    assert "The source is another one." in lines.nth(1).inner_text()
    page.click("dialog.paste .btn-primary")
    until(lambda: row_of(file, "S1").target == "Find the fox.")
    assert row_of(file, "S2").target == "The Salty Fox's Den"
    assert row_of(file, "S3").target.replace("<br/>", "\n") == 'Two "lines"\nof text'
    assert ChangeSet.objects.filter(file=file, kind=ChangeSet.Kind.PASTE).count() == 1
    page.wait_for_selector("dialog.paste", state="detached")
    page.locator(".g-row.is-on").focus()
    page.keyboard.press("Control+z")
    until(lambda: row_of(file, "S1").target == "Look for the Salty Fox.")


def test_one_cell_on_one_row_is_an_edit_that_esc_takes_back(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor()
    put_on_clipboard(page, "Find the fox.")
    page.keyboard.press("Control+v")
    page.wait_for_selector(".g-edit")
    until(lambda: page.evaluate("document.querySelector('.g-edit').innerText || document.activeElement.value"))
    page.keyboard.press("Escape")
    page.wait_for_selector(".g-edit", state="detached")
    assert row_of(file, "S1").target == "Look for the Salty Fox."
    page.keyboard.press("Control+v")
    page.wait_for_selector(".g-edit")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S1").target == "Find the fox.")


def test_rows_are_copied_as_text_and_as_a_table(editor: Callable[..., tuple[Page, File]]) -> None:
    page, _file = editor([("S1", "첫째\n둘째", 'say "x"'), ("S2", "=1+1", "<b>")])
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.wait_for_selector("[data-toast=copy]")
    assert page.evaluate("Boolean(document.activeElement.closest('.g-row'))")
    assert clipboard(page).replace("\r\n", "\n") == '"첫째\n둘째"\t"say ""x"""\n=1+1\t<b>'
    table = clipboard(page, "text/html")
    assert table.count("<td") == 4
    assert "<br" in table
    assert "&lt;b&gt;" in table


@on_postgres
def test_a_row_that_somebody_edits_is_left(editor: Callable[..., tuple[Page, File]], translator: User) -> None:
    page, file = editor()
    held = row_of(file, "S1")
    now = timezone.now()
    RowLease.objects.create(
        row_id=held.pk, file_id=file.pk, user_id=translator.pk, user_name=translator.name, connection="c1",
        taken_at=now, until=now + timedelta(minutes=1),
    )  # fmt: skip
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S2").status == Status.CONFIRMED)
    assert row_of(file, "S1").status == Status.ORIGINAL
    assert "is editing this row" in page.locator("[data-toast=act]").inner_text()
