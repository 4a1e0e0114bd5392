"""What the texts of one analysis know of each other: equal earlier sources, and similar ones."""

from __future__ import annotations

from collections.abc import Collection

from apps.tm.matching import FuzzyIndex
from apps.tm.matching.normalise import normalise

THRESHOLD = 0.75
NEAREST, MOST = 10, 5000
"""Neighbours asked for at first, and where asking for more ends."""
LONGEST = 10_000
"""Characters of a source beyond which no similar one is looked for."""


class EarlierTexts:
    """Sources in the order in which they come, of one pair of languages.

    `seen(source)` says whether it came before. When all are in, `similar(numbers)` gives the share (0 to 1) of
    the most similar source that came earlier, for sources by their number.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def seen(self, source: str) -> tuple[int, bool]:
        """The source's number, and whether it was there already."""
        number = self._numbers.get(source)
        if number is not None:
            return number, True
        self._numbers[source] = len(self._numbers)
        return len(self._numbers) - 1, False

    def similar(self, numbers: Collection[int]) -> dict[int, float]:
        """The similarity of the best earlier source, by number; those without one of THRESHOLD are missing."""
        texts = [normalise(source) for source in self._numbers]
        wanted = [number for number in numbers if texts[number] and len(texts[number]) <= LONGEST]
        if not wanted:
            return {}
        index = FuzzyIndex.build(texts)
        found: dict[int, float] = {}
        limit = NEAREST
        while wanted and limit <= MOST:
            crowded = []
            for number, matches in zip(
                wanted, index.search_many([texts[number] for number in wanted], THRESHOLD, limit), strict=True
            ):
                best = next((match.score for match in matches if match.index < number), None)
                if best is not None:
                    found[number] = best
                elif len(matches) >= limit:
                    # All of them came later: look further.
                    crowded.append(number)
            wanted, limit = crowded, limit * 10
        return found
