"""Reverting a change set: what it did is undone, what people did since stays and is listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import Segment
from apps.ldm.models import ChangeSet, File, Original, Row, RowRevision, Status, StoredBlob
from apps.ldm.services import blobs
from apps.ldm.services.files import reading
from apps.ldm.services.reimport.order import pack_order, unpack_order
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.ldm.services.rows.whole_file import lock_alone
from apps.tm.matching.normalise import text_hash
from locanext_project import workspaces
from locanext_project.errors import Conflict, Forbidden, Invalid, NotFound


@dataclass(slots=True)
class Reverted:
    """The new change set, how many rows it restored, and the rows left alone with why."""

    change_set: ChangeSet
    rows: int
    kept: list[dict[str, Any]] = field(default_factory=list)


def revert_change_set(
    *, actor: User, change_set_id: int, reason: str = "", progress: Callable[[int], None] = lambda done: None
) -> Reverted:
    """Undo a change set as a new change set.

    Rows that somebody edited after it keep their text and are listed. Raises NotFound,
    Forbidden (somebody else's, for anyone but a lead), Invalid (a first import: delete the file
    instead) and Conflict (reverted already, or a newer version was imported after it).
    """
    change_set = ChangeSet.objects.filter(pk=change_set_id).first()
    if change_set is None:
        raise NotFound
    segments = _segments(change_set)
    with workspaces.atomic():
        file = permissions.get_file(actor, change_set.file_id)
        permissions.require(actor, "edit_rows", file)
        lock_alone(file.pk)
        # Read again: another revert may have been waited for.
        change_set.refresh_from_db()
        later_acts = acts_after(change_set)
        _check(actor, change_set, later_acts)
        revisions = _first_revisions(change_set)
        order = _order(change_set)
        rows = _lock(file, set(revisions) | set(order), whole_file=bool(order))
        later = _edited_later(change_set, list(rows), later_acts)
        file.refresh_from_db()
        undo = _undo(actor, file, change_set, reason, rows if order else {})
        kept: list[dict[str, Any]] = []
        changes = _restored(rows, revisions, later, kept)
        if order:
            _reorder(rows, order, segments, later, changes, kept)
        outcome = change_rows(
            actor=actor, file=file, rows=rows, changes=changes.values(), change_set=undo,
            kind=RowRevision.Kind.REVERT, progress=progress,
        )  # fmt: skip
        if original_id := change_set.before.get("original"):
            original = Original.objects.get(pk=original_id)
            File.objects.filter(pk=file.pk).update(original=original, format=original.format)
        undo.counts = {"reverted": outcome.changed, "kept": len(kept)}
        undo.save(update_fields=["counts"])
        record(
            "change_set_reverted", actor=actor, target_kind="file", target_id=file.pk, target_name=file.name,
            detail={"change_set": change_set.pk, "reverted": outcome.changed, "kept": len(kept)},
        )  # fmt: skip
    return Reverted(undo, outcome.changed, kept)


def _segments(change_set: ChangeSet) -> Sequence[Segment]:
    """What the original held that comes back, read outside of any transaction; empty where none does."""
    if change_set.order_before_id is None or not change_set.before.get("original"):
        return ()
    return reading.read_original(Original.objects.get(pk=change_set.before["original"])).segments


def _undo(actor: User, file: File, change_set: ChangeSet, reason: str, rows: dict[int, Row]) -> ChangeSet:
    """The new change set. `rows`: where the order changes, so that this can be undone in its turn."""
    live = [row for row in rows.values() if row.removed_at is None]
    return ChangeSet.objects.create(
        file=file,
        kind=ChangeSet.Kind.REVERT,
        reason=reason[:500],
        reverts=change_set,
        author_id=actor.pk,
        author_name=actor.name,
        before={"original": file.original_id} if rows else {},
        order_before=blobs.store(pack_order(live)) if rows else None,
    )


@dataclass(frozen=True, slots=True)
class LaterActs:
    """The change sets after one: whether the file has another order since, and those that cancel out."""

    newer_version: bool
    cancelled: frozenset[int]
    """Reverted ones, and the reverts that did it: together they changed nothing."""


def acts_after(change_set: ChangeSet) -> LaterActs:
    """What happened to the file after a change set, read from the newest back."""
    found = ChangeSet.objects.filter(file_id=change_set.file_id, pk__gte=change_set.pk).order_by("-pk")
    undone: set[int] = set()
    cancelled: set[int] = set()
    newer_version = False
    for pk, reverts, order in found.values_list("pk", "reverts_id", "order_before_id"):
        if pk in undone:
            cancelled.add(pk)
            continue
        if pk == change_set.pk:
            break
        if reverts is not None:
            undone.add(reverts)
        if reverts is not None and reverts > change_set.pk:
            cancelled.add(pk)
        elif order is not None:
            newer_version = True
    return LaterActs(newer_version, frozenset(cancelled))


def _check(actor: User, change_set: ChangeSet, later: LaterActs) -> None:
    if change_set.kind == ChangeSet.Kind.IMPORT:
        raise Invalid(_("A first import is undone by moving the file to the recycle bin."), code="first_import")
    if ChangeSet.objects.filter(reverts=change_set).exists():
        raise Conflict(_("This change set was reverted already."), code="reverted")
    if change_set.author_id != actor.pk and not permissions.leads(actor, change_set.file_id):
        raise Forbidden(_("This change set is somebody else's. A lead can revert it."), code="role")
    if later.newer_version:
        raise Conflict(_("A newer version was imported after it. Revert that first."), code="newer_import")


def _first_revisions(change_set: ChangeSet) -> dict[int, RowRevision]:
    """What each row was before the change set: its first revision, where it has several."""
    revisions = RowRevision.objects.filter(change_set=change_set).exclude(kind=RowRevision.Kind.CONFLICT_LOST)
    return {revision.row_id: revision for revision in revisions.order_by("-id")}


def _order(change_set: ChangeSet) -> dict[int, tuple[int, int]]:
    if change_set.order_before_id is None:
        return {}
    return unpack_order(blobs.load(StoredBlob.objects.get(pk=change_set.order_before_id)))


def _lock(file: File, row_ids: set[int], *, whole_file: bool) -> dict[int, Row]:
    rows = Row.objects.select_for_update(of=("self",)).filter(file=file).order_by("pk")
    if whole_file:
        return {row.pk: row for row in rows if row.pk in row_ids or row.removed_at is None}
    return lock_rows(file, list(row_ids))


def _edited_later(change_set: ChangeSet, row_ids: list[int], acts: LaterActs) -> dict[int, RowRevision]:
    """The last change of each row's text or status that came after the change set and still counts."""
    later: dict[int, RowRevision] = {}
    revisions = RowRevision.objects.filter(row__file_id=change_set.file_id, rev__gt=change_set.revision)
    revisions = revisions.exclude(kind__in=(RowRevision.Kind.CONFLICT_LOST, RowRevision.Kind.FLAG))
    wanted = set(row_ids)
    for revision in revisions.order_by("id").iterator(chunk_size=5000):
        if revision.row_id in wanted and revision.change_set_id not in acts.cancelled:
            later[revision.row_id] = revision
    return later


def _restored(
    rows: dict[int, Row],
    revisions: dict[int, RowRevision],
    later: dict[int, RowRevision],
    kept: list[dict[str, Any]],
) -> dict[int, RowChange]:
    changes: dict[int, RowChange] = {}
    for row_id, revision in revisions.items():
        row = rows.get(row_id)
        if row is None:
            continue
        fields = _before_fields(revision.before or {})
        if row_id in later:
            # The text is somebody's newer work; what the file says of the row still goes back.
            kept.append(_kept(row, later[row_id]))
            for name in ("origin", "score", "blank_intended", "source_changed", "old_source"):
                fields.pop(name, None)
            if fields.get("source", row.source) != row.source and row.target:
                # That text was written for the source that goes now.
                fields |= {"source_changed": True, "old_source": row.source}
        else:
            fields |= {"target": revision.target_before, "status": revision.status_before}
        changes[row_id] = RowChange(row_id, fields)
    return changes


def _before_fields(before: dict[str, Any]) -> dict[str, Any]:
    fields = dict(before)
    if isinstance(fields.get("removed_at"), str):
        fields["removed_at"] = datetime.fromisoformat(fields["removed_at"])
    for bookkeeping in ("rev", "text_rev", "edited_at", "edited_by_id", "edited_by_name"):
        fields.pop(bookkeeping, None)
    if "source" in fields:
        fields["source_hash"] = text_hash(fields["source"])
    return fields


def _reorder(
    rows: dict[int, Row],
    order: dict[int, tuple[int, int]],
    segments: Sequence[Segment],
    later: dict[int, RowRevision],
    changes: dict[int, RowChange],
    kept: list[dict[str, Any]],
) -> None:
    """Old positions back; rows the version brought leave, unless somebody worked on them."""
    end = max((position for position, _ in order.values()), default=-1) + 1
    for row_id, row in sorted(rows.items(), key=lambda pair: pair[1].position):
        change = changes.setdefault(row_id, RowChange(row_id, {}, remembered=False))
        if row_id in order:
            change.fields["position"], change.fields["segment"] = order[row_id]
            if 0 <= order[row_id][1] < len(segments):
                # Rows that only moved have no history; where they are is in the file itself.
                change.fields["location"] = segments[order[row_id][1]].location[:255]
            change.fields["removed_at"] = None
        elif row_id in later:
            change.fields |= {"position": end, "segment": -1}
            end += 1
            kept.append(_kept(row, later[row_id]))
        else:
            change.fields |= {"position": -1, "segment": -1, "removed_at": timezone.now()}
            change.remembered = True


def _kept(row: Row, revision: RowRevision) -> dict[str, Any]:
    return {
        "row_id": row.pk,
        "n": row.position + 1,
        "by": revision.author_name,
        "why": "edited_later",
        "status": Status(row.status).label,
    }
