"""The simple acts: one change set each, history of every row, refusals listed, all of it revertible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.ldm import events
from apps.ldm.models import ChangeSet, File, Row, RowLease, RowRevision, Status
from apps.ldm.services import counters
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.rows.acts.parse import parse
from apps.ldm.services.rows.acts.perform import perform
from apps.ldm.services.tree.structure import Ref
from apps.tm.models import Entry, Memory
from locanext_project.errors import Forbidden, Invalid, NotFound
from tests.ldm.services.conftest import row_of
from tests.ldm.services.rows.acts.conftest import act, everything, keys, look, revert, texts, write

pytestmark = pytest.mark.django_db
MakeFile = Callable[..., File]


@pytest.fixture
def memory(lead: User, file: File) -> Memory:
    return create_memory(
        actor=lead, name="Work", source_language="ko", target_language="en", to=Ref("project", file.project_id)
    )


def hold(row: Row, person: User, seconds: int = 30) -> None:
    now = timezone.now()
    RowLease.objects.create(
        row=row, file_id=row.file_id, user_id=person.pk, user_name=person.name, connection="c", taken_at=now,
        until=now + timedelta(seconds=seconds),
    )  # fmt: skip


def test_a_status_for_all_rows_is_one_change_set_with_everything_that_belongs_to_it(
    file: File, lead: User, translator: User
) -> None:
    done = act(translator, file, "status", status="confirmed", reason="checked in the game")
    assert (done["changed"], done["refused_count"], done["refused_by"]) == (2, 3, {"empty": 3})
    assert [one["n"] for one in done["refused"]] == [3, 4, 5]
    change_set = ChangeSet.objects.get(pk=done["change_set"])
    assert (change_set.kind, change_set.reason, change_set.author_name) == (
        "bulk",
        "checked in the game",
        "Tran Slator",
    )
    assert change_set.counts == {"changed": 2, "act": "status", "status": "confirmed", "refused": 3}
    history = RowRevision.objects.filter(change_set=change_set)
    assert {(one.row.key, one.status_before, one.status, one.note) for one in history} == {
        ("S1", Status.ORIGINAL, Status.CONFIRMED, "checked in the game"),
        ("S2", Status.ORIGINAL, Status.CONFIRMED, "checked in the game"),
    }
    file.refresh_from_db()
    assert (file.revision, done["revision"], change_set.revision) == (2, 2, 2)
    assert counters.counted_rows(file.pk) == counters.vector_of(file)
    entry = AuditEntry.objects.filter(action="rows_changed").latest("id")
    assert entry.detail["count"] == 2 and entry.detail["change_set"] == change_set.pk


def test_confirming_many_rows_writes_them_into_the_memory_once(file: File, memory: Memory, lead: User) -> None:
    act(lead, file, "copy_source", only_empty=True)
    done = act(lead, file, "status", status="confirmed")
    assert done["changed"] == 5
    entries = Entry.objects.filter(memory=memory)
    assert {entry.key for entry in entries} == {"S1", "S2", "S3", "S4", "S5"}
    assert entries.get(key="S2").previous == "등대지기의 부탁"
    act(lead, file, "status", status="translated")
    assert act(lead, file, "status", status="confirmed")["changed"] == 5
    assert Entry.objects.filter(memory=memory).count() == 5


def test_listeners_hear_of_an_act_once_it_is_committed(
    file: File, lead: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[events.RowsChanged] = []
    events.listen(heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            act(lead, file, "status", status="confirmed")
    finally:
        events._listeners.remove(heard.append)
    assert [(one.file_id, one.revision, len(one.rows)) for one in heard] == [(file.pk, 2, 2)]


def test_rows_that_others_are_editing_are_left_and_those_whose_lease_ran_out_are_not(
    file: File, lead: User, translator: User
) -> None:
    hold(row_of(file, "S1"), translator)
    hold(row_of(file, "S2"), translator, seconds=-1)
    done = act(lead, file, "clear")
    assert texts(file)["S1"] == ("The Keeper's Request", "original")
    assert texts(file)["S2"] == ("", "new")
    assert [(one["n"], one["code"]) for one in done["refused"]] == [(1, "leased")]
    assert "Tran Slator" in done["refused"][0]["message"]
    # A flag is no text: it does not disturb who is typing.
    assert act(lead, file, "lock")["changed"] == 5
    # The holder's own act reaches the row.
    act(lead, file, "unlock")
    assert act(translator, file, "clear", keys(file, "S1"))["changed"] == 1


def test_locked_rows_are_left(file: File, lead: User, translator: User) -> None:
    act(lead, file, "lock", keys(file, "S1"))
    for name, fields in (("clear", {}), ("copy_source", {}), ("blank", {}), ("status", {"status": "confirmed"})):
        done = act(translator, file, name, keys(file, "S1"), **fields)
        assert (done["changed"], done["change_set"]) == (0, None), name
        assert [one["code"] for one in done["refused"]] == ["locked"], name
    assert texts(file)["S1"] == ("The Keeper's Request", "original")


def test_what_somebody_changed_since_the_preview_is_left(file: File, lead: User, translator: User) -> None:
    seen = look(lead, file, "clear")["revision"]
    write(translator, file, "S1", "The Keeper asks")
    done = act(lead, file, "clear", revision=seen)
    assert [(one["n"], one["code"]) for one in done["refused"]] == [(1, "stale")]
    assert texts(file)["S1"][0] == "The Keeper asks" and texts(file)["S2"][0] == ""


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("copy_source", {}, ("안개가 걷힌다", "translated")),
        ("copy_source", {"status": "confirmed"}, ("안개가 걷힌다", "confirmed")),
        ("blank", {}, ("", "translated")),
        ("clear", {}, ("", "new")),
        ("status", {"status": "new"}, ("", "new")),
        ("status", {"status": "reviewed"}, ("The fog lifts", "reviewed")),
        ("status", {"status": "approved"}, ("The fog lifts", "approved")),
    ],
)
def test_every_act_on_a_text_can_be_taken_back(
    file: File, lead: User, name: str, fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    write(lead, file, "S3", "The fog lifts")
    before = everything(file)
    done = act(lead, file, name, keys(file, "S3"), **fields)
    assert texts(file)["S3"] == expected
    assert row_of(file, "S3").blank_intended == (name == "blank")
    revert(lead, done)
    assert everything(file) == before
    file.refresh_from_db()
    assert counters.counted_rows(file.pk) == counters.vector_of(file)


def test_rows_are_given_to_a_person_and_back(file: File, lead: User, translator: User) -> None:
    before = everything(file)
    done = act(lead, file, "assign", keys(file, "S1", "S3"), person=translator.pk)
    assert done["changed"] == 2
    row = row_of(file, "S3")
    assert (row.assignee_id, row.assignee_name, row.text_rev) == (translator.pk, "Tran Slator", 1)
    history = RowRevision.objects.get(row=row)
    assert (history.kind, history.note, history.before) == (
        "flag", "Tran Slator", {"assignee_id": None, "assignee_name": ""},
    )  # fmt: skip
    assert act(lead, file, "assign", keys(file, "S1"), person=translator.pk)["changed"] == 0
    act(lead, file, "assign", keys(file, "S1"), person=None)
    assert row_of(file, "S1").assignee_id is None
    act(lead, file, "assign", keys(file, "S1"), person=translator.pk)
    revert(lead, done)
    assert everything(file)[2] == before[2]


def test_only_people_who_see_the_file_get_rows(file: File, lead: User) -> None:
    with pytest.raises(Invalid):
        act(lead, file, "assign", person=10**9)
    assert row_of(file, "S1").assignee_id is None


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("assign", {"person": None}),
        ("lock", {}),
        ("unlock", {}),
        ("status", {"status": "approved"}),
        ("status", {"status": "reviewed"}),
        ("status", {"status": "translated", "reject": True, "reason": "no"}),
    ],
)
def test_what_the_role_does_not_allow_changes_nothing(
    file: File, translator: User, name: str, fields: dict[str, Any]
) -> None:
    before = everything(file)
    with pytest.raises(Forbidden):
        act(translator, file, name, **fields)
    assert everything(file) == before


def test_a_reviewer_reviews_what_others_wrote(file: File, reviewer: User, translator: User, lead: User) -> None:
    write(reviewer, file, "S3", "Mine")
    write(translator, file, "S4", "Theirs")
    write(reviewer, file, "S5", "Mine first")
    write(translator, file, "S5", "Theirs then")
    done = act(reviewer, file, "status", status="reviewed")
    assert {one["code"] for one in done["refused"]} == {"own_text"} and done["refused_count"] == 1
    assert {key: status for key, (_text, status) in texts(file).items()} == {
        "S1": "reviewed", "S2": "reviewed", "S3": "translated", "S4": "reviewed", "S5": "reviewed",
    }  # fmt: skip
    # A text that was brought back by a revert is its writer's, not the reverter's.
    cleared = act(translator, file, "clear", keys(file, "S3"))
    revert(lead, cleared)
    assert act(reviewer, file, "status", keys(file, "S3"), status="reviewed")["refused_by"] == {"own_text": 1}


def test_rejecting_takes_back_what_was_confirmed_and_says_why(file: File, lead: User, reviewer: User) -> None:
    act(lead, file, "status", keys(file, "S1"), status="approved")
    with pytest.raises(Invalid) as refusal:
        act(reviewer, file, "status", status="translated", reject=True)
    assert refusal.value.details["field"] == "reason"
    done = act(reviewer, file, "status", status="translated", reject=True, reason="wrong tone")
    assert (done["changed"], texts(file)["S1"][1], texts(file)["S2"][1]) == (1, "translated", "original")
    assert RowRevision.objects.filter(row__key="S1").latest("id").note == "wrong tone"


def test_rows_of_other_files_are_refused_and_not_changed(file: File, make_file: MakeFile, lead: User) -> None:
    other = make_file(name="other.xml")
    foreign = row_of(other, "S1")
    done = act(lead, file, "clear", {"ids": [row_of(file, "S1").pk, foreign.pk, 2**62]})
    assert done["changed"] == 1
    assert {(one["row_id"], one["code"]) for one in done["refused"]} == {
        (foreign.pk, "not_in_file"), (2**62, "not_in_file"),
    }  # fmt: skip
    foreign.refresh_from_db()
    assert foreign.target == "The Keeper's Request"


def test_nothing_happens_when_it_is_cancelled(file: File, lead: User) -> None:
    before = everything(file)

    class Cancelled(Exception):
        pass

    for step in ("locking", "writing"):

        def cancel(done: int, total: int | None, now: str, step: str = step) -> None:
            if now == step:
                raise Cancelled

        with pytest.raises(Cancelled):
            perform(
                actor=lead, file_id=file.pk, wanted=parse({"act": "clear", "scope": {"query": ""}}), progress=cancel
            )
        assert everything(file) == before
        assert not ChangeSet.objects.filter(kind="bulk").exists()


def test_a_preview_counts_and_changes_nothing(file: File, lead: User) -> None:
    before = everything(file)
    seen = look(lead, file, "copy_source", only_empty=True)
    assert (seen["rows"], seen["of"], seen["changed"], seen["unchanged"], seen["complete"]) == (5, 5, 3, 2, True)
    assert [(one["n"], one["target_before"], one["target"]) for one in seen["samples"]] == [
        (3, "", "안개가 걷힌다"), (4, "", "안개가 걷힌다"), (5, "", "등불을 건네받는다"),
    ]  # fmt: skip
    assert everything(file) == before


def test_a_query_names_the_rows(file: File, lead: User) -> None:
    done = act(lead, file, "copy_source", {"query": "status:new AND source:안개"})
    assert done["changed"] == 2 and texts(file)["S5"][1] == "new"
    with pytest.raises(Invalid) as refusal:
        act(lead, file, "clear", {"query": "nonsense:1"})
    assert refusal.value.code == "bad_query" and texts(file)["S1"][0]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "explode", "scope": {"query": ""}},
        {"act": ["clear"], "scope": {"query": ""}},
        {"act": "clear"},
        {"act": "clear", "scope": {"ids": []}},
        {"act": "clear", "scope": {"ids": [1], "view": "x"}},
        {"act": "clear", "scope": {"ids": list(range(501))}},
        {"act": "clear", "scope": {"ids": [True]}},
        {"act": "clear", "scope": {"ids": [2**63]}},
        {"act": "clear", "scope": {"view": 1}},
        {"act": "clear", "scope": {"query": ""}, "reason": "x" * 501},
        {"act": "clear", "scope": {"query": ""}, "revision": "1"},
        {"act": "status", "scope": {"query": ""}, "status": "done"},
        {"act": "status", "scope": {"query": ""}, "status": "new", "reject": True},
        {"act": "copy_source", "scope": {"query": ""}, "status": "approved"},
        {"act": "copy_source", "scope": {"query": ""}, "only_empty": 1},
        {"act": "assign", "scope": {"query": ""}},
        {"act": "assign", "scope": {"query": ""}, "person": "Tran Slator"},
    ],
)
def test_what_is_not_understood_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(data)


def test_a_view_that_is_gone_or_somebody_elses_changes_nothing(file: File, lead: User) -> None:
    with pytest.raises(NotFound):
        act(lead, file, "clear", {"view": "forged"})
    assert texts(file)["S1"][0]


def test_confirming_many_rows_takes_back_none_that_is_more(file: File, lead: User) -> None:
    act(lead, file, "status", scope=keys(file, "S1"), status="approved")
    assert act(lead, file, "status", status="confirmed")["changed"] == 1
    assert (row_of(file, "S1").status, row_of(file, "S2").status) == (Status.APPROVED, Status.CONFIRMED)
    assert act(lead, file, "status", scope=keys(file, "S1"), status="translated")["changed"] == 1
