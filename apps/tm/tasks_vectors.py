"""The task that builds the vectors of a memory. It only unpacks its arguments and calls a service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from apps.tm.selectors.vector_state import KIND
from apps.tm.services import vectors


@task(KIND, _("Building the vectors of a memory"))
def build_vectors(context: TaskContext, *, memory_id: int) -> dict[str, Any]:
    """Bring a memory's vectors up to date; {"engine", "revision", "count", "embedded"}."""

    def report(step: str, done: int, total: int) -> None:
        context.progress(done, total or None, step=step)

    built = vectors.build(memory_id=memory_id, progress=report)
    vectors.tidy()
    return {
        "engine": built.engine,
        "revision": built.revision,
        "count": built.count,
        "embedded": built.embedded,
    }
