"""Two texts of one row that did not know of each other: both stay, somebody decides."""

from __future__ import annotations

from django.db import models


class Conflict(models.Model):
    """A concurrent edit that lost. The same on the server and, mirrored by `op`, on the desktop it came from."""

    op = models.UUIDField(unique=True)
    """The edit of a desktop in which it came to light."""
    file_id = models.BigIntegerField()
    row_id = models.BigIntegerField()
    base = models.TextField(default="", blank=True)
    """The target that the desktop had seen."""
    kept = models.TextField(default="", blank=True)
    kept_by_id = models.BigIntegerField(null=True)
    kept_by_name = models.CharField(max_length=150, default="", blank=True)
    kept_at = models.DateTimeField(null=True)
    lost = models.TextField(default="", blank=True)
    lost_status = models.SmallIntegerField(default=0)
    lost_by_id = models.BigIntegerField(null=True)
    lost_by_name = models.CharField(max_length=150, default="", blank=True)
    lost_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, default="concurrent")
    """concurrent, gone (the row is not there any more), forbidden, clock (times too far apart to compare)."""
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_id = models.BigIntegerField(null=True, blank=True)
    resolved_by_name = models.CharField(max_length=150, default="", blank=True)
    resolution = models.CharField(max_length=10, default="", blank=True)
    """kept, swapped, third."""
    resolution_sent = models.BooleanField(default=True)
    """On a desktop: False from the decision until the server knows it."""

    class Meta:
        indexes = [models.Index(fields=["file_id", "resolved_at"], name="conflict_file")]

    def __str__(self) -> str:
        return f"{self.row_id} {self.resolution or 'open'}"
