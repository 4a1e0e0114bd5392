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
    """noop, applied, lost, replaced (by a later edit that arrived before it)."""
    rev = models.BigIntegerField()
    """The row's revision after it."""
    edited_at = models.FloatField()
    """When the edit was made, in the server's time: seconds since 1970."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["row_id", "rev"], name="applied_row")]

    def __str__(self) -> str:
        return f"{self.op} {self.status}"


class IncomingBlob(models.Model):
    """Bytes that a desktop is sending: they may come in any pieces, over days of bad network. Removed after a day."""

    owner_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    have = models.BigIntegerField(default=0)
    """Bytes that are here, from the first on."""
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "sha256"], name="incoming_once")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.have}/{self.size}"


class IncomingPart(models.Model):
    """A piece of an IncomingBlob, 1 MiB at most."""

    blob = models.ForeignKey(IncomingBlob, on_delete=models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.blob_id}[{self.offset}]"


class CreatedThing(models.Model):
    """What became of something born offline, by the key its desktop gave it: asked again, there is no second copy."""

    key = models.UUIDField(primary_key=True)
    client = models.UUIDField()
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    thing_id = models.BigIntegerField(null=True)
    """None until it is made: while the transaction runs that makes it, or the task."""
    task_id = models.UUIDField(null=True)
    """The run that makes it, where it is large."""
    remember_from = models.BigIntegerField(null=True)
    """Of a large file: the position from which on its confirmed rows are still to go into the memory; None: no more."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.thing_id}"


class ArrivingFile(models.Model):
    """A file that is taken in piece by piece and that nobody sees yet."""

    file_id = models.BigIntegerField(primary_key=True)
    item_id = models.BigIntegerField()
    """The entry of the recycle bin that hides it."""
    held_until = models.DateTimeField()
    """Not removed before: somebody is at work on it."""

    def __str__(self) -> str:
        return str(self.file_id)
