"""The recycle bin: deleting, restoring, deleting for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.ldm import permissions
from apps.ldm.models import (
    Capability,
    ChangeSet,
    File,
    Folder,
    Grant,
    Original,
    Platform,
    Project,
    Row,
    RowRevision,
    RowText,
    StoredBlob,
    TrashItem,
)
from apps.ldm.selectors.trash import visible_items
from apps.ldm.services import blobs
from apps.ldm.services.tree import purge
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.recount import recount_all
from apps.ldm.services.tree.restore import restore
from locanext_project.errors import Conflict, Forbidden, NotFound
from tests.ldm.services.tree import builders as make
from tests.ldm.services.tree.builders import ref_of

pytestmark = pytest.mark.django_db


def rows_of(entity: Any) -> int:
    return type(entity).objects.get(pk=entity.pk).counts()["rows"]


def is_live(entity: Any) -> bool:
    return type(entity).objects.get(pk=entity.pk).trash_id is None


@pytest.fixture
def vetoes() -> Iterator[list[purge.Veto]]:
    kept = list(purge._vetoes)
    yield purge._vetoes
    purge._vetoes[:] = kept


# ---- deleting ----
def test_a_folder_goes_with_everything_in_it(lead: Any, translator: Any) -> None:
    project = make.project(lead, "Game", make.platform(lead))
    outer = make.folder(lead, project, "outer")
    inner = make.folder(lead, outer, "inner")
    file, other = make.file(lead, inner, rows=3), make.file(lead, project, rows=2)
    (item,) = delete(actor=translator, items=[ref_of(outer)])
    assert (item.kind, item.entity_id, item.name, item.path, item.files) == (
        "folder", outer.pk, "outer", "PC / Game", 1,
    )  # fmt: skip
    assert not any(is_live(entity) for entity in (outer, inner, file))
    assert is_live(other)
    assert (rows_of(project), rows_of(project.platform), rows_of(outer)) == (2, 2, 3)
    assert timedelta(days=29) < item.expires_at - timezone.now() <= timedelta(days=30)
    with pytest.raises(NotFound):
        permissions.get_file(translator, file.pk)
    assert permissions.get_file(translator, file.pk, include_trashed=True).pk == file.pk
    assert not list(recount_all(repair=False))


def test_each_chosen_thing_is_an_entry(lead: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project)
    inside = make.file(lead, folder)
    files = [make.file(lead, project, f"{n}.txt") for n in range(3)]
    items = delete(actor=lead, items=[*map(ref_of, files), ref_of(folder), ref_of(inside)])
    assert sorted((item.kind, item.entity_id) for item in items) == sorted(
        [*(("file", file.pk) for file in files), ("folder", folder.pk)]
    )
    assert all(TrashItem.objects.get(pk=item.pk).files == 1 for item in items)


def test_statements_do_not_grow_with_what_is_deleted(lead: Any, django_assert_max_num_queries: Any) -> None:
    project = make.project(lead)
    folder = make.folder(lead, project)
    for n in range(30):
        make.file(lead, make.folder(lead, folder, f"d{n}"), f"{n}.txt", 1)
    with django_assert_max_num_queries(35):
        delete(actor=lead, items=[ref_of(folder)])
    files = [make.file(lead, project, f"{n}.txt", 1) for n in range(30)]
    with django_assert_max_num_queries(35):
        delete(actor=lead, items=[ref_of(file) for file in files])


def test_projects_and_platforms_take_a_capability(lead: Any, translator: Any) -> None:
    platform = make.platform(lead)
    project = make.project(lead, platform=platform)
    file = make.file(lead, make.folder(lead, project), rows=2)
    for person, node in ((lead, project), (lead, platform), (translator, project)):
        with pytest.raises(Forbidden):
            delete(actor=person, items=[ref_of(node)])
    Capability.objects.create(user=translator, name="delete_platform", expires_at=timezone.now() + timedelta(hours=1))
    (item,) = delete(actor=translator, items=[ref_of(platform)])
    assert not any(is_live(entity) for entity in (platform, project, file))
    assert item.files == 1
    assert not list(recount_all(repair=False))
    restore(actor=translator, item_id=item.pk)
    assert all(is_live(entity) for entity in (platform, project, file))
    assert rows_of(platform) == 2
    Capability.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Forbidden):
        delete(actor=translator, items=[ref_of(platform)])


# ---- restoring ----
def test_everything_is_what_it_was(lead: Any, translator: Any) -> None:
    project = make.project(lead)
    outer = make.folder(lead, project)
    file = make.file(lead, outer, rows=3)
    File.objects.filter(pk=file.pk).update(assignee_id=translator.pk, assignee_name="Tran Slator")
    row = Row.objects.filter(file=file)[0]
    RowRevision.objects.create(row=row, kind="edit", rev=1, at=timezone.now(), status_before=0, status=1)
    before = [list(File.objects.filter(pk=file.pk).values()), list(Row.objects.filter(file=file).values())]
    (item,) = delete(actor=lead, items=[ref_of(outer)])
    restored = restore(actor=translator, item_id=item.pk)
    assert (restored.pk, restored.name, restored.parent_id) == (outer.pk, "quest", None)
    assert [list(File.objects.filter(pk=file.pk).values()), list(Row.objects.filter(file=file).values())] == before
    assert RowRevision.objects.filter(row=row).count() == 1
    assert not TrashItem.objects.exists()
    assert rows_of(project) == 3
    assert not list(recount_all(repair=False))


def test_a_taken_name_gets_a_suffix(lead: Any) -> None:
    project = make.project(lead)
    (item,) = delete(actor=lead, items=[ref_of(make.file(lead, project, "a.txt"))])
    make.file(lead, project, "a.txt")
    assert restore(actor=lead, item_id=item.pk).name == "a (2).txt"


def test_nested_entries_are_restored_on_their_own(lead: Any) -> None:
    project = make.project(lead)
    outer = make.folder(lead, project, "outer")
    inner = make.folder(lead, outer, "inner")
    first, second = make.file(lead, inner, "a.txt", 2), make.file(lead, inner, "b.txt", 3)
    (early,) = delete(actor=lead, items=[ref_of(first)])
    (late,) = delete(actor=lead, items=[ref_of(inner)])
    assert late.files == 1
    assert restore(actor=lead, item_id=early.pk).folder_id == outer.pk, "the nearest live folder above"
    assert (rows_of(outer), rows_of(inner)) == (2, 3)
    restore(actor=lead, item_id=late.pk)
    assert is_live(second)
    assert (rows_of(outer), rows_of(project)) == (5, 5)
    assert not list(recount_all(repair=False))


def test_a_file_waits_for_its_project(admin_user: Any) -> None:
    project = make.project(admin_user)
    (early,) = delete(actor=admin_user, items=[ref_of(make.file(admin_user, project))])
    (late,) = delete(actor=admin_user, items=[ref_of(project)])
    with pytest.raises(Conflict, match="Restore the project first"):
        restore(actor=admin_user, item_id=early.pk)
    restore(actor=admin_user, item_id=late.pk)
    assert restore(actor=admin_user, item_id=early.pk).project_id == project.pk


def test_a_project_without_its_platform_stays_restricted(admin_user: Any, translator: Any, stranger: Any) -> None:
    platform = make.platform(admin_user, restricted=True)
    Grant.objects.create(user=translator, platform=platform)
    project = make.project(admin_user, platform=platform)
    (early,) = delete(actor=admin_user, items=[ref_of(project)])
    delete(actor=admin_user, items=[ref_of(platform)])
    restored = restore(actor=admin_user, item_id=early.pk)
    assert (restored.platform_id, restored.restricted) == (None, True)
    assert permissions.get_project(translator, project.pk).pk == project.pk
    with pytest.raises(NotFound):
        permissions.get_project(stranger, project.pk)
    assert not list(recount_all(repair=False))


def test_everybody_who_sees_the_place_sees_the_entry(lead: Any, translator: Any, stranger: Any) -> None:
    hidden, shared = make.project(lead, "H", restricted=True), make.project(lead, "S")
    Grant.objects.create(user=translator, project=hidden)
    (secret,) = delete(actor=lead, items=[ref_of(make.folder(lead, hidden))])
    (known,) = delete(actor=translator, items=[ref_of(make.file(lead, shared))])
    assert {item.pk for item in visible_items(translator)} == {secret.pk, known.pk}
    assert {item.pk for item in visible_items(stranger)} == {known.pk}
    with pytest.raises(NotFound):
        restore(actor=stranger, item_id=secret.pk)
    restore(actor=stranger, item_id=known.pk)


def test_an_entry_is_restored_once(lead: Any) -> None:
    (item,) = delete(actor=lead, items=[ref_of(make.file(lead, make.project(lead)))])
    restore(actor=lead, item_id=item.pk)
    with pytest.raises(NotFound):
        restore(actor=lead, item_id=item.pk)


# ---- for ever ----
def test_deleting_for_ever_takes_a_capability(lead: Any, admin_user: Any) -> None:
    (item,) = delete(actor=lead, items=[ref_of(make.file(lead, make.project(lead)))])
    with pytest.raises(Forbidden):
        purge.condemn(actor=lead, item_id=item.pk)
    with pytest.raises(Forbidden):
        purge.condemn_all(actor=lead)
    purge.condemn(actor=admin_user, item_id=item.pk)
    assert not visible_items(admin_user).exists()
    with pytest.raises(NotFound):
        restore(actor=admin_user, item_id=item.pk)
    assert purge.purge_condemned() == 1
    assert not (File.objects.exists() or Row.objects.exists() or TrashItem.objects.exists())


def test_rows_history_and_bytes_go_too(admin_user: Any) -> None:
    project = make.project(admin_user)
    kept, old, lost = make.original("kept"), make.original("old"), make.original("lost")
    same_bytes = Original.objects.create(blob=lost.blob, filename="x", format="text")
    file = make.file(admin_user, make.folder(admin_user, project), "a.txt", 3, of=lost)
    make.file(admin_user, project, "b.txt", 2, of=kept)
    make.file(admin_user, project, "c.txt", 2, of=same_bytes)
    order = blobs.store(b"order of rows")
    ChangeSet.objects.create(file=file, kind="reimport", before={"original": old.pk}, order_before=order)
    row = Row.objects.filter(file=file)[0]
    RowRevision.objects.create(row=row, kind="edit", rev=1, at=timezone.now(), status_before=0, status=1)
    delete(actor=admin_user, items=[ref_of(file.folder)])
    assert len(purge.condemn_all(actor=admin_user)) == 1
    purge.purge_condemned()
    assert set(Original.objects.values_list("pk", flat=True)) == {kept.pk, same_bytes.pk}
    assert set(StoredBlob.objects.values_list("pk", flat=True)) == {kept.blob_id, lost.blob_id}
    assert (Row.objects.count(), RowText.objects.count(), Folder.objects.count()) == (4, 4, 0)
    assert not (RowRevision.objects.exists() or ChangeSet.objects.exists())
    assert not list(recount_all(repair=False))


def test_an_original_that_a_revert_needs_stays(admin_user: Any) -> None:
    project = make.project(admin_user)
    shared = make.original()
    file, other = make.file(admin_user, project, "a.txt", of=shared), make.file(admin_user, project, "b.txt")
    ChangeSet.objects.create(file=other, kind="reimport", before={"original": shared.pk, "generation": 1})
    delete(actor=admin_user, items=[ref_of(file)])
    purge.condemn_all(actor=admin_user)
    purge.purge_condemned()
    assert Original.objects.filter(pk=shared.pk).exists()


def test_other_entries_in_a_folder_outlive_it(admin_user: Any) -> None:
    project = make.project(admin_user)
    outer = make.folder(admin_user, project, "outer")
    inner = make.folder(admin_user, outer, "inner")
    file, folder = make.file(admin_user, inner, "a.txt", 2), make.folder(admin_user, inner, "b")
    early = delete(actor=admin_user, items=[ref_of(file), ref_of(folder)])
    (late,) = delete(actor=admin_user, items=[ref_of(inner)])
    purge.condemn(actor=admin_user, item_id=late.pk)
    assert purge.purge_condemned() == 1
    assert not Folder.objects.filter(pk=inner.pk).exists()
    for item in early:
        restore(actor=admin_user, item_id=item.pk)
    assert (File.objects.get().folder_id, Folder.objects.get(name="b").parent_id) == (outer.pk, outer.pk)
    assert not list(recount_all(repair=False))


def test_a_platform_takes_everything_along(admin_user: Any) -> None:
    platform = make.platform(admin_user)
    first, second = make.project(admin_user, "A", platform), make.project(admin_user, "B", platform)
    file = make.file(admin_user, make.folder(admin_user, first))
    make.file(admin_user, second)
    delete(actor=admin_user, items=[ref_of(file)])
    delete(actor=admin_user, items=[ref_of(second)])
    (item,) = delete(actor=admin_user, items=[ref_of(platform)])
    purge.condemn(actor=admin_user, item_id=item.pk)
    assert purge.purge_condemned() == 1
    for model in (Platform, Project, Folder, File, Row, TrashItem):
        assert not model.objects.exists(), model


def test_the_command_removes_what_is_over(lead: Any, vetoes: list[purge.Veto]) -> None:
    project = make.project(lead)
    items = [delete(actor=lead, items=[ref_of(make.file(lead, project, f"{n}.txt"))])[0] for n in range(3)]
    TrashItem.objects.filter(pk__in=[items[0].pk, items[1].pk]).update(expires_at=timezone.now())
    vetoes.append(lambda item, files: "has edits" if item.pk == items[1].pk and len(files) == 1 else None)
    output = StringIO()
    call_command("purge_trash", stdout=output)
    assert output.getvalue() == "1 entries removed, and 0 deleted entries of memories.\n"
    assert set(TrashItem.objects.values_list("pk", flat=True)) == {items[1].pk, items[2].pk}
    assert TrashItem.objects.get(pk=items[1].pk).expires_at > timezone.now() + timedelta(hours=23)


def test_an_objection_refuses_deleting_for_ever(admin_user: Any, vetoes: list[purge.Veto]) -> None:
    project = make.project(admin_user)
    file = make.file(admin_user, project)
    (item,) = delete(actor=admin_user, items=[ref_of(file)])
    purge.veto_purge(lambda entry, files: "A desktop has unsent edits." if files == [file.pk] else None)
    with pytest.raises(Conflict, match="unsent edits"):
        purge.condemn(actor=admin_user, item_id=item.pk)
    assert purge.condemn_all(actor=admin_user) == []
    assert visible_items(admin_user).exists()


def test_an_interrupted_purge_is_continued(admin_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make.project(admin_user)
    folder = make.folder(admin_user, project)
    for n in range(3):
        make.file(admin_user, folder, f"{n}.txt")
    delete(actor=admin_user, items=[ref_of(folder)])
    purge.condemn_all(actor=admin_user)
    real, calls = purge._remove_rows, []

    def breaking(file_id: int) -> None:
        calls.append(file_id)
        if len(calls) == 2:
            raise OSError("the power went")
        real(file_id)

    monkeypatch.setattr(purge, "_remove_rows", breaking)
    with pytest.raises(OSError, match="power"):
        purge.purge_condemned()
    assert File.objects.count() == 2
    assert not visible_items(admin_user).exists()
    assert purge.purge_condemned() == 1
    assert not (File.objects.exists() or Folder.objects.exists() or Row.objects.exists())


def test_a_task_removes_them(admin_user: Any, run_tasks: Callable[[], int]) -> None:
    from apps.tasks.services import enqueue

    delete(actor=admin_user, items=[ref_of(make.file(admin_user, make.project(admin_user)))])
    purge.condemn_all(actor=admin_user)
    run = enqueue(actor=admin_user, kind="ldm.purge", args={})
    run_tasks()
    run.refresh_from_db()
    assert run.result == {"removed": 1} or run.result.get("removed") == 1
    assert not File.objects.exists()
