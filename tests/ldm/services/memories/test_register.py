"""Memories out of files: the rows of a file of the tree, and folders that get one when files come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import File, Folder, MemoryAssignment, Project, Status
from apps.ldm.services.files import import_many as importing
from apps.ldm.services.files.import_many import Item, import_many
from apps.ldm.services.memories import register
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree.create import create_folder
from apps.tm.errors import NameTaken
from apps.tm.models import Entry, Memory
from locanext_project.errors import Invalid
from tests.ldm.services.conftest import ROWS, locstr, row_of
from tests.ldm.services.memories.builders import memory, pairs, use_of
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(lead: Any, project: Project) -> Folder:
    return create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Quests")


def bring(actor: Any, project: Project, folder: Folder | None, *paths: str) -> importing.Imported:
    items = [Item(path, locstr(ROWS)) for path in paths]
    return import_many(actor=actor, project=project, folder=folder, items=items)


def test_rows_with_both_texts_become_entries(file: File, lead: Any, translator: Any) -> None:
    set_status(actor=lead, row_ids=[row_of(file, "S2").pk], status=Status.CONFIRMED)
    made, result = register.from_file(actor=translator, file_id=file.pk)
    assert (made.name, made.owner_id, result.added) == ("quest", translator.pk, 2)
    assert (use_of(made).place, use_of(made).active) == (("project", file.project_id), True)
    assert pairs(made) == [
        ("S1", "등대지기의 부탁", "The Keeper's Request"),
        ("S2", "고래기름 {0}통", "{0} barrels"),
    ]
    first, second = Entry.objects.filter(memory=made).order_by("key")
    assert (first.previous, first.next, first.confirmed) == ("", "고래기름 {0}통", False)
    assert (second.previous, second.next, second.confirmed) == ("등대지기의 부탁", "안개가 걷힌다", True)
    again, result = register.from_file(actor=translator, file_id=file.pk, status="confirmed")
    assert (again.name, result.added) == ("quest (2)", 1)


def test_the_files_folder_is_nearer_than_its_project(lead: Any, project: Project, folder: Folder) -> None:
    done = bring(lead, project, folder, "quest.xml")
    made, _ = register.from_file(actor=lead, file_id=done.files[0]["id"], name="Chosen")
    assert (made.name, use_of(made).place) == ("Chosen", ("folder", folder.pk))


def test_what_cannot_be_registered_leaves_nothing(make_file: Callable[..., File], lead: Any) -> None:
    empty = make_file([("S1", "원문", "")], name="empty.xml")
    with pytest.raises(Invalid) as refusal:
        register.from_file(actor=lead, file_id=empty.pk)
    assert refusal.value.code == "empty_file"
    full = make_file()
    memory(lead, "taken")
    with pytest.raises(NameTaken):
        register.from_file(actor=lead, file_id=full.pk, name="taken")

    def cancelled(done: int, total: int | None, step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        register.from_file(actor=lead, file_id=full.pk, progress=cancelled)
    assert list(Memory.objects.values_list("name", flat=True)) == ["taken"]
    assert AuditEntry.objects.latest("pk").action == "memory_discarded"
    mute = make.file(lead, make.project(lead, "mute", target_language=""))
    File.objects.filter(pk=mute.pk).update(target_language="")
    with pytest.raises(Invalid):
        register.from_file(actor=lead, file_id=mute.pk)


def test_names_from_files() -> None:
    assert register.name_of("a/b\\quest.de.xml") == "quest.de"
    assert register.name_of("…\u200b.tmx") == "…"
    assert len(register.name_of("x" * 300 + ".tmx")) == 255
    assert register.name_of("\u200b") == "Memory"


def test_a_folder_that_files_come_into_gets_a_memory(lead: Any, project: Project, folder: Folder) -> None:
    done = bring(lead, project, folder, "quest.xml", "deeper/more.xml")
    made = Memory.objects.get()
    assert done.memory_created == {"id": made.pk, "name": "TM - Quests"}
    assert (use_of(made).place, use_of(made).active, made.entries) == (("folder", folder.pk), True, 0)
    assert bring(lead, project, folder, "second.xml").memory_created is None
    assert bring(lead, project, None, "top.xml").memory_created is None
    assert Memory.objects.count() == 1


def test_none_is_made_where_nothing_came_in(lead: Any, project: Project, folder: Folder) -> None:
    done = import_many(actor=lead, project=project, folder=folder, items=[Item("broken.xml", b"<a>")])
    assert done.errors and done.memory_created is None and not Memory.objects.exists()


def test_a_memory_that_cannot_be_made_never_blocks_an_import(
    lead: Any, project: Project, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("no memory today")

    monkeypatch.setattr(importing, "for_folder", broken)
    done = bring(lead, project, folder, "quest.xml")
    assert len(done.files) == 1 and done.memory_created is None and done.errors == []
    assert not MemoryAssignment.objects.exists()
