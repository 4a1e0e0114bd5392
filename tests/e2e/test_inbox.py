"""The inbox of conflicts in a real browser, on the real API: looking, deciding, deciding about many."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, RowRevision
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.models import Conflict
from apps.sync.protocol import Caller, Op
from apps.sync.server.push import push
from tests.e2e.accessibility import findings
from tests.e2e.editing_pages import file_with, row_of
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ROWS = [
    ("S1", "서두르십시오.", "Make haste."),
    ("S2", "안개 속에서 종소리가 들린다.", "You hear a bell in the fog."),
    ("S3", "등불을 건네받는다", "Take the lantern"),
]


def collide(file: File, key: str, *, early: User, mine: str, late: User, theirs: str) -> Conflict:
    """`early` edits offline, `late` on the server a little later; then the edit of the desktop comes, and loses."""
    row = row_of(file, key)
    op = Op(str(uuid.uuid4()), row.pk, row.text_rev, row.target, mine, int(row.status), time.time() - 300)
    edit_row(actor=late, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=theirs))
    (answer,) = push(actor=early, caller=Caller(str(uuid.uuid4()), time.time()), ops=[op]).answers
    assert answer.status == "lost"
    return Conflict.objects.get(op=op.op)


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, ROWS)


def badge(page: Page) -> str:
    found = page.locator("#inbox-link .badge")
    return found.inner_text() if found.count() else ""


def test_an_empty_inbox_says_so(signed_in_page: Callable[..., Page], translator: User) -> None:
    page = signed_in_page(translator)
    page.goto("/inbox/")
    page.wait_for_selector("#cf-detail .empty")
    assert "No conflicts." in page.locator("#cf-detail").inner_text()
    assert findings(page) == []
    assert badge(page) == ""


def test_both_texts_are_shown_and_mine_is_swapped_into_the_file(
    signed_in_page: Callable[..., Page], lead: User, translator: User, file: File
) -> None:
    collide(file, "S2", early=translator, mine="A bell tolls in the fog.", late=lead, theirs="Through the fog, a bell.")
    page = signed_in_page(translator)
    page.goto("/")
    until(lambda: badge(page) == "1")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_selector(".cf-side")
    detail = page.locator("#cf-detail")
    assert "You hear a bell in the fog." in detail.locator(".cf-base").first.inner_text()
    mine, theirs = detail.locator(".cf-side").all()
    assert "Mine" in mine.inner_text()
    assert "You" in mine.inner_text()
    assert lead.name in theirs.inner_text()
    assert [text.strip() for text in mine.locator("ins").all_inner_texts()] == ["A", "tolls"]
    assert "In the file" in theirs.inner_text()
    until(lambda: "Make haste." in detail.locator(".around").inner_text())
    until(lambda: mine.locator(".cf-text").get_attribute("lang") == "en")
    assert "row 2" in detail.inner_text()
    assert findings(page) == []
    page.keyboard.press("x")
    until(lambda: "You swapped" in detail.inner_text())
    row = row_of(file, "S2")
    assert row.target == "A bell tolls in the fog."
    texts = set(RowRevision.objects.filter(row=row).values_list("target", flat=True))
    assert {"A bell tolls in the fog.", "Through the fog, a bell."} <= texts
    until(lambda: badge(page) == "")
    assert "Settled" in page.locator("#cf-items").inner_text()


def test_by_keyboard_next_leave_and_a_third_text(
    signed_in_page: Callable[..., Page], lead: User, translator: User, file: File
) -> None:
    for key in ("S1", "S2", "S3"):
        collide(file, key, early=translator, mine=f"mine {key}", late=lead, theirs=f"theirs {key}")
    page = signed_in_page(translator)
    page.goto("/inbox/")
    page.wait_for_selector(".cf[aria-selected=true]")
    assert page.locator(".cf").count() == 3
    source = page.locator(".cf-src")
    assert "등불" in source.inner_text()
    page.keyboard.press("j")
    assert "안개" in source.inner_text()
    # A third that is begun stays while another one is looked at.
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" and more")
    page.locator(".cf").first.click()
    page.locator(".cf").nth(1).click()
    page.keyboard.press("e")
    assert page.locator(".cf-third").input_value() == "mine S2 and more"
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "S2").target == "mine S2 and more")
    until(lambda: page.locator(".cf:not(.is-settled)").count() == 2)
    assert page.evaluate("document.activeElement.id") == "cf-items"
    left = source.inner_text()
    page.keyboard.press("k")
    until(lambda: page.locator(".cf:not(.is-settled)").count() == 1)
    assert source.inner_text() != left
    assert sorted(Conflict.objects.exclude(resolution="").values_list("resolution", flat=True)) == ["kept", "third"]


def test_more_than_a_page_of_conflicts_is_walked_through_by_keys(
    signed_in_page: Callable[..., Page], lead: User, translator: User, file: File
) -> None:
    one = collide(file, "S1", early=translator, mine="mine", late=lead, theirs="theirs")
    for n in range(104):
        one.pk, one.op, one.lost, one._state.adding = None, uuid.uuid4(), f"mine {n}", True
        one.save()
    page = signed_in_page(translator)
    page.goto("/inbox/")
    until(lambda: page.locator(".cf").count() == 100)
    page.keyboard.press("End")
    until(lambda: page.locator(".cf").count() == 105)
    until(lambda: page.locator(".cf").last.get_attribute("aria-selected") == "true")
    # Settling one far down leaves the list as long as it was, and the next one is chosen.
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    until(lambda: page.locator(".cf.is-settled").count() == 1)
    assert page.locator(".cf:not(.is-settled)").count() == 104
    assert page.locator(".cf:not(.is-settled)").last.get_attribute("aria-selected") == "true"


def test_many_at_once_by_file_and_a_lead_sees_those_of_others(
    signed_in_page: Callable[..., Page], lead: User, reviewer: User, translator: User, file: File
) -> None:
    other = file_with(lead, ROWS, name="Sea")
    for key in ("S1", "S2"):
        collide(file, key, early=translator, mine=f"mine {key}", late=reviewer, theirs=f"theirs {key}")
    collide(other, "S3", early=translator, mine="mine", late=reviewer, theirs="theirs")
    page = signed_in_page(lead)
    page.goto("/inbox/")
    until(lambda: page.locator(".cf").count() == 3)
    assert translator.name in page.locator(".cf-side").first.inner_text()
    page.select_option("#cf-place", label="Passage / quest.xml")
    until(lambda: page.locator(".cf").count() == 2)
    page.keyboard.press("Escape")
    page.click("#cf-many")
    page.locator("dialog[open] input[value=swapped]").check()
    page.locator("dialog[open] .btn-primary").click()
    until(lambda: row_of(file, "S1").target == "mine S1")
    assert row_of(file, "S2").target == "mine S2"
    assert row_of(other, "S3").target == "theirs"
    until(lambda: badge(page) == "1")


def test_nobody_else_s_conflicts(
    signed_in_page: Callable[..., Page], lead: User, translator: User, stranger: User, file: File
) -> None:
    collide(file, "S1", early=translator, mine="mine", late=lead, theirs="theirs")
    page = signed_in_page(stranger)
    page.goto("/inbox/")
    page.wait_for_selector("#cf-detail .empty")
    assert page.locator("#cf-place option").all_inner_texts() == ["Everywhere"]


def test_a_row_that_is_gone_keeps_its_text(
    signed_in_page: Callable[..., Page], lead: User, translator: User, file: File
) -> None:
    one = collide(file, "S1", early=translator, mine="mine", late=lead, theirs="theirs")
    Conflict.objects.filter(pk=one.pk).update(reason="gone", row_id=10**9)
    page = signed_in_page(translator)
    page.goto("/inbox/")
    page.wait_for_selector(".cf-side")
    assert "not in the file any more" in page.locator(".cf-side").inner_text()
    assert "mine" in page.locator(".cf-side").inner_text()
    page.keyboard.press("x")
    page.keyboard.press("k")
    until(lambda: Conflict.objects.get(pk=one.pk).resolution == "kept")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_accessible(
    signed_in_page: Callable[..., Page], lead: User, translator: User, file: File, theme: str
) -> None:
    collide(file, "S1", early=translator, mine="mine", late=lead, theirs="theirs")
    collide(file, "S2", early=translator, mine="mine", late=lead, theirs="theirs")
    User.objects.filter(pk=translator.pk).update(preferences={"theme": theme})
    page = signed_in_page(translator)
    page.goto("/inbox/")
    page.wait_for_selector(".cf-side")
    page.keyboard.press("e")
    page.wait_for_selector(".cf-third")
    assert findings(page) == []
