"""Removing the copies of one server's things before those of another come, whose ids mean something else."""

from __future__ import annotations

from django.db.models import Model, Q

from apps.ldm.models import File, Folder, Platform, Project, Row
from apps.sync.models import (
    Conflict,
    MirroredFile,
    MirroredMemory,
    MirroredOriginal,
    MirroredRow,
    PlaceOfUpload,
    Shadow,
    Subscription,
)
from apps.tm.models import Entry, Memory, Term
from locanext_project import workspaces

_NOTES: tuple[type[Model], ...] = (
    Conflict, MirroredFile, MirroredMemory, MirroredOriginal, MirroredRow, PlaceOfUpload, Shadow, Subscription,
)  # fmt: skip


def forget_mirror() -> None:
    """Remove every mirrored thing and what is noted of it; what was born here stays. Only where no edit waits."""
    with workspaces.atomic():
        Row.objects.filter(pk__gt=0).delete()
        for model in (File, Folder, Project, Platform):
            model._default_manager.filter(pk__gt=0).delete()
        mirrored = Memory.objects.filter(pk__gt=0).values("pk")
        for entries in (Entry, Term):
            entries._default_manager.filter(Q(pk__gt=0) | Q(memory_id__in=mirrored)).delete()
        Memory.objects.filter(pk__gt=0).delete()
        for note in _NOTES:
            note._default_manager.all().delete()
