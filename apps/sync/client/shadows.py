"""Letting an edit go that waits to be sent: the row becomes what the server has of it."""

from __future__ import annotations

from collections.abc import Iterable

from apps.audit.services import Actor, record
from apps.ldm.models import File, Row
from apps.sync.client import arrivals
from apps.sync.models import MirroredRow, PendingEdit, Shadow
from apps.sync.models.client import UNKNOWN
from apps.sync.server.rows import COLUMNS, one_to_wire
from locanext_project import workspaces
from locanext_project.errors import NotFound
from locanext_project.id_guards import open_for_mirror

_BASE = tuple(name for name in COLUMNS if name in ("origin", "score", "blank_intended", "source_changed", "old_source",
                                                   "edited_at", "edited_by_id", "edited_by_name"))  # fmt: skip


def let_go(*, actor: Actor, row_id: int) -> None:
    """Give an edit up. Its text stays in the row's history here. Raises NotFound where nothing waits."""
    with workspaces.atomic():
        edit = PendingEdit.objects.select_for_update().filter(pk=row_id).first()
        if edit is None:
            raise NotFound
        drop(edit)
        file = File.objects.filter(pk=edit.file_id).first()
        record(
            "edit_let_go", actor=actor, target_kind="file", target_id=edit.file_id,
            target_name=file.name if file else "", detail={"row": row_id},
        )  # fmt: skip


def is_reverted(edit: PendingEdit) -> bool:
    """Whether an edit that was never sent is back at what it was made from."""
    same = (edit.target, edit.status) == (edit.base_target, edit.base_status)
    # An edit that an older version of the program kept may lack its base: then it is sent, and found to be no change.
    is_blank, was_blank = (values.get("blank_intended") for values in (edit.fields, edit.base))
    return same and not (edit.after or edit.tries) and is_blank == was_blank


def drop_reverted(row_ids: Iterable[int]) -> None:
    """Give those edits up that are back at what the server had and were never sent: nothing is left of them."""
    for row_id in row_ids:
        with workspaces.atomic():
            edit = PendingEdit.objects.select_for_update().filter(pk=row_id, tries=0).first()
            if edit and is_reverted(edit):
                drop(edit)


def drop(edit: PendingEdit) -> None:
    """Remove an edit and give its row the server's version, or what it was made from. In a transaction."""
    edit_id, shadow = edit.pk, Shadow.objects.filter(pk=edit.pk).first()
    PendingEdit.objects.filter(pk=edit_id).delete()
    Shadow.objects.filter(pk=edit_id).delete()
    row = Row.objects.filter(pk=edit_id).first()
    if row is None:
        return
    with open_for_mirror():
        if shadow is not None:
            arrivals.write(edit.file_id, [shadow.payload])
            return
        known = MirroredRow.objects.filter(pk=edit_id).values_list("rev", flat=True).first()
        wire = dict(zip(COLUMNS, one_to_wire(row), strict=True))
        wire |= {name: edit.base[name] for name in _BASE if name in edit.base}
        wire |= {"target": edit.base_target, "status": edit.base_status}
        wire["text_rev"] = UNKNOWN if known is None else known
        arrivals.write(edit.file_id, [[wire[name] for name in COLUMNS]])
        if known is None:
            # A new snapshot is under way, which has not come to this row yet.
            MirroredRow.objects.filter(pk=edit_id).delete()
