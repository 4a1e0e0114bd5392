"""Memories: one by id or name, several by ids, and their common part for the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apps.tm.models import Memory
from locanext_project.errors import NotFound


def get(memory_id: int, kind: str | None = None) -> Memory:
    """A live memory. Raises NotFound, also where it is of another kind. Asks nobody's permission."""
    found = Memory.objects.filter(pk=memory_id, trashed_at__isnull=True)
    memory = (found.filter(kind=kind) if kind else found).first()
    if memory is None:
        raise NotFound
    return memory


def by_name(name: str, kind: str = Memory.Kind.MEMORY) -> Memory | None:
    """The live memory of that name."""
    return Memory.objects.filter(kind=kind, name=name, trashed_at__isnull=True).first()


def by_ids(ids: Collection[int]) -> dict[int, Memory]:
    """Live memories by id; those that are gone are left out."""
    return {memory.pk: memory for memory in Memory.objects.filter(pk__in=ids, trashed_at__isnull=True)}


def present(memory: Memory) -> dict[str, Any]:
    """What the API shows of a memory without its place, its indexes and what one may do."""
    return {
        "id": memory.pk,
        "kind": memory.kind,
        "name": memory.name,
        "description": memory.description,
        "source_language": memory.source_language,
        "target_language": memory.target_language,
        "owner": {"id": memory.owner_id, "name": memory.owner_name} if memory.owner_name else None,
        "entries": memory.entries,
        "confirmed": memory.confirmed,
        "revision": memory.revision,
        "engine": memory.engine,
        "created_at": memory.created_at,
        "changed_at": memory.changed_at,
        "changed_by": {"id": memory.changed_by_id, "name": memory.changed_by_name} if memory.changed_by_name else None,
    }
