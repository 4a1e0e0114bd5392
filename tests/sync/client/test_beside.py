"""What belongs to mirrored files beside their rows: the original's bytes, memories, conflicts; and uploads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import File, Folder, Original, Project, Row, Status
from apps.ldm.services.files.export_file import export_file
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree import offline_storage
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.structure import Ref
from apps.sync.client import originals, subscriptions, tree, uploads
from apps.sync.models import Conflict, Link, MirroredFile, PendingEdit, PlaceOfUpload
from apps.sync.protocol import Refused, Unreachable
from apps.sync.services.resolve import resolve
from apps.tm.models import Entry, Memory, Term
from apps.tm.services.entries.edit import add as add_entry
from apps.tm.services.terms.edit import add as add_term
from apps.tm.services.terms.values import TermEdit
from tests.e2e.editing_pages import file_with, locstr
from tests.sync.client.site import Line, edit, offline, sync, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def exported(actor: User, file_id: int) -> bytes:
    return export_file(actor=actor, file=File.objects.get(pk=file_id)).data


# ---- originals ----
def test_an_export_offline_has_the_same_bytes(mirrored: File, line: Line, person: User, lead: User) -> None:
    edit(lead, mirrored.pk, "K1", 'theirs <&> "quoted"')
    with offline():
        edit(person, mirrored.pk, "K2", "mine")
    assert sync(line).trouble == ""
    with offline():
        here = exported(person, mirrored.pk)
    assert here == exported(lead, mirrored.pk)
    assert b"theirs" in here


def test_a_cut_original_goes_on_where_it_was_cut(
    mirrored: File, line: Line, person: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.sync.server.originals.BLOB_BYTES", 100)
    line.lost = [("blob", "answer")] * 3
    cuts = 0
    with offline():
        while True:
            try:
                assert originals.fetch(line, mirrored.pk)
                break
            except Unreachable:
                cuts += 1
        assert File.objects.get(pk=mirrored.pk).original is not None
        here = exported(person, mirrored.pk)
    assert cuts == 3
    assert here == exported(lead, mirrored.pk)


def test_damaged_bytes_are_not_taken(mirrored: File, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with offline():
        about = line.original(mirrored.pk)
        part = originals._part(about["sha256"])
        part.parent.mkdir(parents=True)
        part.write_bytes(b"of something else")
        with pytest.raises(Refused):
            originals.fetch(line, mirrored.pk)
        assert Original.objects.count() == 0
        assert originals.fetch(line, mirrored.pk)


# ---- memories ----
@pytest.fixture
def memory(mirrored: File, lead: User) -> Memory:
    """A memory of the project with some entries."""
    made = create_memory(
        actor=lead, name="Passage", source_language="ko", target_language="en", to=Ref("project", mirrored.project_id)
    )
    for n in range(7):
        add_entry(actor=lead, memory_id=made.pk, source=f"글 {n}", target=f"text {n}")
    return made


def entries(memory_id: int) -> dict[str, str]:
    found = Entry.objects.filter(memory_id=memory_id, removed_at__isnull=True)
    return dict(found.values_list("source", "target"))


def test_the_memories_that_serve_a_file_come_with_it(mirrored: File, memory: Memory, line: Line, lead: User) -> None:
    base = create_memory(
        actor=lead, name="Terms", kind=Memory.Kind.TERMS, source_language="ko", target_language="en",
        to=Ref("project", mirrored.project_id),
    )  # fmt: skip
    add_term(actor=lead, memory_id=base.pk, term=TermEdit("등대", "lighthouse"))
    assert sync(line).trouble == ""
    there = entries(memory.pk)
    with offline():
        assert entries(memory.pk) == there
        here = Memory.objects.get(pk=memory.pk)
        assert (here.entries, here.name, here.assignment.project_id) == (7, "Passage", mirrored.project_id)
        assert Term.objects.get(memory_id=base.pk).target == "lighthouse"
    add_entry(actor=lead, memory_id=memory.pk, source="새", target="new")
    sync(line)
    with offline():
        assert entries(memory.pk)["새"] == "new"
        assert Memory.objects.get(pk=memory.pk).entries == 8


def test_a_cut_memory_goes_on(mirrored: File, memory: Memory, line: Line) -> None:
    line.limit = 2
    line.lost = [("entries", "answer"), ("entries", "request")]
    for _ in range(2):
        assert sync(line).trouble == "unreachable"
    assert sync(line).trouble == ""
    there = entries(memory.pk)
    with offline():
        assert entries(memory.pk) == there


def test_confirming_offline_adds_an_entry_until_the_servers_is_here(
    mirrored: File, memory: Memory, line: Line, person: User
) -> None:
    sync(line)
    with offline():
        edit(person, mirrored.pk, "K1", "confirmed offline", Status.CONFIRMED)
        mine = Entry.objects.get(memory_id=memory.pk, target="confirmed offline")
        assert mine.pk < 0
    line.down = True
    sync(line)
    with offline():
        assert entries(memory.pk)["줄 1"] == "confirmed offline"
    line.down = False
    assert sync(line).trouble == ""
    there = Entry.objects.get(memory_id=memory.pk, target="confirmed offline")
    with offline():
        found = Entry.objects.filter(memory_id=memory.pk, source="줄 1", removed_at__isnull=True)
        assert list(found.values_list("pk", flat=True)) == [there.pk]
        assert Memory.objects.get(pk=memory.pk).entries == 8
    # Nothing of it was sent as an entry.
    assert Entry.objects.filter(memory_id=memory.pk, removed_at__isnull=True).count() == 8


def test_confirming_offline_leaves_the_servers_entries_as_they_are(
    mirrored: File, memory: Memory, line: Line, person: User, lead: User
) -> None:
    add_entry(actor=lead, memory_id=memory.pk, source="줄 1", target="as on the server")
    sync(line)
    with offline():
        edit(person, mirrored.pk, "K1", "otherwise", Status.CONFIRMED)
        found = Entry.objects.filter(memory_id=memory.pk, source="줄 1")
        assert {(pk > 0, target) for pk, target in found.values_list("pk", "target")} == {
            (True, "as on the server"), (False, "otherwise"),
        }  # fmt: skip


def test_a_memory_that_is_assigned_later_comes_although_no_file_moved(mirrored: File, line: Line, lead: User) -> None:
    assert sync(line).trouble == ""
    place = Ref("project", mirrored.project_id)
    later = create_memory(actor=lead, name="Later", source_language="ko", target_language="en", to=place)
    add_entry(actor=lead, memory_id=later.pk, source="줄 1", target="line")
    sync(line)
    with offline():
        assert entries(later.pk) == {"줄 1": "line"}


def test_an_entry_that_stood_in_goes_also_when_the_clock_was_set_back(
    mirrored: File, memory: Memory, line: Line, person: User
) -> None:
    sync(line)
    with offline():
        edit(person, mirrored.pk, "K1", "mine", Status.CONFIRMED)
        ours = Entry.objects.filter(memory_id=memory.pk, pk__lt=0, removed_at__isnull=True)
        ours.update(changed_at=timezone.now() + timedelta(days=11))
    sync(line)
    with offline():
        assert not ours.exists()
    assert entries(memory.pk)["줄 1"] == "mine"


def test_a_memory_that_serves_the_file_no_more_does_not_here(mirrored: File, memory: Memory, line: Line) -> None:
    sync(line)
    memory.assignment.active = False
    memory.assignment.save()
    with offline():
        MirroredFile.objects.update(original_cursor=-1)
    sync(line)
    with offline():
        assert Memory.objects.get(pk=memory.pk).assignment.active is False


# ---- conflicts ----
def test_a_decision_made_offline_reaches_the_server(mirrored: File, line: Line, person: User, lead: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    sync(line)
    assert texts(mirrored.pk)["K1"][0] == "theirs"
    with offline():
        conflict = Conflict.objects.get()
        assert (conflict.kept, conflict.lost) == ("theirs", "mine")
        resolve(actor=person, op=str(conflict.op), resolution="swapped")
        assert texts(mirrored.pk)["K1"][0] == "mine"
    assert sync(line).trouble == ""
    assert texts(mirrored.pk)["K1"][0] == "mine"
    assert Conflict.objects.get().resolution == "swapped"
    with offline():
        assert Conflict.objects.get().resolution_sent is True


@pytest.mark.parametrize(("resolution", "target"), [("kept", None), ("swapped", None), ("third", "another")])
def test_a_decision_made_on_the_server_is_seen_here(
    mirrored: File, line: Line, person: User, lead: User, resolution: str, target: str | None
) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    sync(line)
    resolve(actor=lead, op=str(Conflict.objects.get().op), resolution=resolution, target=target)
    sync(line)
    with offline():
        conflict = Conflict.objects.get()
        assert (conflict.resolution, conflict.resolved_by_name) == (resolution, lead.name)


def test_of_two_decisions_the_first_is_kept_on_both_sides(mirrored: File, line: Line, person: User, lead: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    sync(line)
    resolve(actor=lead, op=str(Conflict.objects.get().op), resolution="third", target="another")
    with offline():
        resolve(actor=person, op=str(Conflict.objects.get().op), resolution="kept")
    sync(line)
    with offline():
        here = Conflict.objects.get()
        assert (here.resolution, here.resolution_sent, here.resolved_by_name) == ("third", True, lead.name)
    assert Conflict.objects.get().resolution == "third"


def test_a_decision_waits_for_its_text(mirrored: File, line: Line, person: User, lead: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    sync(line)
    Row.objects.filter(file=mirrored, key="K1").update(locked=True)
    with offline():
        resolve(actor=person, op=str(Conflict.objects.get().op), resolution="swapped")
    sync(line)
    assert Conflict.objects.get().resolution == ""
    Row.objects.filter(file=mirrored, key="K1").update(locked=False)
    with offline():
        PendingEdit.objects.update(quarantined=False, reason="")
    sync(line)
    assert texts(mirrored.pk)["K1"][0] == "mine"
    assert Conflict.objects.get().resolution == "swapped"


def test_a_conflict_that_the_server_has_forgotten_stays_open_and_a_decision_is_told_again(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
        edit(person, mirrored.pk, "K2", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    edit(lead, mirrored.pk, "K2", "theirs")
    sync(line)
    first, second = Conflict.objects.order_by("pk").values_list("op", flat=True)
    with offline():
        Link.objects.update(user_id=person.pk)
        resolve(actor=person, op=str(first), resolution="kept")
    sync(line)
    # As a backup of before has it.
    Conflict.objects.filter(op=first).update(resolution="", resolved_at=None)
    Conflict.objects.filter(op=second).delete()
    sync(line)
    sync(line)
    assert Conflict.objects.get(op=first).resolution == "kept"
    with offline():
        assert Conflict.objects.get(op=second).resolution == ""


# ---- uploads ----
@pytest.fixture
def own(person: User) -> File:
    """A file that was born on the desktop."""
    with offline():
        actor = User.objects.get(pk=person.pk)
        storage = offline_storage.ensure(actor=actor)
        data = locstr([(f"L{n}", f"새 {n}", "") for n in range(4)])
        (file,) = import_file(actor=actor, project=storage, folder=None, filename="own.xml", data=data)
        row = Row.objects.get(file=file, key="L1")
        edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit("made here", Status.CONFIRMED))
        return File.objects.get(pk=file.pk)


def test_a_file_born_offline_gets_a_copy_on_the_server_which_is_mirrored(
    own: File, mirrored: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        before = exported(person, own.pk)
        made = uploads.upload(
            line, actor=User.objects.get(pk=person.pk), kind="file", local_id=own.pk,
            project_id=mirrored.project_id, folder_id=None,
        )  # fmt: skip
        assert made["id"] > 0
        assert File.objects.get(pk=own.pk).trash_id is not None
        assert texts(made["id"])["L1"] == ("made here", 3)
        assert exported(person, made["id"]) == before
    assert texts(made["id"])["L1"] == ("made here", 3)
    assert exported(lead, made["id"]) == before
    assert not Row.objects.filter(pk__lt=0).exists()


@pytest.mark.parametrize("call", ["put_blob", "create", "path", "snapshot"])
@pytest.mark.parametrize("where", ["request", "answer"])
def test_an_upload_that_is_cut_makes_no_second_copy(
    own: File, mirrored: File, line: Line, person: User, call: str, where: str
) -> None:
    line.lost = [(call, where)]
    with offline():
        actor = User.objects.get(pk=person.pk)
        given = {"actor": actor, "kind": "file", "local_id": own.pk, "project_id": mirrored.project_id}
        with pytest.raises(Unreachable):
            uploads.upload(line, **given, folder_id=None)
        assert File.objects.get(pk=own.pk).trash_id is None
        uploads.upload(line, **given, folder_id=None)
        assert PlaceOfUpload.objects.count() == 1
    assert File.objects.filter(project_id=mirrored.project_id).count() == 2


def test_what_was_edited_after_an_unanswered_upload_is_not_lost(
    own: File, mirrored: File, line: Line, person: User
) -> None:
    line.lost = [("create", "answer")]
    with offline():
        actor = User.objects.get(pk=person.pk)
        given = {"actor": actor, "kind": "file", "local_id": own.pk, "project_id": mirrored.project_id}
        with pytest.raises(Unreachable):
            uploads.upload(line, **given, folder_id=None)
        row = Row.objects.get(file=own, key="L2")
        edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit("made later", Status.TRANSLATED))
        with pytest.raises(Refused, match="edited"):
            uploads.upload(line, **given, folder_id=None)
        assert File.objects.get(pk=own.pk).trash_id is None
        made = uploads.upload(line, **given, folder_id=None)
        assert File.objects.get(pk=own.pk).trash_id is not None
    assert texts(made["id"])["L2"][0] == "made later"


def test_a_folder_goes_with_all_that_is_in_it(own: File, mirrored: File, line: Line, person: User) -> None:
    with offline():
        actor = User.objects.get(pk=person.pk)
        outer = create_folder(actor=actor, project_id=own.project_id, parent_id=None, name="Outer")
        inner = create_folder(actor=actor, project_id=own.project_id, parent_id=outer.pk, name="Inner")
        File.objects.filter(pk=own.pk).update(folder_id=inner.pk)
        made = uploads.upload(
            line, actor=actor, kind="folder", local_id=outer.pk, project_id=mirrored.project_id, folder_id=None
        )
        assert Folder.objects.get(pk=outer.pk).trash_id is not None
    folder = Folder.objects.get(pk=made["id"])
    assert folder.name == "Outer"
    assert File.objects.get(folder__parent=folder).name == own.name


def test_a_memory_born_offline_is_uploaded_with_its_entries(mirrored: File, line: Line, person: User) -> None:
    with offline():
        User.objects.filter(pk=person.pk).update(role="lead")
        actor = User.objects.get(pk=person.pk)
        own = create_memory(actor=actor, name="Mine", source_language="ko", target_language="en", to=None)
        for n in range(3):
            add_entry(actor=actor, memory_id=own.pk, source=f"말 {n}", target=f"word {n}")
        made = uploads.upload(
            line, actor=actor, kind="memory", local_id=own.pk, project_id=mirrored.project_id, folder_id=None
        )
        assert Memory.objects.get(pk=own.pk).trashed_at is not None
        assert entries(made["id"]) == {f"말 {n}": f"word {n}" for n in range(3)}
    assert entries(made["id"]) == {f"말 {n}": f"word {n}" for n in range(3)}


# ---- subscriptions ----
def test_what_is_subscribed_to_comes_by_itself(mirrored: File, line: Line, person: User, lead: User) -> None:
    other = file_with(lead, [("A", "가", "a")], name="Other")
    with offline():
        subscriptions.subscribe(actor=person, kind="project", entity_id=other.project_id)
    assert sync(line).trouble == ""
    with offline():
        assert texts(other.pk) == {"A": ("a", 1)}
        assert Project.objects.get(pk=other.project_id).name == "Other"
        subscriptions.unsubscribe(actor=person, kind="project", entity_id=other.project_id)


def test_what_is_not_asked_for_does_not_come(mirrored: File, line: Line, lead: User) -> None:
    other = file_with(lead, [("A", "가", "a")], name="Other")
    sync(line)
    with offline():
        assert not File.objects.filter(pk=other.pk).exists()
        nodes = tree.with_here(line.tree().nodes)
    assert {(node["kind"], node["id"]): node["here"] for node in nodes if node["kind"] == "file"} == {
        ("file", mirrored.pk): True, ("file", other.pk): False,
    }  # fmt: skip
