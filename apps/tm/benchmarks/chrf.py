"""chrF++ of one text against one reference, and normalised edit similarity.

Popovic, "chrF++: words helping character n-grams", WMT 2017: the F-score, recall counted twice as much,
of the mean precision and recall of character n-grams (1 to 6, without spaces) and word n-grams (1 and
2), over the orders that both texts have. Case counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from string import punctuation

from rapidfuzz.distance import Levenshtein

_CHARACTER_ORDER, _WORD_ORDER = 6, 2
_RECALL = 4.0
"""Beta squared, with beta 2."""
_PUNCTUATION = frozenset(punctuation)

Grams = tuple[Counter[str | tuple[str, ...]], ...]


def chrf(text: str, reference: str) -> float:
    """From 0 to 100; 100 for equal texts (spaces and their kind aside), 0 where either is empty."""
    precision = recall = 0.0
    orders = 0
    for have, want in zip(_grams(text), _grams(reference), strict=True):
        had, wanted = have.total(), want.total()
        if not had or not wanted:
            continue
        shared = sum(min(count, want[gram]) for gram, count in have.items() if gram in want)
        precision += shared / had
        recall += shared / wanted
        orders += 1
    if not precision and not recall:
        return 0.0
    precision, recall = precision / orders, recall / orders
    return 100.0 * (1.0 + _RECALL) * precision * recall / (_RECALL * precision + recall)


def edit_similarity(text: str, reference: str) -> float:
    """1 - edit distance / length of the longer text, from 0 to 100."""
    return 100.0 * float(Levenshtein.normalized_similarity(text, reference))


@lru_cache(maxsize=50_000)
def _grams(text: str) -> Grams:
    """N-grams by order: characters 1 to 6, then words 1 and 2."""
    tokens = text.split()
    characters = "".join(tokens)
    words = [part for token in tokens for part in _parted(token)]
    found: list[Counter[str | tuple[str, ...]]] = []
    for order in range(1, _CHARACTER_ORDER + 1):
        found.append(Counter(characters[place : place + order] for place in range(len(characters) - order + 1)))
    for order in range(1, _WORD_ORDER + 1):
        found.append(Counter(tuple(words[place : place + order]) for place in range(len(words) - order + 1)))
    return tuple(found)


def _parted(token: str) -> Sequence[str]:
    """A word without one leading or trailing punctuation mark, and that mark."""
    if len(token) == 1:
        return (token,)
    if token[-1] in _PUNCTUATION:
        return token[:-1], token[-1]
    if token[0] in _PUNCTUATION:
        return token[0], token[1:]
    return (token,)
