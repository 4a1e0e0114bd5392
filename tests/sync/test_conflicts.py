"""Deciding conflicts: who sees which, what a decision does, one and many; on a server and on a desktop."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm.models import ChangeSet, File, MemoryAssignment, Project, Row, RowRevision, Status
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.rows import leases
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import Conflict
from apps.sync.server.push import push
from apps.sync.services import resolve
from apps.tm.models import Entry
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound, ServiceError
from tests import factories
from tests.e2e.editing_pages import file_with, row_of
from tests.sync.peers import caller, op

pytestmark = pytest.mark.django_db
API = "/api/v1/conflicts"


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, [(f"K{n}", f"줄 {n}", "") for n in range(6)])


def clash(file: File, winner: User, loser: User, key: str = "K0", text: str = "Bonjour", **values: Any) -> str:
    """The winner edits here, the loser earlier and elsewhere; the conflict's op."""
    row = row_of(file, key)
    edit_row(actor=winner, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    edit = op(row, text, edited_at=time.time() - 300, **values)
    (answer,) = push(actor=loser, caller=caller(), ops=[edit]).answers
    assert answer.status == "lost"
    return edit.op


def test_people_see_their_own_and_leads_all_of_their_projects(
    file: File, lead: User, translator: User, reviewer: User, stranger: User, client_for: Callable[..., Any]
) -> None:
    mine = clash(file, reviewer, translator)
    clash(file, lead, reviewer, "K1")
    seen = {user.username: [one["op"] for one in client_for(user).get(API).json()["items"]] for user in
            (lead, translator, reviewer, stranger)}  # fmt: skip
    assert (len(seen["lead"]), seen["translator"], len(seen["reviewer"]), seen["stranger"]) == (2, [mine], 2, [])
    assert client_for(translator).get(f"{API}/count").json() == {"open": 1}
    assert client_for().get(API).status_code == 401
    Project.objects.filter(pk=file.project_id).update(restricted=True)
    for user in (translator, reviewer):
        assert client_for(user).get(API).json()["items"] == []
        assert client_for(user).post(f"{API}/{mine}/resolve", {"resolution": "kept"}).status_code == 404
    assert Conflict.objects.filter(resolved_at=None).count() == 2


def test_the_list_shows_both_texts_in_pages_and_by_place(
    file: File, lead: User, translator: User, client_for: Callable[..., Any]
) -> None:
    ops = [clash(file, lead, translator, f"K{n}") for n in range(3)]
    client = client_for(translator)
    page = client.get(API, {"limit": 2, "file": file.pk, "project": file.project_id, "state": "open"}).json()
    assert (page["count"], [one["op"] for one in page["items"]]) == (3, [ops[2], ops[1]])
    rest = client.get(API, {"limit": 2, "cursor": page["next"]}).json()
    assert ([one["op"] for one in rest["items"]], rest["next"]) == ([ops[0]], None)
    (one,) = rest["items"]
    assert {name: one[name] for name in ("file_name", "key", "source", "base", "kept", "lost", "lost_status")} == {
        "file_name": "quest.xml", "key": "K0", "source": "줄 0", "base": "", "kept": "Hello", "lost": "Bonjour",
        "lost_status": "translated",
    }  # fmt: skip
    assert one["kept_by"] == {"id": lead.pk, "name": lead.name}
    assert one["lost_by"]["id"] == translator.pk and one["kept_at"] > one["lost_at"]
    assert client.get(API, {"state": "resolved"}).json()["items"] == []
    for query in ({"state": "odd"}, {"file": "x"}, {"cursor": "x"}, {"cursor": "WyJ4Il0"}, {"limit": "0"}):
        assert client.get(API, query).status_code == 400, query
    assert client.get(API, {"file": 10**9}).status_code == 404


def test_keeping_changes_no_text_and_is_done_once(file: File, lead: User, translator: User) -> None:
    one = clash(file, lead, translator)
    revision = File.objects.get(pk=file.pk).revision
    decided = resolve.resolve(actor=translator, op=one, resolution="kept")
    assert (decided.resolution, decided.resolved_by_name, decided.resolution_sent) == ("kept", "Tran Slator", True)
    again = resolve.resolve(actor=lead, op=one, resolution="swapped")
    assert again.resolution == "kept"
    assert (File.objects.get(pk=file.pk).revision, row_of(file, "K0").target) == (revision, "Hello")
    assert AuditEntry.objects.filter(action="conflict_resolved").count() == 1


def test_a_swap_is_an_edit_with_history_and_memory(file: File, lead: User, translator: User) -> None:
    memory = create_memory(
        actor=lead, name="M", source_language="ko", target_language="en", to=Ref("project", file.project_id)
    )
    assert MemoryAssignment.objects.get().writable
    one = clash(file, lead, translator, status=int(Status.CONFIRMED))
    resolve.resolve(actor=translator, op=one, resolution="swapped")
    row = row_of(file, "K0")
    assert (row.target, row.status, row.edited_by_name) == ("Bonjour", Status.CONFIRMED, translator.name)
    last = RowRevision.objects.filter(row=row).latest("pk")
    assert (last.kind, last.target_before, last.target, last.author_id) == ("edit", "Hello", "Bonjour", translator.pk)
    assert Entry.objects.get(memory=memory).target == "Bonjour"
    assert row.text_rev == row.rev == File.objects.get(pk=file.pk).revision


def test_a_third_text_takes_the_place_of_both(
    file: File, lead: User, translator: User, client_for: Callable[..., Any]
) -> None:
    one = clash(file, lead, translator)
    client = client_for(translator)
    for body in ({"resolution": "third"}, {"resolution": "kept", "target": "x"}, {"resolution": "odd"}, {}):
        assert client.post(f"{API}/{one}/resolve", body).status_code == 400, body
    answer = client.post(f"{API}/{one}/resolve", {"resolution": "third", "target": "Salut"})
    assert (answer.status_code, answer.json()["resolution"]) == (200, "third")
    assert row_of(file, "K0").target == "Salut"
    assert client.post(f"{API}/{uuid.uuid4()}/resolve", {"resolution": "kept"}).status_code == 404


def test_a_swap_asks_for_the_rights_of_an_edit(file: File, lead: User, translator: User, reviewer: User) -> None:
    held, locked, gone = (clash(file, lead, translator, f"K{n}") for n in range(3))
    leases.take(actor=reviewer, row_id=row_of(file, "K0").pk, connection="c")
    edit_row(actor=lead, row_id=row_of(file, "K1").pk, seen_text_rev=0, edit=RowEdit(locked=True))
    Row.objects.filter(file=file, key="K2").update(position=-1, removed_at="2026-11-01T00:00Z")
    fine = clash(file, lead, translator, "K3")
    for one, code in ((held, "leased"), (locked, "locked"), (gone, "not_found")):
        with pytest.raises(ServiceError) as refusal:
            resolve.resolve(actor=translator, op=one, resolution="swapped")
        assert refusal.value.code == code
    resolved, refused = resolve.resolve_many(
        actor=translator, resolution="swapped", ops=[held, locked, gone, fine, str(uuid.uuid4())]
    )
    assert resolved == 1
    assert sorted(one["op"] for one in refused) == sorted([held, locked, gone])
    assert row_of(file, "K3").target == "Bonjour"
    assert Conflict.objects.filter(resolved_at=None).count() == 3


def test_many_of_a_file_are_one_change_set(
    file: File, lead: User, translator: User, client_for: Callable[..., Any]
) -> None:
    for n in range(4):
        clash(file, lead, translator, f"K{n}")
    before = ChangeSet.objects.count()
    answer = client_for(translator).post(f"{API}/resolve", {"file": file.pk, "resolution": "swapped"}).json()
    assert answer == {"resolved": 4, "refused": [], "open": 0}
    assert [row_of(file, f"K{n}").target for n in range(4)] == ["Bonjour"] * 4
    assert ChangeSet.objects.count() == before + 1
    assert ChangeSet.objects.latest("pk").kind == ChangeSet.Kind.MERGE
    assert AuditEntry.objects.filter(action="conflict_resolved").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resolution": "third", "ops": [str(uuid.uuid4())]},
        {"resolution": "kept"},
        {"resolution": "kept", "ops": []},
        {"resolution": "kept", "ops": ["x"]},
        {"resolution": "kept", "ops": [str(uuid.uuid4())], "file": 1},
        {"resolution": "kept", "file": "1"},
    ],
)
def test_what_cannot_be_understood_decides_nothing(
    file: File, lead: User, translator: User, client_for: Callable[..., Any], body: dict[str, Any]
) -> None:
    clash(file, lead, translator)
    assert client_for(translator).post(f"{API}/resolve", body).status_code == 400
    assert Conflict.objects.filter(resolved_at=None).count() == 1


@pytest.mark.parametrize(
    ("text", "status", "role", "expected"),
    [
        ("Bonjour", Status.APPROVED, "translator", Status.CONFIRMED),
        ("Bonjour", Status.APPROVED, "lead", Status.APPROVED),
        ("Bonjour", Status.ORIGINAL, "translator", Status.TRANSLATED),
        ("", Status.NEW, "translator", Status.NEW),
        ("", Status.CONFIRMED, "translator", Status.TRANSLATED),
    ],
)
def test_a_text_comes_back_with_its_status_as_far_as_one_may_set_it(
    file: File, lead: User, text: str, status: Status, role: str, expected: Status
) -> None:
    person = factories.user(username="person", role=role)
    one = clash(file, lead, person)
    Conflict.objects.filter(op=one).update(lost=text, lost_status=status)
    resolve.resolve(actor=person, op=one, resolution="swapped")
    row = row_of(file, "K0")
    assert (row.target, row.status, row.blank_intended) == (text, expected, not text and status > Status.NEW)


def test_on_a_desktop_everything_is_the_persons_and_still_to_be_sent(db: None) -> None:
    with workspaces.use(workspaces.OFFLINE):
        person = factories.user(username="local")
        one = Conflict.objects.create(op=uuid.uuid4(), file_id=7, row_id=8, kept="a", lost="b", lost_by_id=99)
        decided = resolve.resolve(actor=person, op=str(one.op), resolution="kept")
        assert (decided.resolution, decided.resolution_sent) == ("kept", False)


def test_a_note_of_a_desktop_changes_no_text(file: File, lead: User, translator: User) -> None:
    one = clash(file, lead, translator)
    with pytest.raises(Invalid):
        resolve.note(actor=translator, op=one, resolution="odd")
    with pytest.raises(NotFound):
        resolve.note(actor=translator, op="no uuid", resolution="kept")
    resolve.note(actor=translator, op=one, resolution="swapped")
    assert (Conflict.objects.get().resolution, row_of(file, "K0").target) == ("swapped", "Hello")
