"""The vectors of this process: opened when first asked for, brought up to the memory's revision before each use.

What was built lies in files that all processes share; entries that came later are read by the cursor and
embedded here: by a fast engine at once, by a neural one in the background.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.tm.indexes import folders, vector_folders
from apps.tm.matching.normalise import normalise
from apps.tm.models import Memory
from apps.tm.selectors import entries as entry_selectors
from apps.tm.vectors.embedder import Embedder
from apps.tm.vectors.live import Neighbour, VectorIndex
from locanext_project import workspaces

logger = logging.getLogger(__name__)

SMALL_INSTANT, SMALL_NEURAL = 20_000, 1000
"""Entries of a memory whose vectors need no files: they are made in the process that asks."""
FOLD_LEAST, FOLD_SHARE = 2000, 0.05
"""Vectors made in this process beyond which new files are worth building: so many, and this share of the memory."""
CATCH_UP_SECONDS = 0.06
"""What one look-up spends on reading and embedding what is new; the rest waits for the next."""
PORTION, PORTION_NEURAL = 500, 8  # of the latter a look-up waits for one at most
MOST_OPEN = 64


class Found(NamedTuple):
    """Hashes of sources with their cosines, best first; whether files should be built for the memory."""

    neighbours: list[Neighbour] | None
    build: bool


def small(memory: Memory, instant: bool) -> bool:
    """Whether the memory's vectors are made on the fly."""
    return memory.entries <= (SMALL_INSTANT if instant else SMALL_NEURAL)


@contextmanager
def reader_of(memory_id: int) -> Iterator[VectorReader]:
    """The reader of a memory, for one thread at a time."""
    key = (workspaces.alias(), memory_id)
    with _lock:
        reader = _readers.pop(key, None) or VectorReader()
        _readers[key] = reader
        while len(_readers) > MOST_OPEN:
            _readers.popitem(last=False)
    with reader.lock:
        yield reader


def forget() -> None:
    """Close all readers of this process: for tests."""
    with _lock:
        _readers.clear()


class VectorReader:
    """The vectors of one memory in this process, by its present engine."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._made_for: tuple[str, str, str, int] | None = None
        self._stamp: tuple[int, int] | None = None
        self._index: VectorIndex | None = None
        self._rev = 0
        self._after_id: int | None = None
        self._more = False
        self._queue: dict[int, str] = {}
        """Texts that wait for a neural engine, by hash."""
        self._thread: threading.Thread | None = None

    def search(
        self, memory: Memory, embedder: Embedder, vector: NDArray[np.float32], limit: int, least: float | None = None
    ) -> Found:
        """Sources near to a vector of the engine. Call under the lock; reads the database where entries changed.

        `least`: the lowest cosine; None is the engine's own threshold.
        """
        self._open(memory, embedder)
        if self._index is None:
            return Found(None, True)
        self._follow(memory, embedder)
        if self._index is None:
            return Found(None, True)
        self._work_off(embedder)
        found = self._index.search(vector, limit, embedder.threshold if least is None else least)
        return Found(found, self._wants_build(memory, embedder))

    def _wants_build(self, memory: Memory, embedder: Embedder) -> bool:
        index = self._index
        if index is None or index.base is None:
            return not small(memory, embedder.instant)
        own = index.fresh + index.gone + len(self._queue)
        return own > max(FOLD_LEAST, FOLD_SHARE * len(index))

    def drop(self, hashes: Iterable[int]) -> None:
        """Take sources out that no entry has any more. Call under the lock."""
        if self._index is not None:
            self._index.remove(hashes)

    def _open(self, memory: Memory, embedder: Embedder) -> None:
        stamp = folders.stamp(vector_folders.folder_of(memory.pk))
        made_for = (vector_folders.identity_of(memory), embedder.name, embedder.version, embedder.dimension)
        if memory.revision < self._rev:
            # Read before somebody else's change that this reader has seen; or an older database was put back.
            memory.refresh_from_db(fields=["revision"])
        rewound = memory.revision < self._rev
        if self._index is not None and not rewound and (made_for, stamp) == (self._made_for, self._stamp):
            return
        self._made_for, self._stamp = made_for, stamp
        self._start(memory, embedder)

    def _start(self, memory: Memory, embedder: Embedder, *, without_files: bool = False) -> None:
        base = None if without_files else vector_folders.opened(memory, embedder)
        self._queue, self._after_id, self._more = {}, None, True
        self._rev = base.about.revision if base is not None else 0
        usable = base is not None or small(memory, embedder.instant)
        self._index = VectorIndex(embedder.dimension, base) if usable else None

    def _follow(self, memory: Memory, embedder: Embedder) -> None:
        """Read what changed since the last time, for a moment; embed it, or have it embedded."""
        until = time.monotonic() + CATCH_UP_SECONDS
        while self._index is not None and (self._more or self._rev < memory.revision):
            changes = entry_selectors.changed_since(memory.pk, self._rev, PORTION, self._after_id)
            if changes.reset:
                # Tombstones are gone that were not seen; hashes without an entry are dropped when they are found.
                self._start(memory, embedder, without_files=True)
                continue
            self._rev, self._after_id, self._more = changes.rev, changes.after_id, changes.more
            texts = {
                one.source_hash: normalise(one.source)
                for one in changes.entries
                if one.removed_at is None and one.source_hash not in self._index
            }
            self._take(texts, embedder)
            if time.monotonic() > until:
                break

    def _take(self, texts: dict[int, str], embedder: Embedder) -> None:
        if not texts or self._index is None:
            return
        if embedder.instant:
            self._index.add(list(texts), embedder.embed(list(texts.values())))
            return
        self._queue |= texts

    def _work_off(self, embedder: Embedder) -> None:
        """See that somebody embeds what waits."""
        if self._queue and (self._thread is None or not self._thread.is_alive()):
            # A daemon: what it has not done is done again by whoever asks next.
            self._thread = threading.Thread(target=self._embed_queue, args=(embedder,), daemon=True)
            self._thread.start()

    def _embed_queue(self, embedder: Embedder) -> None:
        """Embed what waits, some at a time, without the lock; it touches no database."""
        while True:
            with self.lock:
                index, some = self._index, list(self._queue.items())[:PORTION_NEURAL]
                if index is None or not some or (self._made_for or ("",) * 3)[1:3] != (embedder.name, embedder.version):
                    self._thread = None
                    return
            try:
                vectors = embedder.embed([text for _, text in some])
            except Exception:  # a model's failure must not end in silence
                logger.exception("The engine %s failed.", embedder.name)
                return
            with self.lock:
                if self._index is index:
                    index.add([key for key, _ in some], vectors)
                for key, _ in some:
                    self._queue.pop(key, None)

    def waiting(self) -> int:
        """Sources that have no vector yet."""
        return len(self._queue)


_lock = threading.Lock()
_readers: OrderedDict[tuple[str, int], VectorReader] = OrderedDict()
