"""Proposals for a row: candidates from the store, repaired, scored, ordered and explained."""

from __future__ import annotations

from apps.tm.matching.look import Look
from apps.tm.matching.memory_store import MemoryStore
from apps.tm.matching.proposals import (
    EntryText,
    Kind,
    Line,
    Parts,
    Proposal,
    Proposals,
    Query,
    Repair,
    Store,
)
from apps.tm.matching.words import WordWeights

__all__ = [
    "EntryText",
    "Kind",
    "Line",
    "MemoryStore",
    "Parts",
    "Proposal",
    "Proposals",
    "Query",
    "Repair",
    "Store",
    "WordWeights",
    "propose",
]


def propose(
    query: Query, store: Store, *, threshold: int = 75, limit: int = 5, stop_at_exact: bool = False
) -> Proposals:
    """At most `limit` proposals of `threshold` percent or more, best first, and what stands beside them.

    `stop_at_exact`: nothing else is looked for when a source is equal, for work that takes the best one
    only. Never raises for any text; the same store in another order gives the same proposals.
    """
    if not query.source:
        return Proposals()
    look = Look(query, store, threshold, limit)
    return look.run(stop_at_exact)
