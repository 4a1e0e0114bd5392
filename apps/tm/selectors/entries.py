"""Entries: pages of them, by hash, by key, by id, what changed since a revision, and the history of one."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import CharField, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.tm.matching.normalise import key_hash
from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.selectors.search_entries import DEFAULT_FIELDS, IN_ORDER, matching_ids, storable
from locanext_project import workspaces
from locanext_project.chunks import chunks
from locanext_project.errors import Invalid, NotFound

IN_LIST = 900
CHANGES = 5000
MAX_PAGE = 500
MAX_MATCHES = 100_000
"""Matches of a search that pages are made of, the first by id; where there are more, the total is unknown."""
SORTED_LENGTH = 120
"""Characters by which texts are sorted: a cursor holds them, and stays short enough for an address."""
STATES = ("confirmed", "unconfirmed", "deleted")
SORTS = {
    "id": "pk",
    "source": "source",
    "target": "target",
    "key": "key",
    "created": "created_at",
    "changed": "changed_at",
    "confirmed": "confirmed_at",
    "author": "changed_by_name",
}


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


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries: live ones, or those of a state; `author` changed them last (`author_name`: a part of the name)."""

    search: str = ""
    fields: Sequence[str] = DEFAULT_FIELDS
    state: str | None = None
    author: int | None = None
    author_name: str = ""


class Page(NamedTuple):
    """A page of entries, the cursor of the next (None: this is the last), and how many there are in all."""

    entries: list[EntryRecord]
    next: str | None
    total: int | None
    """None where a search matches more than MAX_MATCHES entries."""


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


# ---- pages ----
def page(
    memory: Memory,
    *,
    search: str = "",
    fields: Sequence[str] = DEFAULT_FIELDS,
    sort: str = "id",
    state: str | None = None,
    author: int | None = None,
    author_name: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page:
    """One page by keyset, in either direction of a sort ("-changed"); equals are in the order of their ids.

    Entries that were never confirmed are the first of "confirmed" and the last of "-confirmed".
    Raises Invalid for an unknown sort, state or field, a foreign cursor, or a limit beyond MAX_PAGE.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid(_("limit is a number from 1 to %(most)s.") % {"most": MAX_PAGE}, field="limit")
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        raise Invalid(_("sort is one of %(sorts)s.") % {"sorts": ", ".join(SORTS)}, field="sort")
    wanted = EntryFilter(search, fields, state, author, author_name)
    ids = _found(memory, wanted) if search else None
    entries = _filtered(memory, wanted, ids)
    total = _total(memory, wanted, entries, ids, MAX_MATCHES)
    column = SORTS[name]
    if column in ("source", "target", "key", "changed_by_name"):
        entries = entries.annotate(sort_value=Left(column, SORTED_LENGTH, output_field=CharField()))
        column = "sort_value"
    if cursor:
        entries = entries.filter(_behind(column, descending, *_decoded(cursor, sort)))
    # Said only where there are nulls: with it no index is in the right order.
    nulls = column == "confirmed_at" or None
    by = F(column).desc(nulls_last=nulls) if descending else F(column).asc(nulls_first=nulls)
    order = [by] if column == "pk" else [by, "-pk" if descending else "pk"]
    # Ids first: what is sorted is narrow, and rows are read only for the page.
    records = by_ids(list(entries.order_by(*order).values_list("pk", flat=True)[: limit + 1]))
    if len(records) <= limit:
        return Page(records, None, total)
    last = records[limit - 1]
    return Page(
        records[:limit], _encoded(sort, getattr(last, {"pk": "id"}.get(SORTS[name], SORTS[name])), last.id), total
    )


def count(memory: Memory, wanted: EntryFilter) -> int:
    """How many entries match; without search and author from the kept counters."""
    ids = matching_ids(memory, wanted.search, wanted.fields, deleted=_deleted(wanted)) if wanted.search else None
    return _total(memory, wanted, _filtered(memory, wanted, ids), ids, None) or 0


def ids_of(memory: Memory, wanted: EntryFilter) -> list[int]:
    """Ids of all entries that match, by id. Raises Invalid as `page` does."""
    ids = matching_ids(memory, wanted.search, wanted.fields, deleted=_deleted(wanted)) if wanted.search else None
    return list(_filtered(memory, wanted, ids).order_by("pk").values_list("pk", flat=True))


def _deleted(wanted: EntryFilter) -> bool:
    return wanted.state == "deleted"


def _filtered(memory: Memory, wanted: EntryFilter, ids: Sequence[int] | None) -> QuerySet[Entry]:
    if wanted.state is not None and wanted.state not in STATES:
        raise Invalid(_("state is one of %(states)s.") % {"states": ", ".join(STATES)}, field="state")
    entries = Entry.objects.filter(IN_ORDER, memory_id=memory.pk, removed_at__isnull=not _deleted(wanted))
    if wanted.state in ("confirmed", "unconfirmed"):
        entries = entries.filter(confirmed=wanted.state == "confirmed")
    by = {"changed_by_id": wanted.author, "changed_by_name__icontains": wanted.author_name or None}
    entries = entries.filter(**{name: value for name, value in by.items() if value is not None})
    return entries if ids is None else entries.filter(pk__in=listed(ids))


def listed(ids: Sequence[int]) -> Any:
    """Any number of ids as the right side of an IN."""
    if len(ids) <= IN_LIST:
        return list(ids)
    if connections[workspaces.alias()].vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])  # noqa: S611 (a parameter)
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])  # noqa: S611 (a parameter)


def _total(
    memory: Memory,
    wanted: EntryFilter,
    entries: QuerySet[Entry],
    ids: Sequence[int] | None,
    most: int | None,
) -> int | None:
    if ids is not None and most is not None and len(ids) > most:
        return None
    halved = ids is not None and wanted.state in ("confirmed", "unconfirmed")
    if wanted.author is not None or wanted.author_name or halved:
        return entries.count()
    if ids is not None:
        return len(ids)
    kept = {None: memory.entries, "confirmed": memory.confirmed, "unconfirmed": memory.entries - memory.confirmed}
    return kept[wanted.state] if wanted.state in kept else entries.count()


def _found(memory: Memory, wanted: EntryFilter) -> Sequence[int]:
    """Ids of a search, kept for its next pages as long as the memory does not change."""
    version = (workspaces.alias(), memory.created_at, memory.revision)
    return _kept(memory, version, wanted.search, tuple(wanted.fields), _deleted(wanted))


@lru_cache(maxsize=16)
def _kept(
    memory: Memory, version: tuple[str, datetime, int], search: str, fields: tuple[str, ...], deleted: bool
) -> array[int]:
    """`version` is what tells two states of a memory, and two of one id, apart."""
    return array("q", matching_ids(memory, search, fields, MAX_MATCHES + 1, deleted=deleted))


def _behind(column: str, descending: bool, value: Any, pk: int) -> Q:
    """Strictly behind a position; NULL is before everything in the rising order."""
    after, tie = ("lt", Q(pk__lt=pk)) if descending else ("gt", Q(pk__gt=pk))
    if column == "pk":
        return tie
    if value is None:
        equal = Q(**{f"{column}__isnull": True}) & tie
        return equal if descending else equal | Q(**{f"{column}__isnull": False})
    found = Q(**{f"{column}__{after}": value}) | (Q(**{column: value}) & tie)
    return found | Q(**{f"{column}__isnull": True}) if descending and column == "confirmed_at" else found


def _encoded(sort: str, value: Any, pk: int) -> str:
    if isinstance(value, str):
        value = value[:SORTED_LENGTH]
    elif isinstance(value, datetime):
        value = value.isoformat()
    text = json.dumps([sort, value, pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, sort: str) -> tuple[Any, int]:
    """Value and id of a cursor. Raises Invalid for what is none of this sort."""
    foreign = Invalid(_("This cursor belongs to another list."), field="cursor")
    try:
        of, value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if of != sort or type(pk) is not int or not -(2**63) <= pk < 2**63:
            raise foreign
        column = SORTS[sort.removeprefix("-")]
        if column.endswith("_at") and value is not None:
            value = parse_datetime(value)
            right = value is not None and value.tzinfo is not None
        elif column == "pk" or value is None:
            right = value == pk or (value is None and column == "confirmed_at")
        else:
            right = isinstance(value, str) and storable(value)
    except (ValueError, TypeError, RecursionError):
        raise foreign from None
    if not right:
        raise foreign
    return value, pk


# ---- for look-ups, indexes and exports ----
def by_ids(ids: Sequence[int]) -> list[EntryRecord]:
    """Entries (tombstones too) in the order of `ids`; those that are gone are left out."""
    found = {
        record.id: record for some in chunks(ids, IN_LIST) for record in _records(Entry.objects.filter(pk__in=some))
    }
    return [found[pk] for pk in ids if pk in found]


def by_hashes(memory_ids: Collection[int], hashes: Collection[int]) -> list[EntryRecord]:
    """Live entries of the memories whose normalised source has one of the hashes, by id."""
    found = [
        record
        for some in chunks(hashes, IN_LIST)
        for record in _records(Entry.objects.filter(memory_id__in=memory_ids, source_hash__in=some, **_LIVE))
    ]
    return sorted(found)


def by_keys(memory_ids: Collection[int], keys: Collection[str]) -> list[EntryRecord]:
    """Live entries of the memories with one of the keys, by id; the empty key is nobody's."""
    wanted = {key for key in keys if key}
    hashes = [key_hash(key) for key in wanted]
    found = [
        record
        for some in chunks(hashes, IN_LIST)
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
    changed = Entry.objects.filter(memory_id=memory_id)
    records: list[EntryRecord] = []
    if after_id is not None:
        # A query of its own: one condition over both columns would read the revision from its start each time.
        records = _records(changed.filter(rev=rev, pk__gt=after_id).order_by("pk")[: limit + 1])
    if len(records) <= limit:
        later = changed.filter(rev__gt=rev, rev__lte=revision).order_by("rev", "pk")
        records += _records(later[: limit + 1 - len(records)])
    if len(records) <= limit:
        return Changes(records, revision, None, False)
    last = records[limit - 1]
    return Changes(records[:limit], last.rev, last.id, True)


def live(memory: Memory, wanted: EntryFilter | None = None, chunk: int = 5000) -> Iterator[EntryRecord]:
    """All entries that match (None: the live ones), by id, read in portions.

    Which they are is decided at the start; what is removed before its turn is left out.
    """
    wanted = wanted or EntryFilter()
    ids = array("q", ids_of(memory, wanted))
    for start in range(0, len(ids), chunk):
        some = ids[start : start + chunk]
        # A range, not a list: one walk along the primary key, whatever the size.
        rows = Entry.objects.filter(memory_id=memory.pk, removed_at__isnull=not _deleted(wanted))
        records = _records(rows.filter(pk__gte=some[0], pk__lte=some[-1]).order_by("pk"))
        chosen = set(some)
        yield from (record for record in records if record.id in chosen)


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
