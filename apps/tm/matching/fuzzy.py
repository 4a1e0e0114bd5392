"""The fuzzy index: the entries of a memory most similar to a text, by edit distance on characters."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.tm.matching import storage
from apps.tm.matching.best import Best
from apps.tm.matching.engine import Engine, default_engine
from apps.tm.matching.fallback import verify
from apps.tm.matching.segment import Segment, build_segment

_PENDING = 64  # added texts looked through one by one before they become a segment
_BATCH_THREADS = 2
_BATCH_PER_THREAD = 32  # fewer queries than this are not worth a second thread


class Match(NamedTuple):
    """An entry and its similarity: 1 - edit distance / length of the longer text, from 0 to 1."""

    index: int  # type: ignore[assignment]  # the fixed interface; hides the tuple's own index()
    score: float


class _State(NamedTuple):
    """What a search looks at: segments, added texts that are in none yet, and which numbers have an entry."""

    segments: tuple[Segment, ...]
    pending: tuple[tuple[int, str], ...]
    alive: NDArray[np.bool_]


class FuzzyIndex:
    """Texts numbered from 0, searched by normalised Levenshtein similarity.

    Texts are compared exactly as given, code point by code point. Built once; entries added later go to
    a small tail of segments that double in size (a log-structured merge, O'Neil and others, "The
    log-structured merge-tree", Acta Informatica 33, 1996); removed ones are marked. Searching and
    changing from several threads is safe: a search sees the index as it was when it began.
    """

    def __init__(self, segments: Sequence[Segment], alive: NDArray[np.bool_], engine: Engine | None = None) -> None:
        """For `build` and `open`. `alive`: (entries,), False for numbers without an entry; it is kept and changed."""
        self._engine = engine or default_engine()
        # Replaced, never changed in place: a search reads it once and needs no lock.
        self._state = _State(tuple(segment for segment in segments if len(segment)), (), alive)
        self._base = len(self._state.segments)
        self._total = len(alive)
        self._live = int(np.count_nonzero(alive))
        self._lock = threading.Lock()

    @classmethod
    def build(cls, sources: Sequence[str], engine: Engine | None = None) -> FuzzyIndex:
        """An index of `sources`, numbered by position. `engine`: the default one of this process when None."""
        engine = engine or default_engine()
        segment = build_segment(sources, None, engine.sign)
        return cls([segment], np.ones(len(sources), dtype=np.bool_), engine)

    @classmethod
    def open(cls, folder: Path | str, engine: Engine | None = None) -> FuzzyIndex:
        """A saved index, mapped into memory and shared with every process that opens it.

        Additions and removals after opening belong to this object only. Raises IndexFileError.
        """
        return cls(*storage.read(Path(folder)), engine)

    def save(self, folder: Path | str) -> None:
        """Write the index, tail folded in and removed entries left out, replacing what `folder` held.

        Numbers stay as they are. Readers see the old index or the new one. Raises IndexFileError when
        the files cannot be written.
        """
        with self._lock:
            segments, pending, alive = self._state
            alive = alive[: self._total].copy()
        whole = not pending and alive.all() and len(segments) == 1
        segment = segments[0] if whole else self._merge(segments, pending, alive)
        storage.write(Path(folder), segment, alive)

    def __len__(self) -> int:
        """Entries that can be found."""
        return self._live

    @property
    def tail(self) -> int:
        """Entries added since the index was built or opened, removed ones included: when to fold them in."""
        segments, pending, _ = self._state
        return sum(map(len, segments[self._base :])) + len(pending)

    @property
    def nbytes(self) -> int:
        """Bytes held, or mapped, by the index."""
        return sum(segment.nbytes for segment in self._state.segments) + self._state.alive.nbytes

    def search(self, text: str, threshold: float = 0.75, limit: int = 5, *, lossless: bool = False) -> list[Match]:
        """At most `limit` entries with a score of `threshold` (0 to 1) or more, best first, ties by number.

        `lossless` makes the filter one that provably drops nothing, at some ten times the cost in large
        memories; small ones are always searched so. Raises ValueError for a threshold outside 0 to 1.
        """
        return self._search(text, threshold, limit, lossless)

    def search_many(self, texts: Sequence[str], threshold: float = 0.75, limit: int = 5) -> list[list[Match]]:
        """`search` for each text, in their order, on two threads."""

        def one(text: str) -> list[Match]:
            return self._search(text, threshold, limit, False)

        # Texts of similar length look at the same rows: neighbours in time find them in the cache.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        answers: list[list[Match]] = [[] for _ in texts]
        if len(texts) < 2 * _BATCH_PER_THREAD:
            found = [one(texts[place]) for place in order]
        else:
            with ThreadPoolExecutor(_BATCH_THREADS) as pool:
                found = list(pool.map(one, [texts[place] for place in order]))
        for place, matches in zip(order, found, strict=True):
            answers[place] = matches
        return answers

    def _search(self, text: str, threshold: float, limit: int, lossless: bool) -> list[Match]:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"The threshold is {threshold}; it lies between 0 and 1.")
        segments, pending, alive = self._state
        limit = min(limit, self._live)
        if limit <= 0:
            return []
        best = Best.empty(limit, threshold)
        for segment in segments:
            self._engine.scan(text, segment, alive, lossless, best)
        for entry, source in pending:
            edits = best.edits(max(len(text), len(source)), entry)
            if edits >= 0 and alive[entry]:
                verify(text, source, entry, edits, best)
        count = best.count
        return [Match(*pair) for pair in zip(best.found[:count].tolist(), best.scores[:count].tolist(), strict=True)]

    def add(self, source: str) -> int:
        """Add a text; returns its number, one more than the largest ever given."""
        with self._lock:
            segments, pending, alive = self._state
            entry = self._total
            if entry == len(alive):
                # A new array, because running searches hold the old one.
                grown = np.zeros(max(1024, entry + entry // 8), dtype=np.bool_)
                grown[:entry] = alive
                alive = grown
            alive[entry] = True
            self._total += 1
            self._live += 1
            pending = (*pending, (entry, source))
            if len(pending) >= _PENDING:
                segments, pending = self._fold(segments, pending, alive), ()
            self._state = _State(segments, pending, alive)
        return entry

    def _fold(
        self, segments: tuple[Segment, ...], pending: tuple[tuple[int, str], ...], alive: NDArray[np.bool_]
    ) -> tuple[Segment, ...]:
        """Make a segment of the pending texts, and one of it and every added segment that is not much larger."""
        merged, size = [], len(pending)
        while len(segments) > self._base and len(segments[-1]) <= size:
            merged.append(segments[-1])
            segments = segments[:-1]
            size += len(merged[-1])
        segment = self._merge(merged, pending, alive)
        return (*segments, segment) if len(segment) else segments

    def _merge(
        self, segments: Sequence[Segment], pending: Sequence[tuple[int, str]], alive: NDArray[np.bool_]
    ) -> Segment:
        """One segment of all live texts of some segments and of the pending ones."""
        pairs = [pair for segment in segments for pair in segment.texts() if alive[pair[0]]]
        pairs += [pair for pair in pending if alive[pair[0]]]
        pairs.sort(key=lambda pair: pair[0])
        ids = np.array([entry for entry, _ in pairs], dtype=np.int32)
        return build_segment([text for _, text in pairs], ids, self._engine.sign)

    def remove(self, index: int) -> None:
        """Take an entry out; its number is not given again. Raises KeyError when there is none."""
        with self._lock:
            alive = self._state.alive
            if not 0 <= index < self._total or not alive[index]:
                raise KeyError(index)
            alive[index] = False
            self._live -= 1


def warm(engine: Engine | None = None) -> None:
    """Compile, or load from the cache, all that a first search would wait for: seconds, then a fraction of one.

    For the start of a process, before it takes requests; harmless to call again.
    """
    for extra in ("", "\U0001f600"):  # texts within and beyond 16 bits are two compilations
        index = FuzzyIndex.build(["a warm text", "w" * 70 + extra, ""], engine)
        for text in ("a warm text", "w" * 71):
            index.search(text)
