"""What happened to rows: change sets for acts on many, a revision for every row they touched."""

from __future__ import annotations

from django.db import models

from .originals import StoredBlob
from .rows import Row
from .tree import File
from .values import Origin, Status


class ChangeSet(models.Model):
    """One act on a file's rows, with author, reason and counts; it can be reverted as a whole."""

    class Kind(models.TextChoices):
        IMPORT = "import"
        REIMPORT = "reimport"
        BILINGUAL = "bilingual"
        REPLACE = "replace"
        PRETRANSLATE = "pretranslate"
        PROPAGATE = "propagate"
        BULK = "bulk"
        PASTE = "paste"
        MERGE = "merge"
        SYNC = "sync"
        REVERT = "revert"

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="change_sets")
    kind = models.CharField(max_length=15, choices=Kind)
    reason = models.CharField(max_length=500, default="", blank=True)
    counts = models.JSONField(default=dict)
    """What the act did: {"new": 3, "changed": 2, …}."""
    revision = models.BigIntegerField(default=0)
    """The file's revision it produced."""
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    reverts = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reverted_by")
    before = models.JSONField(default=dict)
    """State of the file that a revert restores: its original."""
    order_before = models.ForeignKey(StoredBlob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Row id, position and segment of every row before, as three arrays of 64-bit integers."""

    class Meta:
        indexes = [models.Index(fields=["file", "-id"], name="changeset_file")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RowRevision(models.Model):
    """One change of one row: the text before and after, who, when, why."""

    class Kind(models.TextChoices):
        EDIT = "edit"
        STATUS = "status"
        FLAG = "flag"
        IMPORT = "import"
        BULK = "bulk"
        REVERT = "revert"
        CONFLICT_LOST = "conflict_lost"
        SYNC = "sync"

    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="revisions")
    change_set = models.ForeignKey(
        ChangeSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    kind = models.CharField(max_length=15, choices=Kind)
    rev = models.BigIntegerField()
    at = models.DateTimeField()
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=150, default="", blank=True)
    target_before = models.TextField(default="", blank=True)
    target = models.TextField(default="", blank=True)
    status_before = models.SmallIntegerField(choices=Status)
    status = models.SmallIntegerField(choices=Status)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.NONE, blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    before = models.JSONField(null=True, blank=True)
    """Other fields as they were before (key, source, position, flags), where the act changed them."""

    class Meta:
        indexes = [models.Index(fields=["row", "-id"], name="revision_row")]

    def __str__(self) -> str:
        return f"{self.row_id}@{self.rev}"
