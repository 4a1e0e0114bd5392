"""The long jobs of memories that need no place in the tree. Each only unpacks its arguments and calls a service."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from apps.tm.services import indexes


@task(indexes.KIND, _("Building the index of a memory"))
def build_index(context: TaskContext, *, memory_id: int, rebuild: bool = False) -> dict[str, Any]:
    """Bring a memory's index folder up to date; {"entries", "revision", "bytes", "built"}."""

    def report(done: int, total: int) -> None:
        context.progress(done, max(done, total), step="index")

    built = indexes.build(memory_id=memory_id, rebuild=rebuild, progress=report)
    indexes.tidy()
    return {"entries": built.entries, "revision": built.revision, "bytes": built.bytes, "built": built.built}
