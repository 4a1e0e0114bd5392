"""Making the search structure: flat up to 100,000 vectors, above it lists around centroids, in bytes.

k-means on a sample (Lloyd), one round at a time so that it can be stopped; then an inverted file with
8-bit components (Jégou and others, "Product quantization for nearest neighbor search", TPAMI 2011, without
the products). Bytes choose candidates; their exact order comes from the stored vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLAT_MOST = 100_000
_LISTS_PER_ROOT = 8  # lists = so many times the root of the count
_LEAST_PROBES = 48
_PROBED_SHARE = 36  # one list in so many is searched
_SAMPLE_PER_LIST = 24
_ROUNDS = 5
_BLOCK = 20_000
Progress = Callable[[str, int, int], None]
"""(step, done, total); may raise to stop."""


def lists_for(count: int) -> int:
    """Lists of an inverted file of that many vectors."""
    return max(16, _LISTS_PER_ROOT * math.isqrt(count))


def probes_for(lists: int) -> int:
    """How many of its lists a search looks into."""
    return min(lists, max(_LEAST_PROBES, lists // _PROBED_SHARE))


def build_searcher(vectors: NDArray[Any], progress: Progress, flat_most: int = FLAT_MOST) -> Any:
    """A faiss index over (count, dimension) vectors of length one, numbered by row; read in blocks."""
    import faiss

    count, dimension = vectors.shape
    if count <= flat_most:
        # Half precision: the exact order is the stored vectors' in any case.
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    else:
        index = _trained(vectors, progress)
    for start in range(0, count, _BLOCK):
        progress("indexing", start, count)
        index.add(_block(vectors, slice(start, start + _BLOCK)))
    return index


def _trained(vectors: NDArray[Any], progress: Progress) -> Any:
    import faiss

    count, dimension = vectors.shape
    lists = lists_for(count)
    chosen = np.sort(np.random.default_rng(count).choice(count, min(count, lists * _SAMPLE_PER_LIST), replace=False))
    sample = _block(vectors, chosen)
    centroids: Any = None
    for done in range(_ROUNDS):
        progress("training", done, _ROUNDS)
        kmeans = faiss.Kmeans(dimension, lists, niter=1, spherical=True, seed=1, min_points_per_centroid=1)
        kmeans.train(sample, init_centroids=centroids)
        centroids = kmeans.centroids
    coarse = faiss.IndexFlatIP(dimension)
    coarse.add(centroids)
    byte = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(coarse, dimension, lists, byte, faiss.METRIC_INNER_PRODUCT, False)
    index.train(sample)
    index.nprobe = probes_for(lists)
    return index


def _block(vectors: NDArray[Any], rows: slice | NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(vectors[rows], dtype=np.float32)
