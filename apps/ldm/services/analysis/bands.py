"""The bands of an analysis, and counts of rows, words and characters by band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

REPETITION, INTERNAL, NEW = "repetition", "internal", "new"
BY_SCORE = (("102", 102), ("101", 101), ("100", 100), ("95-99", 95), ("85-94", 85), ("75-84", 75), ("50-74", 50))
BANDS = ("102", "101", "100", REPETITION, "95-99", "85-94", "75-84", INTERNAL, "50-74", NEW)
"""As they are shown: what costs nothing first."""


def band_of(score: int) -> str:
    """The band of a score in percent."""
    return next((band for band, least in BY_SCORE if score >= least), NEW)


class Size(NamedTuple):
    """How much text. `characters` without codes and line ends; `letters` without white space as well."""

    rows: int = 0
    words: int = 0
    characters: int = 0
    letters: int = 0

    def plus(self, other: Size) -> Size:
        return Size(*(one + another for one, another in zip(self, other, strict=True)))


@dataclass(slots=True)
class Figures:
    """Sizes by band; every row that counts is in one of them, so that their sum is the total.

    `left_out`: rows that were not to count.
    """

    bands: dict[str, Size] = field(default_factory=lambda: dict.fromkeys(BANDS, Size()))
    left_out: Size = Size()

    def add(self, band: str, size: Size) -> None:
        self.bands[band] = self.bands[band].plus(size)

    def plus(self, other: Figures) -> Figures:
        return Figures(
            {band: size.plus(other.bands[band]) for band, size in self.bands.items()},
            self.left_out.plus(other.left_out),
        )

    @property
    def total(self) -> Size:
        total = Size()
        for size in self.bands.values():
            total = total.plus(size)
        return total

    def weighted(self, rates: Mapping[str, int]) -> float:
        """Words that are paid in full: each band's words by its rate in percent."""
        return sum(size.words * rates[band] for band, size in self.bands.items()) / 100

    def plain(self) -> dict[str, object]:
        """As JSON: {"bands": {band: [rows, words, characters, letters]}, "total", "left_out"}."""
        return {
            "bands": {band: list(size) for band, size in self.bands.items()},
            "total": list(self.total),
            "left_out": list(self.left_out),
        }


def summed(every: Iterable[Figures]) -> Figures:
    """The sum of figures."""
    total = Figures()
    for one in every:
        total = total.plus(one)
    return total
