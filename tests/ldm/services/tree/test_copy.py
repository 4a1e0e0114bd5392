"""Copying nodes with their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from apps.ldm.models import File, Folder, Project, Row, RowRevision, RowText, Status
from apps.ldm.services.tree import copy, delete
from apps.ldm.services.tree.recount import recount_all
from apps.tasks.services import enqueue
from locanext_project.errors import Forbidden, Invalid
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import ref_of

pytestmark = pytest.mark.django_db
CONTENT = ("position", "key", "source", "target", "status", "words", "comment", "codes", "source_changed", "locked")


def test_a_file_with_its_rows_but_not_its_history(lead: Any, translator: Any) -> None:
    project = make.project(lead)
    file = make.file(lead, project, "a.txt", 5, of=make.original())
    Row.objects.filter(file=file, position=0).update(codes={"1": "<b>"}, locked=True, source_changed=True, rev=9)
    Row.objects.create(file=file, position=-1, segment=-1, source="gone", source_hash=0, removed_at=timezone.now())
    File.objects.filter(pk=file.pk).update(rows_flagged=1, rows_removed=1, assignee_id=lead.pk, revision=1)
    RowRevision.objects.create(
        row=Row.objects.filter(file=file)[0], kind="edit", rev=1, at=timezone.now(), status_before=0, status=1
    )
    (copied,) = copy.copy(actor=translator, items=[ref_of(file)], to=ref_of(project))
    assert copied.name == "a (2).txt"
    twin = File.objects.get(pk=copied.ref.id)
    rows = Row.objects.filter(file=twin).order_by("position")
    assert list(rows.values_list(*CONTENT)) == list(
        Row.objects.filter(file=file, position__gte=0).order_by("position").values_list(*CONTENT)
    )
    assert {(row.rev, row.text_rev) for row in rows} == {(1, 1)}
    assert (twin.revision, twin.original_id, twin.rows_flagged, twin.rows_removed) == (1, file.original_id, 1, 0)
    assert (twin.assignee_id, twin.created_by_id) == (None, translator.pk)
    assert not RowRevision.objects.filter(row__file=twin).exists()
    assert sorted(RowText.objects.filter(file_id=twin.pk).values_list("row_id", flat=True)) == sorted(
        row.pk for row in rows
    )
    assert RowText.objects.get(row=rows[2]).text == RowText.objects.get(row__file=file, row__position=2).text
    assert not list(recount_all(repair=False))


def test_a_folder_with_everything_live_in_it(lead: Any) -> None:
    project, other = make.project(lead, "A"), make.project(lead, "B")
    outer = make.folder(lead, project, "outer")
    inner = make.folder(lead, outer, "inner")
    make.file(lead, inner, "deep.txt", 3)
    make.file(lead, outer, "flat.txt", 2)
    delete.delete(actor=lead, items=[ref_of(make.file(lead, outer, "gone.txt")), ref_of(make.folder(lead, outer, "x"))])
    (copied,) = copy.copy(actor=lead, items=[ref_of(outer)], to=ref_of(other))
    twin = Folder.objects.get(pk=copied.ref.id)
    assert (twin.project_id, twin.parent_id, twin.counts()["rows"]) == (other.pk, None, 5)
    assert list(Folder.objects.filter(parent=twin).values_list("name", flat=True)) == ["inner"]
    assert list(File.objects.filter(folder=twin).values_list("name", flat=True)) == ["flat.txt"]
    assert File.objects.get(folder__parent=twin).counts()["rows"] == 3
    assert not list(recount_all(repair=False))


def test_a_folder_into_itself_ends(lead: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project)
    make.file(lead, folder)
    copy.copy(actor=lead, items=[ref_of(folder)], to=ref_of(folder))
    assert (Folder.objects.count(), File.objects.count()) == (2, 2)
    assert not list(recount_all(repair=False))


def test_a_project_is_for_leads(lead: Any, translator: Any) -> None:
    platform = make.platform(lead)
    project = make.project(lead, "Game", platform)
    make.file(lead, make.folder(lead, project), rows=3)
    make.file(lead, project, "top.txt", rows=1)
    with pytest.raises(Forbidden):
        copy.copy(actor=translator, items=[ref_of(project)], to=ref_of(platform))
    (copied,) = copy.copy(actor=lead, items=[ref_of(project)], to=ref_of(platform))
    twin = Project.objects.get(pk=copied.ref.id)
    assert (twin.name, twin.target_language, twin.counts()["rows"]) == ("Game (2)", "en", 4)
    with pytest.raises(Invalid):
        copy.copy(actor=lead, items=[ref_of(platform)], to=None)
    assert not list(recount_all(repair=False))


def test_a_copy_of_what_was_hidden_stays_hidden(lead: Any) -> None:
    project = make.project(lead, "Game", make.platform(lead, restricted=True))
    (copied,) = copy.copy(actor=lead, items=[ref_of(project)], to=None)
    assert Project.objects.get(pk=copied.ref.id).restricted


def test_edits_made_before_the_copy_count_as_they_are(lead: Any) -> None:
    project = make.project(lead)
    file = make.file(lead, project, rows=2)
    Row.objects.filter(file=file).update(status=Status.APPROVED)
    (copied,) = copy.copy(actor=lead, items=[ref_of(file)], to=ref_of(project))
    assert File.objects.get(pk=copied.ref.id).rows_approved == 2


def test_much_is_copied_by_a_task(lead: Any, run_tasks: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "FILE_ROWS_AT_ONCE", 3)
    project = make.project(lead)
    folder = make.folder(lead, project)
    small, large = make.file(lead, folder, "small.txt", 3), make.file(lead, folder, "large.txt", 4)
    assert not copy.is_large(actor=lead, items=[ref_of(small)])
    assert copy.is_large(actor=lead, items=[ref_of(folder)])
    items = [{"kind": "folder", "id": folder.pk}, {"kind": "file", "id": large.pk}]
    run = enqueue(actor=lead, kind="ldm.copy", args={"items": items, "to": {"kind": "project", "id": project.pk}})
    run_tasks()
    run.refresh_from_db()
    assert (run.status, run.result["files"]) == ("succeeded", 2)
    assert [one["name"] for one in run.result["items"]] == ["quest (2)"]
    twin = Folder.objects.get(name="quest (2)")
    assert sorted(File.objects.filter(folder=twin).values_list("name", flat=True)) == ["large.txt", "small.txt"]
    assert not list(recount_all(repair=False))
