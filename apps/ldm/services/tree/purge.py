"""Deleting for ever: what is condemned is gone for people at once, and its rows go in batches.

A bin entry whose time is over counts as gone: nobody sees it or restores it. Condemning an entry
ends its time. So a purge that is interrupted is simply continued, and a restore never races it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import Capability, File, Folder, Platform, Project, Row, Status, TrashItem
from apps.ldm.selectors.folders import chunks
from apps.ldm.selectors.trash import visible_items
from apps.ldm.services.memories import bin as memory_bin
from apps.ldm.services.tree import structure
from apps.ldm.services.tree.leftovers import Leftovers
from apps.ldm.services.tree.restore import get_item
from locanext_project import workspaces
from locanext_project.errors import Conflict, NotFound

Veto = Callable[[TrashItem, Sequence[int]], str | None]
Hold = Callable[[Collection[int]], set[int]]
Progress = Callable[[int, int], None]

logger = logging.getLogger(__name__)
ROW_BATCH = 2000
POSTPONED = timedelta(days=1)
_vetoes: list[Veto] = []
_holds: list[Hold] = []
_ALL_ROWS = reduce(add, (F(f"rows_{status.label}") for status in Status), F("rows_removed"))


def veto_purge(veto: Veto) -> Veto:
    """Register a function that may keep an entry: it gets the entry and its file ids, and returns why.

    It returns None where it has no objection. Usable as a decorator, in AppConfig.ready.
    """
    if veto not in _vetoes:
        _vetoes.append(veto)
    return veto


def hold_purge(hold: Hold) -> None:
    """Register a function that names entries whose time is over and that somebody is still at work on.

    It gets ids of entries. What it names is passed over as it is, and looked at again the next time.
    """
    if hold not in _holds:
        _holds.append(hold)


def objection(item: TrashItem) -> str | None:
    """Why an entry may not be purged now, or None."""
    if not _vetoes:
        return None
    files = list(_files_of(item).values_list("pk", flat=True))
    return next((reason for veto in _vetoes if (reason := veto(item, files))), None)


# ---- what people ask for ----
def condemn(*, actor: User, item_id: int) -> TrashItem:
    """End an entry's time; `purge_condemned` then removes it. There is no way back.

    Raises NotFound, Forbidden without the capability, Conflict while something objects.
    """
    with workspaces.atomic():
        item = _locked_item(actor, item_id)
        if reason := objection(item):
            raise Conflict(reason, code="purge_refused")
        _end(TrashItem.objects.filter(pk=item.pk))
        record(
            "trash_deleted",
            actor=actor,
            target_kind=item.kind,
            target_id=item.entity_id,
            target_name=item.name,
            detail={"path": item.path, "files": item.files},
        )
    return item


def _locked_item(actor: User, item_id: int) -> TrashItem:
    """An entry that nobody can restore until the transaction ends. Raises NotFound, Forbidden."""
    memory = TrashItem.objects.filter(pk=item_id, kind=TrashItem.Kind.MEMORY, expires_at__gt=timezone.now()).first()
    if memory is not None:
        trashed = memory_bin.open_item(actor, memory)
        permissions.require_capability(actor, Capability.Name.EMPTY_TRASH)
        memory_bin.lock(trashed)
        item = TrashItem.objects.filter(pk=item_id, expires_at__gt=timezone.now()).first()
        if item is None:
            raise NotFound()
        return item
    _, node = get_item(actor, item_id)
    permissions.require_capability(actor, Capability.Name.EMPTY_TRASH)
    structure.lock(structure.keys_of(node))
    # The second look, now that nobody can restore the entry meanwhile.
    item, _ = get_item(actor, item_id)
    return item


def condemn_all(*, actor: User) -> list[TrashItem]:
    """End the time of every entry the person sees, except those that something objects to.

    Raises Forbidden without the capability.
    """
    permissions.require_capability(actor, Capability.Name.EMPTY_TRASH)
    with workspaces.atomic():
        items = [item for item in visible_items(actor).select_for_update(of=("self",)) if objection(item) is None]
        if not items:
            return []
        _end(TrashItem.objects.filter(pk__in=[item.pk for item in items]))
        record(
            "trash_emptied",
            actor=actor,
            target_kind="trash",
            detail={
                "count": len(items),
                "files": sum(item.files for item in items),
                "items": [{"kind": i.kind, "id": i.entity_id, "name": i.name, "path": i.path} for i in items[:100]],
            },
        )
    return items


def rows_in(items: Sequence[TrashItem]) -> int:
    """How many rows the files of entries have, and entries their memories: whether removing them is quick."""
    rows = sum(int(_files_of(item).aggregate(total=Coalesce(Sum(_ALL_ROWS), 0))["total"]) for item in items)
    return rows + memory_bin.entries_in(items)


def _end(items: QuerySet[TrashItem]) -> None:
    items.update(expires_at=timezone.now() - timedelta(seconds=1))


# ---- removing ----
def purge_condemned(*, now: datetime | None = None, progress: Progress = lambda done, total: None) -> int:
    """Remove every entry whose time is over, in short transactions; returns how many.

    Entries that something objects to are put off by a day.
    """
    items = list(TrashItem.objects.filter(expires_at__lte=now or timezone.now()).order_by("pk"))
    held = {pk for hold in _holds for pk in hold([item.pk for item in items])} if items else set()
    items = [item for item in items if item.pk not in held]
    removed = 0
    for number, item in enumerate(items):
        progress(number, len(items))
        if not TrashItem.objects.filter(pk=item.pk).exists():
            continue  # it went with the project it lay in
        if reason := objection(item):
            logger.info("Bin entry %s is kept for another day: %s", item.pk, reason)
            TrashItem.objects.filter(pk=item.pk).update(expires_at=timezone.now() + POSTPONED)
            continue
        if item.kind == TrashItem.Kind.MEMORY:
            memory_bin.purge(item)
        _purge(item)
        removed += 1
    progress(len(items), len(items))
    return removed


def _purge(item: TrashItem) -> None:
    """Remove one entry: rows in batches, then files, folders, and the thing itself; of a memory only the entry."""
    _free_strangers(item)
    inside = _entries_inside(item)
    leftovers = Leftovers()
    for file in _files_of(item).order_by("pk"):
        leftovers.note(file)
        _remove_rows(file.pk)
        with workspaces.atomic():
            file.delete()
    with workspaces.atomic():
        structure.lock([structure.TOP])
        if item.kind in (TrashItem.Kind.FOLDER, TrashItem.Kind.FILE):
            Folder.objects.filter(trash=item).delete()
        elif item.kind == TrashItem.Kind.PROJECT:
            Project.objects.filter(pk=item.entity_id).delete()
        elif item.kind == TrashItem.Kind.PLATFORM:
            Project.objects.filter(platform_id=item.entity_id).delete()
            Platform.objects.filter(pk=item.entity_id).delete()
        for chunk in chunks([item.pk, *inside]):
            TrashItem.objects.filter(pk__in=chunk).delete()
        record(
            "trash_purged",
            target_kind=item.kind,
            target_id=item.entity_id,
            target_name=item.name,
            detail={"path": item.path, "files": item.files, "deleted_by": item.deleted_by_name},
        )
    leftovers.remove()


def _remove_rows(file_id: int) -> None:
    """A file's rows, with what hangs on them, in short transactions."""
    while True:
        ids = list(Row.objects.filter(file_id=file_id).order_by("pk").values_list("pk", flat=True)[:ROW_BATCH])
        if not ids:
            return
        with workspaces.atomic():
            Row.objects.filter(file_id=file_id, pk__gte=ids[0], pk__lte=ids[-1]).delete()


def _entries_inside(item: TrashItem) -> list[int]:
    """Bin entries that lay in a project or platform, and go with it."""
    if item.kind not in (TrashItem.Kind.PLATFORM, TrashItem.Kind.PROJECT):
        return []
    where = {"project__platform_id" if item.kind == TrashItem.Kind.PLATFORM else "project_id": item.entity_id}
    marks = set(File.objects.filter(**where, trash__isnull=False).values_list("trash_id", flat=True).distinct())
    marks |= set(Folder.objects.filter(**where, trash__isnull=False).values_list("trash_id", flat=True).distinct())
    if item.kind == TrashItem.Kind.PLATFORM:
        projects = Project.objects.filter(platform_id=item.entity_id, trash__isnull=False)
        marks |= set(projects.values_list("trash_id", flat=True))
    return sorted(pk for pk in marks if pk is not None)


def _free_strangers(item: TrashItem) -> None:
    """What lies in the folder but is another entry of the bin moves up, and keeps its own time."""
    if item.kind != TrashItem.Kind.FOLDER:
        return
    with workspaces.atomic():
        root = Folder.objects.filter(pk=item.entity_id).first()
        if root is None:
            return
        structure.lock([root.project_id])
        mine = Folder.objects.filter(trash=item).values("pk")
        File.objects.filter(folder_id__in=mine).exclude(trash=item).update(folder_id=root.parent_id)
        Folder.objects.filter(parent_id__in=mine).exclude(trash=item).update(parent_id=root.parent_id)


def _files_of(item: TrashItem) -> QuerySet[File]:
    """The files that go with an entry: a project takes those that were in the bin before it along."""
    if item.kind == TrashItem.Kind.PLATFORM:
        return File.objects.filter(project__platform_id=item.entity_id)
    if item.kind == TrashItem.Kind.PROJECT:
        return File.objects.filter(project_id=item.entity_id)
    return File.objects.filter(trash=item)
