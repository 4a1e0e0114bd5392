"""When what is known means nothing any more: another epoch, a restored server, rights that went and came back."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Grant, Project, Row
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.recount import recount_all
from apps.ldm.services.tree.restore import restore
from apps.ldm.services.tree.structure import Ref
from apps.sync.client import purging
from apps.sync.models import Link, MirroredRow, PendingEdit, Shadow
from apps.sync.server import epoch
from locanext_project.bulk_load import bulk_load
from tests.sync.client.site import Line, edit, mirror_of, offline, sync, texts, waiting

pytestmark = pytest.mark.django_db


def put_back(file: File, key: str, target: str, text_rev: int) -> None:
    """The row as an old backup has it."""
    Row.objects.filter(file=file, key=key).update(target=target, text_rev=text_rev)


def replaced(file: File, key: str) -> Row:
    """The row with a key is another one after a restored backup: the same text under another id."""
    old = Row.objects.get(file=file, key=key)
    columns = [field.attname for field in Row._meta.concrete_fields if not field.primary_key]
    bulk_load(Row, columns, [tuple(getattr(old, name) for name in columns)])
    Row.objects.filter(pk=old.pk).delete()
    return Row.objects.get(file=file, key=key)


def test_a_new_epoch_brings_a_new_snapshot_and_keeps_what_waits(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    edit(lead, mirrored.pk, "K2", "newer than the backup")
    sync(line)
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
        edit(person, mirrored.pk, "K2", "mine, on what the backup does not have")
    epoch.renew(skipped=10)
    put_back(mirrored, "K2", "", 1)
    outcome = sync(line)
    assert (outcome.trouble, outcome.resets) == ("", 1)
    assert waiting() == 0
    assert texts(mirrored.pk)["K1"] == ("mine", 2)
    assert texts(mirrored.pk)["K2"] == ("mine, on what the backup does not have", 2)
    with offline():
        assert texts(mirrored.pk) == texts_of_server(mirrored)
        assert Shadow.objects.count() == 0
        assert list(recount_all(repair=False)) == []


def texts_of_server(file: File) -> dict[str, tuple[str, int]]:
    from locanext_project import workspaces

    with workspaces.use(workspaces.SERVER):
        return texts(file.pk)


def test_a_number_that_means_another_text_now_is_no_base(mirrored: File, line: Line, person: User, lead: User) -> None:
    """The same revision in another life of the data: it must not pass for what was seen."""
    edit(lead, mirrored.pk, "K2", "seen")
    sync(line)
    seen = Row.objects.get(file=mirrored, key="K2").text_rev
    with offline():
        edit(person, mirrored.pk, "K2", "mine")
    epoch.renew(skipped=10)
    Row.objects.filter(file=mirrored, key="K2").update(target="never seen", text_rev=seen)
    assert sync(line).sent.applied == 1
    from apps.sync.models import Conflict

    assert Conflict.objects.get().lost == "never seen"


def test_edits_follow_the_key_where_the_row_has_another_id(mirrored: File, line: Line, person: User) -> None:
    with offline():
        old = edit(person, mirrored.pk, "K1", "mine")
    new = replaced(mirrored, "K1")
    epoch.renew(skipped=10)
    outcome = sync(line)
    assert (outcome.trouble, outcome.sent.applied) == ("", 1)
    assert texts(mirrored.pk)["K1"] == ("mine", 2)
    with offline():
        assert Row.objects.get(pk=old.pk).removed_at is not None
        assert Row.objects.get(pk=new.pk).target == "mine"
        assert len(texts(mirrored.pk)) == 12
        assert list(recount_all(repair=False)) == []
        assert MirroredRow.objects.count() == 12


def test_an_edit_without_a_place_waits_apart_with_its_text(mirrored: File, line: Line, person: User) -> None:
    with offline():
        row = edit(person, mirrored.pk, "K1", "nowhere to go")
    Row.objects.filter(pk=row.pk).delete()
    epoch.renew(skipped=10)
    assert sync(line).trouble == ""
    with offline():
        apart = PendingEdit.objects.get()
        assert (apart.quarantined, apart.reason, apart.target) == (True, "gone", "nowhere to go")
        assert Row.objects.get(pk=row.pk).target == "nowhere to go"


def test_a_server_that_fell_back_without_saying_so_is_noticed(mirrored: File, line: Line, lead: User) -> None:
    for n in range(3):
        edit(lead, mirrored.pk, "K1", f"text {n}")
    sync(line)
    File.objects.filter(pk=mirrored.pk).update(revision=1)
    Row.objects.filter(file=mirrored).update(rev=1, text_rev=1, target="old")
    outcome = sync(line)
    assert outcome.resets == 1
    with offline():
        assert set(texts(mirrored.pk).values()) == {("old", status) for status in (0, 1, 2)}


def test_nothing_is_sent_to_a_new_epoch_before_its_snapshot(mirrored: File, line: Line, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    epoch.renew(skipped=10)
    line.lost = [("changes", "request")]
    assert sync(line, files=[mirrored.pk]).trouble == "unreachable"
    assert "push" not in line.calls
    assert waiting() == 1


# ---- rights and the recycle bin ----
def test_a_file_that_may_not_be_seen_any_more_stays_with_its_edits(
    mirrored: File, line: Line, person: User, translator: User, lead: User
) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "kept")
    Project.objects.filter(pk=mirrored.project_id).update(restricted=True)
    assert sync(line).trouble == ""
    assert mirror_of(mirrored)["state"] == "missing"
    with offline():
        assert len(texts(mirrored.pk)) == 12
        apart = PendingEdit.objects.get()
        assert (apart.quarantined, apart.target) == (True, "kept")
    edit(lead, mirrored.pk, "K2", "secret")
    sync(line)
    with offline():
        assert texts(mirrored.pk)["K2"][0] == ""
    # Given back, everything goes on by itself.
    Grant.objects.create(user=translator, project_id=mirrored.project_id)
    sync(line)
    assert sync(line).trouble == ""
    assert mirror_of(mirrored)["state"] == "current"
    assert waiting() == 0
    assert texts(mirrored.pk)["K1"][0] == "kept"


def test_a_deletion_does_not_travel(mirrored: File, line: Line, person: User, lead: User) -> None:
    (item,) = delete(actor=lead, items=[Ref("file", mirrored.pk)])
    assert sync(line).trouble == ""
    assert mirror_of(mirrored)["state"] == "missing"
    with offline():
        assert File.objects.get(pk=mirrored.pk).trash_id is None
        assert len(texts(mirrored.pk)) == 12
        edit(person, mirrored.pk, "K1", "still here")
    restore(actor=lead, item_id=item.pk)
    sync(line)
    sync(line)
    assert texts(mirrored.pk)["K1"][0] == "still here"


def test_rows_that_the_server_took_out_leave_and_come_back(mirrored: File, line: Line, person: User) -> None:
    row = Row.objects.get(file=mirrored, key="K1")
    with offline():
        edit(person, mirrored.pk, "K1", "for a row that went")
    File.objects.filter(pk=mirrored.pk).update(revision=9)
    Row.objects.filter(pk=row.pk).update(position=-1, removed_at="2026-11-01T00:00Z", rev=9)
    sync(line)
    with offline():
        here = Row.objects.get(pk=row.pk)
        assert here.removed_at is not None
        apart = PendingEdit.objects.get()
        assert (apart.reason, apart.target) == ("gone", "for a row that went")
        assert here.target == "for a row that went"
    File.objects.filter(pk=mirrored.pk).update(revision=10)
    Row.objects.filter(pk=row.pk).update(position=1, removed_at=None, rev=10)
    sync(line)
    sync(line)
    assert texts(mirrored.pk)["K1"][0] == "for a row that went"
    with offline():
        assert Row.objects.get(pk=row.pk).removed_at is None
        assert PendingEdit.objects.count() == 0


def test_a_purge_spares_what_holds_unsent_edits(mirrored: File, person: User) -> None:
    from apps.ldm.models import TrashItem

    with offline():
        assert purging.keep_unsent(TrashItem(), [mirrored.pk]) is None
        edit(person, mirrored.pk, "K1", "unsent")
        assert purging.keep_unsent(TrashItem(), [mirrored.pk])


def test_the_queue_is_said_to_be_stuck_only_while_the_server_answers(
    mirrored: File, line: Line, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.sync import clock
    from apps.sync.client import lan_place, rounds
    from apps.sync.client.push import Sent
    from apps.sync.selectors import status

    now = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    with offline():
        Link.objects.update(server_url=lan_place.name(), user_id=1)
        edit(person, mirrored.pk, "K1", "waits")
    monkeypatch.setattr(rounds, "push", lambda peer: Sent(left=1))
    for seconds in (0, 200, 200):
        now[0] += seconds
        sync(line)
    with offline():
        assert status.status()["stuck"] is True
        assert status.status()["pending"] == 1
        line.down = True
    for seconds in (10, 400):
        now[0] += seconds
        sync(line)
    with offline():
        assert status.status()["stuck"] is False
        assert status.status()["state"] == "unreachable"
