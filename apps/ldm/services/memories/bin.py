"""Memories in the recycle bin: put there, looked at, restored; deleting them for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm import permissions, permissions_memory
from apps.ldm.models import TrashItem
from apps.ldm.permissions_memory import place_of
from apps.ldm.services.memories import places
from apps.tm.models import Memory
from apps.tm.services import indexes, memories, vectors
from apps.tm.services.recording import record_act
from locanext_project import workspaces
from locanext_project.errors import NotFound


def trash(*, actor: User, memory_id: int) -> TrashItem:
    """Move a memory to the recycle bin for settings.TRASH_DAYS days. Its place is kept for its return.

    Raises NotFound, Forbidden.
    """
    with workspaces.atomic():
        memory = permissions_memory.get_memory(actor, memory_id)
        permissions_memory.require(actor, "delete", memory)
        path = places.path_text(place_of(memory))
        memories.trash(actor=actor, memory_id=memory.pk)
        item = TrashItem.objects.create(
            kind=TrashItem.Kind.MEMORY,
            entity_id=memory.pk,
            name=memory.name,
            path=path,
            files=0,
            deleted_by_id=actor.pk,
            deleted_by_name=actor.name,
            expires_at=timezone.now() + timedelta(days=settings.TRASH_DAYS),
        )
        record_act("memory_trashed", actor, memory, path=path, entries=memory.entries)
    return item


def open_item(actor: Any, item: TrashItem) -> Memory:
    """The trashed memory of a bin entry, with its place loaded. Raises NotFound where the person does not see it."""
    found = Memory.objects.filter(permissions_memory.memory_q(actor), pk=item.entity_id, trashed_at__isnull=False)
    memory = found.select_related(*permissions_memory.PARTS).first()
    if memory is None:
        raise NotFound
    return memory


def lock(memory: Memory) -> None:
    """Keep others from restoring a trashed memory until the transaction ends."""
    Memory.objects.select_for_update(of=("self",)).filter(pk=memory.pk).first()


def restore(*, actor: User, item_id: int) -> Memory:
    """Take a memory out of the bin: same id, entries and history, in its place if that is there still.

    A name that was taken meanwhile gets a suffix. Raises NotFound, Forbidden.
    """
    with workspaces.atomic():
        item = TrashItem.objects.filter(pk=item_id, kind=TrashItem.Kind.MEMORY, expires_at__gt=timezone.now()).first()
        if item is None:
            raise NotFound
        memory = open_item(actor, item)
        permissions_memory.require(actor, "delete", memory)
        # Waits for whoever is at the memory; the second of two who restore finds it no longer trashed.
        restored = memories.restore(actor=actor, memory_id=memory.pk)
        if not TrashItem.objects.filter(pk=item_id, expires_at__gt=timezone.now()).exists():
            raise NotFound  # somebody ended its time while the memory was waited for
        item.delete()
        record_act("memory_restored", actor, restored, path=item.path, deleted_name=item.name)
    return permissions_memory.get_memory(actor, memory.pk)


def purge(item: TrashItem, progress: Callable[[int, int], None] | None = None) -> None:
    """Delete the memory of a condemned bin entry for ever, and what lies on disk of it.

    The caller removes the entry and records it. One that is gone already is passed over, so that an
    interrupted purge is simply repeated.
    """

    def report(done: int, total: int | None, step: str) -> None:
        if progress is not None:
            progress(done, total or 0)

    try:
        memories.purge(memory_id=item.entity_id, progress=report)
    except NotFound:
        pass  # it went before the purge was interrupted
    indexes.tidy()
    vectors.tidy()


def entries_in(items: Sequence[TrashItem]) -> int:
    """How many entries and terms the memories among bin entries have: whether removing them is quick."""
    ids = [item.entity_id for item in items if item.kind == TrashItem.Kind.MEMORY]
    return sum(Memory.objects.filter(pk__in=ids).values_list("entries", flat=True))


def may_restore(rights: permissions.Rights, owner_id: int | None) -> bool:
    """Whether a person may restore a memory that they see in the bin: as for deleting it."""
    return rights.is_lead or rights.desktop or (rights.user_id != 0 and owner_id == rights.user_id)
