"""Leases that people hold on the server, as a desktop keeps them while its link is up.

They stand in the table of leases beside those taken here, so that every save and every act on many
rows heeds them. What was taken here without the server's answer gives way to them; they run out by
themselves, and end with the link.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from apps.ldm import events
from apps.ldm.models import Row, RowLease
from apps.ldm.services.rows.leases import SECONDS
from locanext_project import workspaces

MARK = "up-"
"""What the names of the server's windows begin with here; a socket's own name has no hyphen."""
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A lease of the server: whose, and in which window there."""

    row_id: int
    user_id: int
    user_name: str
    connection: str


def marked(connection: str) -> str:
    """The name here of a window of the server."""
    return (MARK + connection)[:LONGEST]


def mirror(*, file_id: int, taken: Collection[Mirrored], released: Collection[int]) -> list[RowLease]:
    """Take over what the server says of a file's leases; those that somebody here held and has no more.

    Rows that are not here yet are passed over. The server's clock is another: from now on a lease
    holds as long as one that is taken now.
    """
    now = timezone.now()
    with workspaces.atomic():
        wanted = {one.row_id: one for one in taken}
        here = Row.objects.select_for_update(of=("self",)).filter(pk__in=wanted, file_id=file_id).order_by("pk")
        known = set(here.values_list("pk", flat=True))
        before = list(RowLease.objects.filter(row_id__in=known, until__gt=now))
        RowLease.objects.filter(row_id__in=known).delete()
        fresh = [_lease(file_id, wanted[row_id], now + timedelta(seconds=SECONDS)) for row_id in sorted(known)]
        RowLease.objects.bulk_create(fresh)
        gone = _end(Q(file_id=file_id, row_id__in=released))
        events.leases_changed(file_id, taken=fresh, released=gone)
    return [
        lease
        for lease in before
        if not lease.connection.startswith(MARK) and lease.user_id != wanted[lease.row_id].user_id
    ]


def drop(*, file_id: int, row_id: int) -> None:
    """The server gave the row to this desktop: whoever held it there does not any more."""
    with workspaces.atomic():
        events.leases_changed(file_id, released=_end(Q(file_id=file_id, row_id=row_id)))


def _lease(file_id: int, one: Mirrored, until: datetime) -> RowLease:
    return RowLease(
        row_id=one.row_id,
        file_id=file_id,
        user_id=one.user_id,
        user_name=one.user_name,
        connection=marked(one.connection),
        taken_at=timezone.now(),
        until=until,
    )


def _end(which: Q) -> list[int]:
    """Remove mirrored leases; their rows."""
    ours = RowLease.objects.filter(which, connection__startswith=MARK)
    rows = list(ours.values_list("row_id", flat=True))
    ours.delete()
    return rows
