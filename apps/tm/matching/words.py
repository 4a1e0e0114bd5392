"""Words of a text and how much each of them says: the half of the score that is not characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b as _blake2b
from math import log

import numpy as np
from numpy.typing import NDArray

# Scripts that write no spaces: their words are pairs of characters.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_DENSE}]+|(?:(?![{_DENSE}_])\w)+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
_CACHE_LIMIT = 200_000


def words(text: str) -> list[str]:
    """The words of a normalised text, in order; runs of scripts without spaces give overlapping pairs."""
    found: list[str] = []
    for run in _WORD.findall(text):
        if _IS_DENSE.match(run) and len(run) > 1:
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.append(run)
    return found


def is_dense(character: str) -> bool:
    """Whether it is of a script that writes no spaces."""
    return _IS_DENSE.match(character) is not None


def word_hash(word: str) -> int:
    """64 bits of a word, signed."""
    digest = _blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class WordWeights:
    """Inverse document frequency of words, counted over the sources of one or more memories.

    `hashes` (words,) int64 rising and `counts` (words,) int32: in how many sources a word stands. A word
    that is in none weighs as one that is in a single source, so words of one source need not be kept.
    """

    def __init__(self, hashes: NDArray[np.int64], counts: NDArray[np.int32], total: int) -> None:
        self.hashes, self.counts, self.total = hashes, counts, total
        self._cache: dict[str, float] = {}

    @classmethod
    def build(cls, sources: Iterable[str]) -> WordWeights:
        """Counted over normalised sources."""
        counted: Counter[str] = Counter()
        total = 0
        for source in sources:
            total += 1
            counted.update(set(words(source)))
        kept = sorted((word_hash(word), count) for word, count in counted.items() if count > 1)
        hashes = np.array([pair[0] for pair in kept], dtype=np.int64)
        return cls(hashes, np.array([pair[1] for pair in kept], dtype=np.int32), total)

    @classmethod
    def merged(cls, every: Sequence[WordWeights]) -> WordWeights:
        """Counts added up: the weights of several memories together."""
        if len(every) == 1:
            return every[0]
        if not every:
            return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), 0)
        hashes, places = np.unique(np.concatenate([one.hashes for one in every]), return_inverse=True)
        counts = np.bincount(places, weights=np.concatenate([one.counts for one in every]), minlength=len(hashes))
        return cls(hashes, counts.astype(np.int32), sum(one.total for one in every))

    def weight(self, word: str) -> float:
        """From nearly 0 for a word of every source, up with its rarity."""
        known = self._cache.get(word)
        if known is not None:
            return known
        count = 1
        if len(self.hashes):
            wanted = word_hash(word)
            place = int(np.searchsorted(self.hashes, wanted))
            if place < len(self.hashes) and self.hashes[place] == wanted:
                count = int(self.counts[place])
        weight = log(1.0 + (self.total + 1) / count)
        if len(self._cache) >= _CACHE_LIMIT:
            self._cache.clear()
        self._cache[word] = weight
        return weight
