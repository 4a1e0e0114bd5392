"""The score of a match: how alike two sources are, in figures that order, in percent, and explained."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import floor

from rapidfuzz.distance import Levenshtein

from apps.tm.matching.context import Context
from apps.tm.matching.normalise import normalise
from apps.tm.matching.proposals import Parts
from apps.tm.matching.slots import codes, numbers
from apps.tm.matching.words import WordWeights, words

CUT = 0.68
"""The raw figure that reads 75 percent: docs/adr/0006-match-score.md says how it was found."""
_CUT_PERCENT = 75.0
_BEST = 99.0
"""Percent of the best match whose source is not equal."""
LINE, GLUED_LINES = 99.0, 95.0
"""Percent of an equal line, whose row is another one, and of a row put together from equal lines."""
CHARACTERS = 0.55
"""Share of the characters in the score; the rest is the words'."""
KEY_BONUS, NAME_BONUS, NEIGHBOUR_BONUS = 0.05, 0.04, 0.01
"""For the same key, for a key of the same name in another place, for each equal neighbour."""
_LONGEST = 20_000
"""Characters up to which words are counted; beyond, the characters alone are the score."""
_LONG = 4_000
"""Texts above this are not kept in the caches."""


def similarity(query: str, source: str, weights: WordWeights) -> float:
    """Edit similarity of characters and weighted overlap of words, about half each: 0 to 1, texts normalised."""
    characters = Levenshtein.normalized_similarity(query, source)
    if max(len(query), len(source)) > _LONGEST:
        return float(characters)
    return CHARACTERS * float(characters) + (1.0 - CHARACTERS) * overlap(query, source, weights)


def overlap(query: str, source: str, weights: WordWeights) -> float:
    """Dice's coefficient of the words of two normalised texts, each counted by its weight."""
    first, second = bag(query), bag(source)
    if not first and not second:
        return 1.0 if query == source else 0.0
    weight = weights.weight
    shared = sum(min(count, second[word]) * weight(word) for word, count in first.items() if word in second)
    return 2.0 * shared / (total(query, weights) + total(source, weights))


def bonus(context: Context) -> float:
    """What the context adds to the raw figure."""
    key = KEY_BONUS if context.same_key else NAME_BONUS if context.same_name else 0.0
    return key + NEIGHBOUR_BONUS * context.neighbours


def percent(raw: float) -> float:
    """Percent of a raw figure, rising with it: 0 to 75 below the cut, 75 to 99 above."""
    if raw < CUT:
        return max(0.0, _CUT_PERCENT * raw / CUT)
    return min(_BEST, _CUT_PERCENT + (_BEST - _CUT_PERCENT) * (raw - CUT) / (1.0 - CUT))


def whole(points: float) -> int:
    """Percent as it is shown: rounded down, so that what is below a cut is not shown at it."""
    return max(0, floor(points + 1e-9))


def parts(query: str, source: str, weights: WordWeights, points: float, penalty: int) -> Parts:
    """What agrees between two raw sources; `points`: what the context added."""
    if query == source:
        return Parts(100, 100, 100, 100, round(points), penalty)
    if max(len(query), len(source)) > _LONGEST:
        alike = _percent_of(float(Levenshtein.normalized_similarity(query, source)))
        return Parts(alike, alike, alike, alike, round(points), penalty)
    return Parts(
        _percent_of(overlap(normalise(query), normalise(source), weights)),
        _percent_of(_dice(numbers(query), numbers(source))),
        _percent_of(_dice(codes(query), codes(source))),
        _percent_of(_dice(_marks(query), _marks(source))),
        round(points),
        penalty,
    )


def _percent_of(share: float) -> int:
    # Rounded down: 100 says that all of it agrees.
    return floor(100.0 * share + 1e-9)


def _dice(one: Counter[str], other: Counter[str]) -> float:
    every = one.total() + other.total()
    return 2.0 * (one & other).total() / every if every else 1.0


def _marks(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isalnum() and not character.isspace())


def bag(text: str) -> Counter[str]:
    """Words of a normalised text, counted. Not to be changed."""
    return _kept_bag(text) if len(text) <= _LONG else Counter(words(text))


@lru_cache(maxsize=20_000)
def _kept_bag(text: str) -> Counter[str]:
    return Counter(words(text))


def total(text: str, weights: WordWeights) -> float:
    """The weight of all words of a text."""
    return sum(count * weights.weight(word) for word, count in bag(text).items())
