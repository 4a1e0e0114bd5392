"""The best matches found so far, in the order in which they are answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.tm.matching.bounds import allowed_edits


@dataclass(slots=True)
class Best:
    """`scores` (limit,) falling, equal ones by rising entry number in `found`; the first `count` are filled."""

    threshold: float
    scores: NDArray[np.float64]
    found: NDArray[np.int64]
    count: int = 0

    @classmethod
    def empty(cls, limit: int, threshold: float) -> Best:
        return cls(threshold, np.zeros(limit, dtype=np.float64), np.zeros(limit, dtype=np.int64))

    @property
    def full(self) -> bool:
        return self.count == len(self.scores)

    @property
    def cutoff(self) -> float:
        """The score that a match needs, at least."""
        return float(self.scores[-1]) if self.full else self.threshold

    def edits(self, longer: int, entry: int) -> int:
        """The largest distance with which this entry still comes in, -1 when none does."""
        return allowed_edits(longer, self.cutoff, self.full and entry > self.found[-1])

    def insert(self, score: float, entry: int) -> None:
        """Put in a match that `edits` let through, dropping the last when there are too many."""
        place = self.count - self.full
        self.count = place + 1
        while place and (
            self.scores[place - 1] < score or (self.scores[place - 1] == score and self.found[place - 1] > entry)
        ):
            self.scores[place], self.found[place] = self.scores[place - 1], self.found[place - 1]
            place -= 1
        self.scores[place], self.found[place] = score, entry
