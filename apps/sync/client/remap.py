"""After a new snapshot: rows that the server has no more, and where the edits made in them go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowRevision
from apps.ldm.services.rows.change_rows import RowChange, change_rows
from apps.sync.client import arrivals, link
from apps.sync.models import MirroredRow, PendingEdit, Shadow
from apps.sync.models.client import UNKNOWN
from apps.sync.server.rows import COLUMNS, one_to_wire


def settle(file_id: int, missing: QuerySet[Row]) -> None:
    """Hide rows that are not in the snapshot; move their edits to the row with the same key, or set them apart.

    In the transaction that ends the snapshot. Nothing is deleted: a hidden row keeps its history.
    """
    lost = list(missing)
    if not lost:
        return
    edits = PendingEdit.objects.in_bulk([row.pk for row in lost])
    _hide(file_id, [row for row in lost if row.removed_at is None])
    for row in lost:
        edit = edits.get(row.pk)
        if edit is not None and not _move(edit, row):
            PendingEdit.objects.filter(pk=edit.pk).update(
                quarantined=True,
                reason="gone",
                error=_("The server does not have this row any more."),
                base_rev=UNKNOWN,
            )


def _hide(file_id: int, rows: Iterable[Row]) -> None:
    wires, now = [], timezone.now().isoformat()
    for row in rows:
        wire = dict(zip(COLUMNS, one_to_wire(row), strict=True))
        wire |= {"position": -1, "removed_at": now, "text_rev": UNKNOWN}
        wires.append([wire[name] for name in COLUMNS])
    if wires:
        arrivals.write(file_id, wires)
        ids = [wire[arrivals.ID] for wire in wires]
        MirroredRow.objects.filter(pk__in=ids).delete()
        Shadow.objects.filter(pk__in=ids).delete()


def _move(edit: PendingEdit, lost: Row) -> bool:
    """Make an edit one of the row that has the lost one's key now; False where there is none, or not one only."""
    if not lost.key:
        return False
    alike = Row.objects.filter(
        file_id=lost.file_id, key=lost.key, plural=lost.plural, removed_at__isnull=True, pk__gt=0
    ).exclude(pk=lost.pk)
    found = list(alike[:2])
    if len(found) != 1 or PendingEdit.objects.filter(pk=found[0].pk).exists():
        return False
    row = found[0]
    seen = (row.target, row.status) == (edit.base_target, edit.base_status)
    base_rev = MirroredRow.objects.get(pk=row.pk).rev
    wire = one_to_wire(row)
    wire[arrivals.TEXT_REV] = base_rev
    file = File.objects.select_related("project").get(pk=row.file_id)
    fields = _fields(edit, row)
    change_rows(
        actor=cast(User, link.owner()), file=file, rows={row.pk: row}, changes=[RowChange(row.pk, fields)],
        change_set=None, kind=RowRevision.Kind.EDIT,
    )  # fmt: skip
    # It was made when it was made, from what was seen then.
    kept = PendingEdit.objects.filter(pk=row.pk).update(
        edited_at=edit.edited_at, base_rev=base_rev if seen else UNKNOWN, after=edit.after
    )
    if kept and not seen:
        Shadow.objects.update_or_create(pk=row.pk, defaults={"payload": wire, "rev": base_rev})
    edit.delete()
    return True


def _fields(edit: PendingEdit, row: Row) -> dict[str, Any]:
    """What an edit changes in another row than the one it was made in."""
    blank = {"blank_intended": edit.fields.get("blank_intended", row.blank_intended)}
    if not edit.fields.get("flag_only"):
        return {"target": edit.target, "status": edit.status} | blank
    # Its person wrote no text: of another text it says nothing.
    return blank if (edit.target, edit.status) == (row.target, row.status) else {}
