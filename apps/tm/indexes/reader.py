"""The indexes of this process: opened when first asked for, brought up to the memory's revision before each use."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.tm.indexes import base as files
from apps.tm.indexes import building, fetch, folders
from apps.tm.indexes.base import Base, Identity
from apps.tm.indexes.fetch import MemoryState
from apps.tm.indexes.live import Change, LiveIndex
from apps.tm.matching import IndexFileError
from apps.tm.models import Entry, Memory
from apps.tm.selectors import entries as entry_selectors
from locanext_project import workspaces

logger = logging.getLogger(__name__)

SMALL = 5000
"""Entries of a memory that is indexed on demand, in this process."""
MOST_PENDING = 20_000
"""Changes that a look-up waits for; beyond, a task builds the index anew."""
FOLD_SHARE = 0.05
FOLD_LEAST = 2000
"""Changes beyond which a new index is worth building: this share of the memory, and this many."""
MOST_OPEN = 64
READY, STALE, NONE = "ready", "stale", "none"


@dataclass(frozen=True, slots=True)
class Opened:
    """A memory's index for one look-up.

    `state`: "ready" has all entries; "stale" lacks the latest, "none" all of them: they are found by their
    hash in the database only. `build`: a new index is wanted.
    """

    memory_id: int
    state: str
    index: LiveIndex | None
    revision: int
    build: bool


def open_many(memory_ids: Collection[int]) -> dict[int, Opened]:
    """The indexes of memories (not term bases, not trashed ones), up to date. One query asks whether they are."""
    found = {}
    for memory in fetch.memories(memory_ids):
        with _reader(memory.pk) as reader:
            found[memory.pk] = reader.open(memory)
    return found


def close(memory_id: int) -> None:
    """Forget what this process holds of a memory: its files can go."""
    with _lock:
        _readers.pop((workspaces.alias(), memory_id), None)


def forget() -> None:
    """Forget everything that this process holds."""
    with _lock:
        _readers.clear()
    _inside.__dict__.clear()


class _Reader:
    """The index of one memory in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._identity: Identity | None = None
        self._stamp: tuple[int, int] | None = None
        self._index: LiveIndex | None = None
        self._behind_at = -1
        """The revision at which there was too much to catch up with."""
        self._refused: tuple[int, int] | None = None
        """The generation on disk that cannot be used."""

    def open(self, memory: MemoryState) -> Opened:
        """Bring the index up to the memory's revision, as far as that takes no long work. Call under the lock."""
        identity = building.identity_of(memory)
        folder = folders.folder_of(memory.pk)
        stamp = folders.stamp(folder)
        foreign = self._index is not None and (
            identity != self._identity or memory.revision < self._index.revision or stamp != self._stamp
        )
        if self._index is None or foreign:
            self._identity, self._stamp = identity, stamp
            self._index = self._load(memory, identity)
        if self._index is not None and memory.revision > self._index.revision:
            self._catch_up(memory, self._index)
        return self._opened(memory)

    def _opened(self, memory: MemoryState) -> Opened:
        index = self._index
        if index is None:
            return Opened(memory.pk, NONE, None, 0, True)
        state = READY if index.revision >= memory.revision and index.after_id is None else STALE
        large = index.base.entries > SMALL or memory.entries > SMALL
        worn = large and index.changes > max(FOLD_LEAST, FOLD_SHARE * index.base.entries)
        return Opened(memory.pk, state, index, index.revision, state != READY or worn)

    def _load(self, memory: MemoryState, identity: Identity) -> LiveIndex | None:
        """The index on disk where it is this memory's, one built here where the memory is small, or None."""
        found = None
        if self._stamp is not None and self._stamp != self._refused:
            found = from_disk(memory.pk, identity, memory.revision)
            self._refused = self._stamp if found is None else None
        if found is None and memory.entries <= SMALL:
            found = building.build(Memory.objects.get(pk=memory.pk))
        return LiveIndex(found) if found is not None else None

    def _catch_up(self, memory: MemoryState, index: LiveIndex) -> None:
        """Apply what changed since, unless that is too much for a look-up."""
        behind = Entry.objects.filter(memory_id=memory.pk, rev__gt=index.revision)
        if self._behind_at == memory.revision or behind[: MOST_PENDING + 1].count() > MOST_PENDING:
            self._behind_at = memory.revision
            return
        if catch_up(index, memory.pk):
            if memory.entries <= SMALL and index.changes > max(FOLD_LEAST // 4, memory.entries // 4):
                self._index = LiveIndex(building.build(Memory.objects.get(pk=memory.pk)))
        else:
            # Tombstones that it has not seen were purged: what it holds can not be mended.
            folders.remove(memory.pk)
            self._stamp, self._index = None, self._load(memory, building.identity_of(memory))


def from_disk(memory_id: int, identity: Identity, revision: int) -> Base | None:
    """The current index of a memory on disk; None where there is none that is whole and of these very entries."""
    folder = folders.folder_of(memory_id)
    generation = folders.current(folder)
    if generation is None:
        return None
    try:
        base = files.read(generation)
    except IndexFileError as error:
        logger.warning("%s It will be built anew.", error)
        return None
    if base.identity != identity or base.revision > revision or not _witnessed(base):
        logger.warning("The index in %s is of another state of the database. It will be built anew.", generation)
        return None
    return base


def _witnessed(base: Base) -> bool:
    """Whether the entries changed last at the time of building are as they were, or changed since."""
    wanted = dict(base.witnesses)
    found = {
        pk: (at.isoformat(), rev)
        for pk, at, rev in Entry.objects.filter(pk__in=list(wanted), memory_id=base.identity.memory_id).values_list(
            "id", "changed_at", "rev"
        )
    }
    for pk, at in wanted.items():
        if pk in found and found[pk][0] != at and found[pk][1] <= base.revision:
            return False
    # Those that are gone were purged, which the cursor tells; all of them is another database.
    return bool(found) or not wanted


def catch_up(index: LiveIndex, memory_id: int) -> bool:
    """Apply every change since the index's revision; False where it must be built anew instead."""
    while True:
        changes = entry_selectors.changed_since(memory_id, index.revision, after_id=index.after_id)
        if changes.reset:
            return False
        index.apply(
            Change(one.id, one.source_hash, one.source, one.target, one.key, one.removed_at is not None)
            for one in changes.entries
        )
        index.revision, index.after_id = changes.rev, changes.after_id
        if not changes.more:
            return True


# ---- the readers of this process ----
_readers: OrderedDict[tuple[str, int], _Reader] = OrderedDict()
_lock = threading.Lock()
_inside = threading.local()


@contextmanager
def _reader(memory_id: int) -> Iterator[_Reader]:
    """The reader of a memory, locked."""
    block = _outermost_block()
    reader = _shared(memory_id) if block is None else _private(memory_id, block)
    with reader.lock:
        yield reader


def _shared(memory_id: int) -> _Reader:
    key = (workspaces.alias(), memory_id)
    with _lock:
        reader = _readers.setdefault(key, _Reader())
        _readers.move_to_end(key)
        if len(_readers) > MOST_OPEN:
            _readers.popitem(last=False)
    return reader


def _outermost_block() -> Any:
    """The outermost transaction of this thread, or None."""
    blocks = connections[workspaces.alias()].atomic_blocks
    return blocks[0] if blocks else None


def _private(memory_id: int, block: Any) -> _Reader:
    """A reader for one transaction: it may see entries that are never committed, which the others must not."""
    if getattr(_inside, "block", None) is not block:
        _inside.block, _inside.readers = block, {}
    readers: dict[tuple[str, int], _Reader] = _inside.readers
    return readers.setdefault((workspaces.alias(), memory_id), _Reader())
