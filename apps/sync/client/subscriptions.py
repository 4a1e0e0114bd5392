"""What is kept up to date on this PC: single files, or everything below a folder, project or platform."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.services import Actor, record
from apps.ldm.models import File, Folder, Platform, Project
from apps.sync import clock
from apps.sync.client import link, losses, memories, originals, tree
from apps.sync.client.pull import pull
from apps.sync.models import MirroredFile, Subscription
from apps.sync.protocol import SyncPeer
from locanext_project import workspaces
from locanext_project.errors import Invalid

KINDS = {"platform": Platform, "project": Project, "folder": Folder, "file": File}


def check_kind(kind: str, entity_id: int) -> None:
    """Raises Invalid for what the server does not have."""
    if kind not in KINDS or entity_id <= 0:
        raise Invalid(_("Choose a platform, project, folder or file of the server."), field="kind")


def subscribe(*, actor: Actor, kind: str, entity_id: int) -> None:
    """Keep a part of the server's tree up to date here, from the next round on. Raises Invalid."""
    check_kind(kind, entity_id)
    with workspaces.atomic():
        Subscription.objects.get_or_create(kind=kind, entity_id=entity_id)
        if kind == "file":
            MirroredFile.objects.filter(pk=entity_id).update(subscribed=True)
        _record("subscription_set", actor, kind, entity_id)


def unsubscribe(*, actor: Actor, kind: str, entity_id: int) -> None:
    """Fetch it in the background no more; what is here stays. Raises Invalid."""
    check_kind(kind, entity_id)
    with workspaces.atomic():
        Subscription.objects.filter(kind=kind, entity_id=entity_id).delete()
        if kind == "file":
            MirroredFile.objects.filter(pk=entity_id).update(subscribed=False)
        _record("subscription_ended", actor, kind, entity_id)


def _record(action: str, actor: Actor, kind: str, entity_id: int) -> None:
    name = KINDS[kind].objects.filter(pk=entity_id).values_list("name", flat=True).first()  # type: ignore[attr-defined]
    record(action, actor=actor, target_kind=kind, target_id=entity_id, target_name=name or f"{kind} {entity_id}")


def open_file(peer: SyncPeer, file_id: int) -> MirroredFile:
    """Mirror a file's path and first rows, so that it can be shown; the rest follows in the background.

    From then on it is kept up to date. Raises Invalid for a file that was born here, and what the
    peer raises.
    """
    if file_id <= 0:
        raise Invalid(_("This file was made on this PC."), field="file_id")
    tree.mirror_path(peer, file_id)
    MirroredFile.objects.filter(pk=file_id).update(opened_at=link.moment(clock.now()))
    if not losses.whole(MirroredFile.objects.get(pk=file_id)):
        pull(peer, file_id)
    return MirroredFile.objects.get(pk=file_id)


def mirror_whole(peer: SyncPeer, file_id: int) -> None:
    """A file with all rows, its original and the memories that serve it. Resumes where it was cut."""
    tree.mirror_path(peer, file_id)
    while pull(peer, file_id).more:
        pass
    originals.fetch(peer, file_id)
    memories.refresh(peer, [file_id])


def files_below(peer: SyncPeer, kind: str, entity_id: int) -> list[int]:
    """The server's files in a part of its tree, or the one file. Raises Invalid, and what the peer raises."""
    check_kind(kind, entity_id)
    if kind == "file":
        return [entity_id]
    top = (kind, entity_id)
    return tree.files_below(tree.parts(peer, below=[top]), top)
