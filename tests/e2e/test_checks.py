"""Findings of the checks in a real browser: while typing, in the grid, in their tab, and when a row is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, LengthRule, RowIssue, Status
from apps.ldm.services.checks import length_rules
from tests.e2e.editing_pages import Texts, file_with, row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = [
    ("A1", "등대로 가세요.", "Go to the lighthouse."),
    ("A2", "고래기름 {0}통", "Whale oil {1} barrels"),
    ("A3", "안개가 걷힌다.", "The fog lifts."),
    ("A4", "<b>조심</b>하세요.", "<b>Careful."),
    ("A5", "첫째<br/>둘째", "First and second"),
]


@pytest.fixture
def editor(signed_in_page: Callable[..., Page], lead: User) -> Callable[..., tuple[Page, File]]:
    """`editor(n, rows)`: the page with the cursor on row n, and its file, all of it checked."""

    def open_(n: int = 1, rows: Texts = ROWS) -> tuple[Page, File]:
        from apps.ldm.services.checks.whole_file import check_file

        file = file_with(lead, rows)
        check_file(file.pk, everything=True)
        page = signed_in_page(lead)
        page.goto(f"/files/{file.pk}/?n={n}")
        page.wait_for_selector(".g-row.is-on[data-row]")
        return page, file

    return open_


def row(page: Page, index: int) -> str:
    return f'.g-row[data-index="{index}"]'


def test_rows_with_findings_are_marked_and_their_places_underlined(editor: Callable[..., tuple[Page, File]]) -> None:
    page, _ = editor()
    page.wait_for_selector(f"{row(page, 1)}.is-qa")
    assert page.locator(f"{row(page, 1)} .g-tgt .qa-e").all_inner_texts() == ["{1}"]
    assert page.locator(f"{row(page, 1)} .g-src .qa-e").all_inner_texts() == ["{0}"]
    assert page.locator(f"{row(page, 1)} .g-mark .st-qa").count() == 1
    assert "finding" in (page.locator(row(page, 1)).get_attribute("aria-label") or "")
    assert page.locator(f"{row(page, 0)}.is-qa").count() == 0
    assert page.locator("#file-checks").inner_text().strip().endswith("findings")


def test_typing_is_checked_live_and_nothing_is_kept(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(3)
    page.keyboard.press("Enter")
    page.keyboard.type(" {9}")
    page.wait_for_selector(".ed-mirror .qa-e")
    assert page.locator(".ed-mirror:not(.ed-probe) .qa-e").all_inner_texts() == ["{9}"]
    until(lambda: page.locator("#checks-count").inner_text() == "1")
    assert not RowIssue.objects.filter(row=row_of(file, "A3")).exists()
    page.keyboard.press("Backspace")
    until(lambda: page.locator(".ed-mirror .qa-e").count() == 0)
    page.keyboard.press("Escape")
    until(lambda: page.locator("#checks-count").inner_text() == "")


def test_a_repaired_row_loses_its_mark(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(2)
    page.wait_for_selector(f"{row(page, 1)}.is-qa")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Whale oil {0} barrels")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "A2").status == Status.CONFIRMED)
    until(lambda: page.locator(f"{row(page, 1)}.is-qa").count() == 0)
    assert page.locator(f"{row(page, 1)} .qa-e").count() == 0


def test_confirming_with_an_error_goes_through_and_says_so_once(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(2)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "A2").status == Status.CONFIRMED)
    pk = row_of(file, "A2").pk
    warning = page.locator(f'[data-toast="check-{pk}"]')
    warning.wait_for()
    assert "{" in warning.inner_text()
    warning.locator("button").last.click()
    page.locator(f"{row(page, 1)} .g-tgt").dblclick()
    page.wait_for_selector(".ed-area")
    page.keyboard.type(".")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "A2").target.endswith("."))
    page.wait_for_timeout(500)
    assert warning.count() == 0


def test_a_project_can_refuse_to_confirm_errors(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(2)
    project = file.project
    project.settings = {**project.settings, "checks": {"block_confirm": ["placeholder"]}}
    project.save(update_fields=["settings"])
    page.keyboard.press("Enter")
    page.keyboard.type(" more")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".g-refusal, .toast.is-error")
    assert row_of(file, "A2").status != Status.CONFIRMED
    assert "more" in page.locator(row(page, 1)).inner_text() or "more" in page.locator(".ed-area").input_value()


def test_f8_walks_from_finding_to_finding_and_round(editor: Callable[..., tuple[Page, File]]) -> None:
    page, _ = editor(1)
    seen = []
    for _step in range(4):
        before = page.evaluate("document.querySelector('.g-row.is-on').dataset.index")
        page.keyboard.press("F8")
        until(
            lambda before=before: (
                page.evaluate("document.querySelector('.g-row.is-on')?.dataset.index ?? ''") not in ("", before)
            )
        )
        seen.append(page.evaluate("document.activeElement.dataset.index"))
    assert seen == ["1", "3", "4", "1"]
    page.keyboard.press("Shift+F8")
    until(lambda: page.evaluate("document.querySelector('.g-row.is-on').dataset.index") == "4")


def test_a_finding_is_shown_dismissed_and_brought_back(editor: Callable[..., tuple[Page, File]]) -> None:
    page, file = editor(2)
    page.keyboard.press("Alt+2")
    words = page.locator("#panel-checks .issue-words")
    words.first.wait_for()
    foot = page.locator("#side-foot")
    assert words.first.inner_text() in foot.inner_text()
    assert "F8" in foot.inner_text()
    page.locator("#panel-checks .issue-what").last.click()
    page.wait_for_selector(".ed-area")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+d")
    until(lambda: not RowIssue.objects.filter(row=row_of(file, "A2"), dismissed_at__isnull=True).exists())
    until(lambda: page.locator(f"{row(page, 1)}.is-qa").count() == 0)
    assert page.locator("#panel-checks .issue.is-dismissed").count() == words.count()
    page.locator('[data-toast="dismiss"] .act button').click()
    until(lambda: RowIssue.objects.filter(row=row_of(file, "A2"), dismissed_at__isnull=True).exists())
    page.wait_for_selector(f"{row(page, 1)}.is-qa")


def test_a_count_filters_to_its_rows(editor: Callable[..., tuple[Page, File]]) -> None:
    page, _ = editor(1)
    page.keyboard.press("Alt+2")
    page.locator("#panel-checks .issue-count", has_text="Line breaks").click()
    until(lambda: page.locator("#grid").get_attribute("aria-rowcount") == "1")
    assert "First and second" in page.locator(row(page, 0)).inner_text()


def test_not_checked_is_told_from_nothing_found(
    editor: Callable[..., tuple[Page, File]], signed_in_page: Callable[..., Page], lead: User
) -> None:
    page, file = editor(1, [("B1", "가", "a")])
    until(lambda: page.locator("#file-checks").inner_text().strip() == "No findings")
    File.objects.filter(pk=file.pk).update(checked_revision=0)
    page.reload()
    assert until(lambda: page.locator("#file-checks").inner_text().strip() == "Not checked yet")


def test_a_rule_of_length_counts_warns_and_marks_what_does_not_fit(
    editor: Callable[..., tuple[Page, File]], lead: User
) -> None:
    page, file = editor(3)
    length_rules.create(actor=lead, project_id=file.project_id, given={"query": "key:A3", "characters": 20})
    page.keyboard.press("Enter")
    counts = page.locator(".ed-counts")
    until(lambda: "14 / 20" in counts.inner_text())
    page.keyboard.type(" Soo")
    until(lambda: page.locator("#live-polite").inner_text() == "18 of 20 characters")
    page.keyboard.type("n {0}!!")
    until(lambda: "23 / 20" in counts.inner_text() or "22 / 20" in counts.inner_text())
    assert page.locator(".ed-counts .st-warn").count() >= 1
    assert "!" in "".join(page.locator(".ed-mirror:not(.ed-probe) .over").all_inner_texts())
    page.keyboard.press("Tab")
    page.wait_for_selector(f'[data-toast="length-{row_of(file, "A3").pk}"]')
    until(lambda: row_of(file, "A3").target.endswith("!!"))


def test_codes_and_rules_of_a_project_are_set_on_its_page(
    editor: Callable[..., tuple[Page, File]],
) -> None:
    page, file = editor(1, [("C1", "[key:jump] 누르기", "Press [key:jump]")])
    assert page.locator(f"{row(page, 0)} .code").count() == 0
    page.goto(f"/projects/{file.project_id}/settings/")
    page.get_by_role("button", name="Add a pattern").click()
    page.get_by_label("Name").fill("key")
    page.get_by_label("Pattern", exact=True).fill(r"\[key:[a-z]{1,20}")
    page.locator("#save-codes").click()
    page.locator(".toast.is-done").wait_for()
    page.get_by_label("Pattern", exact=True).fill("(a+)+")
    page.locator("#save-codes").click()
    page.locator("#codes .form-error").wait_for()
    page.get_by_label("Pattern", exact=True).fill(r"\[key:[a-z]{1,20}\]")
    page.locator("#save-codes").click()
    page.locator("#codes .form-error").wait_for(state="hidden")
    rule = page.locator(".set-line.is-rule").last
    rule.get_by_label("Characters").fill("10")
    rule.get_by_label("File, or empty for all files").fill("no such file")
    page.locator("#add-rule").click()
    page.wait_for_selector(".toast >> text=No file here is called no such file.")
    assert not LengthRule.objects.exists()
    rule.get_by_label("File, or empty for all files").fill(file.name)
    page.locator("#add-rule").click()
    until(lambda: LengthRule.objects.filter(project=file.project, file=file, characters=10).exists())
    kept = page.locator("[data-rule]").get_by_label("Characters")
    kept.fill("ten")
    kept.press("Tab")
    page.wait_for_selector(".toast >> text=ten is not a whole number")
    assert kept.get_attribute("aria-invalid") == "true"
    assert LengthRule.objects.get().characters == 10
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(f"{row(page, 0)} .g-tgt .code")
    assert page.locator(f"{row(page, 0)} .g-tgt .code").all_inner_texts() == ["[key:jump]"]
