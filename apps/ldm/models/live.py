"""Who is in a file and who is editing which row. Nothing of it is history: all of it expires by itself."""

from __future__ import annotations

from django.db import models

from .rows import Row
from .tree import File


class RowLease(models.Model):
    """A person's right to be the one who edits a row, until it runs out. Every save checks it."""

    row = models.OneToOneField(Row, primary_key=True, on_delete=models.CASCADE, related_name="lease")
    file_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=150)
    connection = models.CharField(max_length=40)
    """Which window holds it: two windows of one person pass it to each other."""
    taken_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["file_id", "until"], name="lease_file")]

    def __str__(self) -> str:
        return f"{self.row_id} by {self.user_name}"


class Presence(models.Model):
    """One window that has a file open, and the row its cursor is on."""

    connection = models.CharField(primary_key=True, max_length=40)
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=150)
    row_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_name} in {self.file_id}"


class SocketTicket(models.Model):
    """A one-use permission to open a socket on a file, for clients that cannot send a cookie. Kept as a hash."""

    hash = models.CharField(primary_key=True, max_length=64)
    user_id = models.BigIntegerField()
    session_id = models.UUIDField()
    file_id = models.BigIntegerField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} on {self.file_id}"
