"""Conflicts of the server, mirrored, and decisions made here on their way to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.ldm.models import Row, RowRevision
from apps.sync.client import link
from apps.sync.models import Conflict, PendingEdit
from apps.sync.protocol import MOST_KNOWN, Refused, SyncPeer
from apps.sync.server.conflicts import FIELDS, TIMES
from locanext_project import workspaces
from locanext_project.chunks import chunks
from locanext_project.prepared import Prepared

_DECISION = ("resolution", "resolved_at", "resolved_by_id", "resolved_by_name")


def keep(conflicts: Iterable[Mapping[str, Any]]) -> None:
    """Mirror conflicts as they came; one that was decided here keeps the decision. In a transaction."""
    for conflict in conflicts:
        values = _values(conflict, FIELDS)
        known = Conflict.objects.filter(op=conflict["op"]).first()
        if known is None:
            _remember(Conflict.objects.create(op=conflict["op"], **values))
        elif not known.resolution:
            Conflict.objects.filter(pk=known.pk).update(**values)
        elif known.resolution_sent and known.resolution != conflict["resolution"]:
            _differs(known, values)


def _differs(known: Conflict, values: dict[str, Any]) -> None:
    """The server says otherwise than it did: its data is older, or another's decision came first."""
    if not values["resolution"] and known.resolved_by_id == link.current().user_id:
        # It has forgotten what was decided here: it is told again.
        values = {"resolution_sent": False}
    Conflict.objects.filter(pk=known.pk).update(**values)


def _values(conflict: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Fields of a conflict that came; what it is known by is left out."""
    values = {name: conflict[name] for name in names if name in conflict and name != "op"}
    return values | {name: datetime.fromisoformat(values[name]) for name in TIMES if values.get(name)}


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
    """Mirror the undecided conflicts of a file, and how those were decided that are undecided here.

    One that the server does not know, as after a restore, stays open: nobody has decided it.
    """
    undecided = Conflict.objects.filter(file_id=file_id, resolution="").order_by("pk")
    known = [str(op) for op in undecided.values_list("op", flat=True)]
    told = [one for some in list(chunks(known, MOST_KNOWN)) or [[]] for one in peer.conflicts(file_id, some)]
    with workspaces.atomic():
        keep(told)


def _decided() -> QuerySet[Conflict]:
    """What the server is to be told: not before the text that was decided for."""
    waiting = PendingEdit.objects.values("row_id")
    decided = Conflict.objects.exclude(resolution="").filter(resolution_sent=False)
    return decided.exclude(row_id__in=waiting).order_by("pk")


_any_decided = Prepared(lambda: _decided().values_list("pk")[:1])


def send_decisions(peer: SyncPeer) -> int:
    """Tell the server what was decided here; how many decisions it took. Raises what the peer raises.

    The text of a swap travels before it, as the edit that it is. Where somebody else decided first,
    it is as they decided, here too.
    """
    sent = 0
    if not _any_decided():
        return sent
    for conflict in _decided():
        told: Mapping[str, Any] = {}
        try:
            told = peer.resolve(link.caller(), str(conflict.op), conflict.resolution)
        except Refused as refusal:
            if refusal.reason not in ("gone", "forbidden", "invalid"):
                raise
            # The server does not know it any more, or does not show it: nothing is left to tell.
        with workspaces.atomic():
            Conflict.objects.filter(pk=conflict.pk).update(resolution_sent=True, **_values(told, _DECISION))
        sent += 1
    return sent
