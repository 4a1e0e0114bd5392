"""The memories of one look-up as one store: nearest sources from the indexes, entries from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from apps.tm.indexes import fetch
from apps.tm.indexes.live import LiveIndex
from apps.tm.indexes.reader import READY, Opened, open_many
from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.matching.proposals import EntryText, Query
from apps.tm.matching.words import WordWeights
from apps.tm.models import Entry
from apps.tm.scope import ScopedMemory
from apps.tm.selectors.entries import EntryRecord

# How deep searches go in memories of so many sources: below, the filter keeps so much that a look-up would take
# longer than a person waits. What a look-up finds at 75 percent is found in memories of every size.
DEPTHS = ((10_000, 0.5), (40_000, 0.6), (150_000, 0.65), (600_000, 0.7), (1_000_000_000, 0.72))
CROWD = 200
"""Entries of one source in one memory, beyond which only some of them are read."""
_NEIGHBOURS = 20
"""Rows of one source in a batch for which entries with their neighbours are looked for among very many."""


class IndexStore:
    """Implements `matching.proposals.Store`. What was read is kept: one look-up sees one state of an entry.

    `records`: every entry that was read, by id.
    """

    def __init__(self, memories: Sequence[ScopedMemory], queries: Sequence[Query] = ()) -> None:
        """`queries`: the rows it is for. Of a source that very many entries have, those in their context are read."""
        self._queries = queries
        found = open_many([memory.memory_id for memory in memories])
        self.memories = {memory.memory_id: memory for memory in memories if memory.memory_id in found}
        self.opened = {memory_id: found[memory_id] for memory_id in self.memories}
        self.indexes: list[LiveIndex] = [one.index for one in self.opened.values() if one.index is not None]
        sources = sum(len(index.base.plain) for index in self.indexes)
        self.depth = next(depth for most, depth in DEPTHS if sources <= most)
        """The lowest similarity that nearest sources have."""
        self.records: dict[int, EntryRecord] = {}
        self._texts: dict[int, EntryText] = {}
        self._by_hash: dict[int, list[EntryText]] = {}
        self._by_key: dict[str, list[EntryText]] = {}

    # ---- nearest ----
    def nearest(self, text: str, threshold: float, limit: int) -> list[tuple[int, float]]:
        """Source hashes nearest to a normalised text, best first; large memories answer less deep than asked."""
        threshold = max(threshold, self.depth)
        return merged([index.nearest(text, threshold, limit) for index in self.indexes], limit)

    def nearest_masked(self, text: str, threshold: float, limit: int) -> list[tuple[int, float]]:
        """The same by masks."""
        threshold = max(threshold, self.depth)
        return merged([index.nearest_masked(text, threshold, limit) for index in self.indexes], limit)

    # ---- entries ----
    def by_hashes(self, hashes: Sequence[int]) -> list[EntryText]:
        """Entries with one of the source hashes, in the order of the hashes; of very many only some."""
        self.read_hashes(hashes)
        return [text for one in dict.fromkeys(hashes) for text in self._by_hash[one]]

    def read_hashes(self, hashes: Iterable[int]) -> None:
        """Read the entries of sources that were not read yet."""
        wanted = [one for one in dict.fromkeys(hashes) if one not in self._by_hash]
        if not wanted:
            return
        self._by_hash.update({one: [] for one in wanted})
        crowded, few = [], []
        for one in wanted:
            places = [memory_id for memory_id, opened in self.opened.items() if self._may_hold(opened, one)]
            if not places:
                continue
            if any(self._count(memory_id, one) > CROWD for memory_id in places):
                crowded.append(one)
            else:
                few.append(one)
        found = fetch.by_hashes(list(self.memories), few) if few else []
        for one in crowded:
            found += self._some_of(one)
        for record in found:
            self._by_hash[record.source_hash].append(self._text(record))

    def _may_hold(self, opened: Opened, source_hash: int) -> bool:
        # Only an index with every entry can say that a source is not there.
        return opened.state != READY or opened.index is None or opened.index.count(source_hash) > 0

    def _count(self, memory_id: int, source_hash: int) -> int:
        index = self.opened[memory_id].index
        return 0 if index is None else index.count(source_hash)

    def _some_of(self, source_hash: int) -> list[EntryRecord]:
        """Some entries of a source that very many have: with the keys or the neighbours of the rows, and others."""
        live = Entry.objects.filter(memory_id__in=list(self.memories), source_hash=source_hash, removed_at__isnull=True)
        rows = [query for query in self._queries if text_hash(query.source) == source_hash]
        keys = [key_hash(query.key) for query in rows if query.key][:CROWD]
        ids = set(live.values_list("pk", flat=True)[:CROWD])
        if keys:
            ids.update(live.filter(key_hash__in=keys).values_list("pk", flat=True)[:CROWD])
        for query in rows[:_NEIGHBOURS]:
            if query.previous is not None and query.next is not None:
                beside = live.filter(previous=query.previous, next=query.next)
                ids.update(beside.values_list("pk", flat=True)[:CROWD])
        return fetch.by_ids(list(self.memories), ids)

    def by_key(self, key: str) -> list[EntryText]:
        """Entries with this very key."""
        self.read_keys([key])
        return self._by_key.get(key, [])

    def read_keys(self, keys: Iterable[str]) -> None:
        """Read the entries of keys that were not read yet."""
        wanted = [key for key in dict.fromkeys(keys) if key and key not in self._by_key]
        if not wanted:
            return
        self._by_key.update({key: [] for key in wanted})
        for record in fetch.by_keys(list(self.memories), wanted):
            self._by_key[record.key].append(self._text(record))

    def by_parts(self, hashes: Sequence[int]) -> dict[int, list[EntryText]]:
        """Some entries of each part of a text; an entry that changed may not hold it any more."""
        parts: dict[int, list[int]] = {}
        for index in self.indexes:
            for part, ids in index.parts(hashes).items():
                parts.setdefault(part, []).extend(ids)
        self._read_ids({pk for ids in parts.values() for pk in ids})
        return {part: [self._texts[pk] for pk in ids if pk in self._texts] for part, ids in parts.items()}

    def _read_ids(self, ids: Collection[int]) -> None:
        for record in fetch.by_ids(list(self.memories), [pk for pk in ids if pk not in self._texts]):
            self._text(record)

    def _text(self, record: EntryRecord) -> EntryText:
        known = self._texts.get(record.id)
        if known is None:
            memory = self.memories[record.memory_id]
            known = self._texts[record.id] = EntryText(
                record.id,
                record.memory_id,
                record.key,
                record.source,
                record.target,
                record.previous,
                record.next,
                record.speaker,
                memory.penalty,
                memory.rank,
                record.confirmed,
                record.changed_at.timestamp(),
            )
            self.records[record.id] = record
        return known

    def word_weights(self) -> WordWeights:
        """Of all memories together."""
        return _weights(tuple(index.weights for index in self.indexes))

    # ---- how complete it is ----
    @property
    def building(self) -> list[int]:
        """Memories that lack entries in their index, or have none."""
        return [one.memory_id for one in self.opened.values() if one.state != READY]

    @property
    def wants_build(self) -> list[int]:
        """Memories for which a new index is wanted."""
        return [one.memory_id for one in self.opened.values() if one.build]


@lru_cache(maxsize=16)
def _weights(every: tuple[WordWeights, ...]) -> WordWeights:
    return WordWeights.merged(every)


def merged(lists: Sequence[Sequence[tuple[int, float]]], limit: int) -> list[tuple[int, float]]:
    """The best of several lists; a hash that several hold comes once."""
    if len(lists) == 1:
        return list(lists[0])
    best: dict[int, float] = {}
    for found in lists:
        for source_hash, score in found:
            best[source_hash] = max(score, best.get(source_hash, 0.0))
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
