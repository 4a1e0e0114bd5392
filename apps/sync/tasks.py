"""The long jobs of sync: fetching parts of the server's tree, sending what was born offline, and taking it in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.sync.client import peers, subscriptions, uploads
from apps.sync.protocol import Caller
from apps.sync.server.create import TASK, create
from apps.tasks.context import TaskContext
from apps.tasks.registry import task
from locanext_project.errors import Forbidden


@task("sync.mirror", gettext_lazy("Fetching files of the server"))
def mirror(context: TaskContext, *, kind: str, entity_id: int) -> dict[str, Any]:
    """Fetch a file, or all files below a node, with originals and memories; {"files"}."""
    with peers.in_words(), peers.server() as peer:
        files = subscriptions.files_below(peer, kind, entity_id)
        for number, file_id in enumerate(files):
            context.progress(number, len(files), step="fetch")
            subscriptions.mirror_whole(peer, file_id)
    context.progress(len(files), len(files), step="fetch")
    return {"files": len(files)}


@task("sync.upload", gettext_lazy("Uploading to the server"))
def upload(context: TaskContext, *, kind: str, local_id: int, project_id: int, folder_id: int | None) -> dict[str, Any]:
    """Send a file, a folder or a memory that was born here; {"kind", "id"} of the server's copy."""
    if not isinstance(context.actor, User):
        raise Forbidden(_("The account that started this is switched off."))
    with peers.in_words(), peers.server() as peer:
        return uploads.upload(
            peer, actor=context.actor, kind=kind, local_id=local_id, project_id=project_id, folder_id=folder_id
        )


@task(TASK, gettext_lazy("Taking in what a desktop sent"))
def receive(context: TaskContext, *, key: str, caller: dict[str, Any], thing: dict[str, Any]) -> dict[str, Any]:
    """Make the server's copy of something large that was born offline: {"kind", "id"}."""
    if not isinstance(context.actor, User) or not context.actor.is_active:
        raise Forbidden(_("The account that started this is switched off."))
    return create(actor=context.actor, caller=Caller(**caller), key=key, thing=thing)
