"""The server's memories and term bases that serve mirrored files, and the entries made here in their stead.

A row that is confirmed offline adds an entry under an id of this desktop to the mirrored memory, so
that the next look-up finds it. It is never sent: the row is, and confirming it there makes the
server's entry. When all rows were sent and the server's entries are here, it steps aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.ldm.models import File, Folder, MemoryAssignment, Platform, Project
from apps.ldm.models.tree import NAME_LENGTH
from apps.ldm.selectors.memories import serving
from apps.sync import clock
from apps.sync.client import link
from apps.sync.models import MirroredMemory, PendingEdit
from apps.sync.protocol import Refused, RowsPage, SyncPeer
from apps.sync.server.memories import MEMORY_FIELDS, columns_of
from apps.tm.models import Entry, Memory, Term
from apps.tm.services import indexes, revisions
from locanext_project import by_ids, workspaces
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks
from locanext_project.id_guards import open_for_mirror

_OURS = ("revision", "entries", "confirmed", "engine")
"""What a mirrored memory counts by itself, or what this desktop chooses."""
_PLACES: dict[str, Any] = {"platform": Platform, "project": Project, "folder": Folder}
MOST_RESTARTS = 3
PASSED_OVER = ("gone", "forbidden", "invalid")


def refresh(peer: SyncPeer, file_ids: Iterable[int]) -> int:
    """Fetch which memories serve some files, and what changed in every mirrored memory; how many changed.

    A file or memory that is refused is passed over, and keeps what it has. Raises what concerns all.
    """
    for together in _by_place(file_ids):
        for file_id in together:
            try:
                given = peer.memories(file_id)
            except Refused as refusal:
                if refusal.reason not in PASSED_OVER:
                    raise
                continue
            with workspaces.atomic(), open_for_mirror():
                for one in given:
                    _upsert(one)
                _retire(file_id, {int(one["id"]) for one in given})
            # The same memories serve its neighbours.
            break
    # Read before it is asked whether all rows were sent: no clock says what came later.
    ours, changed = _stand_ins(), 0
    sent = not PendingEdit.objects.filter(quarantined=False).exists()
    for memory_id in MirroredMemory.objects.order_by("memory_id").values_list("memory_id", flat=True):
        try:
            changed += bool(fetch(peer, memory_id))
        except Refused as refusal:
            if refusal.reason not in PASSED_OVER:
                raise
            continue
        if sent and memory_id in ours:
            _step_aside(memory_id, ours[memory_id])
    indexes.request(actor=link.owner(), memory_ids=list(MirroredMemory.objects.values_list("memory_id", flat=True)))
    return changed


def _by_place(file_ids: Iterable[int]) -> list[list[int]]:
    """Files that lie in one folder together, in their order."""
    found: dict[tuple[int, int | None], list[int]] = {}
    for pk, project_id, folder_id in by_ids.values_of(File, ("id", "project_id", "folder_id"), sorted(file_ids)):
        found.setdefault((project_id, folder_id), []).append(pk)
    return [sorted(together) for together in found.values()]


def _upsert(given: Mapping[str, Any]) -> None:
    """A memory with its place. In a transaction with the guard of ids open."""
    pk = int(given["id"])
    if pk <= 0:
        raise Refused("invalid", _("The server sent a memory with an id of a desktop."))
    values = {name: given[name] for name in MEMORY_FIELDS if name not in _OURS}
    here = Memory.objects.filter(pk=pk).first()
    if here is None or here.name != values["name"]:
        # A memory of this desktop may have the name: it keeps it, and the server's is told apart.
        taken = Memory.objects.filter(kind=values["kind"], name=values["name"], trashed_at__isnull=True).exclude(pk=pk)
        if taken.exists():
            suffix = f" ({pk})"
            values["name"] = values["name"][: NAME_LENGTH - len(suffix)] + suffix
    if here is None:
        Memory(pk=pk, engine=given["engine"], **values).save(force_insert=True)
    else:
        different = {name: value for name, value in values.items() if getattr(here, name) != value}
        if different:
            Memory.objects.filter(pk=pk).update(**different)
    MirroredMemory.objects.get_or_create(memory_id=pk)
    _assign(pk, given["assignment"])


def adopt(local: Memory, server_id: int, assignment: Mapping[str, Any]) -> None:
    """Make room for the server's copy of a memory of this desktop, before its entries come."""
    if MirroredMemory.objects.filter(pk=server_id).exists():
        return
    given = {name: getattr(local, name) for name in MEMORY_FIELDS}
    with workspaces.atomic(), open_for_mirror():
        _upsert({"id": server_id, **given, "assignment": assignment})


def _assign(memory_id: int, assignment: Mapping[str, Any]) -> None:
    kind, place_id = assignment["kind"], assignment["place_id"]
    if not _PLACES[kind].objects.filter(pk=place_id).exists():
        return
    values = {f"{name}_id": place_id if name == kind else None for name in _PLACES}
    values |= {name: assignment[name] for name in ("active", "priority", "penalty", "writable")}
    MemoryAssignment.objects.update_or_create(memory_id=memory_id, defaults=values)


def _retire(file_id: int, serving_there: set[int]) -> None:
    """Mirrored memories that serve a file here and not on the server any more serve no longer."""
    file = File.objects.select_related("project__platform").get(pk=file_id)
    here = [one.memory.pk for kind in Memory.Kind.values for one in serving(file, kind)]
    gone = [pk for pk in here if pk > 0 and pk not in serving_there]
    MemoryAssignment.objects.filter(memory_id__in=gone).update(active=False)


def fetch(peer: SyncPeer, memory_id: int) -> int:
    """Bring the entries or terms of a mirrored memory up to date; how many arrived. Resumes where it was cut."""
    arrived = restarts = 0
    while restarts < MOST_RESTARTS:
        mirror = MirroredMemory.objects.get(pk=memory_id)
        if mirror.epoch != link.current().epoch and (mirror.whole or mirror.token):
            _restart(memory_id)
            restarts += 1
            continue
        page = peer.entries(memory_id, mirror.token, mirror.cursor if mirror.whole else None)
        if page.reset:
            _restart(memory_id)
            restarts += 1
            continue
        arrived += len(page.rows)
        with workspaces.atomic(), open_for_mirror():
            if _take(mirror, page):
                return arrived
    return arrived


def _restart(memory_id: int) -> None:
    with workspaces.atomic():
        revision = Memory.objects.values_list("revision", flat=True).get(pk=memory_id)
        MirroredMemory.objects.filter(pk=memory_id).update(whole=False, token="", cursor=0, began_revision=revision)


def _take(asked: MirroredMemory, page: RowsPage) -> bool:
    """Take in a page; whether nothing follows."""
    mirror = MirroredMemory.objects.select_for_update().get(pk=asked.pk)
    if (mirror.token, mirror.cursor, mirror.whole) != (asked.token, asked.cursor, asked.whole):
        return False
    _write(mirror.pk, page)
    if not mirror.whole and not mirror.token:
        # Holds from the first page on; `cursor` is only asked from once the snapshot is whole.
        mirror.cursor, mirror.epoch = page.cursor, link.current().epoch
    if mirror.whole and not page.next:
        mirror.cursor = page.cursor
    mirror.token = page.next
    done = mirror.whole and not page.next
    if not mirror.whole and not page.next:
        gone = _rows_of(mirror.pk).filter(pk__gt=0, rev__lte=mirror.began_revision)
        _remove(mirror.pk, gone.filter(removed_at__isnull=True))
    if not page.next:
        mirror.whole, mirror.synced_at = True, link.moment(clock.now())
    mirror.save()
    return done


def _write(memory_id: int, page: RowsPage) -> None:
    """Entries or terms as they came, under one revision of this mirror, which indexes follow."""
    memory = Memory.objects.select_for_update().get(pk=memory_id)
    model: Any = _rows_of(memory_id).model
    columns = columns_of(memory.kind)
    rows = _ordered(columns, page)
    if not rows:
        return
    times = [n for n, name in enumerate(columns) if name.endswith("_at")]
    rev, pk = columns.index("rev"), columns.index("id")
    revision = memory.revision + 1
    for row in rows:
        if row[pk] <= 0:
            raise Refused("invalid", _("The server sent an entry with an id of a desktop."))
        row[rev] = revision
        for at in times:
            if row[at] is not None:
                row[at] = datetime.fromisoformat(row[at])
    before = _counts(model, memory_id, [row[pk] for row in rows])
    known = before.keys()
    bulk_load(model, ("memory_id", *columns), ((memory_id, *row) for row in rows if row[pk] not in known))
    values = tuple(name for name in columns if name != "id")
    bulk_update(model, values, ((row[pk], *row[:pk], *row[pk + 1 :]) for row in rows if row[pk] in known))
    after = _count_of(columns, rows)
    live, confirmed = (now - sum(one[n] for one in before.values()) for n, now in enumerate(after))
    revisions.raise_revision(memory, None, entries=live, confirmed=confirmed)


def _ordered(columns: Sequence[str], page: RowsPage) -> list[list[Any]]:
    if tuple(page.columns) == tuple(columns):
        return [list(row) for row in page.rows]
    try:
        order = [list(page.columns).index(name) for name in columns]
    except ValueError:
        raise Refused("too_old", _("The server sends entries in a shape that this program does not know.")) from None
    return [[row[n] for n in order] for row in page.rows]


def _counts(model: Any, memory_id: int, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(live, confirmed) of each of these that is here."""
    names = ("pk", "removed_at", "confirmed") if model is Entry else ("pk", "removed_at")
    found: dict[int, tuple[int, int]] = {}
    for some in chunks(ids, 900):
        for pk, removed_at, *confirmed in model.objects.filter(memory_id=memory_id, pk__in=some).values_list(*names):
            live = removed_at is None
            found[pk] = (int(live), int(live and bool(confirmed) and confirmed[0]))
    return found


def _count_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
    removed = columns.index("removed_at")
    live = [row for row in rows if row[removed] is None]
    if "confirmed" not in columns:
        return len(live), 0
    at = columns.index("confirmed")
    return len(live), sum(bool(row[at]) for row in live)


def _stand_ins() -> dict[int, dict[int, int]]:
    """Entries that stand in for the server's, by memory: {id: revision}; of rows, not those a person wrote."""
    mirrored = MirroredMemory.objects.values("memory_id")
    found = Entry.objects.filter(memory_id__in=mirrored, pk__lt=0, removed_at__isnull=True, confirmed=True)
    by_memory: dict[int, dict[int, int]] = {}
    for memory_id, pk, rev in found.exclude(origin="").values_list("memory_id", "pk", "rev"):
        by_memory.setdefault(memory_id, {})[pk] = rev
    return by_memory


def _step_aside(memory_id: int, entries: Mapping[int, int]) -> None:
    """Remove those entries, as any entry is: into the bin of entries. What was confirmed anew meanwhile stays."""
    with workspaces.atomic():
        live = Entry.objects.filter(memory_id=memory_id, pk__in=list(entries), removed_at__isnull=True)
        gone = [pk for pk, rev in live.values_list("pk", "rev") if entries[pk] == rev]
        if gone:
            _remove(memory_id, Entry.objects.filter(pk__in=gone))


def _rows_of(memory_id: int) -> QuerySet[Any]:
    kind = Memory.objects.values_list("kind", flat=True).get(pk=memory_id)
    model: Any = Entry if kind == Memory.Kind.MEMORY else Term
    return model.objects.filter(memory_id=memory_id)  # type: ignore[no-any-return]


def _remove(memory_id: int, rows: QuerySet[Any]) -> None:
    """Mark entries or terms as removed, under a revision of their own, so that indexes follow."""
    memory = Memory.objects.select_for_update().get(pk=memory_id)
    confirmed = rows.filter(confirmed=True).count() if rows.model is Entry else 0
    if count := rows.update(removed_at=timezone.now(), rev=memory.revision + 1):
        revisions.raise_revision(memory, None, entries=-count, confirmed=-confirmed)
