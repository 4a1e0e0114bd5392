"""Bringing files into memories, taking them out, and term bases, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import Folder, MemoryAssignment, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_folder, create_project
from apps.tm.models import Entry, Memory, Term
from apps.tm.services.terms.edit import add as add_term
from apps.tm.services.terms.values import TermEdit
from tests.e2e.memory_pages import filled, item, memory_at, opened, row, sources
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def tmx(units: list[tuple[str, str]]) -> bytes:
    body = "".join(
        f'<tu><tuv xml:lang="ko"><seg>{source}</seg></tuv><tuv xml:lang="en"><seg>{target}</seg></tuv></tu>'
        for source, target in units
    )
    head = (
        '<header creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t" adminlang="en" '
        'srclang="ko" datatype="plaintext"/>'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4">{head}<body>{body}</body></tmx>'.encode()


CSV = "번호;원문;역문\nA1;등대지기;Keeper\nA2;고래기름 {0}통;{0} barrels of oil\n".encode()


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Ashen", source_language="ko", target_language="en")


@pytest.fixture
def folder(lead: User, project: Project) -> Folder:
    return create_folder(actor=lead, project_id=project.pk, parent_id=None, name="quest")


@pytest.fixture
def lead_page(signed_in_page: Callable[..., Page], lead: User, background_tasks: Any) -> Page:
    page = signed_in_page(lead)
    page.set_default_timeout(30_000)
    return page


def choose(page: Page, name: str, data: bytes) -> None:
    page.wait_for_selector("#mem-choose")
    with page.expect_file_chooser() as chooser:
        page.click("#mem-choose")
    chooser.value.set_files([{"name": name, "mimeType": "application/octet-stream", "buffer": data}])
    page.wait_for_selector("#mem-import-go")


def test_a_tmx_becomes_a_memory_of_a_folder(lead_page: Page, folder: Folder) -> None:
    page = opened(lead_page, f"/memory/?place=folder-{folder.pk}")
    item(page, "quest").click(button="right")
    page.get_by_role("menuitem", name="Upload a file as memory…").click()
    choose(page, "항로.tmx", tmx([("등대", "Lighthouse"), ("바다 {0}", "Sea {0}"), ("파도", "Wave")]))
    page.click("#mem-import-go")
    page.wait_for_selector(".mem-report >> text=Written: 3 entries")
    memory = Memory.objects.get(name="항로")
    assignment = MemoryAssignment.objects.get(memory=memory)
    assert (assignment.folder_id, assignment.active) == (folder.pk, True)
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.wait_for_url(f"**/memory/{memory.pk}/")
    page.wait_for_selector(".rec-row .code")
    page.keyboard.press("Control+f")
    page.keyboard.type("바다")
    until(lambda: len(sources(page)) == 1)


def test_compare_first_then_apply_as_a_newer_version(lead_page: Page, lead: User, project: Project) -> None:
    memory = memory_at(lead, "Ashen EN", project)
    filled(lead, memory, [("등대", "Light", ""), ("파도", "Wave", ""), ("옛말", "Old", "")])
    page = opened(lead_page, f"/memory/{memory.pk}/")
    page.keyboard.press("Control+i")
    choose(page, "new.tmx", tmx([("등대", "Lighthouse"), ("파도", "Wave"), ("여우", "Fox")]))
    page.click("#mem-compare")
    counts = page.locator(".mem-counts")
    counts.wait_for()
    assert counts.locator("dd").all_inner_texts() == ["1", "1", "1", "1"]
    assert Entry.objects.filter(removed_at__isnull=False).count() == 0
    page.get_by_label("Newer version").check()
    page.click("#mem-import-go")
    page.wait_for_selector(".mem-report")
    live = Entry.objects.filter(memory=memory, removed_at__isnull=True)
    assert dict(live.values_list("source", "target")) == {"등대": "Lighthouse", "파도": "Wave", "여우": "Fox"}


def test_a_tables_columns_are_named(lead_page: Page, lead: User, project: Project) -> None:
    memory = memory_at(lead, "Ashen EN", project)
    page = opened(lead_page, f"/memory/{memory.pk}/")
    page.keyboard.press("Control+i")
    choose(page, "talk.csv", CSV)
    page.wait_for_selector(".mem-map table")
    page.get_by_label("Column 1 번호").select_option("key")
    page.wait_for_timeout(500)
    page.click("#mem-import-go")
    page.wait_for_selector(".mem-report >> text=Written: 2 entries")
    assert Entry.objects.get(key="A2").target == "{0} barrels of oil"


def test_a_broken_file_says_why_and_writes_nothing(lead_page: Page, lead: User, project: Project) -> None:
    memory = memory_at(lead, "Ashen EN", project)
    page = opened(lead_page, f"/memory/{memory.pk}/")
    page.keyboard.press("Control+i")
    choose(page, "broken.tmx", tmx([("등대", "Lighthouse")])[:-20])
    page.click("#mem-import-go")
    page.wait_for_selector("[role=dialog] .imp-problem, dialog .imp-problem")
    assert "Nothing was written" in page.locator("dialog .imp-problem").inner_text()
    assert not Entry.objects.exists()


def test_export_downloads_a_file(lead_page: Page, lead: User, project: Project) -> None:
    memory = memory_at(lead, "Ashen EN", project)
    filled(lead, memory)
    page = opened(lead_page, f"/memory/{memory.pk}/")
    page.keyboard.press("Control+e")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    text = download.value.path().read_text("utf-8")
    assert "The sea keeps no memory." in text and "<tmx" in text


@pytest.mark.slow
def test_a_file_is_registered_from_the_explorer(lead_page: Page, lead: User, project: Project) -> None:
    data = b'<LanguageData><LocStr StringId="a" StrOrigin="\xeb\x93\xb1\xeb\x8c\x80" Str="Light" /></LanguageData>'
    import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=data)
    page = lead_page
    page.goto(f"/projects/{project.pk}/")
    page.wait_for_selector("#place[data-ready]")
    page.locator(".list-row", has_text="quest.xml").click(button="right")
    page.get_by_role("menuitem", name="Register as memory…").click()
    page.get_by_role("button", name="Register").click()
    page.wait_for_selector("#toasts >> text=quest: 1 entry")
    assert Entry.objects.get().target == "Light"


@pytest.mark.slow
def test_a_folder_gets_a_memory_and_says_so_when_it_loses_it(lead_page: Page, folder: Folder) -> None:
    page = lead_page
    page.goto(f"/folders/{folder.pk}/import/")
    page.wait_for_selector("#imp-choose")
    with page.expect_file_chooser() as chooser:
        page.click("#imp-choose")
    chooser.value.set_files([{"name": "talk.csv", "mimeType": "text/csv", "buffer": CSV}])
    page.wait_for_selector(".imp-rows .code")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=was made for this folder")
    memory = Memory.objects.get()
    assert MemoryAssignment.objects.get(memory=memory).folder_id == folder.pk
    page.goto(f"/projects/{folder.project_id}/")
    page.wait_for_selector("#place[data-ready]")
    page.locator(".list-row", has_text="quest").click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Move to recycle bin").click()
    page.wait_for_selector("#toasts >> text=1 memory is unassigned now")
    assert not MemoryAssignment.objects.get(memory=memory).active


def test_terms_forbidden_ones_and_a_new_one(lead_page: Page, lead: User, project: Project) -> None:
    base = memory_at(lead, "Terms EN", project, kind="terms")
    add_term(actor=lead, memory_id=base.pk, term=TermEdit("항구거리", "Harbor Street"))
    add_term(actor=lead, memory_id=base.pk, term=TermEdit("항구거리", "Port Road", use="forbidden"))
    page = opened(lead_page, f"/memory/{base.pk}/")
    page.wait_for_selector(".rec-row .st-qa >> text=not Port Road")
    row(page, "Harbor Street").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=target]:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type("Harbour Street")
    page.keyboard.press("Enter")
    until(lambda: Term.objects.filter(target="Harbour Street").exists())
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").locator("[name=source]").fill("등대지기")
    page.get_by_role("dialog").locator("[name=target]").fill("keeper")
    page.get_by_role("button", name="Create").click()
    until(lambda: Term.objects.filter(target="keeper").exists())
    page.wait_for_selector(".rec-row >> text=keeper")
    row(page, "keeper").click()
    page.keyboard.press("Delete")
    assert until(lambda: Term.objects.get(target="keeper").removed_at is not None)


@pytest.mark.slow
def test_candidates_are_decided(lead_page: Page, lead: User, project: Project) -> None:
    base = memory_at(lead, "Terms EN", project, kind="terms")
    texts = ["등대지기", "등대지기", "등대지기", "고래기름", "고래기름"]
    rows = "".join(f'<LocStr StringId="k{n}" StrOrigin="{text}" Str="" />' for n, text in enumerate(texts))
    data = f"<LanguageData>{rows}</LanguageData>"
    import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=data.encode())
    page = opened(lead_page, f"/memory/{base.pk}/")
    item(page, "Terms EN").click(button="right")
    page.get_by_role("menuitem", name="Find candidates in the files of its place").click()
    page.wait_for_selector(".rec-row[data-id]")
    row(page, "고래기름").click()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-field=suggestion]:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type("whale oil")
    page.keyboard.press("Enter")
    page.wait_for_selector(".rec-row >> text=whale oil")
    page.keyboard.press("Control+s")
    until(lambda: Term.objects.filter(source="고래기름", target="whale oil").exists())
    row(page, "등대지기").click()
    page.keyboard.press("Delete")
    until(lambda: len(sources(page)) == 0)
    assert not Term.objects.filter(source="등대지기").exists()
