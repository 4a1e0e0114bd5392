"""The vectors of a memory as they are now: a base, and what was added and removed since, by id."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.tm.vectors.base import Base

_LEAST_CANDIDATES = 60
_CANDIDATES_EACH = 4
_SMALLEST_ROOM = 256


class Neighbour(NamedTuple):
    """An id and its cosine, -1 to 1."""

    id: int
    cosine: float


class _Fresh(NamedTuple):
    """Added vectors: the first `size` rows of each; rows of replaced or removed ids have `used` False."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    used: NDArray[np.bool_]
    size: int


class VectorIndex:
    """Vectors of length one by id. An id that is added again has its new vector only; a removed one is not found.

    Safe to search from many threads while others change it: a search sees every row whole.
    """

    def __init__(self, dimension: int, base: Base | None = None) -> None:
        """`base` None: an empty one. Raises ValueError where the base has another dimension."""
        if base is not None and base.about.dimension != dimension:
            raise ValueError(f"The vectors have {base.about.dimension} numbers, not {dimension}.")
        self.dimension = dimension
        self.base = base
        self._lock = threading.Lock()
        self._hidden = np.zeros(len(base) if base is not None else 0, dtype=np.bool_)
        self._gone = 0
        self._row: dict[int, int] = {}
        self._fresh = self._room(_SMALLEST_ROOM)

    def _room(self, rows: int) -> _Fresh:
        vectors = np.zeros((rows, self.dimension), dtype=np.float32)
        return _Fresh(np.zeros(rows, dtype=np.int64), vectors, np.zeros(rows, dtype=np.bool_), 0)

    def __len__(self) -> int:
        """Ids that can be found."""
        return len(self._hidden) - self._gone + len(self._row)

    @property
    def fresh(self) -> int:
        """Vectors added since the base."""
        return len(self._row)

    @property
    def gone(self) -> int:
        """Vectors of the base that were replaced or removed."""
        return self._gone

    def __contains__(self, wanted: int) -> bool:
        if wanted in self._row:
            return True
        place = self.base.place(wanted) if self.base is not None else -1
        return place >= 0 and not self._hidden[place]

    def add(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Add or replace: (n,) ids and (n, dimension) vectors. Raises ValueError for another shape."""
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"{len(ids)} ids, but vectors of the shape {vectors.shape}.")
        with self._lock:
            self._make_room(len(ids))
            room = self._fresh
            count = room.size
            for wanted, vector in zip(ids, vectors, strict=True):
                self._hide(wanted)
                room.ids[count], room.vectors[count], room.used[count] = wanted, vector, True
                self._row[wanted] = count
                count += 1
            self._fresh = room._replace(size=count)

    def remove(self, ids: Iterable[int]) -> None:
        """Take ids out; those it does not hold are left."""
        with self._lock:
            for wanted in ids:
                self._hide(wanted)

    def _hide(self, wanted: int) -> None:
        row = self._row.pop(wanted, None)
        if row is not None:
            self._fresh.used[row] = False
        place = self.base.place(wanted) if self.base is not None else -1
        if place >= 0 and not self._hidden[place]:
            self._hidden[place] = True
            self._gone += 1

    def _make_room(self, more: int) -> None:
        """New arrays where the present ones are full, without unused rows: running searches keep the old ones."""
        old = self._fresh
        if old.size + more <= len(old.ids):
            return
        kept = np.flatnonzero(old.used[: old.size])
        room = self._room(max(_SMALLEST_ROOM, 2 * (len(kept) + more)))
        count = len(kept)
        room.ids[:count], room.vectors[:count], room.used[:count] = old.ids[kept], old.vectors[kept], True
        self._row = {int(wanted): row for row, wanted in enumerate(room.ids[:count])}
        self._fresh = room._replace(size=count)

    def search(self, vector: NDArray[np.float32], limit: int, threshold: float = -1.0) -> list[Neighbour]:
        """At most `limit` ids with a cosine of `threshold` or more, best first. A vector of zeros finds nothing."""
        if limit <= 0 or not vector.any():
            return []
        found = self._in_base(vector, limit) + self._in_fresh(vector, limit)
        found = [one for one in found if one.cosine >= threshold]
        return sorted(found, key=lambda one: (-one.cosine, one.id))[:limit]

    def _in_base(self, vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
        base = self.base
        if base is None:
            return []
        wanted = max(_LEAST_CANDIDATES, _CANDIDATES_EACH * limit)
        while True:
            rows, cosines = base.nearest(vector, wanted)
            seen = ~self._hidden[rows]
            # Hidden ones take places: ask for more while too few are left and there are more to have.
            if seen.sum() >= limit or len(rows) < wanted or wanted >= len(base):
                break
            wanted = min(wanted * 4, len(base))
        ids = base.ids[rows[seen][:limit]].tolist()
        return [Neighbour(*pair) for pair in zip(ids, cosines[seen][:limit].tolist(), strict=True)]

    def _in_fresh(self, vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
        room = self._fresh
        if not room.size:
            return []
        cosines = np.where(room.used[: room.size], room.vectors[: room.size] @ vector, np.float32(-2.0))
        best = np.argsort(-cosines, kind="stable")[:limit]
        return [Neighbour(int(room.ids[row]), float(cosines[row])) for row in best if cosines[row] > -2.0]
