"""Memories: named containers of entries, or of terms, in one pair of languages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from locanext_project.local_ids import EntityId

NAME_LENGTH = 255


class Memory(models.Model):
    """A translation memory, or a term base: the two share name, languages, scope, revision and recycle bin.

    `revision` is raised in the transaction of every change to the entries or terms, under a lock
    on this row that is taken before they are touched and held until the commit: readers who
    follow it miss nothing. Which platform, project or folder it serves is the ldm app's.
    """

    id = EntityId(primary_key=True)

    class Kind(models.TextChoices):
        MEMORY = "memory"
        TERMS = "terms"

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MEMORY)
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.TextField(default="", blank=True)
    source_language = models.CharField(max_length=35)
    target_language = models.CharField(max_length=35)
    owner_id = models.BigIntegerField(null=True)
    owner_name = models.CharField(max_length=150, default="", blank=True)
    revision = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    """Live entries, or live terms."""
    confirmed = models.BigIntegerField(default=0)
    """Those of them that somebody confirmed."""
    purged_revision = models.BigIntegerField(default=0, db_default=0)
    """The highest revision of a tombstone that was removed for ever: who follows from before it must start anew."""
    engine = models.CharField(max_length=200, default="ngram", blank=True)
    """Which embedder makes the vectors of meaning: "ngram", "static:NAME", "transformer:NAME", or "" for none."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by_id = models.BigIntegerField(null=True)
    changed_by_name = models.CharField(max_length=150, default="", blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "memories"
        constraints = [
            models.UniqueConstraint("kind", "name", condition=Q(trashed_at__isnull=True), name="memory_name_unique")
        ]

    def __str__(self) -> str:
        return self.name
