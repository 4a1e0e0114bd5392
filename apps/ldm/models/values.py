"""Closed sets of values that rows, files and counters share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class Status(models.IntegerChoices):
    """The one closed set of row statuses, in the order work moves through them."""

    NEW = 0, "new"
    ORIGINAL = 1, "original"
    TRANSLATED = 2, "translated"
    CONFIRMED = 3, "confirmed"
    REVIEWED = 4, "reviewed"
    APPROVED = 5, "approved"

    @classmethod
    def of(cls, name: str) -> Status:
        """The status with a name. Raises ValueError."""
        for status in cls:
            if status.label == name:
                return status
        raise ValueError(
            _("There is no status %(name)r. The statuses are %(choices)s.")
            % {"name": name, "choices": ", ".join(s.label for s in cls)}
        )


class Origin(models.TextChoices):
    """Where a row's present target came from."""

    NONE = "", "none"
    HUMAN = "human", "human"
    MEMORY = "tm", "tm"
    MACHINE = "mt", "mt"
    IMPORT = "import", "import"
    SYNC = "sync", "sync"


class Counted(models.Model):
    """Rows and source words by status, of the entity and everything under it. Kept, never counted on open."""

    rows_new = models.BigIntegerField(default=0)
    rows_original = models.BigIntegerField(default=0)
    rows_translated = models.BigIntegerField(default=0)
    rows_confirmed = models.BigIntegerField(default=0)
    rows_reviewed = models.BigIntegerField(default=0)
    rows_approved = models.BigIntegerField(default=0)
    words_new = models.BigIntegerField(default=0)
    words_original = models.BigIntegerField(default=0)
    words_translated = models.BigIntegerField(default=0)
    words_confirmed = models.BigIntegerField(default=0)
    words_reviewed = models.BigIntegerField(default=0)
    words_approved = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def counts(self) -> dict[str, Any]:
        """{"rows": total, "words": total, "by_status": {name: {"rows", "words"}}}."""
        by_status = {
            status.label: {
                "rows": getattr(self, f"rows_{status.label}"),
                "words": getattr(self, f"words_{status.label}"),
            }
            for status in Status
        }
        return {
            "rows": sum(part["rows"] for part in by_status.values()),
            "words": sum(part["words"] for part in by_status.values()),
            "by_status": by_status,
        }


class Stamped(models.Model):
    """Who made and last changed an entity. People are an id and a name, not a foreign key: rows sync
    between databases in which a user id may belong to somebody else."""

    created_at = models.DateTimeField(auto_now_add=True)
    created_by_id = models.BigIntegerField(null=True)
    created_by_name = models.CharField(max_length=150, default="", blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by_id = models.BigIntegerField(null=True)
    changed_by_name = models.CharField(max_length=150, default="", blank=True)

    class Meta:
        abstract = True
