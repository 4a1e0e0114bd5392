"""A bilingual sheet for people without the tool, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import bilingual
from apps.ldm.models import ChangeSet, File, ImportPlan, ImportPlanItem, Origin, Row, RowRevision, Status
from apps.ldm.services.reimport.plan import ITEM_FIELDS, discard_old
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load
from locanext_project.errors import Conflict, Forbidden, Invalid


def build(*, file: File, least: Status = Status.NEW) -> tuple[str, bytes]:
    """The name and bytes of a file's bilingual sheet: rows at or above a status, in order."""
    name = f"{PurePosixPath(file.name).stem}_bilingual.xlsx"
    return name, bilingual.build(_sheet_rows(file, least))


def _sheet_rows(file: File, least: Status) -> Iterator[bilingual.BilingualRow]:
    rows = Row.objects.filter(file_id=file.pk, position__gte=0, status__gte=int(least)).order_by("position")
    for row in rows.iterator(chunk_size=5000):
        yield bilingual.BilingualRow(
            row_id=row.pk,
            key=row.key,
            source=row.source,
            target=row.target,
            status=Status(row.status).label,
            comment=row.comment,
            max_length=row.max_length,
        )


def make_plan(*, actor: User, file: File, data: bytes) -> ImportPlan:
    """The dry run of a sheet that came back: which targets it changes.

    A row is recognised by its id, if its key or source is still the sheet's; else by its key. A
    row whose source is not the one in the sheet any more is conflicting; of a row that the sheet
    holds twice the last text counts. Raises FormatError and Invalid, also for a text that the
    file cannot hold.
    """
    permissions.require(actor, "edit_rows", file)
    items: dict[int, tuple[str, Row, str, str]] = {}
    counts = dict.fromkeys(("changed", "conflicting", "unchanged", "unknown", "new", "gone", "moved"), 0)
    for one, row, how in _recognised(file, bilingual.parse(data)):
        if row is None:
            counts["unknown"] += 1
        elif one.target == row.target or not one.target:
            counts["unchanged"] += 1
        else:
            target = rules.check_text(file, one.target, place=one.place)
            kind = ImportPlanItem.Kind.CONFLICTING if one.source != row.source else ImportPlanItem.Kind.CHANGED
            items[row.pk] = (str(kind), row, target, how)
    if counts["unknown"] and not items and not counts["unchanged"]:
        raise Invalid(_("No row of this sheet is in this file. Was it made from another file?"), code="other_file")
    for found in items.values():
        counts[found[0]] += 1
    # In a transaction of its own: who removes bytes must hold no lock on others.
    discard_old()
    with workspaces.atomic():
        plan = ImportPlan.objects.create(
            file=file,
            kind=ImportPlan.Kind.BILINGUAL,
            owner_id=actor.pk,
            base_revision=file.revision,
            counts=counts,
        )
        tuples = (
            (plan.pk, kind, row.pk, row.segment, row.key, None, row.source, None, row.target, target, how)
            for kind, row, target, how in items.values()
        )
        bulk_load(ImportPlanItem, ITEM_FIELDS, tuples)
    return plan


def _recognised(
    file: File, returned: Iterable[bilingual.BilingualReturn]
) -> Iterator[tuple[bilingual.BilingualReturn, Row | None, str]]:
    """Each row of the sheet with the file's row, and by what it was recognised.

    An id alone proves nothing: the sheet may come from another server, where it is another row's.
    """
    rows = {row.pk: row for row in Row.objects.filter(file_id=file.pk, position__gte=0)}
    by_key: dict[str, list[Row]] = {}
    for row in rows.values():
        by_key.setdefault(row.key, []).append(row)
    for one in returned:
        same = rows.get(one.row_id) if one.row_id is not None else None
        if same is not None and (same.key == one.key or same.source == one.source):
            yield one, same, "id"
            continue
        named = by_key.get(one.key, []) if one.key else []
        yield one, named[0] if len(named) == 1 else None, "key"


def apply_plan(*, actor: User, plan: ImportPlan, reason: str = "", conflicts: str = "ours") -> ChangeSet:
    """Take the sheet's targets over as one change set; status `translated`.

    A row edited here since the dry run keeps its text, and the sheet's goes into its history,
    unless `conflicts` is "file"; a row that is locked or gone by now keeps its own in any case.
    Raises Conflict when it was applied already.
    """
    if conflicts not in ("ours", "file"):
        raise Invalid(_("conflicts is ours or file."), field="conflicts")
    if plan.owner_id != actor.pk and not permissions.leads(actor, plan.file_id):
        raise Forbidden(_("Somebody else made this dry run."))
    file = plan.file
    permissions.require(actor, "edit_rows", file)
    with workspaces.atomic():
        items = list(ImportPlanItem.objects.filter(plan=plan))
        rows = lock_rows(file, [item.row_id for item in items if item.row_id is not None])
        if not ImportPlan.objects.filter(pk=plan.pk, applied_at__isnull=True).update(applied_at=timezone.now()):
            raise Conflict(_("This dry run was applied already."), code="applied")
        change_set = ChangeSet.objects.create(
            file=file, kind=ChangeSet.Kind.BILINGUAL, reason=reason[:500], author_id=actor.pk, author_name=actor.name
        )
        changes: list[RowChange] = []
        lost: list[tuple[Row, str]] = []
        for item in items:
            row = rows.get(item.row_id or 0)
            if row is None or item.target_file is None:
                continue
            if row.removed_at is not None or row.locked:
                lost.append((row, item.target_file))
                continue
            moved = row.target != item.target_here or item.kind == ImportPlanItem.Kind.CONFLICTING
            if moved and conflicts == "ours":
                lost.append((row, item.target_file))
                continue
            fields = {
                "target": item.target_file,
                "status": Status.TRANSLATED,
                "origin": Origin.HUMAN,
                "score": None,
                "blank_intended": False,
            }
            changes.append(RowChange(row.pk, fields, "bilingual"))
        outcome = change_rows(
            actor=actor, file=file, rows=rows, changes=changes, change_set=change_set, kind=RowRevision.Kind.BULK
        )
        _keep_lost(actor, change_set, outcome.revision, lost)
        change_set.counts = {"changed": outcome.changed, "conflicting": len(lost), "conflicts": conflicts}
        change_set.save(update_fields=["counts"])
        record(
            "bilingual_taken_back",
            actor=actor,
            target_kind="file",
            target_id=file.pk,
            target_name=file.name,
            detail={"change_set": change_set.pk, "changed": outcome.changed, "lost": len(lost)},
        )
    return change_set


def _keep_lost(actor: User, change_set: ChangeSet, revision: int, lost: list[tuple[Row, str]]) -> None:
    """The sheet's text of rows that keep ours goes into their history."""
    now = timezone.now()
    RowRevision.objects.bulk_create(
        RowRevision(
            row=row, change_set=change_set, kind=RowRevision.Kind.CONFLICT_LOST, rev=revision, at=now,
            author_id=actor.pk, author_name=actor.name, target_before=row.target, target=text,
            status_before=row.status, status=row.status, origin=Origin.HUMAN, note="bilingual",
        )
        for row, text in lost
    )  # fmt: skip
