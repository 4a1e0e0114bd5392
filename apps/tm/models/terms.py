"""Terms of a term base, and candidates that wait for a person's decision."""

from __future__ import annotations

from django.db import models

from locanext_project.local_ids import EntityId

from .memories import Memory


class Term(models.Model):
    """A source term with one translation; a term with several has a row for each."""

    id = EntityId(primary_key=True)

    class Use(models.TextChoices):
        PREFERRED = "preferred"
        ADMITTED = "admitted"
        FORBIDDEN = "forbidden"

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.TextField()
    target = models.TextField(default="", blank=True)
    source_hash = models.BigIntegerField()
    use = models.CharField(max_length=10, choices=Use, default=Use.PREFERRED)
    """Forbidden: this translation must not be used for the source."""
    part_of_speech = models.CharField(max_length=40, default="", db_default="", blank=True)
    case_sensitive = models.BooleanField(default=False, db_default=False)
    definition = models.TextField(default="", db_default="", blank=True)
    note = models.TextField(default="", db_default="", blank=True)
    concept = models.CharField(max_length=80, default="", db_default="", blank=True)
    """Id of the concept in the file it came from; terms of one concept belong together."""
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True, blank=True)
    created_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True, blank=True)
    changed_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)
    rev = models.BigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["memory", "source_hash"], name="term_source_hash"),
            models.Index(fields=["memory", "rev", "id"], name="term_rev"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.target}"


class TermCandidate(models.Model):
    """A possible term found in files: counts only after a person accepted it."""

    class Decision(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="candidates")
    source = models.CharField(max_length=200)
    suggestion = models.TextField(default="", blank=True)
    """A target seen with it, offered as a start."""
    occurrences = models.IntegerField()
    example = models.TextField(default="", blank=True)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["memory", "source"], name="term_candidate_unique")]

    def __str__(self) -> str:
        return f"{self.source} ({self.occurrences})"
