"""Reading the audit log, and proving that nobody changed it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry, AuditHead
from apps.audit.services import HEAD_ID

BATCH = 2000


@dataclass(frozen=True)
class ChainReport:
    """`broken_id` is the first entry that does not fit, or None; `checked` counts those before it."""

    checked: int
    broken_id: int | None = None
    reason: str = ""

    @property
    def is_intact(self) -> bool:
        return self.broken_id is None


def verify_chain() -> ChainReport:
    """Walk the chain from the anchor that retention left to its end.

    Entries added while it runs are left for the next time.
    """
    head = AuditHead.objects.filter(pk=HEAD_ID).first() or AuditHead(id=HEAD_ID)
    expected, last_id, checked = head.anchor_hash, head.anchor_id, 0
    while batch := list(AuditEntry.objects.filter(id__gt=last_id, id__lte=head.last_id).order_by("id")[:BATCH]):
        for entry in batch:
            if entry.previous_hash != expected:
                return ChainReport(checked, entry.pk, "an entry before it is missing or was replaced")
            if entry.seal() != entry.hash:
                return ChainReport(checked, entry.pk, "its content was changed")
            expected, last_id = entry.hash, entry.pk
            checked += 1
    if expected != head.last_hash:
        return ChainReport(checked, head.last_id, "the end of the log is missing")
    stray = AuditEntry.objects.filter(id__lte=head.anchor_id).order_by("id").first()
    if stray is not None:
        return ChainReport(checked, stray.pk, "it stands before the start of the log")
    return ChainReport(checked)


def entries_query(
    *,
    search: str = "",
    action: str = "",
    actor_id: int | None = None,
    target_kind: str = "",
    target_id: object = None,
) -> QuerySet[AuditEntry]:
    """Entries for a filtered list; unordered, for paging (order by "-id")."""
    entries = AuditEntry.objects.all()
    if search := search.replace("\x00", "").strip()[:100]:
        entries = entries.filter(Q(actor_name__icontains=search) | Q(target_name__icontains=search) | Q(ip=search))
    if action:
        entries = entries.filter(action=action)
    if actor_id is not None:
        entries = entries.filter(actor_id=actor_id)
    if target_kind:
        entries = entries.filter(target_kind=target_kind)
    if target_id is not None:
        entries = entries.filter(target_id=str(target_id))
    return entries


def recent(limit: int = 50) -> list[AuditEntry]:
    """The newest entries, newest first."""
    return list(AuditEntry.objects.order_by("-id")[:limit])
