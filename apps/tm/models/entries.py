"""Entries of a memory: one source with one target, where it came from, and its history."""

from __future__ import annotations

from django.db import models

from locanext_project.local_ids import EntityId

from .memories import Memory


class Entry(models.Model):
    """A translation unit. Texts are raw; `source_hash` is of the normalised source.

    `previous` and `next` are the neighbouring sources where they are known: None is unknown, ""
    says that there was no neighbour. Removed entries stay as tombstones (`removed_at`): they are
    the entry bin, and what followers of the revision learn the removal from.
    """

    id = EntityId(primary_key=True)
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.TextField(default="", db_default="", blank=True)
    key_hash = models.BigIntegerField(null=True, blank=True)
    """`key_hash(key)` of `tm.matching.normalise`, None without a key: keys may be too long for an index."""
    source = models.TextField()
    target = models.TextField()
    source_hash = models.BigIntegerField()
    previous = models.TextField(null=True, blank=True)
    next = models.TextField(null=True, blank=True)
    speaker = models.CharField(max_length=255, default="", db_default="", blank=True)
    note = models.TextField(default="", db_default="", blank=True)
    origin = models.CharField(max_length=255, default="", db_default="", blank=True)
    """The file that it came from, by name."""
    confirmed = models.BooleanField(default=False, db_default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_id = models.BigIntegerField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True, blank=True)
    created_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True, blank=True)
    changed_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    rev = models.BigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["memory", "id"], name="entry_memory"),
            models.Index(fields=["memory", "source_hash"], name="entry_source_hash"),
            models.Index(fields=["memory", "key_hash"], name="entry_key"),
            models.Index(fields=["memory", "rev", "id"], name="entry_rev"),
        ]

    def __str__(self) -> str:
        return f"{self.memory_id}: {self.source[:60]}"


class EntryRevision(models.Model):
    """One change of one entry: what it was before, who changed it and why."""

    class Kind(models.TextChoices):
        EDIT = "edit"
        CONFIRM = "confirm"
        UNCONFIRM = "unconfirm"
        ROW = "row"
        IMPORT = "import"
        REMOVE = "remove"
        RESTORE = "restore"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind)
    rev = models.BigIntegerField()
    at = models.DateTimeField()
    author_id = models.BigIntegerField(null=True, blank=True)
    author_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    source_before = models.TextField(null=True, blank=True)
    """Only where it changed; so with `target_before`."""
    target_before = models.TextField(null=True, blank=True)
    note = models.CharField(max_length=500, default="", db_default="", blank=True)

    def __str__(self) -> str:
        return f"{self.entry_id} {self.kind} at {self.rev}"
