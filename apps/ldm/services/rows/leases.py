"""Leases of rows: who may edit a row now. They run out by themselves, and every save checks them.

A lease belongs to a person; its `connection` says in which window. Another window of the same
person takes it over, somebody else's waits until it is given back or runs out. A lost lease
loses no text: the next save is refused or stale, and the text stays in the cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm import events, permissions
from apps.ldm.errors import RowLeased
from apps.ldm.models import Row, RowLease
from locanext_project import workspaces
from locanext_project.chunks import chunks
from locanext_project.errors import Forbidden, Invalid, NotFound
from locanext_project.prepared import Prepared, instance

SECONDS = 30
"""How long a lease holds without being renewed."""
MOST = 20
"""So many rows of one file may one person hold at a time."""
KEPT_SECONDS = 3600
"""A lease that ran out stays in the table for so long: the next one on its row takes its place."""
CHUNK = 500
_CONNECTION = re.compile(r"[A-Za-z0-9_-]{0,40}")

_COLUMNS = tuple(field.attname for field in RowLease._meta.concrete_fields)
_lease_of = Prepared(lambda row_id: RowLease.objects.filter(row_id=row_id).values_list(*_COLUMNS))


def require_free(row_id: int, actor: User) -> None:
    """Raises RowLeased when somebody else holds the row. Call with the row locked."""
    for values in _lease_of(row_id):
        lease = instance(RowLease, _COLUMNS, values)
        if lease.user_id != actor.pk and lease.until > timezone.now():
            raise RowLeased(lease)


def held_by_others(row_ids: Collection[int], actor: User) -> dict[int, RowLease]:
    """The living leases that other people hold on these rows, by row; for acts on many rows."""
    now, found = timezone.now(), {}
    for chunk in chunks(sorted(row_ids), CHUNK):
        leases = RowLease.objects.filter(row_id__in=chunk, until__gt=now).exclude(user_id=actor.pk)
        found.update({lease.row_id: lease for lease in leases})
    return found


def held_in_file(file_id: int, actor: User) -> dict[int, RowLease]:
    """The living leases that other people hold in a file, by row."""
    leases = RowLease.objects.filter(file_id=file_id, until__gt=timezone.now()).exclude(user_id=actor.pk)
    return {lease.row_id: lease for lease in leases}


def take(*, actor: User, row_id: int, connection: str, file_id: int | None = None) -> RowLease:
    """Take, renew or take over the lease of a row; `file_id`, when given, must be the row's file.

    Of two people who ask at the same moment one gets it. Raises NotFound, Forbidden (the row is
    locked, or the person may not edit), RowLeased and Invalid (a strange connection, too many).
    """
    if not _CONNECTION.fullmatch(connection):
        raise Invalid(_("connection is what the socket was called: letters, digits, - and _."), field="connection")
    row = Row.objects.filter(pk=row_id).values_list("file_id", "locked", "removed_at").first()
    if row is None or (file_id is not None and row[0] != file_id):
        raise NotFound
    file = permissions.get_file(actor, row[0])
    permissions.require(actor, "edit_rows", file)
    if row[2] is not None:
        raise NotFound(_("This row is not in the file any more. Its history is kept."))
    if row[1]:
        raise Forbidden(_("This row is locked."), code="locked")
    try:
        with workspaces.atomic():
            lease = _take(actor, file.pk, row_id, connection)
            events.leases_changed(file.pk, taken=[lease])
    except IntegrityError:
        # The row was deleted for ever meanwhile.
        raise NotFound from None
    return lease


def _take(actor: User, file_id: int, row_id: int, connection: str) -> RowLease:
    """One statement decides: an update of what is free or the actor's own, else an insert where nothing is."""
    now = timezone.now()
    mine = RowLease.objects.filter(file_id=file_id, user_id=actor.pk, until__gt=now).exclude(row_id=row_id)
    if mine.count() >= MOST:
        raise Invalid(_("You hold %(count)d rows of this file already.") % {"count": MOST}, code="too_many")
    lease = RowLease(
        row_id=row_id,
        file_id=file_id,
        user_id=actor.pk,
        user_name=actor.name,
        connection=connection,
        taken_at=now,
        until=now + timedelta(seconds=SECONDS),
    )
    free = RowLease.objects.filter(row_id=row_id).filter(Q(until__lte=now) | Q(user_id=actor.pk))
    if free.update(
        file_id=file_id,
        user_id=lease.user_id,
        user_name=lease.user_name,
        connection=connection,
        taken_at=now,
        until=lease.until,
    ):
        return lease
    RowLease.objects.bulk_create([lease], ignore_conflicts=True)
    holder = RowLease.objects.filter(row_id=row_id).first()
    if holder is None:
        raise NotFound
    if holder.user_id != actor.pk:
        raise RowLeased(holder)
    return holder


def release(*, actor: User, row_id: int, connection: str | None = None) -> bool:
    """Give back the actor's lease of a row; with `connection` only where that window holds it.

    Giving back what one does not hold changes nothing. Returns whether there was one.
    """
    mine = RowLease.objects.filter(row_id=row_id, user_id=actor.pk)
    return bool(_release(mine if connection is None else mine.filter(connection=connection)))


def release_connection(*, connection: str, user_id: int) -> list[int]:
    """Give back what a window that was closed held; the rows."""
    return _release(RowLease.objects.filter(connection=connection, user_id=user_id))


def _release(leases: QuerySet[RowLease]) -> list[int]:
    with workspaces.atomic():
        found = list(leases.values_list("file_id", "row_id", "connection", "user_id"))
        gone: dict[int, list[int]] = {}
        for file_id, row_id, connection, user_id in found:
            # Only what still is as it was read: another window may have taken it over.
            if RowLease.objects.filter(row_id=row_id, connection=connection, user_id=user_id).delete()[0]:
                gone.setdefault(file_id, []).append(row_id)
        for file_id, rows in gone.items():
            events.leases_changed(file_id, released=rows)
    return [row_id for rows in gone.values() for row_id in rows]


def forget_expired() -> None:
    """Remove leases that ran out long ago."""
    RowLease.objects.filter(until__lt=timezone.now() - timedelta(seconds=KEPT_SECONDS)).delete()
