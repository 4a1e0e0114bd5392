"""The bytes files came from: compressed, content-addressed, in the database.

In the database and not on a disk, because every node (a second server process, a desktop in the
LAN set-up) must be able to export, and backups must hold one truth.
"""

from __future__ import annotations

from django.db import models


class StoredBlob(models.Model):
    """Bytes by their SHA-256, stored once."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    """Bytes before compression."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256


class StoredBlobChunk(models.Model):
    """A piece of the zlib-compressed bytes, 1 MiB at most."""

    blob = models.ForeignKey(StoredBlob, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "number"], name="blob_chunk_unique")]

    def __str__(self) -> str:
        return f"{self.blob_id}[{self.number}]"


class Original(models.Model):
    """An imported file as it came: its bytes and the options that read it. Its variants share it."""

    blob = models.ForeignKey(StoredBlob, on_delete=models.PROTECT, related_name="+")
    source_blob = models.ForeignKey(StoredBlob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The source-language file of a monolingual format."""
    filename = models.CharField(max_length=255)
    source_filename = models.CharField(max_length=255, default="", blank=True)
    format = models.CharField(max_length=20)
    encoding = models.CharField(max_length=40, default="", blank=True)
    options = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    keyed = models.BooleanField(default=True)
    """False when the format had to make keys from positions: they recognise nothing in a newer version."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class Upload(models.Model):
    """Bytes a person sent, before they are imported. Removed after a day."""

    id = models.UUIDField(primary_key=True)
    owner_id = models.BigIntegerField()
    filename = models.CharField(max_length=1000)
    """The file's name, or its path inside a dropped folder."""
    blob = models.ForeignKey(StoredBlob, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.filename
