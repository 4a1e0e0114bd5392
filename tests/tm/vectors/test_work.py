"""Vectors on their way into a base: a stopped build goes on where it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.work import Work


def units(count: int, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_what_was_appended_is_there_the_next_time(tmp_path: Path) -> None:
    vectors = units(5)
    with Work(tmp_path / "w", "e", "1", 8) as work:
        work.append(np.array([9, -3]), vectors[:2])
        work.append(np.array([4, 5, 6]), vectors[2:])
    with Work(tmp_path / "w", "e", "1", 8) as work:
        ids, rows = work.whole()
        assert ids.tolist() == [-3, 4, 5, 6, 9]
        assert np.allclose(work.contents()[1][rows].astype(np.float32), vectors[[1, 2, 3, 4, 0]], atol=1e-3)


def test_half_of_a_pair_is_cut_off(tmp_path: Path) -> None:
    with Work(tmp_path / "w", "e", "1", 8) as work:
        work.append(np.array([1, 2, 3]), units(3))
    path = tmp_path / "w" / "vectors.bin"
    path.write_bytes(path.read_bytes()[:-5])
    with Work(tmp_path / "w", "e", "1", 8) as work:
        assert work.whole()[0].tolist() == [1, 2]
        work.append(np.array([7]), units(1, seed=2))
        assert work.whole()[0].tolist() == [1, 2, 7]


def test_what_is_no_vector_is_not_taken(tmp_path: Path) -> None:
    vectors = units(4)
    vectors[1] *= 3
    vectors[2] = 0
    vectors[3] = np.nan
    with Work(tmp_path / "w", "e", "1", 8) as work:
        work.append(np.array([1, 2, 3, 4]), vectors)
        assert work.whole()[0].tolist() == [1, 3]


def test_work_of_another_engine_goes(tmp_path: Path) -> None:
    for engine, version, dimension in (("other", "1", 8), ("e", "2", 8), ("e", "1", 4)):
        with Work(tmp_path / "w", "e", "1", 8) as work:
            work.append(np.array([1]), units(1))
        with Work(tmp_path / "w", engine, version, dimension) as work:
            assert work.whole()[0].tolist() == []
