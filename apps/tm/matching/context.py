"""Context of a match: the same key, the same neighbours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from apps.tm.matching.normalise import normalise
from apps.tm.matching.proposals import EntryText, Query

_NAMESPACE = re.compile(r"[:/\\#|]")
_SHORTEST = 3


class Context(NamedTuple):
    """`same_key`: both have it. `same_name`: at least the part behind the key's file, sheet or module.

    `neighbours`: how many of the two are known on both sides and equal.
    """

    same_key: bool
    same_name: bool
    neighbours: int

    @property
    def steps(self) -> int:
        """0, 1 for the key or both neighbours, 2 for all of it: what an equal source gets above 100."""
        return int(self.same_key) + (self.neighbours == 2)


def context_of(query: Query, entry: EntryText) -> Context:
    """A neighbour that is known to be missing on both sides counts as equal; an unknown one never does."""
    same_key = bool(query.key) and query.key == entry.key
    return Context(
        same_key,
        same_key or _same_name(query.key, entry.key),
        _equal(query.previous, entry.previous) + _equal(query.next, entry.next),
    )


def _equal(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    # Most neighbours differ, and most that do are not of nearly one length.
    return one == other or (bool(one) and bool(other) and _plain(one) == _plain(other))


def _same_name(one: str, other: str) -> bool:
    """Whether two keys name the same thing in two places: Sheet1:cooldown, Text:cooldown."""
    name = _NAMESPACE.split(one)[-1]
    return len(name) > _SHORTEST and name == _NAMESPACE.split(other)[-1]


def key_similarity(one: str, other: str) -> float:
    """How alike two keys are, from 0 to 1; 0 where there is none."""
    if not one or not other:
        return 0.0
    return float(Levenshtein.normalized_similarity(one[:500], other[:500]))


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    return normalise(text)
