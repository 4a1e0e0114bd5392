"""A file for the search benchmark: words of known frequency in Korean, Chinese and English."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from apps.ldm.models import File, Project, Row
from apps.ldm.services import counters
from apps.tm.matching.normalise import text_hash
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load

WORDS = 20_000
PER_ROW = 8
RANKS = {"frequent": 5, "common": 200, "rare": 18_000}
"""Places of the words that are looked for, by how often they occur."""
_FIELDS = (
    "file_id", "position", "segment", "key", "source", "target", "source_hash", "status", "origin", "words",
    "location", "rev", "text_rev",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, the most frequent first."""

    language: str
    words: tuple[str, ...]
    spaced: bool

    def sentence(self, ranks: list[int]) -> str:
        """The words of these ranks as a text."""
        return (" " if self.spaced else "").join(self.words[rank] for rank in ranks)


def vocabularies(seed: int = 5) -> tuple[Vocabulary, Vocabulary, Vocabulary]:
    """Korean and Chinese words of two characters, English ones of four to nine letters; all different."""
    chance = random.Random(seed)
    korean = _distinct(lambda: "".join(chr(0xAC00 + chance.randrange(0, 11172, 7)) for _ in range(2)))
    chinese = _distinct(lambda: "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(2)))
    syllables = [first + vowel for first in "bcdfghklmnprstvw" for vowel in "aeiou"]
    english = _distinct(lambda: "".join(chance.choice(syllables) for _ in range(chance.randrange(2, 5))))
    return (
        Vocabulary("Korean", korean, True),
        Vocabulary("Chinese", chinese, False),
        Vocabulary("English", english, True),
    )


def _distinct(make: Any) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found[make()] = None
    return tuple(found)


def make_file(project: Project, rows: int) -> File:
    """A file of so many rows: Korean sources, targets English and Chinese by turns. Not indexed yet."""
    file = File.objects.create(project=project, name=f"search-{rows}.txt", format="txt", revision=1)
    with workspaces.atomic():
        bulk_load(Row, _FIELDS, _rows(file.pk, rows))
        counters.apply(file.pk, counters.counts_of(counters.counted_rows(file.pk)))
    file.refresh_from_db()
    return file


def _rows(file_id: int, count: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(6)
    korean, chinese, english = vocabularies()
    # The share of a word falls with its place, as in every language.
    weights = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
    ranks = range(WORDS)
    for n in range(count):
        source = korean.sentence(chance.choices(ranks, cum_weights=weights, k=PER_ROW))
        target = (chinese if n % 2 else english).sentence(chance.choices(ranks, cum_weights=weights, k=PER_ROW))
        status = (0, 1, 2, 3, 3, 4, 5)[n % 7]
        yield (
            file_id, n, n, f"TXT_{n:07d}", source, target if status else "", text_hash(source), status,
            "human" if status else "", PER_ROW, "", 1, 1,
        )  # fmt: skip
