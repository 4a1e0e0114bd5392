"""The recycle bin as a person sees it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from apps.ldm import permissions, permissions_memory
from apps.ldm.models import File, Folder, TrashItem
from apps.ldm.permissions import Person
from apps.tm.models import Memory

ORDER = ("-deleted_at", "-id")


def visible_items(user: Person) -> QuerySet[TrashItem]:
    """Entries whose place the person sees, whoever deleted them; not those whose time is over.

    `memory_owner_id` is whose memory it is, where it is one.
    """
    memories = Memory.objects.filter(pk=OuterRef("entity_id"))
    items = TrashItem.objects.filter(expires_at__gt=timezone.now())
    items = items.annotate(memory_owner_id=Subquery(memories.values("owner_id")))
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
        | Q(Exists(memories.filter(permissions_memory.memory_q(user))), kind=TrashItem.Kind.MEMORY)
    )
