"""Rows: one segment each, and the text that search looks in."""

from __future__ import annotations

from django.db import models

from locanext_project.local_ids import EntityId

from .tree import File
from .values import Origin, Status


class Row(models.Model):
    """One segment of a file.

    `rev` is the file's revision of the row's last change of any kind, `text_rev` that of its
    last change of target or status: what a save must have seen.
    """

    id = EntityId(primary_key=True)
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="rows", db_index=False)
    position = models.IntegerField()
    """Dense from 0 among live rows; -1 for rows that a newer version of the file no longer has."""
    segment = models.IntegerField()
    """Position in the original's Document.segments; -1 when the original does not hold the row."""
    key = models.TextField(default="", blank=True)
    plural = models.CharField(max_length=10, default="", db_default="", blank=True)
    source = models.TextField()
    target = models.TextField(default="", blank=True)
    source_hash = models.BigIntegerField()
    """64 bits of the normalised source: equal texts, equal hash. Compare the texts as well."""
    status = models.SmallIntegerField(choices=Status, default=Status.NEW)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.NONE, blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    words = models.IntegerField(default=0)
    locked = models.BooleanField(default=False, db_default=False)
    source_changed = models.BooleanField(default=False, db_default=False)
    blank_intended = models.BooleanField(default=False, db_default=False)
    old_source = models.TextField(null=True, blank=True)
    context = models.TextField(default="", db_default="", blank=True)
    comment = models.TextField(default="", db_default="", blank=True)
    location = models.CharField(max_length=255, default="", blank=True)
    max_length = models.IntegerField(null=True, blank=True)
    codes = models.JSONField(null=True, blank=True)
    """Inline markup by token number, where the format has any."""
    rev = models.BigIntegerField(default=0)
    text_rev = models.BigIntegerField(default=0)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by_id = models.BigIntegerField(null=True, blank=True)
    edited_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    assignee_id = models.BigIntegerField(null=True, blank=True)
    """Who is to work on it, where that is somebody else than the file's assignee."""
    assignee_name = models.CharField(max_length=150, default="", db_default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["file", "position"], name="row_position"),
            models.Index(fields=["file", "rev", "id"], name="row_rev"),
            models.Index(fields=["file", "status", "position"], name="row_status"),
            models.Index(fields=["source_hash"], name="row_source_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.position} {self.key}"


class RowText(models.Model):
    """A row's searchable text: lower-cased, every CJK character doubled, fields joined by U+001F.

    Doubling lets a trigram index find words of two characters. One trigram index per database
    vendor lies on it (see the migration); search verifies every hit against the row itself.
    """

    row = models.OneToOneField(Row, primary_key=True, on_delete=models.CASCADE, related_name="searchable")
    file_id = models.BigIntegerField(db_index=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]
