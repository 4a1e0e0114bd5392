"""Tombstones of long ago are removed for ever, with their history."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.tm.models import Entry, EntryRevision, Memory
from apps.tm.services.entries.writing import IN_LIST
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.chunks import chunks

KEPT = timedelta(days=30)
BATCH = 5000


def purge_tombstones(*, now: datetime | None = None) -> int:
    """Remove entries that were deleted 30 days ago or earlier, in short transactions; returns how many.

    `Memory.purged_revision` says up to which revision: who follows from before it starts anew.
    One audit entry for each memory.
    """
    before = (now or timezone.now()) - KEPT
    old = Entry.objects.filter(removed_at__lte=before).order_by().values_list("memory_id", flat=True).distinct()
    return sum(_purge(memory_id, before) for memory_id in sorted(old))


def _purge(memory_id: int, before: datetime) -> int:
    removed = 0
    while batch := _purge_batch(memory_id, before):
        removed += batch
    with workspaces.atomic():
        memory = Memory.objects.filter(pk=memory_id).first()
        if memory is not None and removed:
            record_act("entries_purged", None, memory, count=removed)
    return removed


def _purge_batch(memory_id: int, before: datetime) -> int:
    with workspaces.atomic():
        # Trashed memories too: their tombstones are as old there.
        memory = Memory.objects.select_for_update(of=("self",)).filter(pk=memory_id).first()
        if memory is None:
            return 0
        old = Entry.objects.filter(memory_id=memory_id, removed_at__lte=before)
        ids = list(old.order_by("rev", "pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return 0
        for some in chunks(ids, IN_LIST):
            highest = Entry.objects.filter(pk__in=some).aggregate(rev=Max("rev"))["rev"]
            Memory.objects.filter(pk=memory_id).update(purged_revision=Greatest("purged_revision", highest))
            EntryRevision.objects.filter(entry_id__in=some)._raw_delete(workspaces.alias())
            Entry.objects.filter(pk__in=some)._raw_delete(workspaces.alias())
    return len(ids)
