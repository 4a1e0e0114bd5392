"""The index of a memory as it is now: a base of some revision, and what changed since."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from apps.tm.indexes.base import FIELDS, Base
from apps.tm.indexes.building import mask_hash
from apps.tm.indexes.texts import fold
from apps.tm.matching.normalise import normalise
from apps.tm.matching.sentences import part_hashes
from apps.tm.matching.slots import masked
from apps.tm.matching.words import WordWeights

PER_MASK = 4
"""Sources answered for one mask: all of them differ from the text in numbers and codes only."""
Found = list[tuple[int, float]]


class Change(NamedTuple):
    """What an entry is now; `removed` ones are tombstones."""

    id: int
    source_hash: int
    source: str
    target: str
    key: str
    removed: bool


class _Held(NamedTuple):
    """A changed entry that lives: its source, and its folded texts by field."""

    source_hash: int
    texts: dict[str, str]


class LiveIndex:
    """Searched by many threads while one applies changes.

    A base is never changed: entries that changed are hidden in it and held here. The fuzzy indexes take
    additions and removals themselves, for this process only.
    """

    def __init__(self, base: Base) -> None:
        self.base = base
        self.revision = base.revision
        self.after_id: int | None = None
        """Where in `revision` itself the next changes begin; None when it is complete."""
        self.weights: WordWeights = base.weights()
        self.changes = 0
        """Applied since the base: what a new base would fold in."""
        self._lock = threading.Lock()
        self._held: dict[int, _Held] = {}
        self._hidden: set[int] = set()
        """Places in the base of entries that changed."""
        self._entries: dict[int, int] = {}
        """How many entries more, or fewer, than in the base a source has."""
        self._number: dict[int, int] = {}
        """Numbers in the fuzzy index of sources that were added to it."""
        self._hashes: list[int] = []
        """Their hashes, by number behind the base."""
        self._masks = _Masks(base)
        self._parts: dict[int, list[int]] = {}

    # ---- changing ----
    def apply(self, changes: Iterable[Change]) -> None:
        """Take changes in the order of their revisions; what was applied before may come again."""
        with self._lock:
            for change in changes:
                self._apply(change)

    def _apply(self, change: Change) -> None:
        self.changes += 1
        before = self._leave(change.id)
        if not change.removed:
            texts = {"source": fold(change.source), "target": fold(change.target), "key": fold(change.key)}
            self._held[change.id] = _Held(change.source_hash, texts)
            self._count(change.source_hash, 1, change.source)
            for part in part_hashes(change.source, change.target):
                known = self._parts.setdefault(part, [])
                if change.id not in known:
                    known.append(change.id)
        # Last, so that a source that the entry keeps is not taken out and put in again.
        if before is not None:
            self._count(before, -1)

    def _leave(self, entry_id: int) -> int | None:
        """Take away what is known of an entry; the hash of its source."""
        held = self._held.pop(entry_id, None)
        if held is not None:
            return held.source_hash
        place = self.base.entry(entry_id)
        if place < 0 or place in self._hidden:
            return None
        self._hidden.add(place)
        return int(self.base.arrays.hashes[self.base.arrays.places[place]])

    def _count(self, source_hash: int, by: int, source: str = "") -> None:
        """One entry more or less of a source; the first brings it into the fuzzy indexes, the last takes it out."""
        number = self.base.number(source_hash)
        in_base = int(self.base.arrays.entries_of[number]) if number >= 0 else 0
        old = in_base + self._entries.get(source_hash, 0)
        self._entries[source_hash] = old + by - in_base
        if old == 0 and by > 0:
            # The hash first: a search may find the number as soon as it is given.
            self._hashes.append(source_hash)
            self._number[source_hash] = self.base.plain.add(normalise(source))
            self._masks.add(source_hash, source)
        elif old > 0 and old + by == 0:
            added = self._number.pop(source_hash, None)
            self.base.plain.remove(number if added is None else added)
            self._masks.remove(source_hash, number if added is None else -1)

    # ---- searching ----
    def count(self, source_hash: int) -> int:
        """How many entries have this source."""
        number = self.base.number(source_hash)
        in_base = int(self.base.arrays.entries_of[number]) if number >= 0 else 0
        return in_base + self._entries.get(source_hash, 0)

    def nearest(self, text: str, threshold: float, limit: int) -> Found:
        """Hashes of the sources nearest to a normalised text, best first."""
        return self._named(self.base.plain.search(text, threshold, limit))

    def nearest_many(self, texts: Sequence[str], threshold: float, limit: int) -> list[Found]:
        """`nearest` for each text, on two threads."""
        return [self._named(found) for found in self.base.plain.search_many(texts, threshold, limit)]

    def nearest_masked(self, text: str, threshold: float, limit: int) -> Found:
        """Hashes of sources whose mask is nearest to a mask, best first: up to PER_MASK of each mask."""
        found: Found = []
        for number, score in self.base.masked.search(text, threshold, limit):
            found += [(source_hash, score) for source_hash in self._masks.members(number)]
            if len(found) >= limit:
                break
        return found[:limit]

    def _named(self, found: Sequence[tuple[int, float]]) -> Found:
        hashes, added = self.base.arrays.hashes, self._hashes
        known = len(hashes)
        return [(int(hashes[number]) if number < known else added[number - known], score) for number, score in found]

    def parts(self, hashes: Sequence[int]) -> dict[int, list[int]]:
        """Per hash of a part, ids of some entries that hold it, or held it."""
        found: dict[int, list[int]] = {}
        arrays = self.base.arrays
        for part in hashes:
            at = int(np.searchsorted(arrays.part_hashes, part))
            ids = self._parts.get(part, [])[-PER_MASK:]
            while at < len(arrays.part_hashes) and arrays.part_hashes[at] == part:
                ids = [*ids, int(arrays.part_entries[at])]
                at += 1
            if ids:
                found[part] = ids
        return found

    def find(self, wanted: str, fields: Sequence[str] = FIELDS) -> Iterator[int]:
        """Ids of entries that hold a folded text in one of the fields, each once: changed ones first, then by
        (revision, id) field by field."""
        seen: set[int] = set()
        for entry_id, held in list(self._held.items()):
            if any(wanted in held.texts[field] for field in fields):
                seen.add(entry_id)
                yield entry_id
        hidden = self._hidden
        ids = self.base.arrays.ids
        for field in fields:
            for place in self.base.texts[field].find(wanted):
                entry_id = int(ids[place])
                if place not in hidden and entry_id not in seen:
                    seen.add(entry_id)
                    yield entry_id

    def __len__(self) -> int:
        """Entries that live."""
        return self.base.entries - len(self._hidden) + len(self._held)


class _Masks:
    """Which sources have which mask, kept as sources come and go."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._added: dict[int, list[int]] = {}
        """Per number of a mask, hashes of sources that came to it."""
        self._gone: set[int] = set()
        """Numbers of sources of the base that left."""
        self._left: dict[int, int] = {}
        """How many sources of the base a mask still has, where some left."""
        self._number: dict[int, int] = {}
        """Numbers of masks that were added, by their hash."""
        self._of: dict[int, int] = {}
        """Number of the mask of an added source, by the source's hash."""

    def add(self, source_hash: int, source: str) -> None:
        """A source came."""
        mask = masked(source)
        if mask is None:
            return
        mark = mask_hash(mask)
        number = self._number.get(mark, -1)
        if number < 0:
            number = self._base.mask_number(mark)
            if number < 0 or not (self._in_base(number) or self._added.get(number)):
                # New, or without sources until now: then it was taken out and gets another number.
                number = self._base.masked.add(mask)
                self._number[mark] = number
        self._added.setdefault(number, []).append(source_hash)
        self._of[source_hash] = number

    def remove(self, source_hash: int, in_base: int) -> None:
        """A source left; `in_base`: its number where it is one of the base, else -1."""
        if in_base >= 0:
            number = int(self._base.arrays.mask_of[in_base])
            if number < 0:
                return
            left = self._in_base(number)
            self._gone.add(in_base)
            self._left[number] = left - 1
        else:
            number = self._of.pop(source_hash, -1)
            if number < 0:
                return
            self._added[number].remove(source_hash)
        if not self._in_base(number) and not self._added.get(number):
            self._base.masked.remove(number)
            self._number = {mark: kept for mark, kept in self._number.items() if kept != number}

    def _in_base(self, number: int) -> int:
        starts = self._base.arrays.mask_starts
        if number >= len(starts) - 1:
            return 0
        return self._left.get(number, int(starts[number + 1] - starts[number]))

    def members(self, number: int) -> list[int]:
        """Hashes of some sources of a mask, those that came last first."""
        found = list(self._added.get(number, ()))[-PER_MASK:][::-1]
        arrays = self._base.arrays
        if number < len(arrays.mask_starts) - 1:
            for place in arrays.mask_members[arrays.mask_starts[number] : arrays.mask_starts[number + 1]]:
                if len(found) >= PER_MASK:
                    break
                if int(place) not in self._gone:
                    found.append(int(arrays.hashes[place]))
        return found
