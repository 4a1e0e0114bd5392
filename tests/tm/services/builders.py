"""Memories, and what is in them, in a shape that tests compare."""

from __future__ import annotations

from apps.accounts.models import User
from apps.tm.models import Entry, EntryRevision, Memory


def memory_named(name: str, owner: User, kind: str = Memory.Kind.MEMORY) -> Memory:
    """A memory, Korean to English."""
    return Memory.objects.create(
        name=name,
        kind=kind,
        source_language="ko",
        target_language="en",
        owner_id=owner.pk,
        owner_name=owner.name,
    )


def live(memory: Memory) -> list[tuple[str, str, str]]:
    """(key, source, target) of the live entries, sorted."""
    return sorted(Entry.objects.filter(memory=memory, removed_at__isnull=True).values_list("key", "source", "target"))


def check(memory: Memory) -> Memory:
    """The memory as it is now, after seeing that its counters and stamps are right."""
    memory.refresh_from_db()
    entries = Entry.objects.filter(memory=memory)
    alive = entries.filter(removed_at__isnull=True)
    assert (memory.entries, memory.confirmed) == (alive.count(), alive.filter(confirmed=True).count())
    assert not entries.filter(rev__gt=memory.revision).exists()
    assert not EntryRevision.objects.filter(entry__memory=memory, rev__gt=memory.revision).exists()
    return memory
