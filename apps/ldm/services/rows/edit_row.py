"""Editing one row: text, status, flags; refused when the text moved since it was seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import events, permissions
from apps.ldm.errors import StaleRow
from apps.ldm.models import File, Origin, Row, RowRevision, Status
from apps.ldm.selectors import memories
from apps.ldm.services import at_server
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import counting, leases, match_use, row_checks, rules, search_index
from apps.ldm.services.rows.change_rows import REVISION_FIELDS
from apps.ldm.services.rows.match_use import MatchShown
from apps.ldm.services.rows.revisions import Raised, raise_with_counts
from locanext_project import by_ids, one_row, workspaces
from locanext_project.errors import Forbidden, NotFound
from locanext_project.prepared import Prepared, instance

STAMPS = ("text_rev", "edited_at", "edited_by_id", "edited_by_name")
_ROW_COLUMNS = tuple(field.attname for field in Row._meta.concrete_fields)
_row = Prepared(lambda pk: Row.objects.select_for_update(of=("self",)).filter(pk=pk).values_list(*_ROW_COLUMNS))


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What to change; None leaves a thing as it is."""

    target: str | None = None
    status: Status | None = None
    blank_intended: bool | None = None
    locked: bool | None = None
    note: str = ""
    origin: Origin = Origin.HUMAN
    score: int | None = None
    match: MatchShown | None = None
    """The best match that was beside the row, for the figures of its memory."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it is now, and what the save knows of its file without asking again."""

    row: Row
    file: Raised | None = None
    """None where the edit changed nothing."""
    clean: bool = False
    """The checks were made and have nothing to say of the row."""


def edit_row(*, actor: User, row_id: int, seen_text_rev: int, edit: RowEdit) -> Row:
    """`save_row`, where the row is all that is wanted."""
    return save_row(actor=actor, row_id=row_id, seen_text_rev=seen_text_rev, edit=edit).row


def save_row(*, actor: User, row_id: int, seen_text_rev: int, edit: RowEdit) -> Saved:
    """Apply an edit and return the row as it is now; an edit that changes nothing writes nothing.

    Raises NotFound, Forbidden, Invalid, and StaleRow (with the present row) when the target or
    status moved since the revision that was seen. Only then: comments, flags, locks and check
    results never make a save stale. A lock of a server's row on a desktop is asked of the server: also
    raises Unavailable then.
    """
    if edit.locked is not None and at_server.concerns(row_id):
        edit = _lock_there(actor, row_id, edit)
    with workspaces.atomic():
        row = _locked(row_id)
        file = permissions.get_file(actor, row.file_id)
        permissions.require(actor, "edit_rows", file)
        if row.removed_at is not None:
            raise NotFound(_("This row is not in the file any more. Its history is kept."))
        change = rules.resolve(actor, file, row, edit)
        if change.touches_text:
            leases.require_free(row.pk, actor)
        if change.touches_text and row.text_rev != seen_text_rev:
            raise StaleRow(row)
        if not change.fields:
            return Saved(row)
        row_checks.refuse(file, row, change.fields)
        status_before, target_before = Status(row.status), row.target
        before = events.TextBefore.of(row, edit.note)
        saved = _write(actor, file, row, change, edit)
        if change.touches_text or "blank_intended" in change.fields:
            events.rows_written(file.pk, [row], {row.pk: before})
        # After every lock of the tree and of the figures: memories come last but the audit log.
        if confirm.enters(row, status_before=status_before, target_before=target_before):
            confirm.remember(actor=actor, file=file, rows=[row])
        events.rows_changed(file.pk, row.rev, [row])
        record(
            "row_edited",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={"row": row.pk, "revision": row.rev, "status": Status(row.status).label},
        )
    return saved


def _lock_there(actor: User, row_id: int, edit: RowEdit) -> RowEdit:
    """Lock or open a row on the server, whose row it is; what is left of the edit."""
    row = by_ids.one(Row, row_id)
    if row is None:
        raise NotFound
    file = permissions.get_file(actor, row.file_id)
    permissions.require(actor, "edit_rows", file)
    permissions.require(actor, "lock_rows", file)
    act = {"act": "lock" if edit.locked else "unlock"}
    found = at_server.server().change_rows(file.pk, act, [row_id], edit.note)
    for refused in found["refused"]:
        raise Forbidden(str(refused["message"]), code=str(refused["code"]))
    return replace(edit, locked=None)


def _locked(row_id: int) -> Row:
    """The row, locked until the transaction ends. Raises NotFound, also for numbers that no database has."""
    for values in _row(row_id) if abs(row_id) < 2**63 else ():
        return instance(Row, _ROW_COLUMNS, values)
    raise NotFound


def _write(actor: User, file: File, row: Row, change: rules.Change, edit: RowEdit) -> Saved:
    """Set the fields, number the change, keep the history, the index and the counters.

    From the new revision to the commit every other save in the file waits: what needs no revision comes before it.
    """
    before = {name: getattr(row, name) for name in change.fields}
    status_before, target_before, now = Status(row.status), row.target, timezone.now()
    origin_before = row.origin
    for name, value in change.fields.items():
        setattr(row, name, value)
    if "target" in change.fields:
        search_index.keep([row])
    raised = raise_with_counts(
        file.pk,
        counting.moved(status_before, Status(row.status), row.words),
        flagged=int(row.source_changed) - int(before.get("source_changed", row.source_changed)),
        changed_by=(actor.pk, actor.name),
    )
    row.rev = raised.revision
    if change.touches_text:
        row.text_rev = row.rev
        stamp(row, actor, now)
    names = (*change.fields, "rev", *(STAMPS if change.touches_text else ()))
    one_row.update(Row, row.pk, names, [getattr(row, name) for name in names])
    one_row.insert(
        RowRevision,
        REVISION_FIELDS,
        (
            row.pk, None, str(change.kind), row.rev, now, actor.pk, actor.name, target_before, row.target,
            int(status_before), int(row.status), str(row.origin), row.score, edit.note[:500], _other_fields(before),
        ),
    )  # fmt: skip
    clean = change.touches_text and not row_checks.keep(file, row)
    if edit.match is not None:
        serves = any(memory.memory_id == edit.match.memory_id for memory in memories.for_file(file))
        match_use.count(row, edit.match, status_before=status_before, origin_before=origin_before, serves=serves)
    return Saved(row, raised, clean)


def stamp(row: Row, actor: User, now: datetime) -> None:
    """Who edited the text last."""
    row.edited_at = now
    row.edited_by_id = actor.pk
    row.edited_by_name = actor.name


def _other_fields(before: dict[str, Any]) -> dict[str, Any] | None:
    """The changed fields that a history entry has no column for."""
    rest = {name: value for name, value in before.items() if name not in ("target", "status", "origin", "score")}
    return rest or None
