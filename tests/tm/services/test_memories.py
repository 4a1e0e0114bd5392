"""Memories are made, renamed, copied, trashed, restored and removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.tm.errors import NameTaken
from apps.tm.models import Entry, EntryRevision, Memory, Term
from apps.tm.services import memories
from apps.tm.services.entries import ConfirmedText, upsert
from apps.tm.services.memories import MemoryEdit
from apps.tm.services.memory_names import free_name
from locanext_project.errors import Invalid, NotFound
from tests.ldm.services.rows.threads import run_all
from tests.tm.services.builders import check, live, memory_named

pytestmark = pytest.mark.django_db
Maker = Callable[..., list[Entry]]


def make(actor: User, name: str = "Sea", **more: str) -> Memory:
    return memories.create(actor=actor, name=name, source_language="ko", target_language="en", **more)


def test_a_memory_is_made_by_its_owner(lead: User) -> None:
    memory = make(lead, "  Sea ")
    memory.refresh_from_db()
    assert (memory.name, memory.owner_id, memory.owner_name, memory.revision) == ("Sea", lead.pk, "Lea Lead", 0)
    assert (memory.kind, memory.engine, memory.trashed_at) == ("memory", "ngram", None)
    assert AuditEntry.objects.get().action == "memory_created"


def test_a_taken_name_is_refused_with_the_clash(lead: User) -> None:
    make(lead)
    with pytest.raises(NameTaken) as refused:
        make(lead)
    assert (refused.value.code, refused.value.status, refused.value.details["name"]) == ("name_taken", 400, "Sea")
    assert "Sea" in refused.value.message
    make(lead, kind=Memory.Kind.TERMS)
    assert Memory.objects.count() == 2
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("name", "x" * 256), ("name", "a\nb"), ("source_language", ""), ("target_language", "klingon-9"),
     ("engine", "bert"), ("engine", "static:"), ("engine", "static:" + "x" * 300)],
)  # fmt: skip
def test_what_is_no_name_language_or_engine_is_refused(lead: User, memory: Memory, field: str, value: str) -> None:
    given = {"name": "N", "source_language": "ko", "target_language": "en"} | {field: value}
    with pytest.raises(Invalid) as refused:
        memories.create(actor=lead, **given)
    assert refused.value.details["field"] == field
    with pytest.raises(Invalid):
        memories.update(actor=lead, memory_id=memory.pk, edit=MemoryEdit(**{field: value}))
    assert Memory.objects.count() == 1


def test_settings_change_and_nothing_changes_nothing(lead: User, translator: User, memory: Memory) -> None:
    edit = MemoryEdit(name="Passage 2", target_language="de", engine="static:potion", description="d")
    changed = memories.update(actor=translator, memory_id=memory.pk, edit=edit)
    memory.refresh_from_db()
    assert (memory.name, memory.target_language, memory.engine) == ("Passage 2", "de", "static:potion")
    assert (changed.changed_by_name, memory.owner_name, memory.revision) == ("Tran Slator", "Lea Lead", 0)
    audit = AuditEntry.objects.get()
    assert (audit.action, audit.target_name, audit.detail["name"]) == ("memory_renamed", "Passage", "Passage 2")
    memories.update(actor=lead, memory_id=memory.pk, edit=edit)
    assert AuditEntry.objects.count() == 1
    memory.refresh_from_db()
    assert memory.changed_by_name == "Tran Slator"
    make(lead)
    with pytest.raises(NameTaken):
        memories.update(actor=lead, memory_id=memory.pk, edit=MemoryEdit(name="Sea"))


def test_the_bin_frees_the_name_and_restoring_finds_another(lead: User, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "t")])
    memories.trash(actor=lead, memory_id=memory.pk)
    with pytest.raises(NotFound):
        memories.trash(actor=lead, memory_id=memory.pk)
    memory_named("Passage", lead)
    restored = memories.restore(actor=lead, memory_id=memory.pk)
    assert (restored.name, restored.trashed_at) == ("Passage (2)", None)
    assert live(memory) == [("k", "s", "t")]
    with pytest.raises(NotFound):
        memories.restore(actor=lead, memory_id=memory.pk)
    check(memory)


def test_free_names_count_on(lead: User) -> None:
    for name in ("Sea", "Sea (2)", "x" * 255):
        memory_named(name, lead)
    assert free_name("Lake") == "Lake"
    assert free_name("Sea") == "Sea (3)"
    assert free_name("Sea (2)") == "Sea (3)"
    assert free_name("x" * 255) == "x" * 251 + " (2)"
    assert free_name("Sea", Memory.Kind.TERMS) == "Sea"


def test_only_what_is_in_the_bin_is_removed(
    lead: User, memory: Memory, make_entries: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memories, "PURGE_BATCH", 7)
    other = memory_named("Other", lead)
    upsert(actor=lead, memory_id=other.pk, texts=[ConfirmedText("k", "s", "t")])
    make_entries([(f"k{n}", "s", "t") for n in range(20)])
    make_entries([(f"k{n}", "s", "t2") for n in range(20)])
    with pytest.raises(NotFound):
        memories.purge(memory_id=memory.pk)
    memories.trash(actor=lead, memory_id=memory.pk)
    steps: list[int] = []
    assert memories.purge(memory_id=memory.pk, progress=lambda done, total, step: steps.append(done)) == 20
    assert steps == [7, 14, 20]
    assert not Memory.objects.filter(pk=memory.pk).exists()
    assert (Entry.objects.count(), EntryRevision.objects.count()) == (1, 0)


def test_a_copy_has_the_live_entries(
    lead: User, translator: User, memory: Memory, make_entries: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memories, "COPY_CHUNK", 4)
    entries = make_entries([(f"k{n}", "s", "t") for n in range(10)])
    Entry.objects.filter(pk=entries[0].pk).update(removed_at=entries[0].changed_at)
    Entry.objects.filter(pk=entries[1].pk).update(confirmed=False)
    Memory.objects.filter(pk=memory.pk).update(entries=9, confirmed=8)
    steps: list[int] = []
    twin = memories.copy(actor=translator, memory_id=memory.pk, progress=lambda done, total, step: steps.append(done))
    assert (twin.name, twin.owner_name, twin.revision, twin.entries) == ("Passage (2)", "Tran Slator", 1, 9)
    assert steps == [4, 8, 9]
    assert live(twin) == live(check(memory))
    assert set(Entry.objects.filter(memory=twin).values_list("rev", "created_by_name")) == {(1, "Lea Lead")}
    assert check(twin).confirmed == 8
    assert memories.copy(actor=lead, memory_id=twin.pk).name == "Passage (3)"
    with pytest.raises(NameTaken):
        memories.copy(actor=lead, memory_id=memory.pk, name="Passage (2)")


def test_a_copied_term_base_has_the_terms(lead: User) -> None:
    terms = memory_named("Glossary", lead, Memory.Kind.TERMS)
    now = terms.created_at
    for source in ("등대", "고래"):
        Term.objects.create(memory=terms, source=source, source_hash=1, created_at=now, changed_at=now, rev=1)
    Memory.objects.filter(pk=terms.pk).update(entries=2, revision=1)
    twin = memories.copy(actor=lead, memory_id=terms.pk)
    assert (twin.kind, twin.entries) == (Memory.Kind.TERMS, 2)
    assert set(Term.objects.filter(memory=twin).values_list("source", flat=True)) == {"등대", "고래"}


def test_a_cancelled_copy_leaves_nothing(lead: User, memory: Memory, make_entries: Maker) -> None:
    make_entries([("k", "s", "t")])

    def stop(done: int, total: int | None, step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memories.copy(actor=lead, memory_id=memory.pk, progress=stop)
    assert Memory.objects.count() == 1
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_one_is_told(lead: User) -> None:
    problems = run_all([lambda: make(lead)] * 4)
    assert [type(problem) for problem in problems] == [NameTaken] * 3
    assert Memory.objects.count() == 1
