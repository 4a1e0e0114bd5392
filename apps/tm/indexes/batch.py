"""The store of many look-ups at once: entries read together, fuzzy searches on two threads."""

from __future__ import annotations

from collections.abc import Sequence

from apps.tm.indexes.store import IndexStore, merged
from apps.tm.matching.look import DEEPEST, NEAREST, NEAREST_MASKED
from apps.tm.matching.normalise import normalise, text_hash
from apps.tm.matching.pipeline import propose
from apps.tm.matching.proposals import Proposals, Query
from apps.tm.matching.slots import masked
from apps.tm.scope import ScopedMemory

Found = list[tuple[int, float]]


class BatchStore(IndexStore):
    """Answers from what was asked for all rows beforehand, and otherwise as a single look-up does."""

    def __init__(self, memories: Sequence[ScopedMemory], queries: Sequence[Query]) -> None:
        super().__init__(memories, queries)
        self._nearest: dict[str, Found] = {}
        self._nearest_masked: dict[str, Found] = {}
        self._fuzzy = True

    def propose_all(self, *, threshold: int, limit: int, fuzzy: bool = True) -> list[Proposals]:
        """`propose` for each row."""
        queries = self._queries
        only_best = limit == 1
        self._fuzzy = fuzzy
        self.read_hashes([text_hash(query.source) for query in queries])
        self.read_keys([query.key for query in queries])
        if fuzzy:
            self._search([query for query in queries if not (only_best and self._is_known(query))], threshold)
        return [propose(query, self, threshold=threshold, limit=limit, stop_at_exact=only_best) for query in queries]

    def _is_known(self, query: Query) -> bool:
        return any(
            entry.source == query.source and entry.target.strip() for entry in self.by_hashes([text_hash(query.source)])
        )

    def _search(self, queries: Sequence[Query], threshold: int) -> None:
        """Ask every index for all texts, then read the entries of all that was found."""
        deepest = max(self.depth, min(DEEPEST, threshold / 100))
        texts = list(dict.fromkeys(normalise(query.source) for query in queries))
        answers = [index.nearest_many(texts, deepest, NEAREST) for index in self.indexes]
        for place, text in enumerate(texts):
            self._nearest[text] = merged([answer[place] for answer in answers], NEAREST)
        for mask in {mask for query in queries if (mask := masked(query.source)) is not None}:
            self._nearest_masked[mask] = super().nearest_masked(mask, deepest, NEAREST_MASKED)
        found = (*self._nearest.values(), *self._nearest_masked.values())
        self.read_hashes(source_hash for one in found for source_hash, _ in one)

    def nearest(self, text: str, threshold: float, limit: int) -> Found:
        """As in `IndexStore`."""
        if not self._fuzzy:
            return []
        known = self._nearest.get(text)
        return known[:limit] if known is not None else super().nearest(text, threshold, limit)

    def nearest_masked(self, text: str, threshold: float, limit: int) -> Found:
        """As in `IndexStore`."""
        if not self._fuzzy:
            return []
        known = self._nearest_masked.get(text)
        return known[:limit] if known is not None else super().nearest_masked(text, threshold, limit)
