"""Finding a text inside the entries of memories, without regard to case, with its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from apps.tm.indexes import texts
from apps.tm.indexes.base import FIELDS
from apps.tm.indexes.reader import READY, Opened, open_many
from apps.tm.models import Memory
from apps.tm.scope import ScopedMemory
from apps.tm.selectors import entries
from apps.tm.selectors.entries import EntryRecord
from apps.tm.selectors.search_entries import matching_ids, storable

MOST = 100
LONGEST = 1000
"""Characters of a text that is looked for."""
_PORTION = 200


class Place(NamedTuple):
    """Where the text stands: code points of the raw text of a field."""

    field: str
    start: int
    end: int


class Hit(NamedTuple):
    """An entry that holds the text."""

    entry: EntryRecord
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Concordance:
    """`more`: there are further entries. `wants_build`: memories for which `services.indexes.request` is due."""

    hits: list[Hit]
    more: bool
    wants_build: list[int]


def concordance(
    memories: Sequence[ScopedMemory], text: str, *, fields: Sequence[str] = ("source", "target"), limit: int = MOST
) -> Concordance:
    """Entries that hold a text, of the nearest memory first, those that changed lately first within it."""
    if not text.strip() or len(text) > LONGEST or not storable(text) or not set(fields) <= set(FIELDS):
        return Concordance([], False, [])
    opened = open_many([memory.memory_id for memory in memories])
    wanted = [memory for memory in sorted(memories, key=lambda one: one.rank) if memory.memory_id in opened]
    found = chain.from_iterable(_hits(opened[one.memory_id], text, tuple(fields), limit) for one in wanted)
    hits = list(islice(found, limit + 1))
    return Concordance(hits[:limit], len(hits) > limit, [one.memory_id for one in opened.values() if one.build])


def _hits(opened: Opened, text: str, fields: Sequence[str], limit: int) -> Iterator[Hit]:
    """Entries of one memory, compared once more with what the database holds now."""
    ids = _ids(opened, text, fields, limit)
    while some := list(islice(ids, min(_PORTION, limit + 1))):
        for entry in entries.by_ids(some):
            if entry.removed_at is not None or entry.memory_id != opened.memory_id:
                continue
            places = [Place(field, *span) for field in fields for span in texts.places(getattr(entry, field), text)]
            if places:
                yield Hit(entry, places)


def _ids(opened: Opened, text: str, fields: Sequence[str], limit: int) -> Iterator[int]:
    """Ids of entries that may hold the text. Without an index that has all of them the database is asked."""
    if opened.index is not None and opened.state == READY:
        return opened.index.find(texts.fold(text), fields)
    memory = Memory.objects.get(pk=opened.memory_id)
    return iter(matching_ids(memory, text, fields, limit + 1))
