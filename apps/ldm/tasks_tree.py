"""Tasks of the tree: copying much, and removing what was deleted for ever."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.ldm.services.tree import copy, purge
from apps.ldm.services.tree.structure import Ref
from apps.tasks.context import TaskContext
from apps.tasks.registry import task


@task("ldm.copy", _("Copying"))
def run_copy(context: TaskContext, *, items: list[dict[str, Any]], to: dict[str, Any] | None) -> dict[str, Any]:
    """Copy things a file at a time; {"items": [{"ref", "name"}], "files": number}."""
    copied, files = copy.copy_in_steps(
        actor=context.actor,  # type: ignore[arg-type]
        items=[Ref(item["kind"], item["id"]) for item in items],
        to=Ref(to["kind"], to["id"]) if to else None,
        progress=context.progress,
    )
    return {
        "items": [{"ref": {"kind": one.ref.kind, "id": one.ref.id}, "name": one.name} for one in copied],
        "files": files,
    }


@task("ldm.purge", _("Deleting for ever"))
def run_purge(context: TaskContext) -> dict[str, Any]:
    """Remove every bin entry whose time is over; {"removed": number of entries}."""
    return {"removed": purge.purge_condemned(progress=context.progress)}
