"""Importing, new versions, returned sheets and the tasks page in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Folder, Project, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree.create import create_project
from apps.tasks.models import TaskRun
from apps.tasks.services import enqueue
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CSV = "번호;원문;역문;비고\n1;등대지기;Keeper;직업\n2;고래기름 {0}통;;아이템\n".encode()
XML = """<Data>
<Item Id="a" Korean="등대" English="Light" />
<Item Id="b" Korean="배" English="" />
</Data>""".encode()
BROKEN = b"<LanguageData>\n<LocStr StringId='a' StrOrigin='x' Str='y'>\n</LanguageData>"


def opened(file_id: int | str = r"\d+") -> re.Pattern[str]:
    """The editor's address; the page adds the row under the cursor to it as soon as it is there."""
    return re.compile(rf"/files/{file_id}/(\?|$)")


def locstr(rows: list[tuple[str, str, str]]) -> bytes:
    body = "\n".join(f'<LocStr StringId="{key}" StrOrigin="{source}" Str="{target}" />' for key, source, target in rows)
    return f"<LanguageData>\n{body}\n</LanguageData>\n".encode()


OLD = locstr([("k1", "등대", "Lighthouse"), ("k2", "안개", "Fog"), ("k3", "여우", "Fox")])
NEW = locstr([("k1", "등대", "Lighthouse"), ("k2", "짙은 안개", "Fog"), ("k4", "고래", "")])


@pytest.fixture
def project(lead: User) -> Project:
    return create_project(actor=lead, platform_id=None, name="Ashen", source_language="ko", target_language="en")


@pytest.fixture
def old_file(lead: User, project: Project) -> File:
    (file,) = import_file(actor=lead, project=project, folder=None, filename="quest.xml", data=OLD)
    return file


@pytest.fixture
def lead_page(signed_in_page: Callable[..., Page], lead: User, background_tasks: Any) -> Page:
    page = signed_in_page(lead)
    page.set_default_timeout(30_000)
    return page


def given(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def choose(page: Page, address: str, *files: Any) -> None:
    page.goto(address)
    page.wait_for_selector("#imp-choose")
    with page.expect_file_chooser() as chooser:
        page.click("#imp-choose")
    chooser.value.set_files(list(files))


def shown_text(page: Page) -> str:
    return page.locator("#imp-body").inner_text()


def test_other_files_are_chosen_instead_of_the_first_ones(lead_page: Page, project: Project) -> None:
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("wrong.xml", b"<LanguageData>\n</LanguageData>\n"))
    page.wait_for_selector("#imp-side >> text=nothing to translate")
    assert page.locator("#imp-go").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Other files…").click()
    until(lambda: page.evaluate("document.activeElement.id") == "imp-choose")
    page.reload()
    page.wait_for_selector("#imp-choose")
    assert not page.locator("#imp-side").is_visible()
    assert not File.objects.filter(project=project).exists()


def test_map_columns_look_and_import(lead_page: Page, project: Project) -> None:
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("talk.csv", CSV))
    page.wait_for_selector(".imp-rows .code")
    assert "Nothing is written yet" in shown_text(page)
    assert File.objects.count() == 0
    # The remarks become the context, then the comment: each choice reads the file again.
    page.get_by_label("Column 4 비고").select_option("comment")
    page.wait_for_selector(".imp-rows >> text=직업")
    page.get_by_label("Column 1 번호").select_option("key")
    until(lambda: page.locator(".imp-rows tbody tr td").first.inner_text() == "1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=1 file imported, 2 rows")
    file = File.objects.get(name="talk.csv")
    row = Row.objects.get(file=file, key="1")
    assert (row.source, row.target, row.comment) == ("등대지기", "Keeper", "직업")
    # The report is drawn before it has the focus.
    page.wait_for_selector("#imp-open:focus")
    page.keyboard.press("Enter")
    page.wait_for_url(opened(file.pk), wait_until="commit")


@pytest.mark.slow
def test_a_mapping_that_cannot_be_read_says_why_and_can_be_mended(lead_page: Page, project: Project) -> None:
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("talk.csv", CSV))
    page.wait_for_selector(".imp-rows")
    target = page.locator(".map-sel[data-column='2']")
    target.select_option("")
    page.wait_for_selector(".imp-problem >> text=no column is a target")
    target.select_option("target")
    assert until(lambda: page.locator(".imp-problem").count() == 0 and page.locator(".imp-rows").count() == 1)


@pytest.mark.slow
def test_encoding_and_delimiter_are_found_and_can_be_chosen(lead_page: Page, project: Project) -> None:
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("talk.csv", CSV.decode().encode("cp949")))
    page.wait_for_selector(".imp-rows >> text=등대지기")
    assert page.get_by_label("Delimiter").input_value() == ";"
    page.get_by_label("Encoding").select_option("utf-8")
    page.wait_for_selector(".imp-problem >> text=could not be read like this")
    page.get_by_label("Encoding").select_option("")
    page.wait_for_selector(".imp-rows >> text=등대지기")


@pytest.mark.slow
def test_rules_of_an_xml_file(lead_page: Page, project: Project) -> None:
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("items.xml", XML))
    page.wait_for_selector(".imp-rules")
    page.get_by_label("Add a rule for an element").select_option("Item")
    page.wait_for_selector(".imp-rules [data-focus='source-0']")
    page.get_by_label("Key of rule 1").select_option("@Id")
    page.get_by_label("Source of rule 1").select_option("@Korean")
    page.get_by_label("Target of rule 1").select_option("@English")
    page.wait_for_selector(".imp-rows >> text=Light")
    page.wait_for_selector(".imp-rows >> text=등대")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=1 file imported, 2 rows")
    row = Row.objects.get(key="a")
    assert (row.source, row.target) == ("등대", "Light")


def test_a_folder_with_a_broken_file_and_languages_apart(lead_page: Page, project: Project, tmp_path: Path) -> None:
    (tmp_path / "lang" / "ui").mkdir(parents=True)
    (tmp_path / "lang" / "ui" / "ko.json").write_text('{"start": "시작"}', "utf-8")
    (tmp_path / "lang" / "ui" / "en.json").write_text('{"start": "Start"}', "utf-8")
    (tmp_path / "lang" / "broken.xml").write_bytes(BROKEN)
    (tmp_path / "lang" / ".DS_Store").write_bytes(b"x")
    page = lead_page
    page.goto(f"/projects/{project.pk}/import/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder…").click()
    chooser.value.set_files(str(tmp_path / "lang"))
    page.wait_for_selector(".imp-file >> text=Cannot be read")
    assert page.locator(".imp-file").count() == 3
    # Korean is the source of English, and is not translated itself.
    assert page.get_by_label("Import lang/ui/ko.json").is_checked() is False
    page.locator(".imp-file", has_text="en.json").click()
    page.wait_for_selector(".imp-rows >> text=시작")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=1 file could not be read")
    assert "line 3" in page.locator("#imp-report").inner_text()
    # It is said beside the file, and not once more over the button.
    assert page.locator(".toast.is-error", has_text="Reading").count() == 0
    file = File.objects.get()
    assert file.name == "en.json"
    assert file.folder == Folder.objects.get(name="ui", parent__name="lang")
    row = Row.objects.get(file=file)
    assert (row.source, row.target) == ("시작", "Start")


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in (
            ("Items", [("StringID", "KO", "EN", "JA"), ("i1", "등대", "Lighthouse", "灯台")]),
            ("Notes", [("StringID", "KO", "EN", "JA"), ("n1", "메모", "Note", "メモ")]),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.slow
def test_sheets_and_languages_of_a_workbook(lead_page: Page, lead: User) -> None:
    project = create_project(actor=lead, platform_id=None, name="Many", source_language="ko", target_language="")
    page = lead_page
    choose(page, f"/projects/{project.pk}/import/", given("items.xlsx", workbook()))
    page.wait_for_selector(".imp-rows >> text=灯台")
    page.get_by_role("radio", name="Notes").click()
    page.get_by_label("Read sheet Notes").uncheck()
    until(
        lambda: page.locator(".imp-rows >> text=메모").count() == 0 and page.locator(".imp-rows tbody tr").count() == 2
    )
    page.get_by_label("English (en)").uncheck()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=1 file imported, 1 row")
    assert [(row.source, row.target) for row in Row.objects.all()] == [("등대", "灯台")]


@pytest.mark.slow
def test_files_dropped_on_a_folder_of_the_explorer(lead_page: Page, project: Project) -> None:
    page = lead_page
    page.goto(f"/projects/{project.pk}/")
    page.wait_for_selector("#place[data-ready]")
    drop = page.evaluate_handle(
        """data => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(data)], "quest.xml"));
            return transfer;
        }""",
        list(OLD),
    )
    page.dispatch_event(".flist", "dragover", {"dataTransfer": drop})
    assert page.locator(".flist.is-drop").count() == 1
    page.dispatch_event(".flist", "drop", {"dataTransfer": drop})
    page.wait_for_url(f"**/projects/{project.pk}/import/")
    page.wait_for_selector(".imp-rows >> text=Lighthouse")


def test_new_version_dry_run_apply_and_revert(lead_page: Page, old_file: File) -> None:
    page = lead_page
    choose(page, f"/files/{old_file.pk}/new-version/", given("quest.xml", NEW))
    page.wait_for_selector(".dr")
    until(lambda: page.locator("#imp-go").inner_text().startswith("Apply 3 changes"))
    assert page.locator(".dr").count() == 3
    assert page.locator(".dr ins").inner_text().strip() == "짙은"
    page.get_by_role("tab", name="Gone").click()
    until(lambda: page.locator(".dr").count() == 1)
    assert "k3" in page.locator(".dr").inner_text()
    assert Row.objects.filter(file=old_file, removed_at__isnull=True).count() == 3
    page.get_by_role("textbox", name="Reason").fill("Build 14")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report >> text=quest.xml is up to date.")
    change_set = ChangeSet.objects.get(kind=ChangeSet.Kind.REIMPORT)
    assert change_set.reason == "Build 14"
    assert Row.objects.get(file=old_file, key="k2").source == "짙은 안개"
    page.get_by_role("button", name="Revert…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("too early")
    page.get_by_role("dialog").get_by_role("button", name="Revert").click()
    page.wait_for_url(f"**/files/{old_file.pk}/changes/")
    assert Row.objects.get(file=old_file, key="k2").source == "안개"


@pytest.mark.slow
def test_another_rule_compares_anew(lead_page: Page, old_file: File) -> None:
    renamed = locstr([("n1", "등대", "Lighthouse"), ("k2", "안개", "Fog"), ("k3", "여우", "Fox")])
    page = lead_page
    choose(page, f"/files/{old_file.pk}/new-version/", given("quest.xml", renamed))
    page.wait_for_selector(".dr >> text=New key, recognised by its source.")
    page.get_by_label("Key only").check()
    assert until(lambda: page.locator(".dr >> text=New").count() >= 1 and page.locator(".dr >> text=Gone").count() == 1)


@pytest.mark.slow
def test_a_new_version_asks_for_the_source_it_was_joined_with(lead_page: Page, lead: User, project: Project) -> None:
    (file,) = import_file(
        actor=lead,
        project=project,
        folder=None,
        filename="en.json",
        data=b'{"start": "Start"}',
        source=("ko.json", '{"start": "시작"}'.encode()),
    )
    page = lead_page
    choose(page, f"/files/{file.pk}/new-version/", given("en.json", b'{"start": "Start", "quit": "Quit"}'))
    page.wait_for_selector(".imp-problem >> text=joined with ko.json")
    assert page.locator("#imp-go").get_attribute("aria-disabled") == "true"
    with page.expect_file_chooser() as chooser:
        page.locator("[data-focus=missing-source]").click()
    chooser.value.set_files(given("ko.json", '{"start": "시작", "quit": "끝내기"}'.encode()))
    page.wait_for_selector(".dr >> text=끝내기")
    until(lambda: page.locator("#imp-go").inner_text().startswith("Apply 1 change"))


@pytest.mark.slow
def test_a_version_of_another_format_is_refused(lead_page: Page, old_file: File) -> None:
    page = lead_page
    choose(page, f"/files/{old_file.pk}/new-version/", given("quest.csv", CSV))
    page.wait_for_selector(".imp-problem >> text=another format")
    assert page.locator("#imp-go").get_attribute("aria-disabled") == "true"


@pytest.mark.slow
def test_download_by_the_menu_is_the_same_file(lead_page: Page, project: Project, old_file: File) -> None:
    page = lead_page
    page.goto(f"/projects/{project.pk}/")
    page.locator(".list-row", has_text="quest.xml").click()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Original format").click()
    assert Path(download.value.path()).read_bytes() == OLD


@pytest.mark.slow
def test_a_bilingual_sheet_goes_out_and_comes_back(lead_page: Page, project: Project, old_file: File) -> None:
    import openpyxl

    page = lead_page
    page.goto(f"/projects/{project.pk}/")
    page.locator(".list-row", has_text="quest.xml").click()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Bilingual sheet", exact=True).click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    cell = next(c for line in book.active.iter_rows() for c in line if c.value == "Fog")
    cell.value = "Mist"
    out = io.BytesIO()
    book.save(out)
    choose(page, f"/files/{old_file.pk}/bilingual/", given("quest.xlsx", out.getvalue()))
    page.wait_for_selector(".dr ins >> text=Mist")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report")
    assert Row.objects.get(file=old_file, key="k2").target == "Mist"


@pytest.mark.slow
def test_the_tasks_page_shows_results_and_filters(
    lead_page: Page, project: Project, old_file: File, translator: User
) -> None:
    page = lead_page
    page.goto(f"/projects/{project.pk}/")
    page.locator(".list-row", has_text="quest.xml").click()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Download").click()
    with page.expect_download():
        page.get_by_role("menuitem", name="Original format").click()
    page.goto("/tasks/")
    row = page.locator("tr[data-task]", has_text="quest.xml")
    assert "Done" in row.inner_text()
    with page.expect_download():
        row.get_by_role("button", name="Download").click()
    row.get_by_role("button", name="Details").click()
    page.wait_for_selector(".t-det >> text=Asked for")
    page.get_by_role("radio", name="Failed").click()
    page.wait_for_selector("#task-end >> text=No task of this kind.")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("tr[data-task]")


@pytest.mark.slow
def test_a_waiting_task_is_cancelled(
    signed_in_page: Callable[..., Page], lead: User, translator: User, old_file: File
) -> None:
    # No worker runs here, so that the tasks wait.
    for person in (lead, translator):
        enqueue(actor=person, kind="ldm.download_file", args={"file_id": old_file.pk})
    page = signed_in_page(lead)
    page.goto("/tasks/")
    downloads = page.locator("tr[data-task]", has_text="Preparing a download")
    until(lambda: downloads.count() == 1)
    assert "Waiting" in downloads.inner_text()
    page.get_by_role("radio", name="Everyone").click()
    until(lambda: downloads.count() == 2)
    downloads.filter(has_text="You").get_by_role("button", name="Cancel").click()
    page.wait_for_selector("tr[data-task] >> text=Cancelled, nothing was changed.")
    assert TaskRun.objects.get(owner_id=lead.pk, kind="ldm.download_file").status == TaskRun.Status.CANCELLED


def test_import_without_a_mouse(lead_page: Page, project: Project) -> None:
    page = lead_page
    page.goto("/")
    page.wait_for_selector("#place[data-ready]")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{project.pk}/")
    page.wait_for_selector(".flist-empty .empty")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Control+i")
    chooser.value.set_files([given("quest.xml", OLD)])
    page.wait_for_selector(".imp-rows >> text=Lighthouse")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#imp-report")
    page.keyboard.press("Enter")
    page.wait_for_url(opened())
    assert page.wait_for_selector(".g-row.is-on[data-row]")
