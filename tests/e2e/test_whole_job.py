"""The main job from beginning to end, as a translator does it in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File
from apps.ldm.services.tree.create import create_project
from tests.e2e.editing_pages import row_of, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.browser_on_postgres, pytest.mark.django_db(transaction=True)]

QUEST = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<!-- build 12 -->\r\n<LanguageData>\r\n'
    '  <LocStr StringId="Q1" StrOrigin="등대지기의 부탁" Str="The Keeper&apos;s Request"/>\r\n'
    "  <locstr stringid='Q2' strorigin='고래기름 {0}통을 모으세요.&lt;br/&gt;서두르세요.' str='' note='a &gt; b'/>\r\n"
    '  <LocStr StringId="Q3" StrOrigin="안개가 걷힌다" Str="" />\r\n'
    "</LanguageData>\r\n"
).encode()


def test_import_edit_confirm_history_download(
    signed_in_page: Callable[..., Page],
    background_tasks: Any,
    translator: User,
    lead: User,
    tmp_path: Path,
) -> None:
    project = create_project(actor=lead, platform_id=None, name="Passage", source_language="ko", target_language="en")
    page = signed_in_page(translator)
    file = _import(page, project.pk, tmp_path)
    _edit_and_confirm(page, file)
    _compose(page, file)
    _see_history(page, file)
    written = _download(page, project.pk)
    expected = QUEST.replace(
        "strorigin='고래기름 {0}통을 모으세요.&lt;br/&gt;서두르세요.' str=''".encode(),
        "strorigin='고래기름 {0}통을 모으세요.&lt;br/&gt;서두르세요.' str='Gather {0} barrels.'".encode(),
    ).replace(b'Str="" />', 'Str="안개" />'.encode())
    assert written == expected


def _import(page: Page, project_id: int, tmp_path: Path) -> File:
    """Choose the file, see what would come in, import it."""
    path = tmp_path / "quest.xml"
    path.write_bytes(QUEST)
    page.goto(f"/projects/{project_id}/import/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Choose files")).click()
    chooser.value.set_files(path)
    page.get_by_text("등대지기의 부탁").first.wait_for()
    assert not File.objects.exists()
    page.get_by_role("button", name=re.compile("^Import")).last.click()
    file: File = until(lambda: File.objects.first())
    return file


def _edit_and_confirm(page: Page, file: File) -> None:
    page.goto(f"/files/{file.pk}/")
    page.wait_for_selector(".g-row.is-on[data-row]")
    page.locator('.g-row[data-index="1"]').click()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ed-area")
    page.keyboard.type("Gather {0} barrels.")
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "Q2").target == "Gather {0} barrels.")
    until(lambda: row_of(file, "Q2").get_status_display() == "confirmed")


def _compose(page: Page, file: File) -> None:
    """Korean as an input method types it: syllables grow before they are committed."""
    page.keyboard.press("Escape")
    page.locator(".g-row").nth(2).click()
    page.keyboard.press("Enter")
    devtools = page.context.new_cdp_session(page)
    for stage in ("ㅇ", "아", "안"):
        devtools.send("Input.imeSetComposition", {"text": stage, "selectionStart": 1, "selectionEnd": 1})
    devtools.send("Input.insertText", {"text": "안"})
    for stage in ("ㄱ", "가", "개"):
        devtools.send("Input.imeSetComposition", {"text": stage, "selectionStart": 1, "selectionEnd": 1})
    devtools.send("Input.insertText", {"text": "개"})
    page.keyboard.press("Control+s")
    until(lambda: row_of(file, "Q3").target == "안개")


def _see_history(page: Page, file: File) -> None:
    page.keyboard.press("Escape")
    page.locator(".g-row").nth(1).click()
    page.get_by_role("tab", name=re.compile("History")).click()
    page.locator("ins", has_text="Gather").first.wait_for()
    assert page.get_by_text("Tran Slator").count()


def _download(page: Page, project_id: int) -> bytes:
    page.goto(f"/projects/{project_id}/")
    page.get_by_text("quest.xml").first.click(button="right")
    page.get_by_role("menuitem", name=re.compile("^Download")).hover()
    page.keyboard.press("ArrowRight")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Original format").click()
    path = download.value.path()
    return Path(path).read_bytes()
