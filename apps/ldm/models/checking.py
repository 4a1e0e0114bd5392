"""What the checks found in rows, and the rules they follow in a project."""

from __future__ import annotations

from django.db import models

from .rows import Row
from .tree import File, Project


class RowIssue(models.Model):
    """One finding of one check in the present text of a row."""

    class Severity(models.IntegerChoices):
        WARNING = 1, "warning"
        ERROR = 2, "error"

    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="issues")
    file_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    """Which check: placeholder, tag, line_break, length, untranslated."""
    code = models.CharField(max_length=40)
    """What is wrong, such as "missing"; with `detail` it makes the sentence."""
    severity = models.SmallIntegerField(choices=Severity)
    detail = models.JSONField(default=dict)
    """{"source": [[start, end], …], "target": […], and the words of the sentence}; code points, end exclusive."""
    fingerprint = models.CharField(max_length=32)
    """Of kind, code and what it is about: a dismissal holds while it stays the same."""
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by_id = models.BigIntegerField(null=True, blank=True)
    dismissed_by_name = models.CharField(max_length=150, default="", db_default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["file_id", "kind", "dismissed_at"], name="issue_file_kind")]
        constraints = [models.UniqueConstraint(fields=["row", "fingerprint"], name="issue_once_per_row")]

    def __str__(self) -> str:
        return f"{self.row_id} {self.kind} {self.code}"


class LengthRule(models.Model):
    """How long targets may be: in a whole project, in one file, or in the rows that a filter finds."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="length_rules")
    file = models.ForeignKey(File, null=True, blank=True, on_delete=models.CASCADE, related_name="length_rules")
    query = models.CharField(max_length=1000, default="", blank=True)
    """In the filter language; empty means every row."""
    characters = models.IntegerField(null=True, blank=True)
    """Most visible characters of a line or text; a row's own limit is stronger."""
    lines = models.IntegerField(null=True, blank=True)
    position = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.characters}"


class SavedFilter(models.Model):
    """A filter that a person kept by name, alone or for everybody in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_filters")
    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=150)
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "owner_id", "name"], name="saved_filter_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name
