"""Neighbours by meaning: entries whose source is near to a text. Their own kind: shown, never filled in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.tm.indexes import fetch, vector_reader
from apps.tm.matching.normalise import normalise
from apps.tm.matching.proposals import EntryText
from apps.tm.models import Memory
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import engines
from apps.tm.selectors.entries import EntryRecord
from apps.tm.vectors.embedder import Embedder, EngineUnavailable
from apps.tm.vectors.live import Neighbour
from locanext_project.prepared import instance

TARGETS_EACH = 2
"""Different targets of one source that are offered."""
_ROUNDS = 4
_STATE = ("id", *fetch.MemoryState._fields[1:])


class Near(NamedTuple):
    """An entry and the cosine of its source with the text."""

    entry: EntryText
    cosine: float
    record: EntryRecord


@dataclass(frozen=True, slots=True)
class Semantic:
    """What a search found. `found` is None where no memory could be asked: none has vectors, or its engine is
    not there (yet). `loading`: memories whose engine is being loaded. `wants_build`: those for which
    `services.vectors.request` is due."""

    found: list[Near] | None = None
    loading: list[int] = field(default_factory=list)
    wants_build: list[int] = field(default_factory=list)


def neighbours(memories: Sequence[ScopedMemory], text: str, limit: int = 5) -> list[tuple[EntryText, float]] | None:
    """Entries near in meaning with their cosines, best first; None while no engine can answer. Never waits for one."""
    found = search(memories, text, limit).found
    return None if found is None else [(near.entry, near.cosine) for near in found]


def search(
    memories: Sequence[ScopedMemory],
    text: str,
    limit: int = 5,
    *,
    without: Collection[int] = (),
    least: float | None = None,
) -> Semantic:
    """Entries near in meaning, from all memories together, each memory by its own engine; best first.

    `without`: ids of entries that are shown already. The text's own source is not its neighbour: entries that
    are equal to it are exact matches and left out. `least`: the lowest cosine; None is each engine's own threshold.
    """
    found: list[Near] = []
    loading, wants_build, asked = [], [], False
    wanted = normalise(text)
    vectors: dict[tuple[str, str], NDArray[np.float32]] = {}
    by_id = {memory.memory_id: memory for memory in memories}
    for row in (instance(Memory, _STATE, state) for state in fetch.memories(list(by_id)) if state.engine):
        try:
            embedder = engines.LOADED.get(row.engine)
        except EngineUnavailable:
            continue
        if embedder is None:
            loading.append(row.pk)
            continue
        which = (embedder.name, embedder.version)
        if which not in vectors:
            vectors[which] = embedder.embed([wanted])[0]
        vector = vectors[which]
        near, build = _of_memory(row, by_id[row.pk], embedder, vector, limit, wanted, frozenset(without), least)
        if build:
            wants_build.append(row.pk)
        if near is not None:
            asked = True
            found += near
    found.sort(key=lambda near: (-near.cosine + near.entry.penalty / 100, near.entry.rank, near.entry.entry_id))
    return Semantic(found[:limit] if asked else None, loading, wants_build)


def _of_memory(
    memory: Memory,
    scoped: ScopedMemory,
    embedder: Embedder,
    vector: NDArray[np.float32],
    limit: int,
    wanted: str,
    without: Collection[int],
    least: float | None,
) -> tuple[list[Near] | None, bool]:
    """The entries of one memory, and whether its vectors should be built. The database says which entries live."""
    more = 1 + len(without)  # the text itself, and what is shown already
    with vector_reader.reader_of(memory.pk) as reader:
        for _round in range(_ROUNDS):
            found, build = reader.search(memory, embedder, vector, limit + more, least)
            if found is None:
                return None, build
            hashes = found
            records = fetch.by_hashes([memory.pk], [one.id for one in hashes])
            gone = {one.id for one in hashes} - {record.source_hash for record in records}
            if not gone:
                break
            reader.drop(gone)
            hashes = [one for one in hashes if one.id not in gone]
    return _chosen(hashes, records, scoped, wanted, without)[:limit], build


def _chosen(
    hashes: Sequence[Neighbour],
    records: Sequence[EntryRecord],
    scoped: ScopedMemory,
    wanted: str,
    without: Collection[int],
) -> list[Near]:
    """For each source its best entries: confirmed before others, the latest first, different targets only."""
    grouped: dict[int, list[EntryRecord]] = {}
    for record in sorted(records, key=lambda one: (one.confirmed, one.changed_at, one.id), reverse=True):
        grouped.setdefault(record.source_hash, []).append(record)
    near = []
    for neighbour in hashes:
        group = grouped.get(neighbour.id, [])
        if not group or normalise(group[0].source) == wanted:
            continue
        shown = [record for record in group if record.id not in without]
        targets: set[str] = set()
        for record in shown:
            if record.target not in targets and len(targets) < TARGETS_EACH:
                targets.add(record.target)
                near.append(Near(_entry_text(record, scoped), neighbour.cosine, record))
    return near


def _entry_text(record: EntryRecord, scoped: ScopedMemory) -> EntryText:
    return EntryText(
        entry_id=record.id,
        memory_id=record.memory_id,
        key=record.key,
        source=record.source,
        target=record.target,
        previous=record.previous,
        next=record.next,
        speaker=record.speaker,
        penalty=scoped.penalty,
        rank=scoped.rank,
        confirmed=record.confirmed,
        changed=record.changed_at.timestamp(),
    )
