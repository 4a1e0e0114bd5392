"""What people are told about the vectors of memories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.tasks.models import ACTIVE, TaskRun
from apps.tm.indexes import vector_folders, vector_reader
from apps.tm.models import Memory
from apps.tm.selectors import engines
from apps.tm.vectors.engines import NGRAM

KIND = "tm.vectors"
"""The task that builds them."""


def vector_state(memory: Memory) -> dict[str, Any]:
    """{"engine", "state", "revision", "done", "total", "why"} of one memory; see `vector_states`."""
    return vector_states([memory])[memory.pk]


def vector_states(memories: Sequence[Memory]) -> dict[int, dict[str, Any]]:
    """By memory, in one query.

    "ready": neighbours are found; what changed since `revision` is embedded when somebody looks, so ready is
    never stale. "building": `done` of `total`. "none": there are none (an empty `engine`, a term base, or not
    built yet). "unavailable": the engine does not work on this node, `why` says so in one sentence.
    """
    ids = [memory.pk for memory in memories if memory.engine and memory.kind == Memory.Kind.MEMORY]
    runs: dict[int | None, TaskRun] = {}
    if ids:
        active = TaskRun.objects.filter(kind=KIND, status__in=ACTIVE, subject_kind="memory", subject_id__in=ids)
        runs = {run.subject_id: run for run in active.order_by("created_at")}
    problems = {name: engines.problem(name) for name in {memory.engine for memory in memories if memory.pk in ids}}
    return {memory.pk: _state(memory, runs.get(memory.pk), problems) for memory in memories}


def _state(memory: Memory, run: TaskRun | None, problems: Mapping[str, str]) -> dict[str, Any]:
    if memory.kind != Memory.Kind.MEMORY or not memory.engine:
        return _shown(memory, "none")
    if problem := problems[memory.engine]:
        return _shown(memory, "unavailable", why=problem)
    if run is not None:
        return _shown(memory, "building", done=run.done or 0, total=run.total or memory.entries)
    described = vector_folders.about(memory)
    if described is not None:
        return _shown(memory, "ready", described.revision, described.count, described.count)
    if memory.engine == NGRAM and vector_reader.small(memory, instant=True):
        return _shown(memory, "ready", memory.revision, memory.entries, memory.entries)
    return _shown(memory, "none")


def _shown(
    memory: Memory, state: str, revision: int = 0, done: int = 0, total: int = 0, why: str = ""
) -> dict[str, Any]:
    return {
        "engine": memory.engine,
        "state": state,
        "revision": revision,
        "done": done,
        "total": total,
        "why": why,
    }
