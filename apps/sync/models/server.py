"""What a server keeps of its desktops' edits."""

from __future__ import annotations

import uuid

from django.db import models


class ServerEpoch(models.Model):
    """Which life of the server's data this is: a restored backup gets a new one, and desktops start anew."""

    epoch = models.UUIDField(default=uuid.uuid4)
    began_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.epoch)


class AppliedEdit(models.Model):
    """An edit that came from a desktop, and its answer: asked again, it changes nothing and answers the same."""

    op = models.UUIDField(primary_key=True)
    client = models.UUIDField()
    user_id = models.BigIntegerField()
    row_id = models.BigIntegerField()
    status = models.CharField(max_length=10)
    """noop, applied, lost."""
    rev = models.BigIntegerField()
    """The row's revision after it."""
    edited_at = models.FloatField()
    """When the edit was made, in the server's time: seconds since 1970."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["row_id", "rev"], name="applied_row")]

    def __str__(self) -> str:
        return f"{self.op} {self.status}"
