"""A newer version of a file: dry run, apply, revert."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, ImportPlanItem, Project, Row, RowRevision, Status
from apps.ldm.services import counters
from apps.ldm.services.files.export_file import export_file
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from apps.ldm.services.tree.create import create_project
from locanext_project.errors import Conflict
from tests.ldm.services.conftest import ROWS, locstr, row_of, state

pytestmark = pytest.mark.django_db

NEWER = [
    ("S0", "새로운 줄", ""),
    ("S1", "등대지기의 간절한 부탁", "The Keeper's Request"),
    ("S2", "고래기름 {0}통", "{0} casks"),
    ("S3", "안개가 걷힌다", ""),
    ("R5", "등불을 건네받는다", ""),
]


def drift(file: File) -> object:
    """What a recount of the file would have to repair."""
    return counters.recount(file.pk)


def test_the_dry_run_writes_nothing_and_says_what_would_happen(file: File, lead: User) -> None:
    before = state(file)
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    assert state(file) == before
    assert File.objects.get(pk=file.pk).revision == 1
    counts = plan.counts
    assert (counts["new"], counts["changed"], counts["gone"], counts["conflicting"]) == (1, 3, 1, 0)
    assert counts["recognised_by_source"] == 1
    kinds = {item.key: item.kind for item in ImportPlanItem.objects.filter(plan=plan)}
    assert kinds == {"S0": "new", "S1": "changed", "S2": "changed", "R5": "changed", "S4": "gone"}


def test_applying_keeps_ids_texts_and_marks_changed_sources(file: File, lead: User) -> None:
    ids = {row.key: row.pk for row in Row.objects.filter(file=file)}
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    change_set = apply_plan(actor=lead, plan=plan, reason="Build 2")
    one = row_of(file, "S1")
    assert (one.pk, one.target, one.source_changed, one.old_source) == (
        ids["S1"], "The Keeper's Request", True, "등대지기의 부탁",
    )  # fmt: skip
    assert row_of(file, "S2").target == "{0} casks"
    assert row_of(file, "R5").pk == ids["S5"]
    gone = Row.objects.get(pk=ids["S4"])
    assert gone.removed_at is not None and gone.position == -1
    positions = list(Row.objects.filter(file=file, position__gte=0).order_by("position").values_list("key", flat=True))
    assert positions == ["S0", "S1", "S2", "S3", "R5"]
    file.refresh_from_db()
    assert file.revision == change_set.revision == 2
    assert (file.rows_flagged, file.rows_removed) == (1, 1)
    assert not drift(file)
    assert export_file(actor=lead, file=File.objects.get(pk=file.pk)).data == locstr(NEWER)


def test_a_text_changed_on_both_sides_keeps_ours_and_the_files_in_history(file: File, lead: User) -> None:
    row = row_of(file, "S2")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="{0} kegs"))
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    assert plan.counts["conflicting"] == 1
    apply_plan(actor=lead, plan=plan)
    assert row_of(file, "S2").target == "{0} kegs"
    assert RowRevision.objects.get(row=row, kind="conflict_lost").target == "{0} casks"


def test_the_file_may_win_and_ours_is_kept_in_history(file: File, lead: User) -> None:
    row = row_of(file, "S2")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="{0} kegs"))
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    apply_plan(actor=lead, plan=plan, conflicts="file")
    assert row_of(file, "S2").target == "{0} casks"
    assert RowRevision.objects.get(row=row, kind="import").target_before == "{0} kegs"


def test_a_dry_run_is_applied_once(file: File, lead: User) -> None:
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    apply_plan(actor=lead, plan=plan)
    plan.refresh_from_db()
    with pytest.raises(Conflict):
        apply_plan(actor=lead, plan=plan)
    assert ChangeSet.objects.filter(file=file).count() == 2


def test_reverting_restores_the_old_state_and_its_bytes(file: File, lead: User) -> None:
    before = state(file)
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    change_set = apply_plan(actor=lead, plan=plan)
    done = revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert not done.kept
    assert state(file) == before
    file = File.objects.get(pk=file.pk)
    assert (file.rows_flagged, file.rows_removed) == (0, 1)
    assert not drift(file)
    assert export_file(actor=lead, file=file).data == locstr(ROWS)


def test_reverting_leaves_later_human_edits_and_lists_them(file: File, lead: User, translator: User) -> None:
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    change_set = apply_plan(actor=lead, plan=plan)
    for key in ("S1", "S0"):
        row = row_of(file, key)
        edit = RowEdit(target=f"mine {key}")
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=edit)
    done = revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert {entry["by"] for entry in done.kept} == {translator.name}
    assert len(done.kept) == 2
    assert row_of(file, "S1").target == "mine S1"
    assert row_of(file, "S1").source == "등대지기의 부탁"
    assert row_of(file, "S0").target == "mine S0"
    assert row_of(file, "S0").position == 5
    assert not drift(file)


@pytest.mark.parametrize(("source", "target"), [("en", "ja"), ("ko", "")])
def test_every_key_renamed_is_recognised_by_source(lead: User, shared_data: Path, source: str, target: str) -> None:
    """The shared workbooks: 196 translated sources are the same although every key changed.

    Their Korean column is empty, so a project from Korean falls back on what has content.
    """
    project = create_project(actor=lead, platform_id=None, name="Roles", source_language=source, target_language=target)
    folder = shared_data / "tor_gm"
    older, newer = folder / "Strings_2021-10-07.xlsx", folder / "Strings_2021-12-04.xlsx"
    files = import_file(actor=lead, project=project, folder=None, filename=older.name, data=older.read_bytes())
    (file,) = [file for file in files if file.target_language == "ja"]
    before = state(file)
    plan = make_plan(actor=lead, file=file, filename=newer.name, data=newer.read_bytes())
    assert plan.counts["recognised_by_key"] == 0
    # 200 sources are there again, 196 of them with a translation to keep.
    assert plan.counts["recognised_by_source"] == 200
    assert plan.counts["translations_kept_by_source"] == 196
    change_set = apply_plan(actor=lead, plan=plan, reason="keys renamed")
    assert state(file) != before
    revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert state(file) == before


def test_an_unchanged_version_changes_nothing(file: File, lead: User) -> None:
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(ROWS))
    assert plan.counts["unchanged"] == 5
    assert not ImportPlanItem.objects.filter(plan=plan).exists()


def test_confirmed_work_falls_back_when_its_source_changes(
    file: File, lead: User, make_file: Callable[..., File]
) -> None:
    row = row_of(file, "S1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=1, edit=RowEdit(status=Status.APPROVED))
    plan = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    apply_plan(actor=lead, plan=plan)
    row = row_of(file, "S1")
    assert (row.status, row.source_changed, row.target) == (Status.TRANSLATED, True, "The Keeper's Request")
    row = edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(status=Status.CONFIRMED))
    assert (row.source_changed, row.old_source) == (False, None)
    assert File.objects.get(pk=file.pk).rows_flagged == 0


def test_a_row_that_comes_back_brings_its_text_and_history(file: File, lead: User, translator: User) -> None:
    row = row_of(file, "S4")
    edit_row(actor=translator, row_id=row.pk, seen_text_rev=1, edit=RowEdit(target="The fog lifts"))
    without = make_plan(actor=lead, file=file, filename="quest.xml", data=locstr(NEWER))
    apply_plan(actor=lead, plan=without)
    assert Row.objects.get(pk=row.pk).removed_at is not None
    back = make_plan(actor=lead, file=File.objects.get(pk=file.pk), filename="quest.xml", data=locstr(ROWS))
    assert ImportPlanItem.objects.get(plan=back, key="S4").target_here == "The fog lifts"
    change_set = apply_plan(actor=lead, plan=back)
    again = row_of(file, "S4")
    assert (again.pk, again.target, again.status, again.removed_at) == (
        row.pk, "The fog lifts", Status.TRANSLATED, None,
    )  # fmt: skip
    assert [key for _id, _position, key, *_rest in state(file)] == [key for key, *_ in ROWS]
    assert not drift(file)
    revert_change_set(actor=lead, change_set_id=change_set.pk)
    assert Row.objects.get(pk=row.pk).removed_at is not None
    assert not drift(file)


def test_a_newer_monolingual_file_keeps_the_sources_of_the_present_one(lead: User, project: Project) -> None:
    source = ("ui_ko.properties", "a=등대\nb=안개\nc=배\n".encode())
    (file,) = import_file(
        actor=lead, project=project, folder=None, filename="ui_en.properties", data=b"a=Lighthouse\n", source=source
    )
    assert row_of(file, "b").source == "안개"
    plan = make_plan(actor=lead, file=file, filename="ui_en.properties", data=b"a=Lighthouse\nb=Fog\n")
    assert (plan.counts["changed"], plan.counts["new"], plan.counts["gone"]) == (1, 0, 0)
    apply_plan(actor=lead, plan=plan)
    assert (row_of(file, "b").source, row_of(file, "b").target) == ("안개", "Fog")
    assert export_file(actor=lead, file=File.objects.get(pk=file.pk)).data == b"a=Lighthouse\nb=Fog\n"
