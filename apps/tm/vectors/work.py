"""Vectors on their way into a base: appended as they are made, so that a stopped build goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_ABOUT, _IDS, _VECTORS = "work.json", "ids.bin", "vectors.bin"
_LENGTH_OFF = 0.02  # how far from 1 the length of a whole vector in half precision may be
_BLOCK = 50_000


class Work:
    """A folder of ids and vectors that only grows. For one writer."""

    def __init__(self, folder: Path, engine: str, engine_version: str, dimension: int) -> None:
        """Opens or starts it; what is there of another engine goes. Raises OSError."""
        self.folder, self.dimension = folder, dimension
        folder.mkdir(parents=True, exist_ok=True)
        about = {"engine": engine, "engine_version": engine_version, "dimension": dimension}
        if _read(folder / _ABOUT) != about:
            for name in (_IDS, _VECTORS):
                (folder / name).unlink(missing_ok=True)
            (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        self._ids = self._opened(_IDS)
        self._vectors = self._opened(_VECTORS)
        self._cut()

    def _opened(self, name: str) -> BinaryIO:
        path = self.folder / name
        path.touch()
        return path.open("r+b")

    def _cut(self) -> None:
        """Back to the last whole pair: a process may have died between the two files, or within one."""
        width = 2 * self.dimension
        whole = min(self._ids.seek(0, 2) // 8, self._vectors.seek(0, 2) // width)
        for file, size in ((self._ids, 8), (self._vectors, width)):
            file.truncate(whole * size)
            file.seek(0, 2)

    def __enter__(self) -> Work:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; they stay."""
        self._ids.close()
        self._vectors.close()

    def append(self, ids: NDArray[np.int64], vectors: NDArray[Any]) -> None:
        """Add (n,) ids and (n, dimension) vectors."""
        self._vectors.write(np.ascontiguousarray(vectors, dtype="<f2").tobytes())
        self._vectors.flush()
        self._ids.write(np.ascontiguousarray(ids, dtype="<i8").tobytes())
        self._ids.flush()

    def contents(self) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Everything appended, mapped: (n,) ids and (n, dimension) vectors. Ids may repeat."""
        count = self._ids.seek(0, 2) // 8
        if not count:
            return np.empty(0, dtype=np.int64), np.empty((0, self.dimension), dtype=np.float16)
        vectors = np.memmap(self.folder / _VECTORS, dtype="<f2", mode="r", shape=(count, self.dimension))
        return np.fromfile(self.folder / _IDS, dtype="<i8", count=count), vectors

    def whole(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids with their rows, each id once, only of rows that are vectors of length one, or of zeros."""
        ids, vectors = self.contents()
        good = np.zeros(len(ids), dtype=np.bool_)
        for start in range(0, len(ids), _BLOCK):
            some = vectors[start : start + _BLOCK].astype(np.float32)
            lengths = np.sqrt(np.einsum("ij,ij->i", some, some))
            good[start : start + _BLOCK] = (abs(lengths - 1.0) < _LENGTH_OFF) | (lengths == 0.0)
        rows = np.flatnonzero(good)
        kept, first = np.unique(ids[rows], return_index=True)
        return kept, rows[first]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
