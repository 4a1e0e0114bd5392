"""Who may see restricted things, and who may do what ordinary people may not."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .tree import Platform, Project


class Grant(models.Model):
    """One person may see one restricted platform or project."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    platform = models.ForeignKey(Platform, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(platform__isnull=True) ^ Q(project__isnull=True), name="grant_platform_or_project"
            ),
            models.UniqueConstraint(
                fields=["user", "platform"], condition=Q(platform__isnull=False), name="grant_platform_unique"
            ),
            models.UniqueConstraint(
                fields=["user", "project"], condition=Q(project__isnull=False), name="grant_project_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} sees {self.platform_id or self.project_id}"


class Capability(models.Model):
    """Something a person may do beyond the role, for ever or until a date."""

    class Name(models.TextChoices):
        DELETE_PLATFORM = "delete_platform"
        DELETE_PROJECT = "delete_project"
        MOVE_ACROSS_PROJECTS = "move_across_projects"
        EMPTY_TRASH = "empty_trash"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="capabilities")
    name = models.CharField(max_length=30, choices=Name)
    expires_at = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        verbose_name_plural = "capabilities"
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="capability_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} may {self.name}"
