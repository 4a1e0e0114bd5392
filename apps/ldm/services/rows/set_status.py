"""Setting the status of several rows at once, as one change set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Row, RowRevision, Status
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound

MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class StatusResult:
    """The change set (None when nothing changed) and the rows that could not be changed, with why."""

    change_set: ChangeSet | None
    changed: int
    refused: list[tuple[int, str]]


def set_status(*, actor: User, row_ids: Sequence[int], status: Status, reason: str = "") -> StatusResult:
    """Set a status on rows of one file, at most 500; rows that may not have it are left and listed.

    Raises NotFound, Forbidden and Invalid, changing nothing.
    """
    if not row_ids or len(row_ids) > MAX_ROWS:
        raise Invalid(f"Choose 1 to {MAX_ROWS} rows.", field="ids")
    # SQLite refuses numbers of more than 64 bits; no row has one.
    row_ids = [pk for pk in row_ids if -(2**63) <= pk < 2**63]
    file_ids = set(Row.objects.filter(pk__in=row_ids, removed_at__isnull=True).values_list("file_id", flat=True))
    if not file_ids:
        raise NotFound
    if len(file_ids) > 1:
        raise Invalid("These rows belong to more than one file.", field="ids")
    with workspaces.atomic():
        file: File = permissions.get_file(actor, file_ids.pop())
        permissions.require(actor, "edit_rows", file)
        rows = lock_rows(file, row_ids)
        changes, refused = _changes(actor, rows, status)
        if not changes:
            return StatusResult(None, 0, refused)
        before = {change.row_id: (rows[change.row_id].status, rows[change.row_id].target) for change in changes}
        change_set = ChangeSet.objects.create(
            file=file, kind=ChangeSet.Kind.BULK, reason=reason[:500], author_id=actor.pk, author_name=actor.name
        )
        outcome = change_rows(
            actor=actor, file=file, rows=rows, changes=changes, change_set=change_set, kind=RowRevision.Kind.STATUS
        )
        change_set.counts = {"changed": outcome.changed, "status": status.label}
        change_set.save(update_fields=["counts"])
        risen = [
            rows[pk]
            for pk, (was, text) in before.items()
            if confirm.enters(rows[pk], status_before=was, target_before=text)
        ]
        confirm.remember(actor=actor, file=file, rows=sorted(risen, key=lambda row: row.position))
        record(
            "rows_changed",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={"count": outcome.changed, "change_set": change_set.pk, "status": status.label},
        )
    return StatusResult(change_set, outcome.changed, refused)


def _changes(actor: User, rows: dict[int, Row], status: Status) -> tuple[list[RowChange], list[tuple[int, str]]]:
    changes: list[RowChange] = []
    refused: list[tuple[int, str]] = []
    for row in rows.values():
        if row.status == status:
            continue
        if row.removed_at is not None:
            refused.append((row.pk, "This row is not in the file any more."))
            continue
        try:
            changes.append(RowChange(row.pk, _fields(actor, row, status)))
        except (Forbidden, Invalid) as error:
            if error.code == "role":
                raise
            refused.append((row.pk, error.message))
    return changes, refused


def _fields(actor: User, row: Row, status: Status) -> dict[str, object]:
    if row.locked:
        raise Forbidden("This row is locked.", code="locked")
    if status == Status.ORIGINAL:
        raise Invalid("Only an import makes a row original.", code="role")
    if status == Status.NEW:
        return {"status": status, "target": "", "origin": "", "score": None, "blank_intended": False}
    if not row.target and not row.blank_intended:
        raise Invalid("This row is empty.", code="empty")
    rules.require_status(actor, row, status)
    fields: dict[str, object] = {"status": status}
    if status >= Status.CONFIRMED:
        fields |= {"source_changed": False, "old_source": None}
    return fields
