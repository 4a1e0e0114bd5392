"""Confirming rows writes them into the nearest active writable memory: once, silently, whoever confirms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.audit.models import AuditEntry
from apps.ldm.models import File, Project, Status
from apps.ldm.services.memories import bin, settings
from apps.ldm.services.rows.edit_row import RowEdit, edit_row
from apps.ldm.services.rows.revert import revert_change_set
from apps.ldm.services.rows.set_status import set_status
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services.entries.edit import EntryEdit, edit
from tests.ldm.services.conftest import row_of
from tests.ldm.services.memories.builders import memory, pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def nearest(lead: Any, project: Project) -> Memory:
    """The project's memory, the lead's."""
    return memory(lead, "nearest", project)


def save(actor: Any, file: File, key: str, target: str | None = None, status: Status | None = None) -> None:
    row = row_of(file, key)
    edit_row(actor=actor, row_id=row.pk, seen_text_rev=row.text_rev, edit=RowEdit(target=target, status=status))


def test_a_confirmed_row_enters_with_its_context(file: File, nearest: Memory, translator: Any) -> None:
    save(translator, file, "S3", "The fog lifts", Status.CONFIRMED)
    (entry,) = Entry.objects.filter(memory=nearest)
    assert (entry.key, entry.source, entry.target) == ("S3", "안개가 걷힌다", "The fog lifts")
    assert (entry.previous, entry.next, entry.speaker) == ("고래기름 {0}통", "안개가 걷힌다", "")
    assert (entry.origin, entry.confirmed, entry.confirmed_by_name) == ("quest.xml", True, translator.name)
    save(translator, file, "S1", status=Status.CONFIRMED)
    first = Entry.objects.get(memory=nearest, key="S1")
    assert (first.previous, first.next) == ("", "고래기름 {0}통")


def test_defect_10_a_second_confirm_changes_nothing(
    file: File, nearest: Memory, translator: Any, reviewer: Any
) -> None:
    """Confirming twice made two entries, and only the confirmer's own memories were written."""
    assert nearest.owner_id not in (translator.pk, reviewer.pk)
    save(translator, file, "S3", "The fog lifts", Status.CONFIRMED)
    revision, audited = Memory.objects.get(pk=nearest.pk).revision, AuditEntry.objects.count()
    save(translator, file, "S3", "The fog lifts", Status.CONFIRMED)
    set_status(actor=translator, row_ids=[row_of(file, "S3").pk], status=Status.CONFIRMED)
    assert AuditEntry.objects.count() == audited
    save(reviewer, file, "S3", status=Status.REVIEWED)
    assert Memory.objects.get(pk=nearest.pk).revision == revision
    assert pairs(nearest) == [("S3", "안개가 걷힌다", "The fog lifts")]
    save(reviewer, file, "S3", "The mist clears", Status.CONFIRMED)
    assert pairs(nearest) == [("S3", "안개가 걷힌다", "The mist clears")]
    change = EntryRevision.objects.get(entry__memory=nearest)
    assert (change.kind, change.target_before, change.author_name) == ("row", "The fog lifts", reviewer.name)


def test_what_is_not_confirmed_does_not_enter(file: File, nearest: Memory, translator: Any) -> None:
    save(translator, file, "S3", "The fog lifts")
    save(translator, file, "S2", "{0} casks", Status.TRANSLATED)
    row = row_of(file, "S4")
    empty = RowEdit(status=Status.CONFIRMED, blank_intended=True)
    edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=empty)
    assert pairs(nearest) == []


def test_same_source_with_another_key_is_an_entry_of_its_own(file: File, nearest: Memory, translator: Any) -> None:
    save(translator, file, "S3", "The fog lifts", Status.CONFIRMED)
    save(translator, file, "S4", "The mist lifts", Status.CONFIRMED)
    assert [(key, target) for key, _, target in pairs(nearest)] == [("S3", "The fog lifts"), ("S4", "The mist lifts")]


def test_in_bulk_and_in_one_revision(make_file: Callable[..., File], nearest: Memory, translator: Any) -> None:
    file = make_file([(f"K{n}", f"원문 {n}", f"text {n}") for n in range(500)] + [("E", "빈 줄", "")], name="big.xml")
    rows = list(file.rows.order_by("-pk").values_list("pk", flat=True))[1:]
    done = set_status(actor=translator, row_ids=rows, status=Status.CONFIRMED)
    assert done.changed == 500
    made = Memory.objects.get(pk=nearest.pk)
    assert (made.revision, made.entries, made.confirmed) == (1, 500, 500)
    middle = Entry.objects.get(memory=nearest, key="K7")
    assert (middle.previous, middle.next) == ("원문 6", "원문 8")
    assert Entry.objects.get(memory=nearest, key="K499").next == "빈 줄"


def test_taking_back_leaves_the_memory_alone(file: File, nearest: Memory, lead: Any) -> None:
    done = set_status(actor=lead, row_ids=[row_of(file, key).pk for key in ("S1", "S2")], status=Status.APPROVED)
    before = Memory.objects.get(pk=nearest.pk)
    assert before.entries == 2 and done.change_set is not None
    save(lead, file, "S1", status=Status.CONFIRMED)
    set_status(actor=lead, row_ids=[row_of(file, "S2").pk], status=Status.TRANSLATED)
    revert_change_set(actor=lead, change_set_id=done.change_set.pk)
    after = Memory.objects.get(pk=nearest.pk)
    assert (after.revision, after.entries) == (before.revision, 2)


def test_an_entry_edited_since_takes_the_next_confirmed_text(file: File, nearest: Memory, lead: Any) -> None:
    save(lead, file, "S1", status=Status.CONFIRMED)
    entry = Entry.objects.get(memory=nearest)
    edit(actor=lead, entry_id=entry.pk, seen_rev=entry.rev, changes=EntryEdit(target="edited"))
    save(lead, file, "S1", status=Status.CONFIRMED)
    assert pairs(nearest)[0][2] == "edited", "confirmed again unchanged: nothing is written"
    save(lead, file, "S1", status=Status.APPROVED)
    assert pairs(nearest)[0][2] == "The Keeper's Request"


@pytest.mark.parametrize("case", ["none", "inactive", "read-only", "other language", "trashed", "terms"])
def test_without_a_memory_to_write_into_confirming_works_all_the_same(
    file: File, project: Project, lead: Any, translator: Any, case: str
) -> None:
    if case == "other language":
        memory(lead, "ja", project, languages=("ko", "ja"))
    elif case == "terms":
        memory(lead, "words", project, kind="terms")
    elif case != "none":
        made = memory(lead, "one", project)
        if case == "trashed":
            bin.trash(actor=lead, memory_id=made.pk)
        else:
            change = {"active": False} if case == "inactive" else {"writable": False}
            settings.change(actor=lead, memory_id=made.pk, changes=change)
    save(translator, file, "S1", status=Status.CONFIRMED)
    assert row_of(file, "S1").status == Status.CONFIRMED
    assert not Entry.objects.exists()


def test_a_refused_save_writes_nothing(file: File, nearest: Memory, translator: Any) -> None:
    from apps.ldm.errors import StaleRow

    row = row_of(file, "S1")
    save(translator, file, "S1", "first")
    with pytest.raises(StaleRow):
        stale = RowEdit(target="second", status=Status.CONFIRMED)
        edit_row(actor=translator, row_id=row.pk, seen_text_rev=row.text_rev, edit=stale)
    assert pairs(nearest) == []
