"""What people are told about the index of a memory."""

from __future__ import annotations

from apps.tm.indexes import base as files
from apps.tm.indexes import building, folders, reader
from apps.tm.models import Memory


def state_of(memory: Memory) -> dict[str, object]:
    """{"state": "ready" | "stale" | "none", "revision", "entries"}: from the folder's manifest alone.

    Small memories need no folder. "stale": it lacks more than look-ups read from the database beside it.
    """
    if memory.kind != Memory.Kind.MEMORY:
        return {"state": reader.NONE, "revision": 0, "entries": 0}
    generation = folders.current(folders.folder_of(memory.pk))
    found = files.peek(generation) if generation is not None else None
    if found is None or found[0] != building.identity_of(memory) or found[1] > memory.revision:
        if memory.entries <= reader.SMALL:
            return {"state": reader.READY, "revision": memory.revision, "entries": memory.entries}
        return {"state": reader.NONE, "revision": 0, "entries": 0}
    _, revision, entries = found
    behind = abs(memory.entries - entries) > reader.MOST_PENDING
    return {"state": reader.STALE if behind else reader.READY, "revision": revision, "entries": entries}
