"""The audit log: entries that can only be added, each sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnly(RuntimeError):
    """Something tried to change or remove an audit entry."""


class AppendOnlyQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds; refuses everything else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit entries are removed by audit_prune only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are added one by one: each holds the hash of the one before.")

    # Django marks these on the parent; a related manager must not offer them either.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
    update.alters_data = True  # type: ignore[attr-defined]


class AuditEntry(models.Model):
    """One thing that happened. People and targets are kept by id and name, not by foreign key."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=60, db_index=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=150, blank=True, default="")
    ip = models.CharField(max_length=45, blank=True, default="")
    target_kind = models.CharField(max_length=40, blank=True, default="")
    target_id = models.CharField(max_length=64, blank=True, default="")
    target_name = models.CharField(max_length=300, blank=True, default="")
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["actor_id", "id"], name="audit_entry_actor"),
            models.Index(fields=["target_kind", "target_id", "id"], name="audit_entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or kwargs.get("force_update") or kwargs.get("update_fields"):
            raise AppendOnly("Audit entries are never changed.")
        # An insert, and nothing else: a made-up primary key must not turn into an update.
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are removed by audit_prune only.")

    def seal(self) -> str:
        """SHA-256 (hex) over the content and the hash of the entry before."""
        content = [
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.action,
            self.actor_id,
            self.actor_name,
            self.ip,
            self.target_kind,
            self.target_id,
            self.target_name,
            self.detail,
            self.request_id,
            self.previous_hash,
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class AuditHead(models.Model):
    """The end of the chain, in one row (id 1): whoever adds an entry locks it.

    `anchor_hash` is the hash of the last entry that retention removed: the chain starts from it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    last_id = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True, default="")
    anchor_id = models.BigIntegerField(default=0)
    anchor_hash = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.last_id} {self.last_hash}"
