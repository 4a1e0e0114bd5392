"""Conflicts of the server, mirrored, and decisions made here on their way to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.ldm.models import Row, RowRevision
from apps.sync import clock
from apps.sync.client import link
from apps.sync.models import Conflict
from apps.sync.protocol import Refused, SyncPeer
from apps.sync.server.conflicts import FIELDS, TIMES
from locanext_project import workspaces
from locanext_project.prepared import Prepared


def keep(conflicts: Iterable[dict[str, Any]]) -> None:
    """Mirror conflicts as they came; one that was decided here keeps the decision. In a transaction."""
    for conflict in conflicts:
        values = {name: conflict[name] for name in FIELDS if name in conflict and name != "op"}
        values |= {name: datetime.fromisoformat(values[name]) for name in TIMES if values.get(name)}
        known = Conflict.objects.filter(op=conflict["op"]).first()
        if known is None:
            _remember(Conflict.objects.create(op=conflict["op"], **values))
        elif not known.resolution:
            Conflict.objects.filter(pk=known.pk).update(**values)


def _remember(conflict: Conflict) -> None:
    """The text that lost is in the row's history here too, whoever wrote it."""
    row = Row.objects.filter(pk=conflict.row_id).first()
    if row is None or RowRevision.objects.filter(row=row, target=conflict.lost).exists():
        return
    RowRevision.objects.create(
        row=row, kind=RowRevision.Kind.CONFLICT_LOST, rev=row.rev, at=conflict.lost_at or conflict.created_at,
        author_id=conflict.lost_by_id, author_name=conflict.lost_by_name, target_before=conflict.base,
        target=conflict.lost, status_before=conflict.lost_status, status=conflict.lost_status,
    )  # fmt: skip


def fetch(peer: SyncPeer, file_id: int) -> None:
    """Mirror the undecided conflicts of a file; one that the server does not name any more was decided there."""
    open_there = peer.conflicts(file_id)
    named = {str(conflict["op"]) for conflict in open_there}
    with workspaces.atomic():
        keep(open_there)
        for conflict in Conflict.objects.filter(file_id=file_id, resolution=""):
            if str(conflict.op) not in named:
                Conflict.objects.filter(pk=conflict.pk).update(
                    resolution="kept", resolved_at=link.moment(clock.now()), resolution_sent=True
                )


def _decided() -> QuerySet[Conflict]:
    return Conflict.objects.exclude(resolution="").filter(resolution_sent=False).order_by("pk")


_any_decided = Prepared(lambda: _decided().values_list("pk")[:1])


def send_decisions(peer: SyncPeer) -> int:
    """Tell the server what was decided here; how many decisions it took. Raises what the peer raises.

    The text of a swap travels as the edit that it is, with the other edits.
    """
    sent = 0
    if not _any_decided():
        return sent
    for conflict in _decided():
        try:
            peer.resolve(link.caller(), str(conflict.op), conflict.resolution)
        except Refused as refusal:
            if refusal.reason not in ("gone", "forbidden", "invalid"):
                raise
            # It was decided there before, or is not to be seen any more: nothing is left to tell.
        with workspaces.atomic():
            Conflict.objects.filter(pk=conflict.pk).update(resolution_sent=True)
        sent += 1
    return sent
