"""The explorer in a real browser: places, choosing, renaming, clipboard, undo, bin, permissions, keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from apps.accounts.models import User
from apps.ldm.models import Capability, File, Folder, Grant, Project, TrashItem
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_platform, create_project
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ROW = '<LanguageData><LocStr StringId="{0}" StrOrigin="등대 {0}" Str="" /></LanguageData>'


@pytest.fixture
def project(lead: User) -> Project:
    platform = create_platform(actor=lead, name="PC")
    project = create_project(
        actor=lead, platform_id=platform.pk, name="Ashen", source_language="ko", target_language="en"
    )
    for name in ("daily", "events"):
        create_folder(actor=lead, project_id=project.pk, parent_id=None, name=name)
    return project


def add_file(lead: User, project: Project, name: str, folder: Folder | None = None) -> File:
    data = ROW.format(name.partition(".")[0]).encode()
    (file,) = import_file(actor=lead, project=project, folder=folder, filename=name, data=data)
    return file


@pytest.fixture
def files(lead: User, project: Project) -> list[File]:
    return [add_file(lead, project, name) for name in ("ch10.xml", "ch2.xml", "ch1.xml")]


def names(page: Page) -> list[str]:
    rows = page.locator("#list-host .list-row .name .clip")
    return [text.strip() for text in rows.all_inner_texts()]


def row(page: Page, name: str) -> Locator:
    return page.locator(".list-row").filter(has=page.locator(f'.name .clip[title="{name}"]'))


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("#place[data-ready]")
    return page


def menu_item(page: Page, label: str) -> Locator:
    return page.get_by_role("menuitem", name=label)


def place(project: Project) -> str:
    return f"/projects/{project.pk}/"


def test_going_by_keys_and_the_browsers_back(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), "/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".list-row[data-key^='project:']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".list-row[data-key^='file:']")
    assert names(page) == ["daily", "events", "ch1.xml", "ch2.xml", "ch10.xml"]
    assert page.locator("#crumbs a").all_inner_texts() == ["Files", "PC", "Ashen"]
    page.keyboard.press("Backspace")
    page.wait_for_selector(".list-row[data-key^='project:'][aria-selected=true]")
    page.go_back()
    page.wait_for_selector(".list-row[data-key^='file:']")
    page.go_back()
    page.wait_for_selector(".list-row[data-key^='project:']")
    page.reload()
    page.wait_for_selector(".list-row[data-key^='project:']")


@pytest.mark.slow
def test_choosing_with_the_mouse_and_sorting(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").click()
    row(page, "ch10.xml").click(modifiers=["Shift"])
    row(page, "daily").click(modifiers=["Control"])
    assert page.locator(".list-row[aria-selected=true]").count() == 4
    assert "4 of 5 selected" in page.locator("#chosen").inner_text()
    row(page, "ch2.xml").click()
    assert page.locator(".list-row[aria-selected=true]").count() == 1
    page.keyboard.press("Control+a")
    assert page.locator(".list-row[aria-selected=true]").count() == 5
    page.locator(".flist-th", has_text="Name").click()
    assert names(page) == ["events", "daily", "ch10.xml", "ch2.xml", "ch1.xml"]
    row(page, "ch1.xml").dblclick()
    page.wait_for_url(re.compile(rf"/files/{files[2].pk}/(\?|$)"))


def test_rename_in_place_and_undo(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch2.xml").click()
    page.keyboard.press("F2")
    # The ending stays out of the selection: what is typed replaces the name before it.
    page.keyboard.type("harbour")
    page.keyboard.press("Enter")
    page.wait_for_selector('.name .clip[title="harbour.xml"]')
    assert File.objects.get(pk=files[1].pk).name == "harbour.xml"
    page.keyboard.press("Control+z")
    page.wait_for_selector('.name .clip[title="ch2.xml"]')
    page.keyboard.press("Control+y")
    page.wait_for_selector('.name .clip[title="harbour.xml"]')
    page.keyboard.press("F2")
    page.keyboard.type("lost")
    page.keyboard.press("Escape")
    assert File.objects.get(pk=files[1].pk).name == "harbour.xml"


@pytest.mark.slow
def test_a_name_that_is_taken_is_refused_and_nothing_changes(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch2.xml").click()
    page.keyboard.press("F2")
    page.keyboard.type("ch1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast.is-error")
    assert row(page, "ch2.xml").count() == 1


def test_cut_and_paste_dims_moves_and_comes_back(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").click()
    page.keyboard.press("Control+x")
    page.wait_for_selector(".list-row.is-cut")
    assert "Cut: 1 file" in page.locator("#clipboard").inner_text()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector(".flist-empty .empty")
    page.keyboard.press("Control+v")
    page.wait_for_selector('.name .clip[title="ch1.xml"]')
    folder = Folder.objects.get(name="daily")
    assert File.objects.get(pk=files[2].pk).folder_id == folder.pk
    until(page.locator("#clipboard").is_hidden)
    page.keyboard.press("Control+z")
    page.wait_for_selector(".flist-empty .empty")
    assert File.objects.get(pk=files[2].pk).folder_id is None


@pytest.mark.slow
def test_copy_makes_a_second_file_and_undo_bins_it(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").click()
    page.keyboard.press("Control+c")
    page.wait_for_selector("#clipboard:not([hidden])")
    page.keyboard.press("Control+v")
    page.wait_for_selector('.name .clip[title="ch1 (2).xml"]')
    page.keyboard.press("Control+z")
    until(lambda: TrashItem.objects.filter(name="ch1 (2).xml").exists())
    page.keyboard.press("Escape")
    assert page.locator("#clipboard").is_hidden()


@pytest.mark.slow
def test_dragging_a_file_onto_a_folder_and_onto_the_tree(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").drag_to(row(page, "daily"))
    until(lambda: File.objects.get(pk=files[2].pk).folder is not None)
    assert File.objects.get(pk=files[2].pk).folder.name == "daily"  # type: ignore[union-attr]
    until(lambda: page.locator(".list-row").count() == 4)
    page.locator("#tree [aria-selected=true]").click()
    page.keyboard.press("ArrowRight")
    target = page.locator('#tree [role=treeitem][title="events"]')
    row(page, "ch2.xml").drag_to(target)
    until(lambda: File.objects.get(pk=files[1].pk).folder is not None)
    assert File.objects.get(pk=files[1].pk).folder.name == "events"  # type: ignore[union-attr]


def test_deleting_asks_and_restoring_brings_back(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").click()
    row(page, "ch10.xml").click(modifiers=["Shift"])
    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog")
    assert "Move 3 files to the recycle bin?" in dialog.inner_text()
    assert "They stay there for 30 days." in dialog.inner_text()
    dialog.get_by_role("button", name="Move to recycle bin").click()
    until(lambda: page.locator("#list-host .list-row").count() == 2)
    assert TrashItem.objects.count() == 3
    page.locator("#tree [data-key='trash:']").click()
    page.wait_for_selector('.name .clip[title="ch2.xml"]')
    assert page.url.endswith("/trash/")
    row(page, "ch2.xml").click(button="right")
    menu_item(page, "Restore").click()
    until(lambda: TrashItem.objects.count() == 2)
    until(lambda: page.locator(".list-row").count() == 2)
    page.goto(place(project))
    page.wait_for_selector('.name .clip[title="ch2.xml"]')


@pytest.mark.slow
def test_undo_of_a_deletion(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "daily").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    until(lambda: row(page, "daily").count() == 0)
    # The steps outlive the page: what was deleted before it was left is undone after coming back.
    page.goto(f"/files/{files[0].pk}/")
    opened(page, place(project))
    page.keyboard.press("Control+z")
    page.wait_for_selector('#list-host .name .clip[title="daily"]')
    assert not TrashItem.objects.exists()


def test_new_project_and_folder_by_dialog(signed_in_page: Callable[..., Page], lead: User, project: Project) -> None:
    page = opened(signed_in_page(lead), f"/platforms/{project.platform_id}/")
    page.locator(".flist").click(position={"x": 300, "y": 400}, button="right")
    menu_item(page, "New project…").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=name]").fill("Ashen JA")
    dialog.locator("[name=target]").select_option("ja")
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url("**/projects/*/")
    made = Project.objects.get(name="Ashen JA")
    assert (made.source_language, made.target_language, made.platform_id) == ("ko", "ja", project.platform_id)
    page.wait_for_selector(".flist-empty .empty")
    page.keyboard.press("Alt+n")
    page.keyboard.type("quest")
    page.keyboard.press("Enter")
    page.wait_for_selector('.name .clip[title="quest"]')
    assert Folder.objects.get(name="quest").project_id == made.pk


def test_a_translator_sees_why_not(
    signed_in_page: Callable[..., Page], translator: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(translator), f"/platforms/{project.platform_id}/")
    row(page, "Ashen").click(button="right")
    rename = menu_item(page, "Rename")
    assert rename.get_attribute("aria-disabled") == "true"
    assert rename.get_attribute("title") == "Only leads may do this."
    away = menu_item(page, "Move to recycle bin")
    assert "permission that you do not have" in (away.get_attribute("title") or "")
    assert menu_item(page, "Import files…").get_attribute("aria-disabled") is None
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    page.wait_for_selector(".toast.is-warn")
    assert page.locator(".rename").count() == 0
    page.keyboard.press("Delete")
    assert page.get_by_role("dialog").count() == 0
    opened(page, place(project))
    row(page, "ch1.xml").click(button="right")
    assert menu_item(page, "Assign…").get_attribute("title") == "Only leads may do this."
    assert menu_item(page, "Rename").get_attribute("aria-disabled") is None


@pytest.mark.slow
def test_restricting_hides_a_platform_until_access_is_granted(
    signed_in_page: Callable[..., Page], lead: User, stranger: User, project: Project
) -> None:
    page = opened(signed_in_page(lead), "/")
    row(page, "PC").click(button="right")
    menu_item(page, "Manage access…").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=checkbox]").check()
    until(lambda: Project.objects.get(pk=project.pk).platform.restricted)  # type: ignore[union-attr]
    dialog.get_by_role("combobox", name="Grant access to").fill("Stran")
    dialog.get_by_role("option", name="Stran Ger").click()
    until(lambda: Grant.objects.filter(user=stranger).exists())
    page.wait_for_selector(".access-line >> text=Stran Ger")
    # Whoever has it is not offered it again.
    until(lambda: dialog.get_by_role("option", name="Stran Ger").count() == 0)
    dialog.get_by_role("button", name="Withdraw: Stran Ger").click()
    until(lambda: not Grant.objects.filter(user=stranger).exists())
    dialog.locator("summary").click()
    dialog.get_by_role("combobox", name="Give it to").fill("Stran")
    dialog.get_by_role("option", name="Stran Ger").last.click()
    dialog.get_by_role("button", name="Give permission").click()
    until(lambda: Capability.objects.filter(user=stranger, name="delete_project").exists())
    page.keyboard.press("Escape")
    assert page.wait_for_selector('#tree [aria-label="restricted"]')


@pytest.mark.slow
def test_assigning_and_a_due_date(
    signed_in_page: Callable[..., Page], lead: User, translator: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), place(project))
    row(page, "ch1.xml").click(button="right")
    menu_item(page, "Assign…").click()
    page.get_by_role("combobox", name="Person").fill("Tran")
    page.get_by_role("option", name="Tran Slator").click()
    page.get_by_role("button", name="Assign").click()
    until(lambda: File.objects.get(pk=files[2].pk).assignee_id == translator.pk)
    row(page, "ch1.xml").click(button="right")
    menu_item(page, "Due date…").click()
    page.locator("[name=due]").fill("2031-05-01")
    page.keyboard.press("Enter")
    assert until(lambda: str(File.objects.get(pk=files[2].pk).due_date) == "2031-05-01")


@pytest.mark.slow
def test_the_tree_by_keyboard(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File]
) -> None:
    page = opened(signed_in_page(lead), "/")
    page.locator("#tree [role=treeitem]").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('#tree [role=treeitem][title="Ashen"]')
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.title") == "Ashen"
    page.keyboard.press("*")
    page.wait_for_selector('#tree [role=treeitem][title="events"]')
    page.keyboard.type("ev")
    assert page.evaluate("document.activeElement.title") == "events"
    page.keyboard.press("Enter")
    page.wait_for_url("**/folders/*/")
    page.wait_for_selector('#tree [role=treeitem][title="events"][aria-selected=true]')
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.title") == "Ashen"
    page.keyboard.press("ArrowLeft")
    assert page.locator('#tree [role=treeitem][title="events"]').count() == 0


@pytest.mark.slow
def test_search_finds_names_first_and_goes_there(
    signed_in_page: Callable[..., Page], lead: User, project: Project, files: list[File], run_tasks: Callable[[], int]
) -> None:
    run_tasks()
    page = opened(signed_in_page(lead), "/")
    page.keyboard.press("Control+p")
    page.keyboard.type("등대")
    page.wait_for_selector(".palette-item")
    page.keyboard.press("Enter")
    page.wait_for_url("**/files/*/?row=*")
    opened(page, "/")
    page.keyboard.press("Control+p")
    page.keyboard.type("daily")
    page.wait_for_selector(".palette-item >> text=daily")
    assert "Ashen" in page.locator(".palette-item .where").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/folders/*/")


@pytest.mark.slow
def test_two_thousand_files_stay_cheap(signed_in_page: Callable[..., Page], lead: User, project: Project) -> None:
    folder = Folder.objects.get(name="daily")
    File.objects.bulk_create(
        File(project=project, folder=folder, name=f"f{n}.xml", format="xml", created_by_name="x") for n in range(2000)
    )
    page = opened(signed_in_page(lead), f"/folders/{folder.pk}/")
    page.wait_for_selector(".flist[aria-rowcount='2001']")
    assert page.locator(".list-row").count() < 120
    page.keyboard.press("End")
    page.wait_for_selector('.name .clip[title="f1999.xml"]')
    assert page.locator(".list-row.is-cursor .clip").first.inner_text() == "f1999.xml"
    page.keyboard.press("Control+a")
    assert "2,000 of 2,000 selected" in page.locator("#chosen").inner_text()


@pytest.mark.slow
def test_what_is_gone_or_hidden_says_so(signed_in_page: Callable[..., Page], lead: User, project: Project) -> None:
    page = signed_in_page(lead)
    answer = page.goto("/folders/999999/")
    assert answer is not None and answer.status == 404


def test_long_names_keep_to_their_places(signed_in_page: Callable[..., Page], lead: User, project: Project) -> None:
    name = "a_very_long_name_" * 7 + ".xml"
    file = add_file(lead, project, name)
    page = signed_in_page(lead)
    page.set_viewport_size({"width": 1100, "height": 700})
    opened(page, place(project))
    row(page, name).click()
    page.keyboard.press("Alt+Enter")
    box = page.locator("dialog[open]").bounding_box()
    title = page.locator("dialog[open] h2").bounding_box()
    assert box
    assert title
    assert box["x"] < title["x"]
    assert title["x"] + title["width"] < box["x"] + box["width"]
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row[data-row]")
    crumb = page.locator("#crumbs [aria-current]")
    assert crumb.get_attribute("title") == name
    last, search = crumb.bounding_box(), page.locator(".search").bounding_box()
    assert last
    assert search
    assert last["x"] + last["width"] <= search["x"]


def test_nobody_is_told_to_make_what_they_may_not_make(
    signed_in_page: Callable[..., Page], lead: User, translator: User
) -> None:
    page = opened(signed_in_page(translator), "/")
    note = page.locator("#list-host .empty")
    assert "A lead makes projects" in note.inner_text()
    assert note.get_by_role("button").count() == 0
    page = opened(signed_in_page(lead), "/")
    note.get_by_role("button", name="New project…").click()
    assert page.locator("dialog[open] input[type=text], dialog[open] input:not([type])").first.is_visible()
