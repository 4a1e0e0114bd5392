"""Edits made offline: kept at once, sent later, decided once; no text is ever lost on the way."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connections

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowRevision, Status
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.set_status import set_status
from apps.ldm.services.tree import offline_storage
from apps.ldm.services.tree.delete import delete
from apps.ldm.services.tree.restore import restore
from apps.ldm.services.tree.structure import Ref
from apps.sync import clock
from apps.sync.client import push, shadows
from apps.sync.client.pull import pull
from apps.sync.models import AppliedEdit, Conflict, MirroredRow, PendingEdit, Shadow
from apps.sync.protocol import Refused
from locanext_project import workspaces
from tests.e2e.editing_pages import locstr
from tests.sync.client.site import Line, edit, offline, sync, texts, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at(seconds)`: the clock of both sides stands there."""
    now = [1_000_000.0]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] = seconds

    return move


def equal(file: File) -> None:
    """Both sides have the same texts, and nothing waits."""
    with offline():
        here = texts(file.pk)
        assert Shadow.objects.count() == 0
        revisions = dict(MirroredRow.objects.values_list("row_id", "rev"))
    assert here == texts(file.pk)
    assert revisions == dict(Row.objects.filter(file=file).values_list("pk", "text_rev"))
    assert waiting() == 0


def history(row: Row) -> set[str]:
    """Every text in the history of a row, in the workspace of the caller."""
    found = RowRevision.objects.filter(row=row).values_list("target", "target_before")
    return {text for pair in found for text in pair}


def test_an_edit_is_kept_with_its_base_in_the_same_transaction(mirrored: File, person: User) -> None:
    with offline():
        row = edit(person, mirrored.pk, "K1", "Bonjour")
        kept = PendingEdit.objects.get()
        assert (kept.row_id, kept.target, kept.status, kept.base_target) == (row.pk, "Bonjour", 2, "")
        assert kept.base_rev == MirroredRow.objects.get(pk=row.pk).rev == 1
        with pytest.raises(ZeroDivisionError), workspaces.atomic():
            edit(person, mirrored.pk, "K2", "undone")
            _ = 1 / 0
        assert PendingEdit.objects.count() == 1


def test_edits_made_offline_arrive_with_the_next_round(mirrored: File, line: Line, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "Bonjour")
        edit(person, mirrored.pk, "K2", "Salut", Status.CONFIRMED)
    outcome = sync(line)
    assert (outcome.trouble, outcome.sent.applied, outcome.sent.left) == ("", 2, 0)
    assert texts(mirrored.pk)["K2"] == ("Salut", 3)
    assert Row.objects.get(file=mirrored, key="K1").edited_by_name == person.name
    equal(mirrored)


def test_the_newest_text_of_a_row_is_what_is_sent(mirrored: File, line: Line, person: User) -> None:
    with offline():
        for text in ("a", "ab", "abc"):
            edit(person, mirrored.pk, "K1", text)
        assert PendingEdit.objects.get().after == []
    assert sync(line).sent.applied == 1
    equal(mirrored)


@pytest.mark.parametrize(("mine", "theirs", "kept"), [(10.05, 10.00, "Bonjour"), (10.00, 10.05, "Hello")])
def test_of_concurrent_edits_the_later_wins_and_both_stay(
    mirrored: File, line: Line, person: User, lead: User, at: Any, mine: float, theirs: float, kept: str
) -> None:
    """The example of the brief: "Hello" at 10:00 on the server, "Bonjour" at 10:05 on the desktop."""

    def on_the_desktop() -> None:
        at(mine * 3600)
        with offline():
            edit(person, mirrored.pk, "K1", "Bonjour")

    def on_the_server() -> None:
        at(theirs * 3600)
        edit(lead, mirrored.pk, "K1", "Hello")
        # Edits of the server have its own clock, which the database's time stands for.
        Row.objects.filter(file=mirrored, key="K1").update(edited_at=_moment(theirs * 3600))

    for _when, act in sorted([(mine, on_the_desktop), (theirs, on_the_server)], key=lambda one: one[0]):
        act()
    at(11 * 3600)
    outcome = sync(line)
    assert outcome.trouble == ""
    row = Row.objects.get(file=mirrored, key="K1")
    assert row.target == kept
    assert {"Hello", "Bonjour"} <= history(row)
    equal(mirrored)
    with offline():
        assert {"Hello", "Bonjour"} <= history(Row.objects.get(pk=row.pk))
        conflict = Conflict.objects.get()
        assert {conflict.kept, conflict.lost} == {"Hello", "Bonjour"}
        assert conflict.kept == kept


def _moment(seconds: float) -> Any:
    from apps.sync.client.link import moment

    return moment(seconds)


def test_a_lost_answer_makes_no_conflict_with_oneself(mirrored: File, line: Line, person: User) -> None:
    for number in range(3):
        with offline():
            edit(person, mirrored.pk, "K1", f"draft {number}")
        line.lost = [("push", "answer")]
        assert sync(line).trouble == "unreachable"
    with offline():
        edit(person, mirrored.pk, "K1", "final")
        assert len(PendingEdit.objects.get().after) == 3
    assert sync(line).trouble == ""
    assert Conflict.objects.count() == 0
    assert AppliedEdit.objects.count() == 4
    equal(mirrored)


def test_the_same_edit_sent_again_is_one(mirrored: File, line: Line, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "once")
    line.lost = [("push", "answer"), ("push", "answer")]
    assert sync(line).trouble == "unreachable"
    assert sync(line).trouble == "unreachable"
    assert sync(line).trouble == ""
    row = Row.objects.get(file=mirrored, key="K1")
    assert RowRevision.objects.filter(row=row).exclude(kind="import").count() == 1
    equal(mirrored)


def test_an_edit_during_the_push_stays_and_goes_next(mirrored: File, line: Line, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "first")
    real = line.peer.push

    def edited_meanwhile(caller: Any, ops: Any) -> Any:
        answer = real(caller, ops)
        with offline():
            edit(person, mirrored.pk, "K1", "second")
        line.peer.push = real
        return answer

    line.peer.push = edited_meanwhile
    with offline():
        sent = push.push(line)
        assert (sent.applied, sent.left) == (1, 1)
        assert texts(mirrored.pk)["K1"][0] == "second"
        assert Shadow.objects.get().payload is not None
    assert sync(line).trouble == ""
    assert Conflict.objects.count() == 0
    equal(mirrored)


def test_a_pull_leaves_the_text_of_a_dirty_row_and_keeps_what_came(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        row = edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    edit(lead, mirrored.pk, "K2", "theirs too")
    with offline():
        while pull(line, mirrored.pk).more:
            pass
        assert texts(mirrored.pk)["K1"][0] == "mine"
        assert texts(mirrored.pk)["K2"][0] == "theirs too"
        assert Shadow.objects.get().pk == row.pk
        shadows.let_go(actor=person, row_id=row.pk)
        assert texts(mirrored.pk)["K1"][0] == "theirs"
        assert "mine" in history(row)
    equal(mirrored)


def test_letting_an_edit_go_brings_back_all_of_what_the_server_has(mirrored: File, person: User, lead: User) -> None:
    columns = ("target", "status", "origin", "score", "edited_at", "edited_by_id", "edited_by_name", "blank_intended")
    there = Row.objects.filter(file=mirrored, key="K3").values_list(*columns).get()
    with offline():
        row = edit(person, mirrored.pk, "K3", "mine", Status.CONFIRMED)
        shadows.let_go(actor=person, row_id=row.pk)
        assert Row.objects.filter(pk=row.pk).values_list(*columns).get() == there
    equal(mirrored)


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_and_taken_back_before_it_was_sent_leaves_nothing(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    edit(lead, mirrored.pk, "K4", "theirs")
    with offline():
        edit(person, mirrored.pk, "K4", "mine")
        pull(line, mirrored.pk)
        row = Row.objects.get(file_id=mirrored.pk, key="K4")
        edit_row(actor=person, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=""))
        assert PendingEdit.objects.count() == 0
        assert texts(mirrored.pk)["K4"][0] == "theirs"
    equal(mirrored)


def test_acts_on_many_rows_are_sent_row_by_row(mirrored: File, line: Line, person: User) -> None:
    with offline():
        rows = list(Row.objects.filter(file_id=mirrored.pk).exclude(target="").values_list("pk", flat=True))
        set_status(actor=person, row_ids=rows, status=Status.CONFIRMED, reason="checked")
        assert PendingEdit.objects.count() == len(rows) == 4
    assert sync(line).sent.applied == 4
    equal(mirrored)


def test_rows_born_here_are_never_sent(line: Line, person: User, mirrored: File) -> None:
    with offline():
        place = offline_storage.ensure(actor=person)
        data = locstr([("A", "가", "")])
        (own,) = import_file(actor=person, project=place, folder=None, filename="own.xml", data=data)
        edit(person, own.pk, "A", "x")
        assert PendingEdit.objects.count() == 0


def test_one_refused_edit_waits_apart_and_the_others_go_on(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    row = Row.objects.get(file=mirrored, key="K1")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=True))
    with offline():
        edit(person, mirrored.pk, "K1", "into a locked row")
        edit(person, mirrored.pk, "K2", "fine")
        sent = push.push(line)
        assert (sent.forbidden, sent.applied, sent.left) == (1, 1, 0)
        apart = PendingEdit.objects.get()
        assert (apart.quarantined, apart.reason, apart.target) == (True, "forbidden", "into a locked row")
        assert texts(mirrored.pk)["K1"][0] == "into a locked row"
    # Unlocked, it is tried again by itself.
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(locked=False))
    sync(line)
    assert sync(line).sent.applied == 1
    equal(mirrored)


def test_an_edit_that_the_server_fails_at_waits_apart_after_some_tries(
    mirrored: File, line: Line, person: User
) -> None:
    with offline():
        for n in range(1, 8):
            edit(person, mirrored.pk, f"K{n}", f"text {n}")
    real = line.peer.push

    def failing(caller: Any, ops: Any) -> Any:
        if any(op.target == "text 4" for op in ops):
            raise Refused("busy", "500")
        return real(caller, ops)

    line.peer.push = failing
    for _ in range(push.WORN + 1):
        sync(line)
    with offline():
        apart = PendingEdit.objects.get()
        assert (apart.target, apart.quarantined) == ("text 4", True)
    assert texts(mirrored.pk)["K7"][0] == "text 7"


@pytest.mark.parametrize("reason", ["login", "busy", "too_old", "epoch"])
def test_a_refusal_of_everything_drops_nothing(mirrored: File, line: Line, person: User, reason: str) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "kept")

    def refuse(*args: Any) -> Any:
        raise Refused(reason, "no", retry_after=7.0)

    real, line.peer.push = line.peer.push, refuse
    for _ in range(12):
        outcome = sync(line)
        assert (outcome.trouble, outcome.retry_after) == (reason, 7.0)
    assert waiting() == 1
    line.peer.push = real
    assert sync(line).sent.applied == 1
    equal(mirrored)


def test_no_call_is_made_inside_a_transaction(mirrored: File, line: Line, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "x")
    depth = len(connections["offline"].savepoint_ids)
    inside: list[str] = []
    real = Line._cut

    def watch(self: Line, name: str, where: str) -> bool:
        if len(connections["offline"].savepoint_ids) > depth:
            inside.append(name)
        return real(self, name, where)

    line.__class__._cut = watch  # type: ignore[method-assign]
    try:
        assert sync(line).trouble == ""
    finally:
        line.__class__._cut = real  # type: ignore[method-assign]
    assert inside == []
    assert "push" in line.calls


def test_edits_have_ids_of_their_own(mirrored: File, person: User) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "x")
        edit(person, mirrored.pk, "K2", "y")
        ops = set(PendingEdit.objects.values_list("op", flat=True))
    assert len(ops) == 2
    assert all(isinstance(op, uuid.UUID) for op in ops)


def test_an_edit_refused_while_its_file_was_in_the_bin_is_sent_when_it_is_back(
    mirrored: File, line: Line, person: User, lead: User
) -> None:
    with offline():
        edit(person, mirrored.pk, "K1", "Bonjour")
    (gone,) = delete(actor=lead, items=[Ref("file", mirrored.pk)])
    with offline():
        assert push.push(line).gone == 1
        assert PendingEdit.objects.get().quarantined
    # Nobody pulled while it was away.
    restore(actor=lead, item_id=gone.pk)
    sync(line)
    sync(line)
    equal(mirrored)
    assert Row.objects.get(file=mirrored, key="K1").target == "Bonjour"


@pytest.mark.parametrize(("skew", "reason"), [(200.0, "concurrent"), (-4000.0, "clock"), (1e6, "clock")])
def test_a_conflict_says_where_the_clocks_are_too_far_apart(
    mirrored: File, line: Line, person: User, lead: User, monkeypatch: pytest.MonkeyPatch, skew: float, reason: str
) -> None:
    """Every concurrent edit is in the inbox whatever the clocks say; beyond five minutes the inbox says why."""
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + (skew if workspaces.current() == workspaces.OFFLINE else 0.0))
    with offline():
        edit(person, mirrored.pk, "K1", "mine")
    edit(lead, mirrored.pk, "K1", "theirs")
    assert sync(line).trouble == ""
    with offline():
        assert Conflict.objects.get().reason == reason
        from apps.sync.client import link

        assert link.current().clock_offset == pytest.approx(-skew, abs=5)
    equal(mirrored)
