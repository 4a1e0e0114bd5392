"""Edits of desktops taken in by the server: each answered, none lost, none twice."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Project, Row, RowRevision, Status
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.sync.models import AppliedEdit, Conflict
from apps.sync.protocol import Caller, Op, OpAnswer
from apps.sync.server import epoch
from apps.sync.server.push import push
from tests.e2e.editing_pages import file_with, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(lead: User) -> File:
    return file_with(lead, [(f"K{n}", f"줄 {n}", "") for n in range(4)])


def op(row: Row, target: str, **values: Any) -> Op:
    given = {
        "op": str(uuid.uuid4()), "row_id": row.pk, "base_rev": row.text_rev, "base_target": row.target,
        "target": target, "status": int(Status.TRANSLATED), "edited_at": time.time(),
    }  # fmt: skip
    return Op(**(given | values))


def send(actor: User, *ops: Op, now: float | None = None) -> list[OpAnswer]:
    caller = Caller(client=str(uuid.uuid4()), now=time.time() if now is None else now)
    return push(actor=actor, caller=caller, ops=ops).answers


def statuses(answers: list[OpAnswer]) -> list[str]:
    return [answer.status for answer in answers]


def test_edits_of_what_was_seen_are_applied_as_one_change_set(file: File, translator: User) -> None:
    rows = [row_of(file, f"K{n}") for n in range(3)]
    assert statuses(send(translator, *(op(row, f"line {row.key}") for row in rows))) == ["applied"] * 3
    assert [row_of(file, f"K{n}").target for n in range(3)] == ["line K0", "line K1", "line K2"]
    change_set = ChangeSet.objects.get(kind=ChangeSet.Kind.SYNC)
    assert change_set.counts == {"changed": 3, "conflicts": 0}
    assert change_set.revisions.count() == 3
    assert row_of(file, "K0").edited_by_name == translator.name
    assert Conflict.objects.count() == 0


def test_the_same_edit_again_changes_nothing_and_answers_alike(file: File, translator: User) -> None:
    edit = op(row_of(file, "K0"), "first")
    (first,) = send(translator, edit)
    revision = File.objects.get(pk=file.pk).revision
    (again,) = send(translator, edit)
    (doubled, _) = send(translator, edit, edit)
    assert first == again == doubled
    assert File.objects.get(pk=file.pk).revision == revision
    assert RowRevision.objects.filter(row__key="K0").exclude(kind="import").count() == 1


def test_a_later_concurrent_edit_wins_and_both_texts_stay(file: File, lead: User, translator: User) -> None:
    row = row_of(file, "K0")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    (answer,) = send(translator, op(row, "Bonjour", edited_at=time.time() + 60), now=time.time() + 60)
    assert answer.status == "applied"
    assert row_of(file, "K0").target == "Bonjour"
    conflict = Conflict.objects.get()
    assert (conflict.kept, conflict.lost, conflict.lost_by_name) == ("Bonjour", "Hello", lead.name)
    assert "Hello" in RowRevision.objects.filter(row=row).values_list("target", flat=True)


def test_an_earlier_concurrent_edit_loses_and_its_text_is_in_the_history(
    file: File, lead: User, translator: User
) -> None:
    row = row_of(file, "K0")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    (answer,) = send(translator, op(row, "Bonjour", edited_at=time.time() - 300))
    assert (answer.status, answer.row is not None) == ("lost", True)
    assert row_of(file, "K0").target == "Hello"
    assert Conflict.objects.get().lost == "Bonjour"
    assert RowRevision.objects.get(row=row, kind=RowRevision.Kind.CONFLICT_LOST).target == "Bonjour"


@pytest.mark.parametrize("skew", [-1e6, 1e6])
def test_the_clock_of_a_desktop_decides_nothing(file: File, lead: User, translator: User, skew: float) -> None:
    row = row_of(file, "K0")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    now = time.time() + skew
    (answer,) = send(translator, op(row, "Bonjour", edited_at=now - 300), now=now)
    assert answer.status == "lost"


def test_an_edit_whose_answer_was_lost_is_no_conflict_with_the_next(file: File, translator: User) -> None:
    row = row_of(file, "K0")
    first = op(row, "draft")
    send(translator, first)
    (answer,) = send(translator, op(row, "final", after=(first.op,), edited_at=time.time() - 1e5))
    assert answer.status == "applied"
    assert answer.conflict is None
    assert row_of(file, "K0").target == "final"


def test_an_edit_that_arrives_after_the_one_that_replaced_it_is_old_news(file: File, translator: User) -> None:
    row = row_of(file, "K0")
    draft = op(row, "draft")
    send(translator, op(row, "final", after=(draft.op,), edited_at=time.time() - 60))
    (late,) = send(translator, draft)
    assert (late.status, late.conflict) == ("noop", None)
    assert send(translator, draft) == [late]
    assert row_of(file, "K0").target == "final"
    assert Conflict.objects.count() == 0


def test_one_bad_edit_does_not_stop_the_others(file: File, lead: User, translator: User) -> None:
    locked = row_of(file, "K0")
    edit_row(actor=lead, row_id=locked.pk, seen_text_rev=0, edit=RowEdit(locked=True))
    gone = row_of(file, "K3")
    Row.objects.filter(pk=gone.pk).update(position=-1, removed_at="2026-11-01T00:00Z")
    answers = send(
        translator,
        op(row_of(file, "K0"), "x"),
        op(row_of(file, "K1"), "a\0b"),
        op(row_of(file, "K1"), "y", status=int(Status.APPROVED)),
        op(row_of(file, "K2"), "fine"),
        op(gone, "late"),
        op(gone, "nowhere", row_id=10**9),
    )
    assert statuses(answers) == ["forbidden", "invalid", "forbidden", "applied", "gone", "gone"]
    assert AppliedEdit.objects.count() == 1


def test_rows_of_a_project_one_may_not_see_are_gone(file: File, translator: User) -> None:
    Project.objects.filter(pk=file.project_id).update(restricted=True)
    (answer,) = send(translator, op(row_of(file, "K0"), "x"))
    assert (answer.status, answer.row) == ("gone", None)


def test_the_same_text_is_no_change_and_no_conflict(file: File, lead: User, translator: User) -> None:
    row = row_of(file, "K0")
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="Hello"))
    assert statuses(send(translator, op(row, "Hello"))) == ["noop"]
    assert Conflict.objects.count() == 0


def test_many_edits_take_as_many_statements_as_few(lead: User, translator: User) -> None:
    file = file_with(lead, [(f"K{n}", f"줄 {n}", "") for n in range(80)], name="Many")
    rows = list(Row.objects.filter(file=file).order_by("pk"))
    taken = []
    for some in (rows[:10], rows[10:80]):
        with CaptureQueriesContext(connections["default"]) as seen:
            answers = send(translator, *(op(row, f"line {row.key}", status=int(Status.CONFIRMED)) for row in some))
        assert statuses(answers) == ["applied"] * len(some)
        taken.append(len(seen))
    assert taken[1] <= taken[0] + 2


def test_an_edit_of_a_life_that_a_backup_ended_meets_no_revision_by_chance(
    file: File, lead: User, translator: User
) -> None:
    row = row_of(file, "K0")
    backup = (File.objects.get(pk=file.pk).revision, row.text_rev)
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target="of the life before"))
    late = op(row_of(file, "K0"), "made on the life before", edited_at=time.time() - 60)
    # The backup is put back, and life goes on to the same number of edits.
    Row.objects.filter(pk=row.pk).update(target="", status=Status.NEW, text_rev=backup[1])
    File.objects.filter(pk=file.pk).update(revision=backup[0], searchable_revision=backup[0])
    epoch.renew()
    edit_row(actor=lead, row_id=row.pk, seen_text_rev=backup[1], edit=RowEdit(target="of the new life"))
    assert statuses(send(translator, late)) == ["lost"]
    assert row_of(file, "K0").target == "of the new life"
    assert Conflict.objects.get().lost == "made on the life before"
    now = File.objects.get(pk=file.pk)
    assert now.searchable_revision == now.revision > 1_000_000
