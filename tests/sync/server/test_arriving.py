"""Large files are taken in by pieces: others write in between, nobody sees a part, and what is cut leaves nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm import permissions
from apps.ldm.models import File, Project, Row, RowText, TrashItem
from apps.ldm.selectors.trash import visible_items
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.create import create_folder, create_project
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.purge import purge_condemned
from apps.ldm.services.tree.recount import recount_all
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import ArrivingFile, CreatedThing
from apps.sync.protocol import Refused, SyncPeer
from apps.sync.server import arriving, create, upload_file
from apps.tasks.models import TaskRun
from apps.tm.models import Entry
from locanext_project.errors import NotFound
from tests import factories
from tests.sync.peers import caller, peer_for, put, table

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = ["segment", "key", "source", "target", "status", "origin"]


class Cut(BaseException):
    """The process ends here."""


@pytest.fixture
def project(lead: User) -> Project:
    """Where it goes."""
    return create_project(actor=lead, platform_id=None, name="Game", source_language="ko", target_language="en")


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
    """Pieces of three rows; after each the next of these is done."""
    acts: list[Callable[[], Any]] = []
    monkeypatch.setattr(arriving, "PIECE", 3)
    monkeypatch.setattr(upload_file, "REMEMBERED", 3)
    monkeypatch.setattr(arriving, "breathe", lambda: acts.pop(0)() if acts else None)
    return acts


@pytest.fixture
def peer(translator: User) -> SyncPeer:
    """The server as the translator's desktop sees it."""
    return peer_for("in_process", translator)


def thing_of(peer: SyncPeer, project: Project, count: int = 10, status: int = 2, **values: Any) -> dict[str, Any]:
    """A file of so many rows, whose bytes were sent."""
    rows = [[n, f"L{n}", f"여기 {n}", f"here {n}", status, "human"] for n in range(count)]
    sums = {"rows_sha256": put(peer, table(COLUMNS, rows)), "original": {"sha256": put(peer, b"<x/>")}}
    place = {"project_id": project.pk, "folder_id": None}
    return {"kind": "file", "name": "big.xml", "format": "xml", **sums, **place, **values}


def send(peer: SyncPeer, thing: dict[str, Any], key: str = "") -> dict[str, Any]:
    return peer.create(caller(), key or str(uuid.uuid4()), thing)


def nothing_is_left() -> None:
    """Neither seen nor hidden."""
    assert [model.objects.count() for model in (File, Row, TrashItem, ArrivingFile)] == [0, 0, 0, 0]


def cut_at(monkeypatch: pytest.MonkeyPatch, between: list[Callable[[], Any]]) -> None:
    """The process ends after the second piece: no handler of it runs any more."""

    def end() -> None:
        raise Cut

    monkeypatch.setattr(arriving, "give_up", lambda **_: None)
    between += [lambda: None, end]


def test_each_piece_is_a_transaction_and_nobody_sees_a_part(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]], lead: User, translator: User
) -> None:
    seen: list[int] = []

    def look() -> None:
        assert not connections["default"].in_atomic_block
        hidden = ArrivingFile.objects.get()
        seen.append(Row.objects.filter(file_id=hidden.file_id).count())
        for person in (lead, translator):
            with pytest.raises(NotFound):
                permissions.get_file(person, hidden.file_id)
            assert not visible_items(person).exists()
        assert [node["kind"] for node in peer.tree().nodes] == ["project"]
        assert Project.objects.get(pk=project.pk).rows_translated == 0
        list(recount_all(repair=True))
        with pytest.raises(Refused):
            peer.snapshot(hidden.file_id)

    between += [look] * 4
    made = send(peer, thing_of(peer, project))
    assert seen == [3, 6, 9, 10]
    file = permissions.get_file(lead, made["id"])
    assert (file.name, file.rows_translated, file.created_by_name) == ("big.xml", 10, translator.name)
    assert list(Row.objects.filter(file=file).order_by("position").values_list("position", "target"))[9] == (
        9,
        "here 9",
    )
    assert Project.objects.get(pk=project.pk).rows_translated == 10
    assert list(recount_all(repair=False)) == []
    assert not ArrivingFile.objects.exists() and not TrashItem.objects.exists()
    assert AuditEntry.objects.filter(action="upload_received", target_id=file.pk).count() == 1
    factories.run_queued_tasks()
    assert RowText.objects.filter(file_id=file.pk).count() == 10
    assert File.objects.get(pk=file.pk).checked_revision == 1


def test_what_was_cut_is_seen_by_nobody_and_removed_when_it_is_known_to_be_cut(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    thing, key = thing_of(peer, project), str(uuid.uuid4())
    cut_at(monkeypatch, between)
    with pytest.raises(Cut):
        send(peer, thing, key)
    assert Row.objects.count() == 6 and not File.objects.filter(trash__isnull=True).exists()
    # Somebody may be at work on it: an emptied bin takes it only after an hour of silence.
    assert purge_condemned() == 0 and Row.objects.count() == 6
    made = send(peer, thing, key)
    assert File.objects.filter(trash__isnull=True).get().pk == made["id"]
    ArrivingFile.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert purge_condemned() == 1
    assert Row.objects.count() == 10 and File.objects.count() == 1
    assert send(peer, thing, key) == made


def test_removed_under_ones_hands_it_is_said_and_leaves_nothing(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]]
) -> None:
    def silence() -> None:
        ArrivingFile.objects.update(held_until=timezone.now() - timedelta(seconds=1))

    between += [silence]
    with pytest.raises(Refused, match="Upload it again"):
        send(peer, thing_of(peer, project))
    factories.run_queued_tasks()
    nothing_is_left()


def test_where_the_place_goes_meanwhile_nothing_is_made(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]], lead: User
) -> None:
    folder = create_folder(actor=lead, project_id=project.pk, parent_id=None, name="Here")
    between += [lambda: delete(actor=lead, items=[Ref("folder", folder.pk)])]
    with pytest.raises(Refused) as refusal:
        send(peer, thing_of(peer, project, folder_id=folder.pk))
    assert refusal.value.reason == "gone"
    factories.run_queued_tasks()
    assert not File.objects.exists() and not Row.objects.exists() and not ArrivingFile.objects.exists()
    assert CreatedThing.objects.count() == 0


def test_a_name_that_was_taken_meanwhile_gets_a_suffix_and_a_key_makes_one(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]]
) -> None:
    thing, key, made = thing_of(peer, project), str(uuid.uuid4()), dict[str, Any]()
    between += [lambda: made.update(same=send(peer, thing, key)), lambda: made.update(other=send(peer, thing))]
    answer = send(peer, thing, key)
    # The second request with this key was through first: what the first has loaded goes.
    assert answer == made["same"] != made["other"]
    factories.run_queued_tasks()
    assert sorted(File.objects.filter(trash__isnull=True).values_list("name", flat=True)) == ["big (2).xml", "big.xml"]
    assert File.objects.count() == 2 and Row.objects.count() == 20
    assert not ArrivingFile.objects.exists() and not TrashItem.objects.exists()


def test_who_may_not_see_the_place_stages_nothing(
    project: Project, between: list[Callable[[], Any]], reviewer: User
) -> None:
    Project.objects.filter(pk=project.pk).update(restricted=True)
    stranger = peer_for("in_process", reviewer)
    thing = thing_of(stranger, project)
    with pytest.raises(Refused) as refusal:
        send(stranger, thing)
    assert refusal.value.reason == "gone"
    nothing_is_left()


def test_a_small_file_is_one_transaction_as_before(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]]
) -> None:
    between.append(lambda: pytest.fail("there is but one piece"))
    send(peer, thing_of(peer, project, 3))
    assert Row.objects.count() == 3 and len(between) == 1


# ---- the memory ----
@pytest.fixture
def memory(lead: User, project: Project) -> int:
    """The memory that confirmed rows of the project go into."""
    made = create_memory(
        actor=lead, name="TM", kind="memory", source_language="ko", target_language="en", to=Ref("project", project.pk)
    )
    return int(made.pk)


def test_confirmed_rows_go_into_the_memory_in_pieces(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]], memory: int
) -> None:
    known: list[int] = []

    def count() -> None:
        assert not connections["default"].in_atomic_block
        known.append(Entry.objects.filter(memory_id=memory).count())

    between += [count] * 9
    send(peer, thing_of(peer, project, status=3))
    assert known == [0, 0, 0, 0, 3, 6, 9, 10, 10]
    entry = Entry.objects.get(memory_id=memory, key="L4")
    assert (entry.previous, entry.target, entry.next) == ("여기 3", "here 4", "여기 5")
    assert not CreatedThing.objects.filter(remember_from__isnull=False).exists()


@pytest.mark.parametrize("later", [True, False])
def test_cut_behind_the_file_the_memory_is_filled_when_it_is_asked_again(
    project: Project, peer: SyncPeer, between: list[Callable[[], Any]], memory: int, later: bool, monkeypatch: Any
) -> None:
    thing, key = thing_of(peer, project, status=3), str(uuid.uuid4())
    monkeypatch.setattr(create, "AT_ONCE", 10)

    def end() -> None:
        raise Cut

    between += [*[lambda: None] * 4, end]
    if later:
        assert "wait" in send(peer, thing | {"later": True}, key)
        run = TaskRun.objects.get(kind=create.TASK)
        factories.run_queued_tasks()
        assert TaskRun.objects.get(pk=run.pk).status == "failed"
    else:
        with pytest.raises(Cut):
            send(peer, thing, key)
    assert File.objects.filter(trash__isnull=True).count() == 1
    assert Entry.objects.filter(memory_id=memory).count() == 3
    answer = send(peer, thing | {"later": later}, key)
    while "wait" in answer:
        factories.run_queued_tasks()
        answer = send(peer, thing | {"later": later}, key)
    assert answer["id"] == File.objects.get().pk
    assert Entry.objects.filter(memory_id=memory).count() == 10
