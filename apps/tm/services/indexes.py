"""Index folders of memories: built by a task, asked for once, removed with their memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from apps.tasks import services as tasks
from apps.tasks.context import Actor
from apps.tasks.models import ACTIVE, TaskRun
from apps.tm.indexes import building, folders, reader
from apps.tm.matching import IndexFileError
from apps.tm.models import Memory
from locanext_project import workspaces
from locanext_project.errors import NotFound

KIND = "tm.index"
ASKED_SECONDS = 10.0
"""How long this process remembers that a task for a memory exists."""
Progress = Callable[[int, int], None]

_asked: dict[tuple[str, int], float] = {}
_asked_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Built:
    """What is on disk now. `built` is False where it was there already."""

    memory_id: int
    entries: int
    revision: int
    bytes: int
    built: bool


def request(*, actor: Actor, memory_ids: Collection[int]) -> int:
    """Have the worker build the indexes of memories, each once; returns how many tasks were started.

    For everybody who notices that one is missing, incomplete or worn: look-ups, and imports when they are done.
    """
    started = 0
    for memory_id in memory_ids:
        if _recently_asked(memory_id):
            continue
        running = TaskRun.objects.filter(
            kind=KIND, status__in=ACTIVE, subject_kind="memory", subject_id=memory_id
        ).exists()
        if not running and Memory.objects.filter(pk=memory_id, entries__gt=reader.SMALL).exists():
            tasks.enqueue(
                actor=actor,
                kind=KIND,
                args={"memory_id": memory_id},
                subject_kind="memory",
                subject_id=memory_id,
                silent=True,
            )
            started += 1
    return started


def _recently_asked(memory_id: int) -> bool:
    """Whether this process asked for it a moment ago; remembers that it does now."""
    key, now = (workspaces.alias(), memory_id), time.monotonic()
    with _asked_lock:
        if now - _asked.get(key, -ASKED_SECONDS) < ASKED_SECONDS:
            return True
        _asked[key] = now
    return False


def forget() -> None:
    """Forget what this process asked for."""
    with _asked_lock:
        _asked.clear()


def build(*, memory_id: int, rebuild: bool = False, progress: Progress | None = None) -> Built:
    """Bring a memory's folder up to date: nothing to do where it has the revision, unless `rebuild`.

    `progress(entries read, entries)`; what it raises ends the build, and the index stays as it was. Raises
    NotFound for a term base or a trashed memory, IndexFileError when the files cannot be written.
    """
    memory = Memory.objects.filter(pk=memory_id, kind=Memory.Kind.MEMORY, trashed_at__isnull=True).first()
    if memory is None:
        raise NotFound
    folder = folders.folder_of(memory_id)
    if not rebuild:
        present = reader.from_disk(memory_id, building.identity_of(memory), memory.revision)
        if present is not None and present.revision == memory.revision:
            return Built(memory_id, present.entries, present.revision, folders.size(folder), False)
    report = None if progress is None else lambda done: progress(done, memory.entries)
    try:
        with folders.new_generation(folder) as partial:
            base = building.build(memory, partial, report)
    except OSError as error:
        raise IndexFileError(f"The index could not be written to {folder}: {error}") from error
    return Built(memory_id, base.entries, base.revision, folders.size(folder), True)


def tidy() -> int:
    """Remove folders of memories that are gone, and superseded generations; returns how many folders went."""
    known = folders.known()
    living = set(Memory.objects.filter(pk__in=known).values_list("pk", flat=True))
    gone = [memory_id for memory_id in known if memory_id not in living]
    for memory_id in gone:
        reader.close(memory_id)
        folders.remove(memory_id)
    return len(gone) + sum(folders.tidy(folders.folder_of(memory_id)) for memory_id in living)
