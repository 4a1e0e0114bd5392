"""Adding to the audit log, and the retention that removes its oldest entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import QuerySet
from django.utils import timezone

from apps.audit import registry
from apps.audit.context import context, current
from apps.audit.models import AuditEntry, AuditHead
from locanext_project import one_row
from locanext_project.prepared import Prepared, instance
from locanext_project.workspaces import alias, atomic

__all__ = ["RETENTION_DAYS", "Actor", "context", "prune", "record"]

HEAD_ID = 1
RETENTION_DAYS = 365
PRUNE_BATCH = 2000
_HEAD_COLUMNS = tuple(field.attname for field in AuditHead._meta.concrete_fields)
_ENTRY_COLUMNS = tuple(field.attname for field in AuditEntry._meta.concrete_fields if not field.primary_key)
_head = Prepared(lambda: AuditHead.objects.select_for_update().filter(pk=HEAD_ID).values_list(*_HEAD_COLUMNS))


class Actor(Protocol):
    """Whoever does something: a User, or anything else with an id and a name."""

    @property
    def id(self) -> Any: ...
    @property
    def name(self) -> str: ...


def record(
    action: str,
    *,
    actor: Actor | None = None,
    target_kind: str = "",
    target_id: object = None,
    target_name: str = "",
    detail: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Add one entry in the caller's transaction; `actor` None means the system itself.

    Call it last: from here to the commit the transaction holds the lock on the end of the chain,
    and every other transaction that records waits for it. Raises registry.UnknownAction.
    """
    registry.require(action)
    origin = current()
    with atomic(savepoint=False):
        head = _locked_head()
        entry = AuditEntry(
            at=timezone.now(),
            action=action,
            actor_id=getattr(actor, "id", None),
            actor_name=_text(getattr(actor, "name", ""), 150),
            ip=_text(origin.ip if ip is None else ip, 45),
            target_kind=target_kind,
            target_id="" if target_id is None else _text(str(target_id), 64),
            target_name=_text(target_name, 300),
            detail=_plain(dict(detail or {})),
            request_id=_text(origin.request_id, 64),
            previous_hash=head.last_hash,
        )
        entry.hash = entry.seal()
        values = [getattr(entry, name) for name in _ENTRY_COLUMNS]
        entry.pk = one_row.insert(AuditEntry, _ENTRY_COLUMNS, values, returning="id")
        entry._state.adding, entry._state.db = False, alias()
        one_row.update(AuditHead, HEAD_ID, ("last_id", "last_hash"), (entry.pk, entry.hash))
    return entry


def prune(*, now: datetime | None = None, days: int = RETENTION_DAYS) -> int:
    """Remove entries older than `days` from the start of the chain; returns how many.

    The hash of the last removed entry becomes the anchor, so the rest still verifies.
    """
    cutoff = (now or timezone.now()) - timedelta(days=days)
    removed = 0
    while batch := _prune_batch(cutoff):
        removed += batch
    if removed:
        with atomic():
            record("audit_pruned", detail={"removed": removed, "older_than_days": days})
    return removed


def _prune_batch(cutoff: datetime) -> int:
    """Remove up to PRUNE_BATCH entries in one short transaction; returns how many."""
    with atomic():
        head = _locked_head()
        oldest = list(AuditEntry.objects.order_by("id")[:PRUNE_BATCH])
        # Only a prefix of the chain may go: the first entry that is young enough ends it.
        gone = 0
        while gone < len(oldest) and oldest[gone].at < cutoff:
            gone += 1
        if not gone:
            return 0
        last = oldest[gone - 1]
        QuerySet(AuditEntry, using=alias()).filter(id__lte=last.pk)._raw_delete(alias())
        head.anchor_id, head.anchor_hash = last.pk, last.hash
        head.save(update_fields=["anchor_id", "anchor_hash"])
    return gone


def _locked_head() -> AuditHead:
    """The end of the chain, locked until the transaction ends (SQLite has locked the file already)."""
    found = _head()
    if found:
        return instance(AuditHead, _HEAD_COLUMNS, found[0])
    AuditHead.objects.bulk_create([AuditHead(id=HEAD_ID)], ignore_conflicts=True)
    return AuditHead.objects.select_for_update().get(pk=HEAD_ID)


def _text(value: str, length: int) -> str:
    """Text that both databases give back unchanged: no NUL, no lone surrogate, cut to `length`."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:length]


def _plain(value: Any) -> Any:
    """JSON whose hash survives storage: PostgreSQL rewrites floats, so they are kept as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Mapping):
        return {_text(str(key), 200): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    return _text(str(value), 10_000)
