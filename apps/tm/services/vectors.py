"""Vectors of memories: asked for, built by a task, removed with their memory."""

from __future__ import annotations

import os
import shutil
import time
from array import array
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from apps.accounts.models import User
from apps.tasks import services as tasks
from apps.tasks.context import Actor
from apps.tasks.models import ACTIVE, TaskRun
from apps.tm.indexes import folders, vector_folders, vector_reader
from apps.tm.matching.normalise import normalise
from apps.tm.models import Entry, Memory
from apps.tm.selectors import engines
from apps.tm.selectors import memories as memory_selectors
from apps.tm.selectors.vector_state import KIND
from apps.tm.services import memories
from apps.tm.services.memories import MemoryEdit
from apps.tm.vectors import base
from apps.tm.vectors.base import About, Base
from apps.tm.vectors.embedder import Embedder, EngineUnavailable
from apps.tm.vectors.engines import NGRAM
from apps.tm.vectors.work import Work
from locanext_project import workspaces
from locanext_project.errors import Conflict, Invalid, Unavailable

Progress = Callable[[str, int, int], None]
"""(step, done, total); may raise to stop."""
PORTION = 5000
CHUNK_INSTANT, CHUNK_NEURAL = 5000, 256
"""Texts embedded between two looks at whether to stop."""
LOCK_SECONDS = 900.0
"""After which the lock of a builder that gives no sign is taken for one that died."""
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Built:
    """What was built. `embedded` of the `count` vectors were computed, the others were there already."""

    engine: str
    revision: int
    count: int
    embedded: int


class _EngineChanged(Exception):
    """The memory got another engine while its vectors were built."""


def request_build(*, actor: User, memory_id: int, engine: str | None = None) -> TaskRun:
    """Have the vectors of a memory built, with another engine where one is named; the run, also one that is at it.

    Raises NotFound, Invalid for an engine that is none, Unavailable (code "engine_unavailable") for one that does
    not work here.
    """
    with workspaces.atomic():
        memory = memory_selectors.get(memory_id, Memory.Kind.MEMORY)
        changed = engine is not None and engine != memory.engine
        if changed:
            memory = memories.update(actor=actor, memory_id=memory_id, edit=MemoryEdit(engine=engine))
        if not memory.engine:
            raise Invalid(_("This memory has no engine."), field="engine")
        if problem := engines.problem(memory.engine):
            raise Unavailable(problem, code="engine_unavailable")
        run = None if changed else _active(memory_id)
        return run or _enqueue(actor, memory_id, silent=False)


def request(*, actor: Actor, memory_ids: Collection[int]) -> int:
    """Have the worker build what `selectors.semantic` says is due, each once; returns how many tasks were started.

    For look-ups, and for imports when they are done: memories that need no files, or whose engine does not work
    here, are left alone.
    """
    started = 0
    for memory in memory_selectors.by_ids(memory_ids).values():
        wanted = memory.kind == Memory.Kind.MEMORY and memory.engine and not engines.problem(memory.engine)
        if not wanted or vector_reader.small(memory, memory.engine == NGRAM) or _active(memory.pk):
            continue
        _enqueue(actor, memory.pk, silent=True)
        started += 1
    return started


def _active(memory_id: int) -> TaskRun | None:
    runs = TaskRun.objects.filter(kind=KIND, status__in=ACTIVE, subject_kind="memory", subject_id=memory_id)
    return runs.order_by("-created_at").first()


def _enqueue(actor: Actor, memory_id: int, *, silent: bool) -> TaskRun:
    return tasks.enqueue(
        actor=actor,
        kind=KIND,
        args={"memory_id": memory_id},
        subject_kind="memory",
        subject_id=memory_id,
        silent=silent,
    )


def build(*, memory_id: int, progress: Progress) -> Built:
    """Make the vectors of a memory by its engine and put them in the place of the old ones.

    Vectors of sources that did not change are taken over, also those of a build that was stopped. Look-ups have
    the old vectors until the new ones are complete. Raises NotFound, Unavailable, Conflict where another process
    builds them, OSError, and what `progress` raises.
    """
    for _attempt in range(_ATTEMPTS):
        memory = memory_selectors.get(memory_id, Memory.Kind.MEMORY)
        if not memory.engine:
            vector_folders.remove(memory_id)
            return Built("", memory.revision, 0, 0)
        embedder = _loaded(memory.engine, progress)
        try:
            with _alone(vector_folders.folder_of(memory_id)) as alive:
                return _build(memory, embedder, _watched(progress, alive))
        except _EngineChanged:
            continue
    raise Conflict(_("The engine of this memory is changed faster than its vectors are built."))


def tidy() -> int:
    """Remove the vectors of memories that are gone; returns how many folders went."""
    known = vector_folders.known()
    living = set(Memory.objects.filter(pk__in=known).values_list("pk", flat=True))
    gone = [memory_id for memory_id in known if memory_id not in living]
    for memory_id in gone:
        vector_folders.remove(memory_id)
    return len(gone)


def _loaded(name: str, progress: Progress) -> Embedder:
    """The engine; waits for it, and looks meanwhile whether to stop."""
    while True:
        progress("loading", 0, 0)
        try:
            return engines.LOADED.wait(name, 0.5)
        except TimeoutError:
            continue
        except EngineUnavailable as failure:
            raise Unavailable(engines.why(failure), code="engine_unavailable", reason=failure.code) from failure


@contextmanager
def _alone(folder: Path) -> Iterator[Callable[[], None]]:
    """Hold the folder's lock; gives the function that says one is alive. Raises Conflict, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "building.lock"
    try:
        if time.time() - lock.stat().st_mtime > LOCK_SECONDS:
            lock.unlink(missing_ok=True)
    except OSError:
        pass
    try:
        lock.open("x").close()
    except FileExistsError:
        raise Conflict(_("The vectors of this memory are being built already.")) from None
    try:
        yield lambda: os.utime(lock)
    finally:
        lock.unlink(missing_ok=True)


def _watched(progress: Progress, alive: Callable[[], None]) -> Progress:
    def report(step: str, done: int, total: int) -> None:
        alive()
        progress(step, done, total)

    return report


def _build(memory: Memory, embedder: Embedder, progress: Progress) -> Built:
    folder = vector_folders.folder_of(memory.pk)
    old = vector_folders.opened(memory, embedder)
    with Work(folder / "work", embedder.name, embedder.version, embedder.dimension) as work:
        wanted, embedded = _embed_missing(memory, embedder, old, work, progress)
        ids = np.unique(np.frombuffer(wanted, dtype=np.int64)) if len(wanted) else np.empty(0, dtype=np.int64)
        stored = _Stored(old, work)
        ids = ids[stored.has(ids)]
        described = About(
            memory=vector_folders.identity_of(memory),
            engine=embedder.name,
            engine_version=embedder.version,
            dimension=embedder.dimension,
            revision=memory.revision,
            count=len(ids),
        )
        with folders.new_generation(folder) as partial:
            base.write(partial, described, ids, stored.fetch, progress)
            engine = Memory.objects.filter(pk=memory.pk).values_list("engine", flat=True).first()
            if engine != memory.engine:
                raise _EngineChanged
    shutil.rmtree(folder / "work", ignore_errors=True)
    return Built(embedder.name, memory.revision, len(ids), embedded)


def _embed_missing(
    memory: Memory, embedder: Embedder, old: Base | None, work: Work, progress: Progress
) -> tuple[array[int], int]:
    """The hashes of all live sources, and how many vectors had to be made; those are in `work` afterwards."""
    stored = _Stored(old, work)
    chunk = CHUNK_INSTANT if embedder.instant else CHUNK_NEURAL
    seen: set[int] = set()
    wanted = array("q")
    embedded = done = 0
    for portion in _sources(memory.pk):
        fresh = {key: source for key, source in portion if key not in seen}
        seen.update(fresh)
        keys = np.fromiter(fresh, dtype=np.int64, count=len(fresh))
        wanted.frombytes(keys.tobytes())
        missing = keys[~stored.has(keys)].tolist()
        for start in range(0, len(missing), chunk):
            progress("embedding", done, max(done, memory.entries))
            some = missing[start : start + chunk]
            vectors = embedder.embed([normalise(fresh[key]) for key in some])
            work.append(np.array(some, dtype=np.int64), vectors)
            embedded += len(some)
            # Within a portion of many new sources, progress moves with them.
            if start + chunk < len(missing):
                progress("embedding", done + start + chunk, max(done + len(portion), memory.entries))
        done += len(portion)
        progress("embedding", done, max(done, memory.entries))
    return wanted, embedded


def _sources(memory_id: int) -> Iterator[list[tuple[int, str]]]:
    """(hash, source) of the live entries in portions by id. What changes meanwhile comes by the cursor."""
    after = -(2**63)
    live = Entry.objects.filter(memory_id=memory_id, removed_at__isnull=True).order_by("pk")
    while portion := list(live.filter(pk__gt=after).values_list("pk", "source_hash", "source")[:PORTION]):
        after = portion[-1][0]
        yield [(source_hash, source) for _pk, source_hash, source in portion]


class _Stored:
    """Vectors that are there already: of the old files, and of work that was begun."""

    def __init__(self, old: Base | None, work: Work) -> None:
        self._old = old
        self._keys, self._rows = work.whole()
        self._begun = work.contents()[1]
        self._dimension = work.dimension

    def has(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the ids have a vector."""
        return (self._in_work(ids) >= 0) | (self._in_old(ids) >= 0)

    def fetch(self, ids: NDArray[np.int64]) -> NDArray[np.float16]:
        """Their vectors, for ids that have one."""
        vectors = np.zeros((len(ids), self._dimension), dtype=np.float16)
        begun = self._in_work(ids)
        vectors[begun >= 0] = self._begun[begun[begun >= 0]]
        kept = np.where(begun >= 0, -1, self._in_old(ids))
        if self._old is not None:
            vectors[kept >= 0] = self._old.vectors[kept[kept >= 0]]
        return vectors

    def _in_old(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.full(len(ids), -1, dtype=np.int64) if self._old is None else self._old.places(ids)

    def _in_work(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self._keys):
            return np.full(len(ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._keys, ids), len(self._keys) - 1)
        return np.where(self._keys[at] == ids, self._rows[at], -1)
