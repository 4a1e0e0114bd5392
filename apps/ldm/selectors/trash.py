"""The recycle bin as a person sees it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.ldm import permissions
from apps.ldm.models import File, Folder, TrashItem
from apps.ldm.permissions import Person

ORDER = ("-deleted_at", "-id")


def visible_items(user: Person) -> QuerySet[TrashItem]:
    """Entries whose place the person sees, whoever deleted them; not those whose time is over."""
    items = TrashItem.objects.filter(expires_at__gt=timezone.now())
    if permissions.sees_everything(user):
        return items
    inside = permissions.project_q(user, "project__")
    platforms = permissions.visible_platforms(user, include_trashed=True).values("pk")
    projects = permissions.visible_projects(user, include_trashed=True).values("pk")
    return items.filter(
        Q(kind=TrashItem.Kind.PLATFORM, entity_id__in=platforms)
        | Q(kind=TrashItem.Kind.PROJECT, entity_id__in=projects)
        | Q(Exists(Folder.objects.filter(inside, pk=OuterRef("entity_id"))), kind=TrashItem.Kind.FOLDER)
        | Q(Exists(File.objects.filter(inside, pk=OuterRef("entity_id"))), kind=TrashItem.Kind.FILE)
    )
