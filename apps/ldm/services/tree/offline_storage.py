"""The place for what is born on a desktop: the platform and the project "Offline Storage", both with the id -1."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm.models import Platform, Project
from apps.ldm.services.tree.create import stamps
from locanext_project import workspaces
from locanext_project.errors import NotFound
from locanext_project.local_ids import STORAGE_ID, is_desktop

NAME = "Offline\N{NO-BREAK SPACE}Storage"
"""With a space that nobody types: a platform of the server may be called the same, and is mirrored beside it."""


def ensure(*, actor: User) -> Project:
    """The project of what is born here, with its platform loaded; made on first use. Raises NotFound on a server."""
    if not is_desktop():
        raise NotFound
    found = _find()
    if found is not None:
        return found
    with workspaces.atomic():
        found = _find()
        if found is not None:
            return found
        platform, _made = Platform.objects.get_or_create(pk=STORAGE_ID, defaults={"name": NAME, **stamps(actor)})
        project = Project.objects.create(pk=STORAGE_ID, platform=platform, name=NAME, **stamps(actor))
        record(
            "offline_storage_made", actor=actor, target_kind="project", target_id=project.pk, target_name=project.name
        )
    return project


def shown_name(kind: str, pk: int, name: str) -> str:
    """What a node is called in the interface: the Offline Storage in the reader's language, all others as they are."""
    return _("Offline Storage") if pk == STORAGE_ID and kind in ("platform", "project") else name


def _find() -> Project | None:
    return Project.objects.filter(pk=STORAGE_ID).select_related("platform").first()
