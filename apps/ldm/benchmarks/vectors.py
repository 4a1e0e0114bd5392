"""`bench vectors`: semantic search against a flat search of the same vectors, in one run."""

from __future__ import annotations

from collections.abc import Callable

from apps.ldm.benchmarks.tables import Table
from apps.tm.benchmarks import vectors
from apps.tm.benchmarks.vectors import Measured
from apps.tm.vectors.ngram import NgramEmbedder

Say = Callable[[str], None]


def run(scale: float, say: Say) -> list[Table]:
    """Run everything; `scale` 1 is a million vectors, and a hundred thousand for the flat index."""
    large, small = max(2000, int(1_000_000 * scale)), max(1000, int(100_000 * scale))
    say(f"Embedding {large:,} texts")
    texts, queries, rate = vectors.embedded(large)
    tables = []
    threshold = NgramEmbedder.threshold
    for count in (small, large):
        say(f"N-gram vectors, {count:,}")
        found = vectors.measure(texts[:count], queries, threshold, say)
        table = Table(f"N-gram vectors of recombined real text: {count:,}, 256 numbers each")
        table.add("texts embedded a second", rate, "texts/s", at_least=20_000)
        _fill(table, found)
        tables.append(table)
    del texts
    for dimension in (256, 384):
        say(f"Clustered vectors, {large:,} of {dimension} numbers")
        clustered = vectors.clustered(large, dimension, seed=1)
        asked = vectors.clustered(large, dimension, seed=2, only=vectors.QUERIES)
        table = Table(f"Clustered random vectors: {large:,}, {dimension} numbers each")
        _fill(table, vectors.measure(clustered, asked, threshold, say))
        tables.append(table)
        del clustered
    return tables


def _fill(table: Table, found: Measured) -> None:
    table.add("build", found.build, "s")
    table.add("of it training", found.training, "s")
    table.add("open", found.open * 1000, "ms")
    table.add("files", found.megabytes, "MB")
    table.add("flat search, one thread", found.flat, "ms")
    table.add("search p50", found.p50, "ms", at_most=5)
    table.add("search p50, flat against it", found.p50, "ms", ratio=found.flat / found.p50, against="flat search")
    table.add("search p95", found.p95, "ms")
    table.add("search p50, processor time", found.cpu_p50, "ms", at_most=5)
    table.add("recall of the ten nearest", found.recall, "", at_least=0.95)
    table.add("recall of those near enough to show", found.recall_shown, "", at_least=0.95)
