"""Looking texts up in memories: what the editor's panel, the grid's marks and pretranslation ask."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.tm.indexes.batch import BatchStore
from apps.tm.indexes.store import IndexStore
from apps.tm.matching.pipeline import propose
from apps.tm.matching.proposals import EntryText, Proposal, Proposals, Query
from apps.tm.scope import ScopedMemory
from apps.tm.selectors.entries import EntryRecord

THRESHOLD = 75
LIMIT = 5
HIT = 75
"""The score from which a memory counts as having answered."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a look-up found.

    `records`: the entries behind the proposals, by id. `building`: memories whose index lacks entries,
    so that only equal sources were found there. `wants_build`: those for which `services.indexes.request` is due.
    """

    proposals: list[Proposal] = field(default_factory=list)
    earlier: Proposal | None = None
    lines: list[Proposal] = field(default_factory=list)
    records: dict[int, EntryRecord] = field(default_factory=dict)
    building: list[int] = field(default_factory=list)
    wants_build: list[int] = field(default_factory=list)
    took_ms: float = 0.0

    def hits(self) -> set[int]:
        """Memories with a proposal that counts."""
        return {one.entry.memory_id for one in (*self.proposals, *self.lines) if one.score >= HIT}

    def shown(self) -> list[Proposal]:
        """Every proposal, of whichever kind."""
        return [*self.proposals, *self.lines, *([self.earlier] if self.earlier is not None else [])]


@dataclass(frozen=True, slots=True)
class Lookups:
    """What a batch found: one `Proposals` for each query, in their order; the rest as in `Lookup`."""

    results: list[Proposals]
    records: dict[int, EntryRecord]
    building: list[int]
    wants_build: list[int]


def lookup(memories: Sequence[ScopedMemory], query: Query, *, threshold: int = THRESHOLD, limit: int = LIMIT) -> Lookup:
    """The best proposals for a row, from all memories together. `threshold`: percent."""
    begin = time.perf_counter()
    if not memories or not query.source.strip():
        return Lookup()
    store = IndexStore(memories, [query])
    found = propose(query, store, threshold=threshold, limit=limit)
    took = (time.perf_counter() - begin) * 1000
    return Lookup(found.proposals, found.earlier, found.lines, store.records, store.building, store.wants_build, took)


def lookup_many(
    memories: Sequence[ScopedMemory],
    queries: Sequence[Query],
    *,
    threshold: int = THRESHOLD,
    limit: int = 1,
    fuzzy: bool = True,
) -> Lookups:
    """`lookup` for many rows at once: entries are read together, fuzzy searches run on two threads.

    With `limit` 1, a row with an equal source is not searched for others. Without `fuzzy` only equal sources are
    found. Give some thousands at a time: everything read for them is held.
    """
    if not memories or not queries:
        return Lookups([Proposals() for _ in queries], {}, [], [])
    store = BatchStore(memories, queries)
    return Lookups(
        store.propose_all(threshold=threshold, limit=limit, fuzzy=fuzzy),
        store.records,
        store.building,
        store.wants_build,
    )


# ---- what the API shows ----
def present(proposal: Proposal, memories: Sequence[ScopedMemory], records: dict[int, EntryRecord]) -> dict[str, Any]:
    """A proposal as the API shows it."""
    entry, parts = proposal.entry, proposal.parts
    return _of_entry(entry, records.get(entry.entry_id), memories) | {
        "kind": proposal.kind,
        "score": proposal.score,
        "target": proposal.target,
        "line": None if proposal.line is None else {"n": proposal.line.n, "of": proposal.line.of},
        "parts": {
            "words": parts.words,
            "numbers": parts.numbers,
            "codes": parts.codes,
            "punctuation": parts.punctuation,
            "context": parts.context,
            "penalty": parts.penalty,
        },
        "repairs": [{"kind": one.kind, "from": one.before, "to": one.after} for one in proposal.repairs],
    }


def present_near(
    entry: EntryText, record: EntryRecord, cosine: float, memories: Sequence[ScopedMemory]
) -> dict[str, Any]:
    """A neighbour by meaning as the API shows it: no score and no parts, but the cosine."""
    return _of_entry(entry, record, memories) | {
        "kind": "semantic",
        "score": None,
        "target": entry.target,
        "line": None,
        "parts": None,
        "repairs": [],
        "cosine": round(cosine, 3),
    }


def _of_entry(entry: EntryText, record: EntryRecord | None, memories: Sequence[ScopedMemory]) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "memory": {"id": entry.memory_id, "name": _name(memories, entry.memory_id)},
        "source": entry.source,
        "target_raw": entry.target,
        "key": entry.key,
        "author": _author(record),
        "confirmed": entry.confirmed,
        "changed_at": None if record is None else record.changed_at,
        "origin": "" if record is None else record.origin,
    }


def _name(memories: Sequence[ScopedMemory], memory_id: int) -> str:
    return next((memory.name for memory in memories if memory.memory_id == memory_id), "")


def _author(record: EntryRecord | None) -> str:
    """Who answers for the text: who confirmed it, else who changed it last."""
    return "" if record is None else record.confirmed_by_name or record.changed_by_name
