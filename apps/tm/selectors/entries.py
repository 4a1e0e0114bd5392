"""Entries: by hash, by key, by id, what changed since a revision, and the history of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from apps.tm.matching.normalise import key_hash
from apps.tm.models import Entry, EntryRevision, Memory
from locanext_project.errors import NotFound

T = TypeVar("T")
IN_LIST = 900
CHANGES = 5000


class EntryRecord(NamedTuple):
    """An entry as plain values: what indexes, look-ups and exports read."""

    id: int
    memory_id: int
    key: str
    source: str
    target: str
    source_hash: int
    previous: str | None
    next: str | None
    speaker: str
    note: str
    origin: str
    confirmed: bool
    confirmed_at: datetime | None
    confirmed_by_id: int | None
    confirmed_by_name: str
    created_at: datetime
    created_by_id: int | None
    created_by_name: str
    changed_at: datetime
    changed_by_id: int | None
    changed_by_name: str
    rev: int
    removed_at: datetime | None


class Changes(NamedTuple):
    """One portion of what changed since a cursor: entries and tombstones by (rev, id).

    Ask again from (`rev`, `after_id`) while `more`. `reset`: tombstones that the asker has not seen
    were purged meanwhile; what it holds must be built anew from revision 0.
    """

    entries: list[EntryRecord]
    rev: int
    after_id: int | None
    more: bool
    reset: bool = False


def present(entry: Entry | EntryRecord) -> dict[str, Any]:
    """An entry as the API shows it."""
    return {
        "id": entry.id,
        "memory_id": entry.memory_id,
        "key": entry.key,
        "source": entry.source,
        "target": entry.target,
        "previous": entry.previous,
        "next": entry.next,
        "speaker": entry.speaker,
        "note": entry.note,
        "origin": entry.origin,
        "confirmed": entry.confirmed,
        "confirmed_at": entry.confirmed_at,
        "confirmed_by": _person(entry.confirmed_by_id, entry.confirmed_by_name),
        "created_at": entry.created_at,
        "created_by": _person(entry.created_by_id, entry.created_by_name),
        "changed_at": entry.changed_at,
        "changed_by": _person(entry.changed_by_id, entry.changed_by_name),
        "rev": entry.rev,
        "deleted": entry.removed_at is not None,
    }


def _person(pk: int | None, name: str) -> dict[str, Any] | None:
    return {"id": pk, "name": name} if name else None


def by_ids(ids: Sequence[int]) -> list[EntryRecord]:
    """Entries (tombstones too) in the order of `ids`; those that are gone are left out."""
    found = {record.id: record for some in _chunks(ids) for record in _records(Entry.objects.filter(pk__in=some))}
    return [found[pk] for pk in ids if pk in found]


def by_hashes(memory_ids: Collection[int], hashes: Collection[int]) -> list[EntryRecord]:
    """Live entries of the memories whose normalised source has one of the hashes, by id."""
    found = [
        record
        for some in _chunks(hashes)
        for record in _records(Entry.objects.filter(memory_id__in=memory_ids, source_hash__in=some, **_LIVE))
    ]
    return sorted(found)


def by_keys(memory_ids: Collection[int], keys: Collection[str]) -> list[EntryRecord]:
    """Live entries of the memories with one of the keys, by id; the empty key is nobody's."""
    wanted = {key for key in keys if key}
    hashes = [key_hash(key) for key in wanted]
    found = [
        record
        for some in _chunks(hashes)
        for record in _records(Entry.objects.filter(memory_id__in=memory_ids, key_hash__in=some, **_LIVE))
        if record.key in wanted
    ]
    return sorted(found)


def changed_since(memory_id: int, rev: int, limit: int = CHANGES, after_id: int | None = None) -> Changes:
    """What changed after revision `rev`; with `after_id`, also what is behind that id in `rev` itself.

    The memory's revision is read before the entries, so that a change committed meanwhile comes
    with the next call; none is missed, and none comes twice with one `rev`. Raises NotFound.
    """
    current = Memory.objects.filter(pk=memory_id).values_list("revision", "purged_revision").first()
    if current is None:
        raise NotFound
    revision, purged = current
    if 0 < rev < purged or (rev == purged and after_id is not None):
        return Changes([], 0, None, True, reset=True)
    if rev > revision or (rev == revision and after_id is None):
        return Changes([], revision, None, False)
    behind = Q(rev__gt=rev) if after_id is None else Q(rev__gt=rev) | Q(rev=rev, id__gt=after_id)
    changed = Entry.objects.filter(behind, memory_id=memory_id, rev__gte=rev, rev__lte=revision).order_by("rev", "id")
    records = _records(changed[: limit + 1])
    if len(records) <= limit:
        return Changes(records, revision, None, False)
    last = records[limit - 1]
    return Changes(records[:limit], last.rev, last.id, True)


def live(memory_id: int, chunk: int = 5000) -> Iterator[EntryRecord]:
    """All live entries of a memory by id, read in portions by key; what changes meanwhile may or may not show."""
    after = -(2**63)
    while records := _records(Entry.objects.filter(memory_id=memory_id, pk__gt=after, **_LIVE).order_by("pk")[:chunk]):
        yield from records
        after = records[-1].id


def history(entry: Entry) -> list[dict[str, Any]]:
    """Changes of an entry, the latest first; texts from before are None where they did not change."""
    return [
        {
            "id": change.pk,
            "kind": change.kind,
            "rev": change.rev,
            "at": change.at,
            "author": _person(change.author_id, change.author_name),
            "source_before": change.source_before,
            "target_before": change.target_before,
            "note": change.note,
        }
        for change in EntryRevision.objects.filter(entry_id=entry.pk).order_by("-rev", "-id")
    ]


_LIVE: dict[str, Any] = {"removed_at__isnull": True}


def _records(entries: QuerySet[Entry]) -> list[EntryRecord]:
    return list(map(EntryRecord._make, entries.values_list(*EntryRecord._fields)))


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(values)
    while some := list(islice(iterator, IN_LIST)):
        yield some
