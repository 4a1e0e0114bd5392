"""Look-ups over index and database answer as the matching does over a plain list of the entries."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from apps.accounts.models import User
from apps.tm.indexes import reader, store
from apps.tm.indexes.store import IndexStore
from apps.tm.matching.memory_store import MemoryStore
from apps.tm.matching.pipeline import propose
from apps.tm.matching.proposals import EntryText, Proposal, Query
from apps.tm.models import Entry, Memory
from apps.tm.scope import ScopedMemory
from apps.tm.selectors.concordance import concordance
from apps.tm.selectors.lookups import lookup, lookup_many
from apps.tm.selectors.search_entries import matching_ids
from apps.tm.services import indexes
from apps.tm.services.entries import ConfirmedText, upsert
from tests.tm.indexes.conftest import _fresh_readers  # noqa: F401 (fixture)
from tests.tm.services.builders import memory_named

pytestmark = pytest.mark.django_db
TEXTS = [
    ("gate.1", "성문을 열어라", "Open the gate"),
    ("gate.2", "성문을 열어라!", "Open the gate!"),
    ("gate.3", "성문을 열어라", "Open the gates"),
    ("take.1", "사과 3개를 가져와라", "Bring 3 apples"),
    ("take.2", "사과 {0}개를 가져와라", "Bring {0} apples"),
    ("talk.1", "안녕하세요. 성문을 열어라", "Hello. Open the gate"),
    ("talk.2", "안녕하세요. 어디 가세요?", "Hello. Where do you go?"),
    ("list.1", "첫째 줄\n둘째 줄", "First line\nSecond line"),
    ("", "여행자님, 오늘 밤은 조심하세요", "Traveller, take care tonight"),
]
QUERIES = [
    Query("성문을 열어라", key="gate.3"),
    Query("성문을 열어라!!", key="gate.9"),
    Query("사과 7개를 가져와라", previous="", next="x"),
    Query("사과 {1}개를 가져와라", key="take.1"),
    Query("어디 가세요? 성문을 열어라"),
    Query("둘째 줄\n첫째 줄", key="list.1"),
    Query("여행자님, 오늘 밤에는 조심하세요", old_source="사과 3개를 가져와라"),
    Query("아무것도 없음"),
    Query("둘째 줄"),
]


@pytest.fixture
def memories(lead: User) -> list[ScopedMemory]:
    """Two memories, the second with a penalty, that share some entries."""
    near, far = memory_named("Near", lead), memory_named("Far", lead)
    upsert(actor=lead, memory_id=near.pk, texts=[ConfirmedText(*one) for one in TEXTS[::2]])
    upsert(actor=lead, memory_id=far.pk, texts=[ConfirmedText(*one, previous="", next="x") for one in TEXTS])
    return [ScopedMemory(near.pk, "Near", 0, 0), ScopedMemory(far.pk, "Far", 1, 3)]


def plain(memories: list[ScopedMemory]) -> MemoryStore:
    """The same entries as a list in memory."""
    scoped = {memory.memory_id: memory for memory in memories}
    return MemoryStore(
        EntryText(
            entry.pk, entry.memory_id, entry.key, entry.source, entry.target, entry.previous, entry.next,
            entry.speaker, scoped[entry.memory_id].penalty, scoped[entry.memory_id].rank, entry.confirmed,
            entry.changed_at.timestamp(),
        )
        for entry in Entry.objects.filter(memory_id__in=scoped, removed_at__isnull=True)
    )  # fmt: skip


def shown(proposals: list[Proposal]) -> list[tuple[Any, ...]]:
    return [(one.entry.entry_id, one.kind, one.score, one.target, one.repairs, one.line) for one in proposals]


@pytest.mark.parametrize("on_disk", [False, True])
def test_look_ups_are_those_of_the_plain_list(
    memories: list[ScopedMemory], lead: User, monkeypatch: pytest.MonkeyPatch, on_disk: bool
) -> None:
    if on_disk:
        monkeypatch.setattr(reader, "SMALL", 2)
        for memory in memories:
            indexes.build(memory_id=memory.memory_id)
        later = [ConfirmedText("late.1", "성문을 닫아라", "Close the gate"), ConfirmedText(*TEXTS[0][:2], "Open it")]
        upsert(actor=lead, memory_id=memories[0].memory_id, texts=later)
    expected = plain(memories)
    # How often a word occurs is counted for each memory, and not counted anew for every confirmed row.
    monkeypatch.setattr(expected, "_weights", IndexStore(memories).word_weights())
    for query in QUERIES:
        found, wanted = lookup(memories, query), propose(query, expected)
        assert found.building == []
        assert shown(found.proposals) == shown(wanted.proposals), query
        assert shown(found.lines) == shown(wanted.lines)
        assert (found.earlier is None) == (wanted.earlier is None)
        assert found.earlier is None or shown([found.earlier]) == shown([wanted.earlier])  # type: ignore[list-item]
        assert {one.entry.entry_id for one in found.shown()} <= set(found.records)


def test_a_batch_finds_what_single_look_ups_find(memories: list[ScopedMemory]) -> None:
    found = lookup_many(memories, QUERIES, limit=5)
    for query, answer in zip(QUERIES, found.results, strict=True):
        assert shown(answer.proposals) == shown(lookup(memories, query).proposals)
    best = lookup_many(memories, QUERIES)
    for query, answer in zip(QUERIES, best.results, strict=True):
        single = lookup(memories, query).proposals
        first = answer.proposals[0] if answer.proposals else None
        assert (first.score if first else None) == (single[0].score if single else None), query


def test_without_fuzzy_only_equal_sources_are_found(memories: list[ScopedMemory]) -> None:
    queries = [Query("성문을 열어라", key="gate.3"), Query("성문을 열어라?")]
    equal, similar = lookup_many(memories, queries, fuzzy=False).results
    assert equal.proposals[0].target == "Open the gates" and equal.proposals[0].score >= 98
    assert similar.proposals == []


def test_nothing_is_asked_without_memories_or_text(
    memories: list[ScopedMemory], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert lookup([], Query("성문을 열어라")).proposals == []
        assert lookup(memories, Query("  ")).proposals == []
        assert lookup_many(memories, []).results == []


def test_a_single_look_up_asks_the_database_three_times(
    memories: list[ScopedMemory], django_assert_max_num_queries: Any
) -> None:
    lookup(memories, QUERIES[0])
    with django_assert_max_num_queries(4):
        lookup(memories, Query("성문을 열어라!?", key="gate.3"))


def test_a_source_of_very_many_entries_is_read_in_part_and_by_its_key(
    lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "CROWD", 5)
    memory = memory_named("Crowd", lead)
    texts = [ConfirmedText(f"key.{n}", "확인", f"OK {n}") for n in range(40)]
    upsert(actor=lead, memory_id=memory.pk, texts=texts)
    scoped = [ScopedMemory(memory.pk, "Crowd")]
    found = lookup(scoped, Query("확인", key="key.37"))
    assert (found.proposals[0].target, found.proposals[0].score) == ("OK 37", 101)
    assert len(IndexStore(scoped).by_hashes([found.records[found.proposals[0].entry.entry_id].source_hash])) == 5


def test_a_memory_without_index_answers_equal_sources(
    memories: list[ScopedMemory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SMALL", 2)
    found = lookup(memories, QUERIES[0])
    assert found.proposals[0].target == "Open the gates"
    assert set(found.building) == set(found.wants_build) == {memory.memory_id for memory in memories}
    assert concordance(memories, "GATE").hits != []


def test_removed_entries_and_trashed_memories_are_gone(memories: list[ScopedMemory], lead: User) -> None:
    assert lookup(memories, QUERIES[7]).proposals == []
    Memory.objects.filter(pk=memories[0].memory_id).update(trashed_at=timezone.now())
    assert {one.entry.memory_id for one in lookup(memories, QUERIES[0]).proposals} == {memories[1].memory_id}


def test_the_entries_grid_searches_in_the_index(
    memories: list[ScopedMemory], lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory.objects.get(pk=memories[1].memory_id)
    wanted = [
        ("GATE", ("source", "target")),
        ("gate", ("target",)),
        ("문", ("source",)),
        ("list.1", ("key",)),
        ("x", ("key",)),
    ]
    before = [matching_ids(memory, text, fields) for text, fields in wanted]
    monkeypatch.setattr(reader, "SMALL", 2)
    indexes.build(memory_id=memory.pk)
    assert [matching_ids(memory, text, fields) for text, fields in wanted] == before
    assert matching_ids(memory, "gate", limit=2) == before[0][:2] and before[0] == sorted(before[0])
    upsert(actor=lead, memory_id=memory.pk, texts=[ConfirmedText("new", "새 성문", "A new gate")])
    assert len(matching_ids(memory, "gate")) == len(before[0]) + 1


# ---- commands
def said(name: str, *args: str) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, stderr=out)
    return out.getvalue()


def test_tm_lookup_shows_what_is_proposed(memories: list[ScopedMemory]) -> None:
    text = said("tm_lookup", "성문을 열어라", "--memory", "Near", "--key", "gate.3")
    assert "101  context  Near" in text and "Open the gates" in text and "of 1 memory in" in text
    answer = json.loads(said("tm_lookup", "성문을 열어라", "--memory", "Near", "--json", "--limit", "1"))
    assert [one["score"] for one in answer["proposals"]] == [100] and answer["building"] == []
    for args in (["x", "--memory", "Nobody"], ["x", "--file", "0"], ["x", "--memory", "Near", "--threshold", "200"]):
        with pytest.raises(CommandError):
            said("tm_lookup", *args)


def test_tm_index_builds_and_lists(memories: list[ScopedMemory], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "built" not in said("tm_index"), "small memories need none"
    assert "Near: 5 entries" in said("tm_index", "--memory", "Near")
    assert "is up to date" in said("tm_index", "--memory", "Near")
    assert "built in" in said("tm_index", "--memory", "Near", "--rebuild")
    assert "Near\t5 entries\tready" in said("tm_index", "--list")
    assert "ready" in said("tm_index", "--warm")
    with pytest.raises(CommandError):
        said("tm_index", "--memory", "Nobody")
