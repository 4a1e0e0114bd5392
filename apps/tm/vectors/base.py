"""The vectors of a memory at one revision, in a folder: written once, mapped into memory, shared by processes.

`ids.npy` (sorted), `vectors.npy` (half precision, in the order of the ids), `searcher.faiss`, and
`base.json`, written last, which says what they are. Replacing the folder as a whole is the caller's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.training import FLAT_MOST, Progress, build_searcher

VERSION = 1
_KIND = "locanext vectors"
_ABOUT = "base.json"
_FILES = ("ids.npy", "vectors.npy", "searcher.faiss")
_END = 65_536  # bytes of each end of a file that are checked: half-written files differ there
_BLOCK = 50_000
_MOST_DIMENSIONS = 16_384


class VectorFileError(Exception):
    """The folder holds no vectors that this version can use; the message says why."""


@dataclass(frozen=True, slots=True)
class About:
    """What the vectors are of."""

    memory: str
    """Tells a memory from another that had its id."""
    engine: str
    engine_version: str
    dimension: int
    revision: int
    count: int


class Base:
    """Opened vectors. Never changed; safe to search from several threads."""

    def __init__(self, about: About, ids: NDArray[np.int64], vectors: NDArray[np.float16], searcher: Any) -> None:
        self.about = about
        self.ids = ids
        """(count,), rising."""
        self.vectors = vectors
        """(count, dimension)."""
        self._searcher = searcher

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, wanted: int) -> int:
        """The row of an id, or -1."""
        at = int(np.searchsorted(self.ids, wanted))
        return at if at < len(self.ids) and self.ids[at] == wanted else -1

    def places(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each id, -1 for those it does not hold."""
        if not len(self.ids):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[at] == wanted, at, -1)

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows near to a vector of length one and their exact cosines, best first: at most `count`."""
        if not len(self.ids) or count <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        import faiss

        # One thread a search: many requests at once share the processors, not one all of them.
        faiss.omp_set_num_threads(1)
        _scores, found = self._searcher.search(vector[None, :], min(count, len(self.ids)))
        rows = found[0]
        rows = rows[(rows >= 0) & (rows < len(self.ids))]
        cosines = self.vectors[rows].astype(np.float32) @ vector
        order = np.argsort(-cosines, kind="stable")
        return rows[order], cosines[order]


def write(
    folder: Path,
    about: About,
    ids: NDArray[np.int64],
    fetch: Callable[[NDArray[np.int64]], NDArray[Any]],
    progress: Progress,
    flat_most: int = FLAT_MOST,
) -> None:
    """Write vectors into an empty folder. `ids` rise; `fetch(some of them)` gives their vectors, (n, dimension).

    Raises OSError, and what `progress` raises.
    """
    import faiss

    _save(folder / "ids.npy", ids)
    shape = (len(ids), about.dimension)
    if len(ids):
        mapped = np.lib.format.open_memmap(folder / "vectors.npy", mode="w+", dtype=np.float16, shape=shape)
        for start in range(0, len(ids), _BLOCK):
            progress("writing", start, len(ids))
            mapped[start : start + _BLOCK] = fetch(ids[start : start + _BLOCK])
        mapped.flush()
        stored: NDArray[np.float16] = mapped
    else:
        stored = np.empty(shape, dtype=np.float16)
        _save(folder / "vectors.npy", stored)
    faiss.write_index(build_searcher(stored, progress, flat_most), str(folder / "searcher.faiss"))
    said = {"kind": _KIND, "version": VERSION, "about": asdict(about), "files": {n: _mark(folder / n) for n in _FILES}}
    with (folder / _ABOUT).open("x", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _save(path: Path, array: NDArray[Any]) -> None:
    with path.open("xb") as file:
        np.save(file, array, allow_pickle=False)


def _mark(path: Path) -> dict[str, Any]:
    """Size of a file, and a hash of both its ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        digest = blake2b(file.read(_END), digest_size=16)
        file.seek(max(0, size - _END))
        digest.update(file.read(_END))
    return {"bytes": size, "ends": digest.hexdigest()}


def about(folder: Path) -> About:
    """What a folder's vectors are of, without opening them. Raises VectorFileError."""
    return _said(folder)[0]


def _said(folder: Path) -> tuple[About, dict[str, Any]]:
    try:
        said = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if said["kind"] != _KIND or said["version"] != VERSION:
            raise VectorFileError(f"The vectors in {folder} are of another version.")
        found = About(**said["about"])
        numbers = (found.dimension, found.revision, found.count)
        if not all(type(number) is int for number in numbers) or not 0 < found.dimension <= _MOST_DIMENSIONS:
            raise ValueError("its numbers are none")
        return found, dict(said["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise VectorFileError(f"{folder} holds no vectors: {error}") from error


def read(folder: Path) -> Base:
    """The vectors of a folder, mapped. Raises VectorFileError where they are incomplete or damaged."""
    described, files = _said(folder)
    try:
        for name in _FILES:
            if _mark(folder / name) != files[name]:
                raise VectorFileError(f"{folder / name} is not what was written.")
        ids = np.load(folder / "ids.npy", mmap_mode=_mode(described), allow_pickle=False)
        vectors = np.load(folder / "vectors.npy", mmap_mode=_mode(described), allow_pickle=False)
        searcher = _searcher(folder / "searcher.faiss")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise VectorFileError(f"The vectors in {folder} are damaged: {error}") from error
    shape = (described.count, described.dimension)
    if ids.dtype != np.int64 or vectors.dtype != np.float16 or ids.shape != shape[:1] or vectors.shape != shape:
        raise VectorFileError(f"The vectors in {folder} are not of the size that is said.")
    if (searcher.ntotal, searcher.d) != shape:
        raise VectorFileError(f"The search structure in {folder} is of other vectors.")
    return Base(described, ids, vectors, searcher)


def _mode(described: About) -> Any:
    return "r" if described.count else None  # a file of no elements cannot be mapped


def _searcher(path: Path) -> Any:
    import faiss

    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:
        # Systems where faiss cannot map files; what is damaged fails here again.
        return faiss.read_index(str(path))
