"""Downloads with a threshold, all languages, trees as zips, and sheets that come back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.ldm.formats import bilingual
from apps.ldm.models import ChangeSet, File, ImportPlanItem, Project, Row, RowRevision, Status
from apps.ldm.services.files import bilingual_sheet
from apps.ldm.services.files.download import BILINGUAL, download_tree
from apps.ldm.services.files.export_file import build, export_file, siblings
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.files.import_many import Item, import_many
from apps.ldm.services.reimport.apply import apply_plan as apply_version
from apps.ldm.services.reimport.plan import make_plan as plan_version
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from apps.ldm.services.tree.copy import copy
from apps.ldm.services.tree.create import create_project
from apps.ldm.services.tree.structure import Ref
from locanext_project.errors import Conflict, Invalid
from tests.ldm.services.conftest import ROWS, locstr, row_of

pytestmark = pytest.mark.django_db


def edit(actor: User, file: File, key: str, **changes: object) -> Row:
    row = row_of(file, key)
    return edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(**changes))  # type: ignore[arg-type]


def with_targets(**targets: str) -> bytes:
    return locstr([(key, source, targets.get(key, target)) for key, source, target in ROWS])


def test_rows_below_the_threshold_keep_the_bytes_of_the_original(file: File, lead: User) -> None:
    edit(lead, file, "S1", target="One")
    edit(lead, file, "S2", target="Two", status=Status.CONFIRMED)
    edit(lead, file, "S3", target="Three", status=Status.APPROVED)
    edit(lead, file, "S4", status=Status.CONFIRMED, blank_intended=True)
    wanted = {
        Status.NEW: {"S1": "One", "S2": "Two", "S3": "Three"},
        Status.TRANSLATED: {"S1": "One", "S2": "Two", "S3": "Three"},
        Status.CONFIRMED: {"S2": "Two", "S3": "Three"},
        Status.REVIEWED: {"S3": "Three"},
        Status.APPROVED: {"S3": "Three"},
    }
    for least, targets in wanted.items():
        assert export_file(actor=lead, file=file, least=least).data == with_targets(**targets)


def test_a_text_that_was_taken_away_is_new_and_meant_empty_is_confirmed(file: File, lead: User) -> None:
    edit(lead, file, "S1", status=Status.NEW)
    edit(lead, file, "S2", target="", status=Status.CONFIRMED, blank_intended=True)
    assert build(actor=lead, file=file).data == with_targets(S1="", S2="")
    # A cleared row is new: above that, the original's text stands.
    assert build(actor=lead, file=file, least=Status.TRANSLATED).data == with_targets(S2="")


def test_all_languages_of_an_original_and_no_copy(lead: User) -> None:
    project = create_project(actor=lead, platform_id=None, name="All", source_language="ko", target_language="")
    table = "key,source,en,ja\r\nK1,등대,Light,灯台\r\nK2,안개,,\r\n".encode()
    english, japanese = import_file(actor=lead, project=project, folder=None, filename="t.csv", data=table)
    copy(actor=lead, items=[Ref("file", english.pk), Ref("file", japanese.pk)], to=Ref("project", project.pk))
    for one in File.objects.filter(variant="en").exclude(pk=english.pk):
        edit(lead, one, "K2", target="of the copy")
    for one in File.objects.filter(variant="ja").exclude(pk=japanese.pk):
        edit(lead, one, "K2", target="写し")
    edit(lead, english, "K2", target="Fog")
    edit(lead, japanese, "K2", target="霧")
    assert [one.pk for one in siblings(lead, english)] == [japanese.pk]
    both = export_file(actor=lead, file=english, all_languages=True)
    assert both.name == "t.csv"
    assert both.data == "key,source,en,ja\r\nK1,등대,Light,灯台\r\nK2,안개,Fog,霧\r\n".encode()
    assert export_file(actor=lead, file=english).data.decode() == table.decode().replace("안개,,", "안개,Fog,")


def test_a_monolingual_file_with_its_source(lead: User, project: Project) -> None:
    (file,) = import_file(
        actor=lead, project=project, folder=None, filename="en.properties", data=b"a=One\nb=\n",
        source=("ko.properties", "a=하나\nb=둘\n".encode()),
    )  # fmt: skip
    edit(lead, file, "b", target="Two")
    assert build(actor=lead, file=file).data == b"a=One\nb=Two\n"


def test_a_zip_of_a_project_holds_every_file_once(lead: User, project: Project) -> None:
    texts = {"a/x.xml": "1", "b/x.xml": "2", "a/X.xml": "3", "a/x.csv": "4", "deep/er/x.xml": "5", "x.xml": "6"}
    items = [
        Item(p, b"key,source,en\r\nK,4,\r\n" if p.endswith("csv") else locstr([("K", t, "")])) for p, t in texts.items()
    ]
    assert not import_many(actor=lead, project=project, folder=None, items=items).errors
    for kind in ("original", BILINGUAL):
        archive = download_tree(actor=lead, node=project, kind=kind)
        assert (archive.files, archive.errors) == (6, [])
        names = zipfile.ZipFile(io.BytesIO(archive.data)).namelist()
        assert len({name.casefold() for name in names}) == 6
        if kind == "original":
            assert {"a/x.xml", "b/x.xml", "deep/er/x.xml", "x.xml", "a/x.csv"} >= set(names) - {
                name for name in names if name.casefold().startswith("a/x")
            }
        else:
            assert sum(name.startswith("a/x_bilingual") or name.startswith("a/X_bilingual") for name in names) == 3


# ---- bilingual sheets
def sheet(rows: list[tuple[int, str, str, str]]) -> bytes:
    return bilingual.build(bilingual.BilingualRow(*row) for row in rows)


def take(file: File, lead: User, rows: list[tuple[int, str, str, str]], conflicts: str = "ours") -> ChangeSet:
    plan = bilingual_sheet.make_plan(actor=lead, file=File.objects.get(pk=file.pk), data=sheet(rows))
    return bilingual_sheet.apply_plan(actor=lead, plan=plan, conflicts=conflicts)


def test_a_sheet_goes_out_and_comes_back_unchanged(file: File, lead: User) -> None:
    for key, text in (("S1", "=1+1"), ("S2", "-5"), ("S3", "@cmd"), ("S4", " two  spaces \nline"), ("S5", "'00123")):
        edit(lead, file, key, target=text)
    name, data = bilingual_sheet.build(file=file)
    assert name == "quest_bilingual.xlsx"
    plan = bilingual_sheet.make_plan(actor=lead, file=file, data=data)
    assert (plan.counts["unchanged"], plan.counts["changed"], plan.counts["unknown"]) == (5, 0, 0)
    changed = [(row.pk, row.key, row.source, f"={row.key}\n+") for row in Row.objects.filter(file=file)]
    change_set = take(file, lead, changed)
    assert sorted(Row.objects.filter(file=file).values_list("target", flat=True)) == [f"=S{n}\n+" for n in range(1, 6)]
    revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert row_of(file, "S1").target == "=1+1"


def test_rows_go_by_id_then_key_and_never_by_the_id_of_another_server(file: File, lead: User) -> None:
    one, two = row_of(file, "S1"), row_of(file, "S2")
    take(
        file, lead,
        [
            (one.pk, "renamed", one.source, "by id"),
            (two.pk + 5000, "S2", two.source, "by key"),
            # Another server's row that happens to have the id of S3 here.
            (row_of(file, "S3").pk, "THEIRS", "남의 원문", "theirs"),
        ],
    )  # fmt: skip
    assert [row_of(file, key).target for key in ("S1", "S2", "S3")] == ["by id", "by key", ""]


def test_a_sheet_of_another_file_is_refused(file: File, lead: User) -> None:
    ids = list(Row.objects.filter(file=file).values_list("pk", flat=True))
    with pytest.raises(Invalid) as refusal:
        take(file, lead, [(pk, f"OTHER{pk}", "남의 것", "theirs") for pk in ids])
    assert refusal.value.code == "other_file"


def test_a_row_the_sheet_holds_twice_gets_its_last_text_once(file: File, lead: User) -> None:
    row = row_of(file, "S3")
    twice = [(row.pk, "S3", row.source, "first"), (row.pk + 5000, "S3", row.source, "last")]
    change_set = take(file, lead, twice)
    assert row_of(file, "S3").target == "last"
    assert RowRevision.objects.filter(change_set=change_set).count() == 1
    revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert (row_of(file, "S3").target, row_of(file, "S3").status) == ("", Status.NEW)


def test_an_edited_source_is_a_conflict_and_the_sheets_text_is_kept(file: File, lead: User) -> None:
    row = row_of(file, "S2")
    plan = bilingual_sheet.make_plan(
        actor=lead, file=file, data=sheet([(row.pk, "S2", "somebody wrote here", "theirs")])
    )
    assert ImportPlanItem.objects.get(plan=plan).kind == "conflicting"
    bilingual_sheet.apply_plan(actor=lead, plan=plan)
    assert row_of(file, "S2").target == "{0} barrels"
    assert RowRevision.objects.get(row=row, kind="conflict_lost").target == "theirs"
    with pytest.raises(Conflict):
        plan.refresh_from_db()
        bilingual_sheet.apply_plan(actor=lead, plan=plan)


def test_texts_for_rows_that_are_gone_or_locked_by_now_are_kept(file: File, lead: User) -> None:
    gone, locked = row_of(file, "S4"), row_of(file, "S5")
    data = sheet([(gone.pk, "S4", gone.source, "for the gone"), (locked.pk, "S5", locked.source, "for the locked")])
    plan = bilingual_sheet.make_plan(actor=lead, file=file, data=data)
    version = locstr([row for row in ROWS if row[0] != "S4"])
    apply_version(actor=lead, plan=plan_version(actor=lead, file=file, filename="quest.xml", data=version))
    edit(lead, file, "S5", locked=True)
    bilingual_sheet.apply_plan(actor=lead, plan=plan, conflicts="file")
    lost = RowRevision.objects.filter(kind="conflict_lost").values_list("row_id", "target")
    assert set(lost) == {(gone.pk, "for the gone"), (locked.pk, "for the locked")}
    assert row_of(file, "S5").target == ""


def test_a_text_the_file_cannot_hold_is_refused_with_its_cell(make_file: Callable[..., File], lead: User) -> None:
    file = make_file()
    File.objects.filter(pk=file.pk).update(format="txt")
    row = row_of(file, "S3")
    with pytest.raises(Invalid) as refusal:
        take(file, lead, [(row.pk, "S3", row.source, "a\tb")])
    assert "D2" in refusal.value.message
