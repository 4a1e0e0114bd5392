"""Which memory serves which part of the tree."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from apps.tm.models import Memory

from .tree import Folder, Platform, Project, TrashItem


class MemoryAssignment(models.Model):
    """The one place a memory serves: a platform, a project, a folder, or none (unassigned).

    Every memory has exactly one. An unassigned one is never active.
    """

    memory = models.OneToOneField(Memory, primary_key=True, on_delete=models.CASCADE, related_name="assignment")
    platform = models.ForeignKey(Platform, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    folder = models.ForeignKey(Folder, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    active = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=100)
    """Among memories of one place, the lower number comes first."""
    penalty = models.SmallIntegerField(default=0)
    """Points of a hundred taken off every score; above 0 the memory never fills rows by itself."""
    writable = models.BooleanField(default=True)
    """Whether confirmed rows are written into it."""
    was_restricted = models.BooleanField(default=False)
    """Its last place was restricted: while unassigned only its owner and admins see it."""
    lost_with = models.ForeignKey(TrashItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """The deletion that took its place away: restoring that entry of the bin gives the place back."""
    former = models.JSONField(default=dict, blank=True)
    """What that deletion took: {"kind", "id", "active"}; empty otherwise."""
    assigned_at = models.DateTimeField(null=True, blank=True)
    assigned_by_id = models.BigIntegerField(null=True, blank=True)
    assigned_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(platform__isnull=True, project__isnull=True)
                | Q(platform__isnull=True, folder__isnull=True)
                | Q(project__isnull=True, folder__isnull=True),
                name="assignment_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.memory_id} for {self.platform_id or self.project_id or self.folder_id}"

    @property
    def place(self) -> tuple[str, int] | None:
        """Kind and id of the place, None while unassigned."""
        for kind in ("folder", "project", "platform"):
            if (pk := getattr(self, f"{kind}_id")) is not None:
                return kind, pk
        return None
