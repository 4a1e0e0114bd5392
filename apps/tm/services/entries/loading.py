"""What the modes of an import share: adding rows, changing and removing entries, and counting them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services.entries import writing
from apps.tm.services.entries.incoming import LoadResult, Maker, UnitLike
from apps.tm.services.entries.writing import ENTRY_FIELDS, IN_LIST
from locanext_project.bulk_load import bulk_load
from locanext_project.chunks import chunks

_READ = 5000
_SURE, _SOURCE_HASH, _KEY_HASH = map(ENTRY_FIELDS.index, ("confirmed", "source_hash", "key_hash"))


class Loading:
    """What the modes share: adding rows, changing and removing entries, and the counting of both."""

    def __init__(self, memory: Memory, maker: Maker, result: LoadResult) -> None:
        self.memory, self.maker, self.result = memory, maker, result
        self.stamp, self.row = maker.stamp, maker.rows()
        self.live = self.confirmed = 0

    def add(self, units: Iterable[UnitLike]) -> None:
        """Write units as new entries, as they come."""
        count = bulk_load(Entry, ENTRY_FIELDS, self._rows(units))
        self.live += count
        self.result.added += count

    def _rows(self, units: Iterable[UnitLike]) -> Iterator[tuple[Any, ...]]:
        row_of = self.row
        for unit in units:
            row = row_of(unit)
            self.confirmed += row[_SURE]
            yield row

    def change(self, pairs: Sequence[tuple[Entry, UnitLike]]) -> None:
        """Write what units say into entries, with history for those that are older than this import."""
        history = []
        for entry, unit in pairs:
            older, source, target, sure = entry.rev < self.stamp.rev, entry.source, entry.target, entry.confirmed
            self.maker.give(entry, unit)
            self.confirmed += entry.confirmed - sure
            if older:
                history.append(self.stamp.history(entry, EntryRevision.Kind.IMPORT, source, target))
        writing.update(entry for entry, _ in pairs)
        writing.add_history(history)

    def remove(self, entries: Sequence[Entry]) -> None:
        """Make live entries tombstones, with history."""
        for entry in entries:
            entry.removed_at, entry.rev = self.stamp.at, self.stamp.rev
        writing.update(entries, ("removed_at", "rev"))
        writing.add_history(self.stamp.history(entry, EntryRevision.Kind.REMOVE) for entry in entries)
        self.live -= len(entries)
        self.confirmed -= sum(entry.confirmed for entry in entries)
        self.result.removed += len(entries)

    def present(self, *fields: str) -> Iterator[tuple[Any, ...]]:
        """Values of the live entries, by (rev, id), read in portions along that index."""
        live, rev, after = live_of(self.memory), -1, None
        while True:
            some = live.filter(rev__gt=rev) if after is None else live.filter(rev=rev, pk__gt=after)
            rows = list(some.order_by("rev", "pk").values_list("rev", "pk", *fields)[:_READ])
            yield from (row[2:] for row in rows)
            if rows:
                rev, after = rows[-1][:2]
            elif after is None:
                return
            else:
                after = None

    def added(self, units: Iterable[UnitLike]) -> dict[tuple[str, str], Entry]:
        """Entries that this import has added, by the source and key of units."""
        mine = live_of(self.memory).filter(rev=self.stamp.rev)
        found: dict[tuple[str, str], Entry] = {}
        pairs = {(row[_SOURCE_HASH], row[_KEY_HASH]) for row in map(self.row, units)}
        # By source, so that one that is everywhere is read in one portion and not in all of them.
        for some in chunks(sorted(pairs, key=lambda pair: pair[0]), IN_LIST // 2):
            keys = [key for _, key in some if key is not None]
            of_source = mine.filter(source_hash__in={source for source, _ in some})
            entries = list(of_source.filter(key_hash__in=keys))
            if len(keys) < len(some):
                entries += of_source.filter(key_hash__isnull=True)
            found |= {(entry.source, entry.key): entry for entry in entries}
        return found


def live_of(memory: Memory) -> QuerySet[Entry]:
    """The live entries of a memory."""
    return Entry.objects.filter(memory_id=memory.pk, removed_at__isnull=True)


def by_ids(ids: Sequence[int]) -> dict[int, Entry]:
    """Entries by id."""
    return {entry.pk: entry for some in chunks(ids, IN_LIST) for entry in Entry.objects.filter(pk__in=some)}
