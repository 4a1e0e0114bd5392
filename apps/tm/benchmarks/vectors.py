"""Vectors measured: embedding, building, and searching against the flat search of the same vectors.

Texts are the messages of this environment's own packages in several languages, with words swapped between
them; clustered random vectors stand for what neural engines make.
"""

from __future__ import annotations

import gettext
import random
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors import base
from apps.tm.vectors.base import About
from apps.tm.vectors.live import VectorIndex
from apps.tm.vectors.ngram import NgramEmbedder

QUERIES = 500
NEIGHBOURS = 10
LANGUAGES = ("ko", "en", "ja", "zh_Hans", "de", "fr")
_TIED = 5e-4  # stored vectors have half precision: cosines so near count as equal
_SEED = 7
Say = Callable[[str], None]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one index. Times in seconds for building, in milliseconds for a search."""

    count: int
    build: float
    training: float
    open: float
    megabytes: float
    p50: float
    p95: float
    cpu_p50: float
    flat: float
    recall: float
    """Share of the flat search's ten nearest that came back, ties by cosine."""
    recall_shown: float
    """The same, of those that are near enough to be shown."""


def real_texts() -> list[str]:
    """Distinct messages of the installed packages' catalogues, and the English ones they translate."""
    import django

    texts: dict[str, None] = {}
    root = Path(django.__file__).parent
    for language in LANGUAGES:
        for path in sorted(root.rglob(f"{language}/LC_MESSAGES/django.mo")):
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            for key, value in catalogue.items():
                message = value if language != "en" else key
                if isinstance(message, str) and 4 <= len(message) <= 200 and "\n" not in message:
                    texts[message] = None
                if isinstance(key, str) and 4 <= len(key) <= 200 and "\n" not in key:
                    texts[key] = None
    return list(texts)


def recombined(texts: Sequence[str], count: int, seed: int) -> list[str]:
    """Distinct texts made of parts of others: one to three words (or runs of three characters) swapped."""
    rng = random.Random(seed)
    parts = [text.split(" ") if " " in text else re.findall(r".{1,3}", text) for text in texts]
    made: dict[str, None] = {}
    while len(made) < count:
        one, other = list(rng.choice(parts)), rng.choice(parts)
        for _ in range(rng.randrange(1, 4)):
            one[rng.randrange(len(one))] = rng.choice(other)
        if rng.random() < 0.4:
            one += other[: rng.randrange(1, 5)]
        made[" ".join(one)] = None
    return list(made)


def clustered(count: int, dimension: int, seed: int, only: int | None = None) -> Vectors:
    """Random vectors of length one around count / 100 centres, which do not depend on `seed`; `only` so many."""
    centres = np.random.default_rng(_SEED).standard_normal((max(10, count // 100), dimension), dtype=np.float32)
    rng = np.random.default_rng(seed)
    rows = count if only is None else only
    vectors = centres[rng.integers(0, len(centres), rows)]
    vectors += 0.7 * rng.standard_normal((rows, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def embedded(count: int) -> tuple[Vectors, Vectors, float]:
    """Vectors of recombined texts, vectors of queries made of them, and texts embedded a second."""
    engine = NgramEmbedder()
    texts = recombined(real_texts(), count, seed=1)
    engine.embed(texts[:100])
    begin = time.perf_counter()
    vectors = engine.embed(texts)
    rate = count / (time.perf_counter() - begin)
    sample = random.Random(2).sample(texts, min(len(texts), 5000))
    return vectors, engine.embed(recombined(sample, QUERIES, seed=3)), rate


def measure(vectors: Vectors, queries: Vectors, threshold: float, say: Say) -> Measured:
    """Build, open and search an index of the vectors, numbered by row."""
    steps: dict[str, float] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        begin = time.perf_counter()

        def progress(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = time.perf_counter() - begin
                say(f"  {step}")

        ids = np.arange(len(vectors), dtype=np.int64)
        about = About("bench", "bench", "1", vectors.shape[1], 1, len(ids))
        base.write(path, about, ids, lambda some: vectors[some], progress)
        build = time.perf_counter() - begin
        begin = time.perf_counter()
        index = VectorIndex(vectors.shape[1], base.read(path))
        opened = time.perf_counter() - begin
        megabytes = sum(file.stat().st_size for file in path.iterdir()) / 1e6
        answers, times, processor = _searched(index, queries)
        del index
    flat, wanted = _flat(vectors, queries)
    return Measured(
        count=len(vectors),
        build=build,
        training=steps.get("indexing", 0.0) - steps["training"] if "training" in steps else 0.0,
        open=opened,
        megabytes=megabytes,
        p50=float(np.quantile(times, 0.5)) * 1000,
        p95=float(np.quantile(times, 0.95)) * 1000,
        cpu_p50=float(np.quantile(processor, 0.5)) * 1000,
        flat=flat * 1000,
        recall=_recall(answers, wanted, -1.0),
        recall_shown=_recall(answers, wanted, threshold),
    )


def _searched(index: VectorIndex, queries: Vectors) -> tuple[list[list[float]], list[float], list[float]]:
    """Cosines found for each query, and the seconds each took: on the clock, and of the processor."""
    for query in queries[:50]:
        index.search(query, NEIGHBOURS)
    answers, times, processor = [], [], []
    for query in queries:
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        found = index.search(query, NEIGHBOURS)
        times.append(time.perf_counter() - begin)
        processor.append(time.thread_time() - begin_cpu)
        answers.append([one.cosine for one in found])
    return answers, times, processor


def _flat(vectors: Vectors, queries: Vectors) -> tuple[float, NDArray[np.float32]]:
    """Seconds a query of the flat search on one thread, and the ten best cosines of each query."""
    import faiss

    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    faiss.omp_set_num_threads(1)
    begin = time.perf_counter()
    for query in queries[:10]:
        flat.search(query[None, :], NEIGHBOURS)
    took = (time.perf_counter() - begin) / 10
    faiss.omp_set_num_threads(2)
    cosines, _rows = flat.search(queries, NEIGHBOURS)
    return took, cosines


def _recall(answers: Sequence[Sequence[float]], wanted: NDArray[np.float32], threshold: float) -> float:
    found = total = 0
    for got, right in zip(answers, wanted, strict=True):
        near = [cosine for cosine in right.tolist() if cosine >= threshold]
        total += len(near)
        if near:
            found += min(len(near), sum(cosine >= near[-1] - _TIED for cosine in got))
    return found / total if total else 1.0
