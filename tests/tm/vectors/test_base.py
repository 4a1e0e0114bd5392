"""Vectors in files, and finding the nearest: flat and in lists, with what came and went since."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.tm.vectors import base, training
from apps.tm.vectors.base import About, Base, VectorFileError
from apps.tm.vectors.live import VectorIndex

DIMENSION = 32


def clustered(count: int, seed: int = 0, dimension: int = DIMENSION) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, count // 20), dimension))
    vectors = centres[rng.integers(0, len(centres), count)] + 0.6 * rng.standard_normal((count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def silent(step: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def written(folder: Path, ids: NDArray[np.int64], vectors: NDArray[np.float32], flat_most: int = 100_000) -> Base:
    folder.mkdir()
    order = np.argsort(ids)
    rising, sorted_ = ids[order], vectors[order]
    about = About("m", "test", "1", vectors.shape[1], 7, len(ids))
    base.write(folder, about, rising, lambda some: sorted_[np.searchsorted(rising, some)], silent, flat_most)
    return base.read(folder)


def exact(vectors: dict[int, NDArray[np.float32]], query: NDArray[np.float32], limit: int) -> list[int]:
    ids = sorted(vectors, key=lambda one: (-float(vectors[one] @ query), one))
    return ids[:limit]


@pytest.fixture
def some() -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Six hundred vectors with scattered ids, some of them below zero."""
    ids = np.random.default_rng(5).permutation(600).astype(np.int64) * 17 - 4000
    return ids, clustered(600)


def test_a_flat_search_is_exact(tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]]) -> None:
    ids, vectors = some
    index = VectorIndex(DIMENSION, written(tmp_path / "a", ids, vectors))
    held = dict(zip(ids.tolist(), vectors, strict=True))
    assert len(index) == 600
    for query in clustered(40, seed=9):
        found = index.search(query, 10)
        assert [one.id for one in found] == exact(held, query, 10)
        assert all(abs(one.cosine - float(held[one.id] @ query)) < 2e-3 for one in found)


def test_lists_find_nearly_all(tmp_path: Path) -> None:
    vectors = clustered(6000, seed=2)
    ids = np.arange(6000, dtype=np.int64)
    index = VectorIndex(DIMENSION, written(tmp_path / "a", ids, vectors, flat_most=100))
    hits = 0
    for query in clustered(100, seed=2)[:100]:
        wanted = set(np.argsort(-(vectors @ query), kind="stable")[:10].tolist())
        hits += len(wanted & {one.id for one in index.search(query, 10)})
    assert hits / 1000 >= 0.95


def test_the_threshold_and_the_limit_hold(tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]]) -> None:
    ids, vectors = some
    index = VectorIndex(DIMENSION, written(tmp_path / "a", ids, vectors))
    found = index.search(vectors[3], 600, threshold=0.5)
    assert found[0].id == ids[3] and abs(found[0].cosine - 1) < 2e-3
    assert 1 <= len(found) < 600 and all(one.cosine >= 0.5 for one in found)
    assert index.search(vectors[3], 0) == [] and index.search(np.zeros(DIMENSION, np.float32), 5) == []


@pytest.mark.parametrize("flat_most", [100_000, 100])
def test_what_is_replaced_and_removed_is_found_as_it_is_now(
    tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]], flat_most: int
) -> None:
    ids, vectors = some
    index = VectorIndex(DIMENSION, written(tmp_path / "a", ids, vectors, flat_most))
    held = dict(zip(ids.tolist(), vectors, strict=True))
    rng, fresh = random.Random(4), clustered(2000, seed=8)
    for step in range(900):
        known = list(held)
        act = rng.randrange(3)
        if act == 0:
            index.remove([gone := rng.choice(known)])
            del held[gone]
        else:
            wanted = rng.choice(known) if act == 1 else 10**9 + step
            index.add([wanted], fresh[step : step + 1])
            held[wanted] = fresh[step]
    assert len(index) == len(held)
    assert all(one in index for one in list(held)[:50]) and 10**12 not in index
    hits = total = 0
    for query in clustered(60, seed=12):
        wanted = set(exact(held, query, 5))
        found = index.search(query, 5)
        assert all(abs(one.cosine - float(held[one.id] @ query)) < 2e-3 for one in found)
        hits, total = hits + len(wanted & {one.id for one in found}), total + 5
    assert hits == total if flat_most > 600 else hits / total > 0.9


def test_most_of_a_base_may_be_removed(tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]]) -> None:
    ids, vectors = some
    index = VectorIndex(DIMENSION, written(tmp_path / "a", ids, vectors))
    left = set(ids[::100].tolist())
    index.remove([one for one in ids.tolist() if one not in left])
    assert {one.id for one in index.search(vectors[1], 6)} == left
    assert (len(index), index.gone) == (6, 594)


def test_no_vectors_at_all(tmp_path: Path) -> None:
    index = VectorIndex(4, written(tmp_path / "a", np.empty(0, np.int64), np.empty((0, 4), np.float32)))
    query = np.array([1, 0, 0, 0], np.float32)
    assert index.search(query, 5) == [] and VectorIndex(4).search(query, 5) == []
    index.add([5], query[None, :])
    assert [one.id for one in index.search(query, 5)] == [5]


def test_a_wrong_shape_is_refused(tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]]) -> None:
    with pytest.raises(ValueError, match="32 numbers"):
        VectorIndex(64, written(tmp_path / "a", *some))
    with pytest.raises(ValueError, match="shape"):
        VectorIndex(4).add([1, 2], np.zeros((1, 4), np.float32))


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "searcher.faiss", "base.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "head", "empty"])
def test_damaged_files_are_refused(
    tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]], name: str, damage: str
) -> None:
    written(tmp_path / "a", *some)
    path = tmp_path / "a" / name
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"cut": data[:-10], "head": b"\x93" * 24 + data[24:], "empty": b""}[damage])
    with pytest.raises(VectorFileError):
        base.read(tmp_path / "a")


def test_what_it_is_of_is_told_and_other_versions_are_refused(
    tmp_path: Path, some: tuple[NDArray[np.int64], NDArray[np.float32]]
) -> None:
    written(tmp_path / "a", *some)
    assert base.about(tmp_path / "a") == About("m", "test", "1", DIMENSION, 7, 600)
    path = tmp_path / "a" / "base.json"
    said = json.loads(path.read_text())
    for change in ({"version": 99}, {"kind": "other"}, {"about": {**said["about"], "dimension": "many"}}):
        path.write_text(json.dumps(said | change))
        with pytest.raises(VectorFileError):
            base.about(tmp_path / "a")


def test_building_can_be_stopped(tmp_path: Path) -> None:
    steps = []

    class Stop(Exception):
        pass

    def progress(step: str, done: int, total: int) -> None:
        steps.append(step)
        if step == "training" and done == 2:
            raise Stop

    vectors = clustered(3000)
    with pytest.raises(Stop):
        training.build_searcher(vectors, progress, flat_most=100)
    assert steps == ["training"] * 3
