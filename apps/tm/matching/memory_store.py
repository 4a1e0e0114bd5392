"""A store of entries in the memory of the process: for benchmarks, tests and small memories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apps.tm.matching.fuzzy import FuzzyIndex
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.matching.proposals import EntryText
from apps.tm.matching.sentences import part_hashes
from apps.tm.matching.slots import masked
from apps.tm.matching.words import WordWeights

_PER_MASK, _PER_PART = 8, 8


class MemoryStore:
    """A `Store` over a list of entries. What it answers does not depend on their order."""

    def __init__(self, entries: Iterable[EntryText]) -> None:
        self.entries = sorted(entries, key=lambda entry: (entry.rank, entry.memory_id, entry.entry_id, entry.source))
        self._by_hash: dict[int, list[EntryText]] = defaultdict(list)
        self._by_key: dict[str, list[EntryText]] = defaultdict(list)
        self._by_part: dict[int, list[EntryText]] = defaultdict(list)
        texts: dict[int, str] = {}
        masks: dict[str, list[int]] = defaultdict(list)
        for entry in self.entries:
            known = text_hash(entry.source)
            if known not in texts:
                texts[known] = normalise(entry.source)
                mask = masked(entry.source)
                if mask is not None and len(masks[mask]) < _PER_MASK:
                    masks[mask].append(known)
            self._by_hash[known].append(entry)
            if entry.key:
                self._by_key[entry.key].append(entry)
            for part in part_hashes(entry.source, entry.target):
                if len(self._by_part[part]) < _PER_PART:
                    self._by_part[part].append(entry)
        self._hashes = sorted(texts)
        self._index = FuzzyIndex.build([texts[known] for known in self._hashes])
        ordered = sorted(masks)
        self._masked = [masks[mask] for mask in ordered]
        self._masked_index = FuzzyIndex.build(ordered)
        self._weights = WordWeights.build(texts.values())

    def nearest(self, text: str, threshold: float, limit: int) -> Sequence[tuple[int, float]]:
        """See `Store`."""
        return [(self._hashes[match.index], match.score) for match in self._index.search(text, threshold, limit)]

    def nearest_masked(self, text: str, threshold: float, limit: int) -> Sequence[tuple[int, float]]:
        """See `Store`."""
        matches = self._masked_index.search(text, threshold, limit)
        return [(known, match.score) for match in matches for known in self._masked[match.index]][:limit]

    def by_hashes(self, hashes: Sequence[int]) -> Sequence[EntryText]:
        """See `Store`."""
        return [entry for known in dict.fromkeys(hashes) for entry in self._by_hash.get(known, ())]

    def by_key(self, key: str) -> Sequence[EntryText]:
        """See `Store`."""
        return self._by_key.get(key, ()) if key else ()

    def by_parts(self, hashes: Sequence[int]) -> dict[int, Sequence[EntryText]]:
        """See `Store`."""
        return {known: self._by_part[known] for known in hashes if known in self._by_part}

    def word_weights(self) -> WordWeights:
        """See `Store`."""
        return self._weights
