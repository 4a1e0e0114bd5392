"""Confirmed texts enter a memory once, replace what they replace, and leave no trace where nothing changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services.entries import ConfirmedText, upsert
from locanext_project.errors import Invalid, NotFound
from tests.ldm.services.rows.threads import run_all
from tests.tm.services.builders import check, live, memory_named

pytestmark = pytest.mark.django_db


def confirm(actor: User, memory: Memory, *texts: ConfirmedText) -> int:
    return upsert(actor=actor, memory_id=memory.pk, texts=texts)


def test_a_second_confirm_changes_nothing(lead: User, memory: Memory) -> None:
    """Defect 10 of the original: confirming twice made two entries."""
    text = ConfirmedText("Q_1", "등대로 가라", "Go to the lighthouse", "앞", "", "등대지기", "quest.xml")
    assert confirm(lead, memory, text) == 1
    before, audits = check(memory), AuditEntry.objects.count()
    seen = Entry.objects.values().get()
    assert confirm(lead, memory, text) == 0
    assert check(memory).revision == before.revision == 1
    assert Entry.objects.values().get() == seen
    assert (AuditEntry.objects.count(), EntryRevision.objects.count()) == (audits, 0)


def test_who_when_and_hashes_are_kept(lead: User, memory: Memory) -> None:
    confirm(lead, memory, ConfirmedText("Q_1", "등대로<br/>가라", "Go", None, "", "", "quest.xml"))
    entry = Entry.objects.get()
    assert (entry.source_hash, entry.key_hash) == (text_hash("등대로\n가라"), key_hash("Q_1"))
    assert (entry.confirmed, entry.confirmed_by_id, entry.confirmed_by_name) == (True, lead.pk, "Lea Lead")
    assert entry.confirmed_at == entry.created_at == entry.changed_at
    assert (entry.previous, entry.next, entry.origin, entry.rev) == (None, "", "quest.xml", 1)
    audit = AuditEntry.objects.get(action="entries_confirmed")
    assert (audit.target_id, audit.detail["count"]) == (str(memory.pk), 1)


def test_the_same_source_and_key_are_replaced_with_history(lead: User, translator: User, memory: Memory) -> None:
    confirm(lead, memory, ConfirmedText("Q_1", "가라", "Go"))
    assert confirm(translator, memory, ConfirmedText("Q_1", "가라", "Go on")) == 1
    entry = Entry.objects.get()
    assert (entry.target, entry.confirmed_by_name, entry.created_by_name) == ("Go on", "Tran Slator", "Lea Lead")
    change = EntryRevision.objects.get()
    assert (change.kind, change.target_before, change.source_before) == ("row", "Go", None)
    assert (change.rev, change.author_id) == (2, translator.pk) == (entry.rev, entry.changed_by_id)
    check(memory)


def test_another_key_or_another_raw_source_is_another_entry(lead: User, memory: Memory) -> None:
    texts = [ConfirmedText("Q_1", "Go", "가"), ConfirmedText("Q_2", "Go", "가"), ConfirmedText("Q_1", "go", "가")]
    assert confirm(lead, memory, *texts) == 3
    assert len(live(memory)) == 3
    assert len(set(Entry.objects.values_list("source_hash", flat=True))) == 1


def test_the_later_of_a_batch_counts_and_empty_ones_are_left_out(lead: User, memory: Memory) -> None:
    texts = [ConfirmedText("k", "s", "first"), ConfirmedText("k", "s", "last"), ConfirmedText("k", " ", "t"),
             ConfirmedText("k", "s2", ""), ConfirmedText("k", "s\0", "t")]  # fmt: skip
    assert confirm(lead, memory, *texts) == 1
    assert live(memory) == [("k", "s", "last")]
    assert confirm(lead, memory, ConfirmedText("k", "", "t")) == 0


def test_neighbours_are_brought_up_to_date_and_the_unknown_overwrites_none(lead: User, memory: Memory) -> None:
    confirm(lead, memory, ConfirmedText("k", "s", "t", "before", "after", "speaker"))
    assert confirm(lead, memory, ConfirmedText("k", "s", "t")) == 0
    assert confirm(lead, memory, ConfirmedText("k", "s", "t", "other", None)) == 1
    entry = Entry.objects.get()
    assert (entry.previous, entry.next, entry.speaker, entry.rev) == ("other", "after", "speaker", 2)
    check(memory)


def test_a_removed_entry_stays_removed_and_a_new_one_is_made(
    lead: User, memory: Memory, make_entries: Callable[..., list[Entry]]
) -> None:
    (entry,) = make_entries([("k", "s", "t")])
    Entry.objects.update(removed_at=entry.changed_at)
    Memory.objects.update(entries=0, confirmed=0)
    assert confirm(lead, memory, ConfirmedText("k", "s", "t")) == 1
    assert Entry.objects.count() == 2
    check(memory)


def test_an_unconfirmed_equal_entry_is_confirmed(
    lead: User, memory: Memory, make_entries: Callable[..., list[Entry]]
) -> None:
    make_entries([("k", "s", "t")])
    Entry.objects.update(confirmed=False)
    Memory.objects.update(confirmed=0)
    assert confirm(lead, memory, ConfirmedText("k", "s", "t")) == 1
    assert EntryRevision.objects.get().kind == "confirm"
    check(memory)


def test_trashed_memories_and_term_bases_refuse(lead: User, memory: Memory) -> None:
    terms = memory_named("Glossary", lead, Memory.Kind.TERMS)
    with pytest.raises(Invalid):
        confirm(lead, terms, ConfirmedText("", "s", "t"))
    Memory.objects.filter(pk=memory.pk).update(trashed_at=memory.created_at)
    with pytest.raises(NotFound):
        confirm(lead, memory, ConfirmedText("", "s", "t"))


@pytest.mark.django_db(transaction=True)
def test_confirms_at_once_make_no_duplicates(lead: User, memory: Memory) -> None:
    texts = [ConfirmedText(f"k{n}", f"s{n}", f"t{n}") for n in range(20)]

    def work() -> None:
        for start in range(5):
            upsert(actor=lead, memory_id=memory.pk, texts=texts[start::5])

    assert run_all([work] * 4) == []
    assert len(live(memory)) == 20
    assert check(memory).revision == 5
