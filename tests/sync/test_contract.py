"""What every carrier does alike: the same script through the process and through HTTP, on the real program."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.accounts.services import end_other_sessions
from apps.ldm.models import File, Folder, Project, Row, RowRevision, Status
from apps.ldm.services.files.export_file import build
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.tree.access import add_grant, remove_grant
from apps.ldm.services.tree.create import create_folder
from apps.ldm.services.tree.structure import Ref
from apps.sync.models import AppliedEdit, Conflict, CreatedThing, IncomingBlob
from apps.sync.protocol import MOST_OPS, Refused, RowsPage, SyncPeer, Unreachable
from apps.sync.server import epoch, originals, pull
from apps.tm.models import Entry, Memory
from apps.tm.services.entries.edit import add as add_entry
from locanext_project import workspaces
from tests.e2e.editing_pages import file_with, locstr, row_of
from tests.sync.peers import CARRIERS, access_token, caller, op, peer_for, put, table

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = [(f"K{n}", f"등불 {n}", "" if n % 2 else f"lamp {n}") for n in range(23)]


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, TEXTS)


@pytest.fixture(params=CARRIERS)
def carrier(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def peer(carrier: str, translator: User) -> SyncPeer:
    return peer_for(carrier, translator)


def plain(value: Any) -> Any:
    """As JSON has it: a tuple and a list are the same."""
    return json.loads(json.dumps(value))


def whole(peer: SyncPeer, file_id: int, limit: int) -> list[list[Any]]:
    rows, token = [], ""
    while True:
        page = peer.snapshot(file_id, token, limit)
        rows += page.rows
        token = page.next
        if not token:
            return rows


# ---- P18: the same answers
def test_both_carriers_read_the_same(file: File, translator: User, lead: User) -> None:
    memory = Memory.objects.create(name="M", source_language="ko", target_language="en")
    folder = create_folder(actor=lead, project_id=file.project_id, parent_id=None, name="Quests")
    create_folder(actor=lead, project_id=file.project_id, parent_id=folder.pk, name="Inner")
    add_entry(actor=lead, memory_id=memory.pk, source="등불", target="lamp")
    for user in (translator, lead):
        ours, theirs = (peer_for(one, user) for one in CARRIERS)
        sha256 = ours.original(file.pk)["sha256"]
        for ask in (
            lambda peer: peer.path(file.pk),
            lambda peer: asdict(peer.tree()),
            lambda peer: asdict(peer.tree("", 2)),
            lambda peer: asdict(peer.level("root")),
            lambda peer: asdict(peer.level(f"project:{file.project_id}", "", 1)),
            lambda peer: asdict(peer.snapshot(file.pk, "", 7)),
            lambda peer: asdict(peer.changes(file.pk, 0, 1, epoch.current(), 5)),
            lambda peer: asdict(peer.changes(file.pk, 0, 1, "other")),
            lambda peer: peer.original(file.pk),
            lambda peer: peer.memories(file.pk),
            lambda peer: peer.conflicts(file.pk),
            lambda peer, sha256=sha256: list(peer.blob(file.pk, sha256, 3)),
        ):
            assert plain(ask(ours)) == plain(ask(theirs))


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda peer: peer.snapshot(10**9), "gone"),
        (lambda peer: peer.snapshot(-5), "gone"),
        (lambda peer: peer.tree("nowhere"), "invalid"),
        (lambda peer: peer.level("file:1"), "invalid"),
        (lambda peer: peer.level("project:999999"), "gone"),
        (lambda peer: peer.hello(caller(version=0)), "too_old"),
        (lambda peer: peer.hello(caller(client="me")), "invalid"),
        (lambda peer: peer.push(caller(now=float(10**12)), []), "invalid"),
        (lambda peer: peer.entries(10**9), "gone"),
        (lambda peer: peer.put_blob("abc", 0, 3, b"abc"), "invalid"),
        (lambda peer: peer.put_blob("0" * 64, 0, 10**12, b"abc"), "invalid"),
        (lambda peer: peer.create(caller(), "key", {"kind": "folder"}), "invalid"),
        (lambda peer: peer.create(caller(), str(uuid.uuid4()), {"kind": "planet"}), "invalid"),
        (lambda peer: peer.create(caller(), str(uuid.uuid4()), {"kind": "folder", "project_id": 10**9}), "gone"),
        (lambda peer: peer.resolve(caller(), str(uuid.uuid4()), "kept"), "gone"),
    ],
)
def test_both_carriers_refuse_alike(translator: User, ask: Any, reason: str) -> None:
    told = []
    for carrier in CARRIERS:
        with pytest.raises(Refused) as refusal:
            ask(peer_for(carrier, translator))
        told.append((refusal.value.reason, refusal.value.message))
    assert told[0] == told[1]
    assert told[0][0] == reason


def test_the_greeting_says_who_and_when(peer: SyncPeer, translator: User) -> None:
    hello = peer.hello(caller())
    assert hello.user == {
        "id": translator.pk, "name": "Tran Slator", "username": "translator", "role": "translator", "language": "",
    }  # fmt: skip
    assert abs(hello.server_time - time.time()) < 5
    assert hello.epoch == epoch.current() == peer.hello(caller()).epoch


# ---- the tree: P12
def test_every_page_of_the_tree_brings_the_parents_of_its_nodes_first(peer: SyncPeer, file: File, lead: User) -> None:
    outer = create_folder(actor=lead, project_id=file.project_id, parent_id=None, name="Outer")
    inner = create_folder(actor=lead, project_id=file.project_id, parent_id=outer.pk, name="Inner")
    late = create_folder(actor=lead, project_id=file.project_id, parent_id=None, name="Late")
    Folder.objects.filter(pk=outer.pk).update(parent=late)
    File.objects.filter(pk=file.pk).update(folder=inner)
    cursor, found = "", set[tuple[str, int]]()
    for _ in range(20):
        page = peer.tree(cursor, 1)
        known = set[tuple[str, int]]()
        for node in page.nodes:
            parent = node["parent"]
            assert parent is None or (parent["kind"], parent["id"]) in known
            known.add((node["kind"], node["id"]))
        found |= known
        cursor = page.next
        if not cursor:
            break
    assert not cursor
    folders = {("folder", one.pk) for one in (outer, inner, late)}
    assert found == {("project", file.project_id), ("file", file.pk)} | folders
    assert [node["name"] for node in peer.path(file.pk)] == ["Passage", "Late", "Outer", "Inner", "quest.xml"]


# ---- P17: cut anywhere
@pytest.mark.parametrize("limit", [1, 7, 23, 5000])
def test_a_snapshot_in_pages_of_any_size_is_the_same(peer: SyncPeer, file: File, limit: int) -> None:
    rows = whole(peer, file.pk, limit)
    assert rows == peer.snapshot(file.pk).rows
    assert len(rows) == len(TEXTS)


def test_an_original_read_from_any_byte_on_is_the_same(
    peer: SyncPeer, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = locstr(TEXTS)
    told = peer.original(file.pk)
    assert (told["size"], told["filename"], told["format"]) == (len(data), "quest.xml", "xml")
    monkeypatch.setattr(originals, "BLOB_BYTES", 100)
    for start in (0, 1, 99, 100, 101, len(data) - 1, len(data)):
        read = b""
        while part := peer.blob(file.pk, told["sha256"], start + len(read)):
            assert len(part) <= 100
            read += part
        assert read == data[start:]


def test_bytes_are_sent_in_any_pieces_and_resumed(peer: SyncPeer, translator: User) -> None:
    data = bytes(range(256)) * 40
    sha256 = hashlib.sha256(data).hexdigest()
    assert peer.put_blob(sha256, 0, len(data), data[:100]) == 100
    # An answer was lost: the same again, an overlap, a gap, and a question.
    assert peer.put_blob(sha256, 0, len(data), data[:100]) == 100
    assert peer.put_blob(sha256, 50, len(data), data[50:180]) == 180
    assert peer.put_blob(sha256, 500, len(data), data[500:600]) == 180
    assert peer.put_blob(sha256, 0, len(data), b"") == 180
    assert peer.put_blob(sha256, 180, len(data), data[180:]) == len(data)
    assert peer.put_blob(sha256, 0, len(data), b"") == len(data)
    assert IncomingBlob.objects.count() == 0


def test_bytes_with_another_sum_are_not_kept(peer: SyncPeer) -> None:
    with pytest.raises(Refused, match="not those that were announced"):
        peer.put_blob("0" * 64, 0, 3, b"abc")
    assert peer.put_blob("0" * 64, 0, 3, b"") == 0


# ---- P4, P3, P16: pushing
def test_edits_sent_again_doubled_and_reordered_count_once(peer: SyncPeer, file: File) -> None:
    rows = [row_of(file, f"K{n}") for n in range(4)]
    edits = [op(row, f"text {row.key}") for row in rows]
    sender = caller()
    first = peer.push(sender, edits)
    revision = File.objects.get(pk=file.pk).revision
    for again in (edits, edits[::-1], edits + edits[:2], edits[1:2]):
        answers = {one.op: one for one in peer.push(sender, again).answers}
        assert answers.items() <= {one.op: one for one in first.answers}.items()
    assert [one.status for one in first.answers] == ["applied"] * 4
    assert plain(first.revisions) == {str(file.pk): revision}
    assert File.objects.get(pk=file.pk).revision == revision
    assert RowRevision.objects.exclude(kind="import").count() == AppliedEdit.objects.count() == 4


def test_one_bad_edit_is_answered_and_the_others_go_on(peer: SyncPeer, file: File) -> None:
    row, other, third = (row_of(file, f"K{n}") for n in range(3))
    answers = peer.push(
        caller(),
        [
            op(row, "a\0b"), op(row, "half \ud800"), op(row, 7), op(row, "x", status=99), op(row, "x", row_id="1"),
            op(row, "x", fields={"origin": "moon"}), op(row, "x", edited_at=1e300), op(row, "x", op="1-2-3"),
            op(row, "x", base_target="\0"), op(row, "x", after=("no",)), op(row, "x", status=int(Status.APPROVED)),
            op(other, "", status=int(Status.NEW)), op(third, "fine"),
        ],
    ).answers  # fmt: skip
    assert [one.status for one in answers] == ["invalid"] * 10 + ["forbidden", "noop", "applied"]
    assert all(one.message for one in answers[:11])
    assert row_of(file, "K2").target == "fine"


def test_more_edits_than_agreed_are_refused(peer: SyncPeer, file: File) -> None:
    with pytest.raises(Refused) as refusal:
        peer.push(caller(), [op(row_of(file, "K0"), "x")] * (MOST_OPS + 1))
    assert refusal.value.reason == "invalid"


def test_very_long_texts_arrive(peer: SyncPeer, file: File) -> None:
    rows = list(Row.objects.filter(file=file).order_by("pk"))
    text = "긴 글 " * 40_000
    answers = peer.push(caller(), [op(row, text + row.key) for row in rows]).answers
    assert [one.status for one in answers] == ["applied"] * len(rows)
    assert row_of(file, "K22").target == text + "K22"


# ---- P10: whoever follows the cursor misses nothing
def test_a_follower_misses_no_change_of_many_writers(peer: SyncPeer, file: File, lead: User) -> None:
    rows = list(Row.objects.filter(file=file).order_by("pk"))
    first = peer.snapshot(file.pk)
    cursor, mirror = first.cursor, {row[0]: row for row in first.rows}
    life = peer.hello(caller()).epoch
    done = threading.Event()

    def write(offset: int) -> None:
        try:
            with workspaces.use(workspaces.SERVER):
                for n, row in enumerate(rows[offset::3]):
                    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=f"w{n}"))
        finally:
            connections.close_all()

    def follow() -> bool:
        nonlocal cursor
        page = peer.changes(file.pk, cursor, first.generation, life, 2)
        assert not page.reset and page.cursor >= cursor
        mirror.update({row[0]: row for row in page.rows})
        cursor = page.cursor
        return page.more

    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        follow()
    done.set()
    while follow():
        pass
    assert sorted(mirror.values()) == sorted(peer.snapshot(file.pk).rows)
    assert {row[first.columns.index("target")][0] for row in mirror.values()} == {"w"}


# ---- P24: nothing that one may not see
def reads(file: File, memory: Memory, sha256: str) -> list[Any]:
    return [
        lambda peer: peer.path(file.pk),
        lambda peer: peer.snapshot(file.pk),
        lambda peer: peer.changes(file.pk, 0, 1, epoch.current()),
        lambda peer: peer.original(file.pk),
        lambda peer: peer.blob(file.pk, sha256, 0),
        lambda peer: peer.memories(file.pk),
        lambda peer: peer.entries(memory.pk),
        lambda peer: peer.conflicts(file.pk),
    ]


def test_after_a_revoke_nothing_new_comes(carrier: str, file: File, lead: User, translator: User) -> None:
    Project.objects.filter(pk=file.project_id).update(restricted=True, created_by_id=lead.pk)
    memory = peer_memory(lead, file)
    ref = Ref("project", file.project_id)
    peer, row = peer_for(carrier, translator), row_of(file, "K1")
    sha256 = peer_for(carrier, lead).original(file.pk)["sha256"]
    add_grant(actor=lead, ref=ref, user_id=translator.pk)
    for ask in reads(file, memory, sha256):
        ask(peer)
    assert peer.tree().nodes
    remove_grant(actor=lead, ref=ref, user_id=translator.pk)
    for ask in reads(file, memory, sha256):
        with pytest.raises(Refused) as refusal:
            ask(peer)
        assert refusal.value.reason == "gone"
    assert peer.tree().nodes == []
    (answer,) = peer.push(caller(), [op(row, "secret")]).answers
    assert (answer.status, answer.row) == ("gone", None)
    with pytest.raises(Refused):
        peer.create(caller(), str(uuid.uuid4()), {"kind": "folder", "project_id": file.project_id, "name": "X"})


def peer_memory(lead: User, file: File) -> Memory:
    from apps.ldm.services.memories.create import create

    return create(actor=lead, name="M", source_language="ko", target_language="en", to=Ref("project", file.project_id))


def test_the_bytes_of_other_files_cannot_be_had_by_their_sum(
    carrier: str, file: File, lead: User, translator: User
) -> None:
    other = file_with(lead, TEXTS[:2], name="Other")
    peer = peer_for(carrier, translator)
    with pytest.raises(Refused):
        peer.blob(file.pk, peer.original(other.pk)["sha256"], 0)
    sha256 = put(peer_for(carrier, lead), b"the lead's own bytes")
    assert peer.put_blob(sha256, 0, 20, b"") == 0
    with pytest.raises(Refused):
        peer.create(caller(), str(uuid.uuid4()), file_thing(file, sha256, sha256))


def test_a_login_that_is_over_is_told(carrier: str, file: File, translator: User) -> None:
    peer = peer_for(carrier, translator)
    peer.hello(caller())
    User.objects.filter(pk=translator.pk).update(is_active=False)
    with pytest.raises(Refused) as refusal:
        peer.push(caller(), [op(row_of(file, "K0"), "kept on the desktop")])
    assert refusal.value.reason == "login"


# ---- create
COLUMNS = ["segment", "key", "source", "target", "status", "origin", "edited_at", "codes", "blank_intended"]


def file_thing(file: File, sha256: str, rows_sha256: str) -> dict[str, Any]:
    return {
        "kind": "file", "project_id": file.project_id, "folder_id": None, "name": "quest.xml", "variant": "",
        "format": "xml", "source_language": "ko", "target_language": "en", "rows_sha256": rows_sha256,
        "original": {
            "sha256": sha256, "source_sha256": "", "filename": "quest.xml", "format": "xml", "encoding": "utf-8",
            "options": file.original.options if file.original else {}, "warnings": [], "keyed": True,
        },
    }  # fmt: skip


def test_a_file_born_offline_arrives_whole_and_once(
    carrier: str, file: File, lead: User, translator: User, run_tasks: Any
) -> None:
    peer = peer_for(carrier, translator)
    statuses = [Status.CONFIRMED, Status.NEW, Status.TRANSLATED, Status.APPROVED]
    rows = [
        [n, key, source, "" if n == 1 else f"made offline {n}", int(statuses[n]), "human", "2026-11-01T10:00:00+00:00",
         None, False]
        for n, (key, source, _target) in enumerate(TEXTS[:4])
    ]  # fmt: skip
    thing = file_thing(file, put(peer, locstr(TEXTS[:4])), put(peer, table(COLUMNS, rows)))
    key, sender = str(uuid.uuid4()), caller()
    made = peer.create(sender, key, thing)
    assert peer.create(sender, key, thing) == made
    assert made["kind"] == "file"
    copy = File.objects.get(pk=made["id"])
    # The name was taken; a translator confirms, and approves nothing.
    assert (copy.name, copy.created_by_name) == ("quest (2).xml", "Tran Slator")
    assert [row.status for row in copy.rows.order_by("position")] == [3, 0, 2, 3]
    assert copy.counts()["rows"] == 4
    assert copy.counts()["by_status"]["confirmed"]["rows"] == 2
    run_tasks()
    copy.refresh_from_db()
    assert copy.searchable_revision == copy.checked_revision == copy.revision == 1
    assert b"made offline 2" in build(actor=lead, file=copy).data
    assert CreatedThing.objects.count() == 1
    with pytest.raises(Refused):
        peer_for(carrier, lead).create(sender, key, thing)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({3: "a\0b"}, "Row 2: target"),
        ({4: 17}, "Row 2: source, status or origin"),
        ({0: "x"}, "Row 2: segment"),
        ({2: ""}, "Row 2: source"),
        ({7: [1]}, "Row 2: codes"),
    ],
)
def test_a_file_with_a_bad_row_changes_nothing(
    file: File, translator: User, change: dict[int, Any], words: str
) -> None:
    peer = peer_for("in_process", translator)
    rows = [[n, f"K{n}", "등불", "", 0, "", None, None, False] for n in range(3)]
    for place, value in change.items():
        rows[1][place] = value
    thing = file_thing(file, put(peer, locstr(TEXTS[:3])), put(peer, table(COLUMNS, rows)))
    with pytest.raises(Refused, match=words):
        peer.create(caller(), str(uuid.uuid4()), thing)
    assert File.objects.count() == 1
    assert CreatedThing.objects.count() == 0


def test_a_folder_and_a_memory_born_offline_arrive_once(peer: SyncPeer, file: File, translator: User) -> None:
    sender, key = caller(), str(uuid.uuid4())
    thing = {"kind": "folder", "project_id": file.project_id, "name": "Quests"}
    first = peer.create(sender, key, thing)
    assert peer.create(sender, key, thing) == first
    second = peer.create(sender, str(uuid.uuid4()), thing)
    assert [one.name for one in Folder.objects.order_by("pk")] == ["Quests", "Quests (2)"]
    assert second["id"] != first["id"]
    columns = ["key", "source", "target", "previous", "changed_by_name", "changed_at", "confirmed"]
    rows = [["", f"등불 {n}", f"lamp {n}", None, "Somebody", "2026-10-01T00:00:00", n == 0] for n in range(3)]
    thing = {
        "kind": "memory", "memory_kind": "memory", "name": "From home", "source_language": "ko",
        "target_language": "en", "description": "words", "to": {"kind": "folder", "id": first["id"]},
        "entries_sha256": put(peer, table(columns, rows)),
    }  # fmt: skip
    made = peer.create(sender, key := str(uuid.uuid4()), thing)
    assert peer.create(sender, key, thing) == made
    memory = Memory.objects.get(pk=made["id"])
    assert (memory.owner_id, memory.entries, memory.confirmed, memory.description) == (translator.pk, 3, 1, "words")
    assert memory.assignment.folder_id == first["id"] and memory.assignment.active
    terms = peer.create(
        sender, str(uuid.uuid4()),
        thing | {"memory_kind": "terms", "entries_sha256": put(peer, table(["source", "target"], [["등", "lamp"]]))},
    )  # fmt: skip
    assert Memory.objects.get(pk=terms["id"]).entries == 1


def test_two_that_send_one_thing_at_once_get_one(file: File, translator: User) -> None:
    key, thing = str(uuid.uuid4()), {"kind": "folder", "project_id": file.project_id, "name": "Quests"}
    answers: list[dict[str, Any]] = []

    def send() -> None:
        try:
            answers.append(peer_for("in_process", translator).create(caller(), key, thing))
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(answers) == 4 and all(one == answers[0] for one in answers)
    assert Folder.objects.count() == 1


# ---- memories
def test_memories_come_as_a_snapshot_and_then_as_changes(peer: SyncPeer, file: File, lead: User) -> None:
    memory = peer_memory(lead, file)
    entries = [add_entry(actor=lead, memory_id=memory.pk, source=f"등불 {n}", target=f"lamp {n}") for n in range(7)]
    (told,) = peer.memories(file.pk)
    assert (told["id"], told["assignment"]["kind"], told["assignment"]["writable"]) == (memory.pk, "project", True)
    rows, token, page = list[Any](), "", RowsPage((), [], 0, 0)
    while not rows or token:
        page = peer.entries(memory.pk, token, limit=3)
        rows += page.rows
        token = page.next
    assert [row[0] for row in rows] == [entry.pk for entry in entries]
    cursor = page.cursor
    from apps.tm.services.entries.act import act

    act(actor=lead, memory_id=memory.pk, act="delete", ids=[one.pk for one in entries[1:6]])
    changed, token = list[Any](), ""
    while not changed or token:
        page = peer.entries(memory.pk, token, cursor, 2)
        changed += page.rows
        token = page.next
    assert sorted(row[0] for row in changed) == [one.pk for one in entries[1:6]]
    assert all(row[page.columns.index("removed_at")] for row in changed)
    memory.refresh_from_db()
    assert page.cursor == memory.revision
    assert peer.entries(memory.pk, "", memory.revision).rows == []
    assert peer.entries(memory.pk, "", memory.revision + 1).reset
    Memory.objects.filter(pk=memory.pk).update(purged_revision=memory.revision)
    assert peer.entries(memory.pk, "", cursor).reset
    assert Entry.objects.count() == 7


# ---- a restored backup
def test_a_new_epoch_makes_every_cursor_void_and_reuses_no_id(peer: SyncPeer, file: File, lead: User) -> None:
    before = peer.hello(caller()).epoch
    assert not peer.changes(file.pk, 0, 1, before).reset
    highest = Row.objects.latest("pk").pk
    epoch.renew(skipped=1000)
    assert peer.changes(file.pk, 0, 1, before).reset
    assert not peer.changes(file.pk, 0, 1, peer.hello(caller()).epoch).reset
    other = file_with(lead, TEXTS[:2], name="Later")
    assert Row.objects.filter(file=other).order_by("pk").values_list("pk", flat=True)[0] > highest + 1000
    assert other.pk > file.pk + 1000
    second = epoch.renew(skipped=0)
    assert epoch.current() == second != before


# ---- conflicts
def test_conflicts_travel_and_are_decided_once(
    carrier: str, file: File, lead: User, translator: User, reviewer: User
) -> None:
    peer, row = peer_for(carrier, translator), row_of(file, "K1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    edit = op(row, "Bonjour", edited_at=time.time() - 300)
    (answer,) = peer.push(caller(), [edit]).answers
    assert answer.status == "lost"
    (told,) = peer.conflicts(file.pk)
    assert told == answer.conflict
    assert (told["kept"], told["lost"], told["lost_by_id"], told["base"]) == ("Hello", "Bonjour", translator.pk, "")
    # Neither a lead nor one of the two.
    assert peer_for(carrier, reviewer).conflicts(file.pk) == []
    with pytest.raises(Refused):
        peer_for(carrier, reviewer).resolve(caller(), edit.op, "kept")
    assert peer.resolve(caller(), edit.op, "swapped")["resolution"] == "swapped"
    again = peer.resolve(caller(), edit.op, "kept")
    assert (again["op"], again["resolution"], again["resolved_by_id"]) == (edit.op, "swapped", translator.pk)
    assert Conflict.objects.get().resolution == "swapped"
    assert peer.conflicts(file.pk) == []
    assert peer.conflicts(file.pk, [edit.op, str(uuid.uuid4())]) == [again]
    assert peer_for(carrier, reviewer).conflicts(file.pk, [edit.op]) == []
    for known in (["all"], [str(uuid.uuid4())] * 101):
        with pytest.raises(Refused, match="known"):
            peer.conflicts(file.pk, known)


# ---- HTTP alone
@pytest.fixture
def http(translator: User, server_url: str) -> Iterator[Any]:
    peer = peer_for("http", translator)
    yield peer
    peer.close()  # type: ignore[attr-defined]


def test_large_answers_are_packed_for_holders_of_a_token(http: Any, lead: User) -> None:
    file = file_with(lead, [(f"K{n}", f"등불 {n}", "") for n in range(100)])
    path = f"sync/files/{file.pk}/snapshot"
    response = http._send("GET", path, headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < len(response.content) / 3
    # On one machine packing takes longer than sending; from any other it is asked for.
    assert "content-encoding" not in http._send("GET", path).headers
    assert type(http)("https://loca.example.com", lambda renew: "")._client.headers["Accept-Encoding"] == "gzip"


def test_an_access_token_that_is_over_is_renewed_once(translator: User, server_url: str) -> None:
    from apps.sync.carriers.http import HttpPeer

    asked: list[bool] = []

    def tokens(renewed: bool) -> str:
        asked.append(renewed)
        return access_token(translator) if renewed else "over"

    assert HttpPeer(server_url, tokens).hello(caller()).user["id"] == translator.pk
    assert asked == [False, True]
    with pytest.raises(Refused) as refusal:
        HttpPeer(server_url, lambda renewed: "over").hello(caller())
    assert refusal.value.reason == "login"


def test_an_address_that_is_no_server_of_ours_is_no_answer(server_url: str) -> None:
    from apps.sync.carriers.http import HttpPeer

    for address in ("http://127.0.0.1:9", f"{server_url}/elsewhere"):
        with pytest.raises(Unreachable):
            HttpPeer(address, lambda renewed: "x").hello(caller())


def test_hints_come_over_the_socket(http: Any, file: File, lead: User, translator: User) -> None:
    hidden = file_with(lead, TEXTS[:2], name="Hidden")
    Project.objects.filter(pk=hidden.project_id).update(restricted=True)
    heard = http.subscribe([file.pk, hidden.pk])
    assert next(heard) == (file.pk, 1)
    row = row_of(file, "K1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    assert next(heard) == (file.pk, 2)
    heard.close()
    end_other_sessions(actor=translator, keep=None)
    with pytest.raises(Refused) as refusal:
        next(http.subscribe([file.pk]))
    assert refusal.value.reason == "login"


def test_an_act_on_very_many_rows_is_fetched_as_a_snapshot(
    file: File, lead: User, translator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, life = peer_for("in_process", translator), epoch.current()
    assert len(peer.changes(file.pk, 0, 1, life, 5).rows) == len(TEXTS)
    monkeypatch.setattr(pull, "MOST_OF_ONE", 10)
    assert peer.changes(file.pk, 0, 1, life, 5).reset
    assert not peer.changes(file.pk, 0, 1, life, 50).reset


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"{}", b"{", b'{"caller": 1}', b'{"caller": {}}', b"[" * 100_000,
        b'{"caller": {"client": "00000000-0000-0000-0000-000000000007", "now": 1e999}, "ops": []}',
        b'{"caller": {"client": "00000000-0000-0000-0000-000000000007", "now": 1}, "ops": {}}',
        b'{"caller": {"client": "00000000-0000-0000-0000-000000000007", "now": 1}, "ops": [{"op": "\\ud800"}]}',
        b'{"caller": {"client": "00000000-0000-0000-0000-000000000007", "now": 1}, "ops": [{"op": ["x"]}]}',
        b'{"caller": {"client": "00000000-0000-0000-0000-000000000007", "now": ' + b"9" * 400 + b'}, "ops": []}',
    ],
)  # fmt: skip
def test_requests_that_are_none_are_refused(translator: User, client_for: Any, body: bytes) -> None:
    for path in ("hello", "push", "things"):
        answer = client_for(translator).generic("POST", f"/api/v1/sync/{path}", body, content_type="application/json")
        assert answer.status_code == 400 or (path, answer.status_code) == ("hello", 200), (path, answer.content)
