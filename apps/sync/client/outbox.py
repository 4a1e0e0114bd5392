"""Edits of mirrored rows, kept to be sent in the same transaction in which they are made."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from apps.ldm.events import RowsWritten, TextBefore
from apps.ldm.models import Row
from apps.sync import clock
from apps.sync.client import shadows
from apps.sync.models import MirroredRow, PendingEdit
from apps.sync.models.client import UNKNOWN
from locanext_project import by_ids, local_ids, workspaces
from locanext_project.bulk_load import bulk_load, bulk_update
from locanext_project.chunks import chunks

_FIELDS = (
    "row_id", "file_id", "op", "after", "base_rev", "base_target", "base_status", "base", "target", "status", "fields",
    "edited_at", "tries", "refusals", "reason", "error", "quarantined",
)  # fmt: skip
_CHANGING = (
    "op", "after", "target", "status", "fields", "edited_at", "tries", "refusals", "reason", "error", "quarantined",
)  # fmt: skip
_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Have `listener` called after every commit that left something to send; be quick."""
    if listener not in _listeners:
        _listeners.append(listener)


def new_op() -> uuid.UUID:
    """The id of a new edit."""
    return uuid.uuid4()


def keep(event: RowsWritten) -> None:
    """Keep edits of mirrored rows: one for each row, of the newest text, made from what the server had.

    What was sent before and may have arrived is named in `after`. Rows that were born here have an
    id below zero and are never sent. Does nothing on a server.
    """
    if not local_ids.is_desktop():
        return
    edited = [row for row in event.rows if row.pk > 0 and _moved(row, event.before[row.pk])]
    if not edited:
        return
    reverted: list[int] = []
    for some in chunks(edited, 500):
        reverted += _keep(event, some)
    if reverted:
        # Behind the edit's own commit: the row may get the server's version, under a revision of its own.
        workspaces.on_commit(lambda: shadows.drop_reverted(reverted))
    workspaces.on_commit(_tell)


def _moved(row: Row, before: TextBefore) -> bool:
    texts = row.target != before.target or int(row.status) != before.status
    return texts or row.blank_intended != before.blank_intended


def _keep(event: RowsWritten, rows: Sequence[Row]) -> list[int]:
    """Write the edits of some rows; those that are back at what the server had, and were never sent."""
    ids = [row.pk for row in rows]
    known = {edit.pk: edit for edit in by_ids.found(PendingEdit, ids)}
    revisions = dict(by_ids.values_of(MirroredRow, ("row_id", "rev"), ids))
    now, reverted = clock.now(), []
    fresh: list[PendingEdit] = []
    for row in rows:
        before = event.before[row.pk]
        edit = known.get(row.pk)
        # What may have arrived of it said no more either.
        flags = edit is None or not edit.after and not edit.tries or edit.fields.get("flag_only", False)
        if edit is None:
            edit = _first(row, before, revisions.get(row.pk, UNKNOWN))
            fresh.append(edit)
        elif edit.tries:
            edit.after = [*edit.after, str(edit.op)]
        edit.op, edit.edited_at = new_op(), now
        edit.target, edit.status = row.target, int(row.status)
        edit.fields = {"blank_intended": row.blank_intended, "origin": str(row.origin), "score": row.score}
        if flags and (edit.target, edit.status) == (edit.base_target, edit.base_status):
            edit.fields["flag_only"] = True
        if before.note:
            edit.fields["note"] = before.note
        edit.tries = edit.refusals = 0
        edit.reason, edit.error, edit.quarantined = "", "", False
        if shadows.is_reverted(edit):
            reverted.append(row.pk)
    bulk_load(PendingEdit, _FIELDS, _values(fresh, _FIELDS))
    bulk_update(PendingEdit, _CHANGING, _values(known.values(), ("row_id", *_CHANGING)))
    return reverted


def _first(row: Row, before: TextBefore, rev: int) -> PendingEdit:
    base = before._asdict()
    del base["target"], base["status"], base["note"]
    base["edited_at"] = before.edited_at.isoformat() if before.edited_at else None
    return PendingEdit(
        row_id=row.pk,
        file_id=row.file_id,
        base_rev=rev,
        base_target=before.target,
        base_status=before.status,
        base=base,
        after=[],
    )


def _values(edits: Iterable[PendingEdit], names: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(edit, name) for name in names) for edit in edits]


def _tell() -> None:
    for listener in _listeners:
        listener()
