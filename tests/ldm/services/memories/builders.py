"""Memories in places, for tests."""

from __future__ import annotations

from typing import Any

from apps.ldm.models import MemoryAssignment
from apps.ldm.services.memories import create, settings
from apps.tm.models import Entry, Memory
from tests.ldm.services.tree import builders as make


def memory(
    actor: Any,
    name: str,
    place: Any = None,
    *,
    kind: str = "memory",
    languages: tuple[str, str] = ("ko", "en"),
    **use: Any,
) -> Memory:
    """A memory of the actor's in a place, used there as `use` says (active, priority, penalty, writable)."""
    to = make.ref_of(place) if place is not None else None
    source, target = languages
    made = create.create(actor=actor, name=name, kind=kind, source_language=source, target_language=target, to=to)
    return settings.change(actor=actor, memory_id=made.pk, changes=use) if use else made


def use_of(memory: Memory) -> MemoryAssignment:
    """The assignment as it is now."""
    return MemoryAssignment.objects.get(pk=memory.pk)


def pairs(memory: Memory) -> list[tuple[str, str, str]]:
    """(key, source, target) of the live entries, sorted."""
    live = Entry.objects.filter(memory_id=memory.pk, removed_at__isnull=True)
    return sorted(live.values_list("key", "source", "target"))
