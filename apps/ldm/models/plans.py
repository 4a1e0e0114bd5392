"""The dry run of a re-import: what would happen, kept until it is applied or a day has passed."""

from __future__ import annotations

import uuid

from django.db import models

from .originals import Original
from .tree import File


class ImportPlan(models.Model):
    """A new version of a file, compared with its rows. Nothing of it is in the file yet."""

    class Kind(models.TextChoices):
        REIMPORT = "reimport"
        BILINGUAL = "bilingual"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REIMPORT)
    original = models.ForeignKey(Original, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner_id = models.BigIntegerField()
    base_revision = models.BigIntegerField()
    """The file's revision that was compared."""
    recognise_by = models.CharField(max_length=10, default="all")
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.file_id}"


class ImportPlanItem(models.Model):
    """One row of the dry run that is not simply unchanged."""

    class Kind(models.TextChoices):
        NEW = "new"
        CHANGED = "changed"
        GONE = "gone"
        CONFLICTING = "conflicting"

    plan = models.ForeignKey(ImportPlan, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    row_id = models.BigIntegerField(null=True)
    segment = models.IntegerField()
    key = models.TextField(default="", blank=True)
    old_key = models.TextField(null=True, blank=True)
    source = models.TextField(default="", blank=True)
    old_source = models.TextField(null=True, blank=True)
    target_here = models.TextField(null=True, blank=True)
    target_file = models.TextField(null=True, blank=True)
    recognised_by = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "kind", "id"], name="plan_item_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
