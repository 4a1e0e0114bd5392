"""The memory page in a real browser: places and order, entries, editing, acts on many, the bins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.formats.units_records import Unit
from apps.ldm.models import Folder, MemoryAssignment, Project
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from apps.tm.models import Entry, Memory
from apps.tm.services.entries.edit import EntryEdit, edit
from apps.tm.services.entries.load import load
from tests.e2e.memory_pages import TEXTS, filled, item, memory_at, opened, row, sources
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def project(lead: User) -> Project:
    platform = create_platform(actor=lead, name="PC")
    return create_project(actor=lead, platform_id=platform.pk, name="Ashen", source_language="ko", target_language="en")


@pytest.fixture
def folder(lead: User, project: Project) -> Folder:
    outer = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="quest")
    return create_folder(actor=lead, project_id=project.pk, parent_id=outer.pk, name="chapter 2")


@pytest.fixture
def memory(lead: User, project: Project) -> Memory:
    made = memory_at(lead, "Ashen EN", project)
    filled(lead, made)
    return made


def note(page: Page) -> str:
    return page.locator(".tree-note").inner_text()


def asked(page: Page) -> list[str]:
    """The memories that a file asks, as the page of the place lists them."""
    return page.locator(".mem-place tbody").first.locator("td .strong").all_inner_texts()


def test_a_file_asks_the_nearest_first_and_what_is_switched_off_no_more(
    signed_in_page: Callable[..., Page], lead: User, project: Project, folder: Folder, client_for: Callable[..., Any]
) -> None:
    """Golden path 8: folder, parent, project, platform."""
    assert folder.parent is not None and project.platform is not None
    for name, place in (("Wide", project.platform), ("Own", project), ("Near", folder.parent), ("Nearest", folder)):
        memory_at(lead, name, place)
    page = opened(signed_in_page(lead), f"/memory/?place=folder-{folder.pk}")
    assert asked(page) == ["Nearest", "Near", "Own", "Wide"]
    assert note(page) == "A file in chapter 2 asks Nearest, then Near, then Own, then Wide."
    item(page, "Near").click(button="right")
    page.get_by_role("menuitemcheckbox", name="Active").click()
    page.wait_for_function("() => !document.querySelector('.tree-note').textContent.includes('Near,')")
    assert not MemoryAssignment.objects.get(memory__name="Near").active
    until(lambda: asked(page) == ["Nearest", "Own", "Wide"])
    # By key, and back again.
    item(page, "Nearest").focus()
    page.keyboard.press("Control+Space")
    page.wait_for_function("() => !document.querySelector('.tree-note').textContent.includes('Nearest')")
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.querySelector('.tree-note').textContent.includes('Nearest')")
    assert MemoryAssignment.objects.get(memory__name="Nearest").active


def test_the_address_keeps_what_is_open(
    signed_in_page: Callable[..., Page], lead: User, project: Project, memory: Memory
) -> None:
    page = signed_in_page(lead)
    page.goto("/")
    page.wait_for_selector("#place[data-ready]")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/memory/")
    page.wait_for_selector("#middle[data-ready]")
    item(page, "Ashen EN").click()
    page.wait_for_url(f"**/memory/{memory.pk}/")
    page.wait_for_selector(".rec-row[data-id]")
    assert page.locator("#crumbs a").all_inner_texts() == ["Memory and terms", "PC", "Ashen", "Ashen EN"]
    page.locator("#crumbs a", has_text=re.compile("^Ashen$")).click()
    page.wait_for_url(f"**/memory/?place=project-{project.pk}")
    page.go_back()
    page.wait_for_selector(".rec-row[data-id]")
    page.reload()
    page.wait_for_selector(".rec-row[data-id]")
    assert item(page, "Ashen EN").get_attribute("aria-selected") == "true"


def test_drag_to_a_folder_and_undo(
    signed_in_page: Callable[..., Page], lead: User, project: Project, folder: Folder, memory: Memory
) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    item(page, "Ashen EN").drag_to(item(page, "quest"))
    until(lambda: MemoryAssignment.objects.get(memory=memory).folder_id == folder.parent_id)
    page.wait_for_selector("#toasts >> text=serves quest now")
    assert note(page) == "A file in quest asks Ashen EN."
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    until(lambda: MemoryAssignment.objects.get(memory=memory).project_id == project.pk)


@pytest.mark.slow
def test_cut_paste_to_unassigned_and_back_by_keys(
    signed_in_page: Callable[..., Page], lead: User, project: Project, memory: Memory
) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    item(page, "Ashen EN").focus()
    page.keyboard.press("Control+x")
    assert "Cut: Ashen EN" in page.locator("#clipboard").inner_text()
    page.keyboard.press("Home")
    page.keyboard.press("Control+v")
    until(lambda: MemoryAssignment.objects.get(memory=memory).project_id is None)
    assignment = MemoryAssignment.objects.get(memory=memory)
    assert not assignment.active
    page.wait_for_function("() => document.querySelector('.tree-note').textContent.includes('No file asks')")
    # Without a place it cannot be switched on.
    item(page, "Ashen EN").focus()
    page.keyboard.press("Control+Space")
    page.wait_for_selector("#toasts >> text=Without a place")
    assert not MemoryAssignment.objects.get(memory=memory).active


def test_copy_and_paste_into_a_folder(
    signed_in_page: Callable[..., Page],
    lead: User,
    project: Project,
    folder: Folder,
    memory: Memory,
    background_tasks: Any,
) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    item(page, "Ashen EN").focus()
    page.keyboard.press("Control+c")
    item(page, "quest").focus()
    page.keyboard.press("Control+v")
    item(page, "Ashen EN (2)").wait_for()
    copied = Memory.objects.get(name="Ashen EN (2)")
    assert MemoryAssignment.objects.get(memory=copied).folder_id == folder.parent_id
    assert Entry.objects.filter(memory=copied).count() == 3


def test_rename_in_the_tree(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    item(page, "Ashen EN").focus()
    page.keyboard.press("F2")
    page.keyboard.press("Control+a")
    page.keyboard.type("Ashen English")
    page.keyboard.press("Enter")
    until(lambda: Memory.objects.get(pk=memory.pk).name == "Ashen English")
    assert page.wait_for_selector("#crumbs >> text=Ashen English")


def test_delete_and_restore_a_memory(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    item(page, "Ashen EN").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Move to recycle bin").click()
    page.wait_for_selector("#toasts >> text=is in the recycle bin")
    assert Memory.objects.get(pk=memory.pk).trashed_at is not None
    assert item(page, "Ashen EN").count() == 0
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    until(lambda: Memory.objects.get(pk=memory.pk).trashed_at is None)
    page.wait_for_selector(".rec-row[data-id]")
    assert MemoryAssignment.objects.get(memory=memory).active
    # The bin of the files shows memories too.
    item(page, "Ashen EN").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Move to recycle bin").click()
    until(lambda: Memory.objects.get(pk=memory.pk).trashed_at is not None)
    page.goto("/trash/")
    page.locator(".list-row", has_text="Ashen EN").click()
    page.keyboard.press("Enter")
    until(lambda: Memory.objects.get(pk=memory.pk).trashed_at is None)


def test_edit_in_place_and_confirm(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    row(page, "The sea keeps").locator(".rec-target").dblclick()
    page.wait_for_selector("[data-field=target]:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type("The sea remembers nothing.")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Nothing.")
    page.keyboard.press("Tab")
    page.wait_for_selector("[data-field=key]:focus")
    page.keyboard.type("QST_9")
    page.keyboard.press("Control+s")
    until(lambda: Entry.objects.get(source=TEXTS[2][0]).confirmed)
    entry = Entry.objects.get(source=TEXTS[2][0])
    assert (entry.target, entry.key) == ("The sea remembers nothing.\nNothing.", "QST_9")
    page.wait_for_selector(".rec-row.is-on [aria-label=Confirmed]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=target]:focus")
    page.keyboard.type(" thrown away")
    page.keyboard.press("Escape")
    page.wait_for_selector(".rec-row.is-on:focus")
    assert Entry.objects.get(pk=entry.pk).target == entry.target
    # The history is beside it, word by word.
    page.wait_for_selector("#panel-entry ins >> text=remembers")


def test_a_refused_save_keeps_both_texts(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    row(page, "A Keeper").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=target]:focus")
    entry = Entry.objects.get(source=TEXTS[0][0])
    edit(actor=lead, entry_id=entry.pk, seen_rev=entry.rev, changes=EntryEdit(target="Theirs"))
    page.keyboard.press("Control+a")
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    panel = page.locator(".g-refusal")
    panel.wait_for()
    assert "Theirs" in panel.inner_text() and "Mine" in panel.inner_text()
    panel.get_by_role("button", name="Keep mine").click()
    until(lambda: Entry.objects.get(pk=entry.pk).target == "Mine")
    page.wait_for_selector(".g-refusal", state="detached")


def test_confirm_and_delete_many_and_undo(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    page.wait_for_selector(".rec-row.is-on")
    page.locator(".rec-row.is-on").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+s")
    until(lambda: Entry.objects.filter(confirmed=True).count() == 2)
    page.wait_for_selector("#toasts >> text=2 entries confirmed")
    page.keyboard.press("Control+z")
    until(lambda: not Entry.objects.filter(confirmed=True).exists())
    # All that match, whatever is on the screen.
    page.keyboard.press("Control+f")
    page.keyboard.type("QST in:key")
    page.keyboard.press("Enter")
    until(lambda: "3 of 3" in page.locator("#record-count").inner_text())
    page.locator(".rec-row.is-on").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    until(lambda: Entry.objects.filter(confirmed=True).count() == 3)
    page.wait_for_selector("#toasts >> text=3 entries confirmed")
    page.wait_for_selector(".rec-row.is-on")
    page.locator(".rec-row.is-on").focus()
    before = sources(page)
    page.keyboard.press("Delete")
    until(lambda: Entry.objects.filter(removed_at__isnull=False).count() == 1)
    until(lambda: len(sources(page)) == 2)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    until(lambda: sources(page) == before)
    assert not Entry.objects.filter(removed_at__isnull=False).exists()


def test_the_entry_bin(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    row(page, "A Keeper").click()
    page.keyboard.press("Delete")
    until(lambda: Entry.objects.filter(removed_at__isnull=False).count() == 1)
    page.click("#state-menu")
    page.get_by_role("menuitemcheckbox", name="Deleted").click()
    until(lambda: sources(page) == [TEXTS[0][0]])
    row(page, "A Keeper").click()
    page.keyboard.press("Enter")
    until(lambda: not Entry.objects.filter(removed_at__isnull=False).exists())
    assert page.wait_for_selector("text=Nothing was deleted here.")


def test_search_with_fields(signed_in_page: Callable[..., Page], lead: User, memory: Memory) -> None:
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    page.wait_for_selector(".rec-row .code")
    page.keyboard.press("Control+f")
    page.keyboard.type("바다")
    until(lambda: sources(page) == [TEXTS[2][0]])
    page.reload()
    until(lambda: sources(page) == [TEXTS[2][0]])
    page.keyboard.press("Control+f")
    page.keyboard.press("Escape")
    until(lambda: len(sources(page)) == 3)
    page.keyboard.type(f'author:"{lead.name}" barrels')
    until(lambda: sources(page) == [TEXTS[1][0]])
    page.keyboard.press("Control+a")
    page.keyboard.type("author:nobody-here")
    page.wait_for_selector("text=Nothing matches.")
    page.keyboard.press("Control+a")
    page.keyboard.type("wrong:field")
    assert page.wait_for_selector(".q-note >> text=There is no field")


@pytest.mark.slow
def test_ten_thousand_entries_scroll_page_by_page(
    signed_in_page: Callable[..., Page], lead: User, project: Project
) -> None:
    memory = memory_at(lead, "Large", project)
    units = (Unit(source=f"등대 {n}", target=f"Light {n}", key=f"K{n:05}") for n in range(10_000))
    load(actor=lead, memory_id=memory.pk, units=units, mode="keep_all")
    page = opened(signed_in_page(lead), f"/memory/{memory.pk}/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/entries?" in request.url else None)
    page.wait_for_selector(".rec-row[data-id]")
    until(lambda: "10,000 entries" in page.locator("#record-count").inner_text())
    page.locator(".rec-head [data-sort=key]").click()
    until(lambda: sources(page)[:1] == ["등대 0"])
    assert len(asked) <= 3
    for _ in range(6):
        page.keyboard.press("End")
        page.wait_for_function("() => !document.querySelector('.rec-row[aria-busy]:not(.is-parked)')")
    assert page.locator(".rec-row").count() < 120
    assert not any("offset" in url for url in asked)
    page.keyboard.press("Home")
    until(lambda: "등대 0" in sources(page))


def test_read_only_and_strangers(
    signed_in_page: Callable[..., Page], lead: User, translator: User, memory: Memory
) -> None:
    MemoryAssignment.objects.filter(memory=memory).update(writable=False)
    page = opened(signed_in_page(translator), f"/memory/{memory.pk}/")
    row(page, "A Keeper").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("#toasts >> text=read-only")
    assert page.locator("[data-field=target]").count() == 0
    item(page, "Ashen EN").click(button="right")
    assert page.get_by_role("menuitem", name="Move to recycle bin").get_attribute("aria-disabled") == "true"
    page.keyboard.press("Escape")
    unassigned = memory_at(lead, "Mine alone", None)
    answer = page.goto(f"/memory/{unassigned.pk}/")
    assert answer is not None and answer.status == 404
