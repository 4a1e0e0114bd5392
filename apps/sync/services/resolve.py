"""Deciding conflicts: the text that was kept stays, the one that lost comes back, or a third is written.

Bringing a text back is a normal edit with its history, in the one transaction of the decision. On
a desktop it goes to the server like any other edit, and the decision after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import ChangeSet, File, Origin, Row, RowRevision, Status
from apps.ldm.services.memories import confirm
from apps.ldm.services.rows import leases, row_checks, rules
from apps.ldm.services.rows.change_rows import RowChange, change_rows, lock_rows
from apps.ldm.services.rows.edit_row import RowEdit
from apps.sync.models import Conflict
from apps.sync.selectors import conflicts
from apps.sync.selectors.conflicts import Filter
from apps.sync.server.given import is_uuid
from locanext_project import local_ids, workspaces
from locanext_project.errors import Invalid, NotFound, ServiceError

KEPT, SWAPPED, THIRD = "kept", "swapped", "third"
MOST = 500


def resolve(*, actor: User, op: str, resolution: str, target: str | None = None) -> Conflict:
    """Decide one conflict; `target` is the text of a third one. Decided already, it stays as it was decided.

    Raises NotFound, Forbidden, Invalid, and Conflict while somebody else has the row in hand.
    """
    if resolution not in (KEPT, SWAPPED, THIRD) or (resolution == THIRD) != (target is not None):
        raise Invalid(_("resolution is kept, swapped, or third with its target."), field="resolution")
    one = _one(actor, op)
    if one.resolved_at is None:
        refused = _decide(actor, one.file_id, [one.pk], resolution, target)
        for error in refused.values():
            raise error
    return Conflict.objects.get(pk=one.pk)


def resolve_many(
    *, actor: User, resolution: str, ops: Sequence[str] | None = None, wanted: Filter | None = None
) -> tuple[int, list[dict[str, Any]]]:
    """Decide open conflicts by op, or those that match, MOST at once at the most: how many, and which were refused.

    ({n}, [{"op", "code", "message"}]). Each file is a transaction and a change set. Raises NotFound
    and Invalid.
    """
    if resolution not in (KEPT, SWAPPED):
        raise Invalid(_("resolution is kept or swapped."), field="resolution")
    if (ops is None) == (wanted is None) or (ops is not None and not 0 < len(ops) <= MOST):
        raise Invalid(_("Name 1 to %(most)s conflicts, or their file or project.") % {"most": MOST}, field="ops")
    if ops is not None and not all(is_uuid(op) for op in ops):
        raise Invalid(_("ops is a list of UUIDs."), field="ops")
    found = conflicts.visible(actor, wanted or Filter()).filter(resolved_at__isnull=True)
    if ops is not None:
        found = found.filter(op__in=ops)
    by_file: dict[int, list[int]] = {}
    for pk, file_id in found.order_by("pk").values_list("pk", "file_id")[:MOST]:
        by_file.setdefault(file_id, []).append(pk)
    refused: dict[str, ServiceError] = {}
    for file_id, ids in by_file.items():
        refused |= _decide(actor, file_id, ids, resolution, None)
    listed = [{"op": op, "code": error.code, "message": error.message} for op, error in refused.items()]
    return sum(map(len, by_file.values())) - len(refused), listed


def note(*, actor: User, op: str, resolution: str) -> Conflict:
    """Keep a decision that was made on a desktop: its edit, if there is one, comes by itself.

    Decided already, it stays as it was decided. Raises NotFound and Invalid.
    """
    if resolution not in (KEPT, SWAPPED, THIRD):
        raise Invalid(_("resolution is kept, swapped or third."), field="resolution")
    one = _one(actor, op)
    with workspaces.atomic():
        locked = Conflict.objects.select_for_update().get(pk=one.pk)
        if locked.resolved_at is None:
            _mark(actor, [locked], resolution)
            _record(actor, locked.file_id, resolution, 1)
    return Conflict.objects.get(pk=one.pk)


def _one(actor: User, op: str) -> Conflict:
    found = conflicts.visible(actor).filter(op=op).first() if is_uuid(op) else None
    if found is None:
        raise NotFound
    return found


def _decide(
    actor: User, file_id: int, ids: Sequence[int], resolution: str, target: str | None
) -> dict[str, ServiceError]:
    """Decide conflicts of one file in one transaction; by op those that were refused, and are still open.

    Of several in one row the one that came to light last gives the text.
    """
    refused: dict[str, ServiceError] = {}
    with workspaces.atomic():
        row_ids = list(Conflict.objects.filter(pk__in=ids).values_list("row_id", flat=True))
        # Rows before anything else, as everywhere.
        file, rows = None, dict[int, Row]()
        if resolution != KEPT:
            file = permissions.get_file(actor, file_id)
            permissions.require(actor, "edit_rows", file)
            rows = lock_rows(file, row_ids)
        locked = Conflict.objects.select_for_update().filter(pk__in=ids, resolved_at__isnull=True).order_by("pk")
        deciding = list(locked)
        if file is not None and deciding:
            refused = _bring_back(actor, file, rows, deciding, target)
        decided = [one for one in deciding if str(one.op) not in refused]
        if decided:
            _mark(actor, decided, resolution)
            _record(actor, file_id, resolution, len(decided))
    return refused


def _bring_back(
    actor: User, file: File, rows: Mapping[int, Row], deciding: Sequence[Conflict], target: str | None
) -> dict[str, ServiceError]:
    """Write the texts that lost (or the third text) into their locked rows; by op what was refused."""
    refused: dict[str, ServiceError] = {}
    changes: dict[int, RowChange] = {}
    before = {pk: (row.status, row.target) for pk, row in rows.items()}
    held = leases.held_by_others(list(rows), actor)
    for one in deciding:
        try:
            row = rows.get(one.row_id)
            if row is None or row.removed_at is not None:
                raise NotFound(_("This row is not in the file any more. Both texts are kept in the history."))
            if row.pk in held:
                leases.require_free(row.pk, actor)
            change = rules.resolve(actor, file, row, _edit(actor, row, one, target))
            row_checks.refuse(file, row, change.fields)
        except ServiceError as error:
            refused[str(one.op)] = error
            continue
        changes.pop(row.pk, None)
        if change.fields:
            changes[row.pk] = RowChange(row.pk, change.fields)
    if changes:
        _write(actor, file, rows, changes, before)
    return refused


def _write(
    actor: User, file: File, rows: Mapping[int, Row], changes: Mapping[int, RowChange], before: Mapping[int, Any]
) -> None:
    several = len(changes) > 1
    change_set = (
        ChangeSet.objects.create(
            file=file, kind=ChangeSet.Kind.MERGE, author_id=actor.pk, author_name=actor.name,
            counts={"changed": len(changes)},
        )
        if several
        else None
    )  # fmt: skip
    change_rows(
        actor=actor, file=file, rows=rows, changes=changes.values(), change_set=change_set, kind=RowRevision.Kind.EDIT
    )
    risen = [
        rows[pk] for pk in changes if confirm.enters(rows[pk], status_before=before[pk][0], target_before=before[pk][1])
    ]
    confirm.remember(actor=actor, file=file, rows=sorted(risen, key=lambda row: row.position))


def _edit(actor: User, row: Row, one: Conflict, target: str | None) -> RowEdit:
    """The edit that brings a text into its row, with its status as far as the person may set it."""
    if target is not None:
        return RowEdit(target=target, status=Status.TRANSLATED if target else Status.NEW)
    status = Status(one.lost_status)
    if not one.lost:
        blank = status >= Status.TRANSLATED
        return RowEdit(target="", status=Status.TRANSLATED if blank else Status.NEW, blank_intended=blank)
    # A text that comes back is looked at anew: who brings it back vouches for it, and nobody else has seen it.
    highest = Status.APPROVED if actor.is_lead else Status.CONFIRMED
    return RowEdit(target=one.lost, status=Status(max(Status.TRANSLATED, min(status, highest))), origin=Origin.HUMAN)


def _mark(actor: User, decided: Sequence[Conflict], resolution: str) -> None:
    Conflict.objects.filter(pk__in=[one.pk for one in decided]).update(
        resolved_at=timezone.now(),
        resolved_by_id=actor.pk,
        resolved_by_name=actor.name,
        resolution=resolution,
        resolution_sent=not local_ids.is_desktop(),
    )


def _record(actor: User, file_id: int, resolution: str, count: int) -> None:
    name = File.objects.filter(pk=file_id).values_list("name", flat=True).first() or ""
    record(
        "conflict_resolved", actor=actor, target_kind="file", target_id=file_id, target_name=name,
        detail={"count": count, "resolution": resolution},
    )  # fmt: skip
