"""Recall of the filtered search against brute force, on real text where the shared data is present."""

from __future__ import annotations

import random

import numpy as np
import pytest
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from apps.tm.matching import FuzzyIndex, Match
from tests.tm.matching.corpora import LANGUAGES, edited, invented, real_texts, recombined, share_found


def truths(texts: list[str], queries: list[str]) -> list[list[Match]]:
    """The five best of every query by rapidfuzz over the whole list."""
    answers = []
    for start in range(0, len(queries), 50):
        scores = process.cdist(
            queries[start : start + 50],
            texts,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=0.75,
            dtype=np.float64,
        )
        for row in scores:
            found = sorted(np.flatnonzero(row).tolist(), key=lambda place: (-row[place], place))[:5]
            answers.append([Match(place, float(row[place])) for place in found])
    return answers


def make_queries(rng: random.Random, texts: list[str], unseen: list[str], count: int) -> list[str]:
    """A third edited a little, a third up to a quarter of its characters, a third unseen."""
    letters = "".join(rng.sample(texts, min(len(texts), 50)))
    queries = []
    for number in range(count):
        text = rng.choice(texts if number % 3 else unseen)
        edits = (0, rng.randrange(1, 4), rng.randrange(1 + len(text) // 4))[number % 3]
        queries.append(edited(rng, text, edits, letters))
    return queries


def check(texts: list[str], queries: list[str]) -> None:
    index = FuzzyIndex.build(texts)
    truth = truths(texts, queries)
    assert sum(map(bool, truth)) > len(queries) / 3
    assert share_found([index.search(query) for query in queries], truth) >= 0.999
    assert share_found(index.search_many(queries), truth) >= 0.999
    # Equal as lists up to the last bit of the score: rapidfuzz divides in another order.
    exact = [index.search(query, lossless=True) for query in queries]
    assert share_found(exact, truth) == 1.0
    assert [[match.index for match in row] for row in exact] == [[match.index for match in row] for row in truth]


def test_on_invented_text() -> None:
    rng = random.Random(3)
    texts = invented(12_000, seed=3)
    check(texts, make_queries(rng, texts, invented(200, seed=99), 150))


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_real_text(language: str) -> None:
    texts = real_texts(language)
    if not texts:
        pytest.skip("the shared data is absent")
    rng = random.Random(language)
    rng.shuffle(texts)
    check(texts[300:], make_queries(rng, texts[300:], texts[:300], 150))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_hundred_thousand_recombined_real_texts(language: str) -> None:
    real = real_texts(language)
    if not real:
        pytest.skip("the shared data is absent")
    rng = random.Random(language)
    texts = recombined(rng, real, 100_000)
    check(texts, make_queries(rng, texts, recombined(rng, real, 300), 1_000))
