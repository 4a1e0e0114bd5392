"""What becomes of memories when their place is deleted, and when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from apps.ldm.models import Folder, MemoryAssignment, Platform, Project, TrashItem
from apps.ldm.permissions import Node
from apps.ldm.permissions_memory import is_closed
from apps.ldm.selectors.folders import chunks
from apps.tm.models import Memory

PARTS = ("platform", "project__platform", "folder__project__platform")


def detach(pairs: Sequence[tuple[Node, TrashItem]]) -> int:
    """Make the memories of deleted things, and of all that was deleted with them, unassigned; returns how many.

    They are no longer active, remember which deletion took their place, and whether it was
    restricted. Sets `memories` of the bin entries. Call after the marks were made, in the deletion's
    transaction: the structure lock it holds keeps others from assigning anything there.
    """
    total = 0
    for _node, entry in pairs:
        if entry.kind == TrashItem.Kind.FILE:
            continue
        affected = _served(entry)
        entry.memories = len(affected)
        total += len(affected)
        for assignment in affected:
            kind, pk = assignment.place or ("", 0)
            assignment.former = {"kind": kind, "id": pk, "active": assignment.active}
            assignment.lost_with = entry
            assignment.was_restricted = is_closed(assignment.folder or assignment.project or assignment.platform)
            assignment.folder = assignment.project = assignment.platform = None
            assignment.active = False
        _save(affected)
    return total


def _served(entry: TrashItem) -> list[MemoryAssignment]:
    """Locked: assignments to what a bin entry marks, by memory."""
    there = (
        Q(folder__in=Folder.objects.filter(trash=entry))
        | Q(project__in=Project.objects.filter(trash=entry))
        | Q(platform__in=Platform.objects.filter(trash=entry))
    )
    ids = sorted(MemoryAssignment.objects.filter(there).values_list("memory_id", flat=True))
    return [one for one in _locked(ids) if one.place is not None and _is_in(one, entry)]


def _is_in(assignment: MemoryAssignment, entry: TrashItem) -> bool:
    """Looked at again under the lock: the memory may have been moved away just before."""
    place = assignment.folder or assignment.project or assignment.platform
    return place is not None and place.trash_id == entry.pk


def reattach(item: TrashItem) -> int:
    """Give memories that are unassigned since a deletion their place back, as active as it was; returns how many.

    Call after the marks were cleared and before the bin entry goes, in the restoring transaction.
    Memories that somebody gave a place since, or took out of it on purpose, stay as they are.
    """
    ids = sorted(MemoryAssignment.objects.filter(lost_with=item).values_list("memory_id", flat=True))
    back = 0
    released = []
    for assignment in _locked(ids):
        if assignment.lost_with_id != item.pk or assignment.place is not None:
            continue
        if place := _former_place(assignment.former):
            setattr(assignment, assignment.former["kind"], place)
            assignment.active = bool(assignment.former.get("active"))
            assignment.was_restricted = False
            back += 1
        assignment.lost_with, assignment.former = None, {}
        released.append(assignment)
    _save(released)
    return back


def _former_place(former: dict[str, Any]) -> Platform | Project | Folder | None:
    """The place if it is live."""
    models: dict[str, Any] = {"platform": Platform, "project": Project, "folder": Folder}
    model = models.get(former.get("kind", ""))
    if model is None:
        return None
    found: Platform | Project | Folder | None = model.objects.filter(pk=former["id"], trash__isnull=True).first()
    return found


def _locked(memory_ids: Sequence[int]) -> list[MemoryAssignment]:
    """Assignments with their places, after their memories were locked by id; trashed memories are among them."""
    found: list[MemoryAssignment] = []
    for chunk in chunks(memory_ids):
        list(Memory.objects.select_for_update(of=("self",)).filter(pk__in=chunk).order_by("pk"))
        found += MemoryAssignment.objects.filter(memory_id__in=chunk).select_related(*PARTS).order_by("memory_id")
    return found


def _save(assignments: Sequence[MemoryAssignment]) -> None:
    fields = ["platform", "project", "folder", "active", "was_restricted", "lost_with", "former"]
    MemoryAssignment.objects.bulk_update(assignments, fields, batch_size=100)
