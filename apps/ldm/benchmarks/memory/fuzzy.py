"""The fuzzy index alone: build, memory, times, recall against brute force by language, and its peers beside it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from apps.ldm.benchmarks.memory import corpus, trigrams
from apps.ldm.benchmarks.memory.corpus import Pools
from apps.ldm.benchmarks.tables import Peak, Table, percentile
from apps.tm.matching import FuzzyIndex, warm
from apps.tm.matching.normalise import normalise

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """The text of one run: sentences it was made of, segments by language, all of them mixed, queries."""

    pools: Pools
    by_language: dict[str, list[str]]
    texts: list[str]
    asked: list[str]


THRESHOLD, LIMIT = 0.75, 5
_EXTRACTED = 20
_TRUTHS = 100


def run(made: Made, say: Say) -> Table:
    """The index over the texts, beside rapidfuzz and PostgreSQL."""
    texts = made.texts
    name = f"{len(texts):,} segments"
    large = len(texts) >= 500_000
    table = Table(f"Fuzzy index: {name}, threshold 75, top five, one look-up at a time")
    say(f"Fuzzy index of {name}")
    warm()
    sources = [normalise(text) for text in texts]
    with Peak() as peak:
        begin = time.perf_counter()
        index = FuzzyIndex.build(sources)
        built = time.perf_counter() - begin
    table.add("build", built, "s", at_most=5 if large else None)
    table.add("size of the index", index.nbytes / 1e6, "MB", at_most=350)
    table.add("memory while building, beside the texts", peak.megabytes, "MB")
    queries = [normalise(text) for text in made.asked]
    index.search_many(queries[:200], THRESHOLD, LIMIT)
    timed = [timing(lambda query=query: index.search(query, THRESHOLD, LIMIT)) for query in queries]  # type: ignore[misc]
    times, processor = [one for one, _ in timed], [one for _, one in timed]
    table.add("look-up, p50", percentile(times, 0.5), "ms", at_most=3 if large else 0.3)
    table.add("look-up, p95", percentile(times, 0.95), "ms", at_most=10 if large else None)
    table.add("look-up, processor time, p50", percentile(processor, 0.5), "ms")
    table.add("look-up, processor time, p95", percentile(processor, 0.95), "ms")
    begin = time.perf_counter()
    index.search_many(queries, THRESHOLD, LIMIT)
    table.add("batch on two threads, each", (time.perf_counter() - begin) * 1000 / len(queries), "ms")
    _recall(table, index, sources, made, say)
    _peers(table, sources, queries, percentile(times, 0.5), say)
    return table


def timing(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of this thread on a processor: what the rest of the machine adds little to."""
    begin, busy = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - begin) * 1000, (time.thread_time() - busy) * 1000


def _recall(table: Table, index: FuzzyIndex, sources: Sequence[str], made: Made, say: Say) -> None:
    """Share of the true five best scores that came back, for each language."""
    by_length: dict[int, list[str]] = {}
    for source in sources:
        by_length.setdefault(len(source), []).append(source)
    for language, texts in made.by_language.items():
        say(f"Brute force: {language}")
        asked = corpus.queries({language: made.pools[language]}, {language: texts}, _TRUTHS, seed=9)
        kept = wanted = 0
        for query in map(normalise, asked):
            truth = brute_force(by_length, query)
            got = [match.score for match in index.search(query, THRESHOLD, LIMIT)]
            wanted += len(truth)
            kept += sum(1 for one, other in zip(got, truth, strict=False) if abs(one - other) < 1e-9)
        name = f"recall against brute force, {language} ({len(asked)} queries, {wanted} matches)"
        table.add(name, kept / max(1, wanted), "", at_least=0.999)


def brute_force(by_length: dict[int, list[str]], query: str) -> list[float]:
    """The five best similarities over every text whose length can reach the threshold."""
    scores: list[float] = []
    for length, some in by_length.items():
        if min(length, len(query)) < THRESHOLD * max(length, len(query)):
            continue
        row = process.cdist(
            [query], some, scorer=Levenshtein.normalized_similarity, score_cutoff=THRESHOLD, dtype=np.float64
        )[0]
        scores += np.sort(row[row >= THRESHOLD])[-LIMIT:].tolist()
    return sorted(scores, reverse=True)[:LIMIT]


def _peers(table: Table, sources: Sequence[str], queries: Sequence[str], ours: float, say: Say) -> None:
    say("rapidfuzz over the whole list")
    some = random.Random(3).sample(list(queries), min(_EXTRACTED, len(queries)))
    times = [
        timing(
            lambda query=query: process.extract(  # type: ignore[misc]
                query, sources, scorer=Levenshtein.normalized_similarity, score_cutoff=THRESHOLD, limit=LIMIT
            )
        )[0]
        for query in some
    ]
    base = percentile(times, 0.5)
    table.add("rapidfuzz.process.extract, whole list, p50", base, "ms", ratio=base / ours, against="ours", at_least=50)
    trigrams.compare(table, sources, some, ours, say)
