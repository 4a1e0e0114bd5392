"""Building the index of a memory from its entries, read portion by portion."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from apps.tm.indexes import base as files
from apps.tm.indexes.base import FIELDS, Arrays, Base, Identity
from apps.tm.indexes.fetch import MemoryState
from apps.tm.indexes.texts import TextBuffer, TextWriter
from apps.tm.matching import FuzzyIndex
from apps.tm.matching.normalise import key_hash, normalise
from apps.tm.matching.sentences import part_hashes
from apps.tm.matching.slots import masked
from apps.tm.matching.words import word_hash, words
from apps.tm.models import Entry, Memory

PORTION = 5000
WITNESSES = 3
PARTS_KEPT = 3
"""Entries kept for one hash of a part: a few are enough to repair with."""
Progress = Callable[[int], None]

# A source without any of these is one sentence in one line and has no parts: most are, and this is quicker to see.
_MAY_HAVE_PARTS = re.compile(r"[\n\r\\<&]|[.!?…][^\w\s]*\s|[。！？｡].*\S")


class Text(NamedTuple):
    """What the index takes of an entry."""

    id: int
    rev: int
    source_hash: int
    source: str
    target: str
    key: str


def mask_hash(mask: str) -> int:
    """64 bits of a mask, as it is."""
    return key_hash(mask) or 0


def identity_of(memory: Memory | MemoryState) -> Identity:
    """What tells this memory from another that had its id."""
    return Identity(memory.pk, memory.created_at.isoformat(timespec="microseconds"))


def texts_of(memory_id: int) -> Iterator[list[Text]]:
    """Live entries in portions, by (revision, id). What changes meanwhile may come in either state, or not at all."""
    live = Entry.objects.filter(memory_id=memory_id, removed_at__isnull=True).order_by("rev", "id")
    rev, after = -1, 0
    while True:
        # Two queries, because one condition for both makes databases walk a large revision from its start.
        portion = _texts(live.filter(rev=rev, id__gt=after)[:PORTION]) if rev >= 0 else []
        if len(portion) < PORTION:
            portion += _texts(live.filter(rev__gt=rev)[: PORTION - len(portion)])
        if not portion:
            return
        rev, after = portion[-1].rev, portion[-1].id
        yield portion


def _texts(entries: Any) -> list[Text]:
    return list(map(Text._make, entries.values_list(*Text._fields)))


def witnesses_of(memory_id: int, revision: int) -> list[tuple[int, str]]:
    """(id, time of the change) of some entries changed last, tombstones included."""
    last = Entry.objects.filter(Q(rev__lte=revision), memory_id=memory_id).order_by("-rev", "-id")
    return [(pk, at.isoformat()) for pk, at in last.values_list("id", "changed_at")[:WITNESSES]]


def build(memory: Memory, folder: Path | None = None, progress: Progress | None = None) -> Base:
    """The index of a memory as it is now: in memory, or written into `folder` as well.

    `progress(entries so far)`. What `progress` raises passes. Raises OSError, IndexFileError.
    """
    # The revision first: what is committed while the entries are read comes again by the cursor.
    memory.refresh_from_db(fields=["revision"])
    revision = memory.revision
    with ExitStack() as stack:
        into = {
            field: stack.enter_context(files.text_file(folder, field)) if folder is not None else None
            for field in FIELDS
        }
        builder = Builder({field: TextWriter(file) for field, file in into.items()})
        for portion in texts_of(memory.pk):
            builder.add(portion)
            if progress is not None:
                progress(len(builder.ids))
        base = builder.finish(identity_of(memory), revision, witnesses_of(memory.pk, revision), folder)
    if folder is None:
        return base
    files.write(base, folder)
    return base


class Builder:
    """Collects entries; `finish` makes the arrays."""

    def __init__(self, writers: dict[str, TextWriter]) -> None:
        self.ids = array("q")
        self._places = array("i")
        self._writers = writers
        self._seen: dict[int, int] = {}
        self._texts: list[str] = []
        self._mask_of = array("i")
        self._masks: dict[str, int] = {}
        self._words: Counter[str] = Counter()
        self._part_hashes, self._part_entries = array("q"), array("q")

    def add(self, portion: Sequence[Text]) -> None:
        """Take some entries."""
        for field, writer in self._writers.items():
            writer.add([getattr(text, field) for text in portion])
        seen = self._seen
        for pk, _rev, source_hash, source, target, _key in portion:
            place = seen.get(source_hash)
            if place is None:
                place = seen[source_hash] = len(self._texts)
                self._add_source(source)
            self.ids.append(pk)
            self._places.append(place)
            if _MAY_HAVE_PARTS.search(source):
                for part in part_hashes(source, target):
                    self._part_hashes.append(part)
                    self._part_entries.append(pk)

    def _add_source(self, source: str) -> None:
        text = normalise(source)
        self._texts.append(text)
        self._words.update(set(words(text)))
        mask = masked(source)
        self._mask_of.append(-1 if mask is None else self._masks.setdefault(mask, len(self._masks)))

    def finish(
        self, identity: Identity, revision: int, witnesses: list[tuple[int, str]], folder: Path | None = None
    ) -> Base:
        """The index. With `folder` its text buffers are empty: their files hold them."""
        hashes = np.fromiter(self._seen, dtype=np.int64, count=len(self._seen))
        order, rank = _sorted(hashes)
        places = rank[_array(self._places, np.int32)]
        masks, mask_of = self._finish_masks(order)
        word_hashes, word_counts = self._finish_words()
        ids = _array(self.ids, np.int64)
        part_hashes_, part_entries = _last_of_each(
            _array(self._part_hashes, np.int64), _array(self._part_entries, np.int64), PARTS_KEPT
        )
        members = np.argsort(mask_of, kind="stable")[np.count_nonzero(mask_of < 0) :].astype(np.int32)
        arrays = Arrays(
            hashes=hashes[order],
            entries_of=np.bincount(places, minlength=len(hashes)).astype(np.int32),
            mask_of=mask_of,
            mask_hashes=np.array([mask_hash(mask) for mask in masks], dtype=np.int64),
            mask_starts=_starts(np.bincount(mask_of[mask_of >= 0], minlength=len(masks))),
            mask_members=members,
            word_hashes=word_hashes,
            word_counts=word_counts,
            part_hashes=part_hashes_,
            part_entries=part_entries,
            ids=ids,
            places=places,
            by_id=np.argsort(ids, kind="stable").astype(np.int32),
        )
        sources = [self._texts[place] for place in order.tolist()]
        self._texts = []
        texts = {field: _buffer(writer, folder) for field, writer in self._writers.items()}
        plain, by_mask = FuzzyIndex.build(sources), FuzzyIndex.build(masks)
        return Base(identity, revision, witnesses, arrays, plain, by_mask, texts)

    def _finish_masks(self, order: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int32]]:
        """Masks by rising hash, and the number of each source's mask."""
        masks = list(self._masks)
        hashes = np.array([mask_hash(mask) for mask in masks], dtype=np.int64)
        mask_order, mask_rank = _sorted(hashes)
        old = _array(self._mask_of, np.int32)[order]
        numbers = np.append(mask_rank, np.int32(-1))[old]  # -1 takes the last
        return [masks[place] for place in mask_order.tolist()], numbers.astype(np.int32)

    def _finish_words(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        kept = [(word_hash(word), count) for word, count in self._words.items() if count > 1]
        hashes = np.array([one for one, _ in kept], dtype=np.int64)
        counts = np.array([count for _, count in kept], dtype=np.int32)
        order, _ = _sorted(hashes)
        return hashes[order], counts[order]


def _buffer(writer: TextWriter, folder: Path | None) -> TextBuffer:
    return writer.buffer() if folder is None else TextBuffer(b"", writer.starts())


def _array(values: array[int], dtype: type) -> Any:
    return np.frombuffer(values, dtype=dtype).copy() if len(values) else np.zeros(0, dtype=dtype)


def _sorted(hashes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The order that makes hashes rise, and the rank of each."""
    order = np.argsort(hashes, kind="stable")
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return order, rank


def _starts(counts: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])


def _last_of_each(
    hashes: NDArray[np.int64], values: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs sorted by hash, at most `most` of one hash: the last ones given, which are the newest."""
    order = np.argsort(hashes, kind="stable")
    hashes, values = hashes[order], values[order]
    behind = np.searchsorted(hashes, hashes, side="right") - 1 - np.arange(len(hashes))
    kept = behind < most
    return hashes[kept], values[kept]
