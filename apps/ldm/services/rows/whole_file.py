"""Acts on all rows of a file, such as a newer version: one at a time in a file.

Locking the rows is not enough. Whoever waits for them finds the rows it had asked for, changed,
but not those that the other act has added meanwhile.
"""

from __future__ import annotations

from django.db import connections

from apps.accounts.models import User
from apps.ldm import permissions
from apps.ldm.models import File, Row
from locanext_project import workspaces

_LOCK_SPACE = 0x4C46 << 44


def lock_alone(file_id: int) -> None:
    """Wait until no other act on the whole file runs; held until the transaction ends.

    Call it before anything is locked. SQLite has one writer anyway.
    """
    connection = connections[workspaces.alias()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_SPACE ^ file_id])


def lock_live_rows(actor: User, file_id: int) -> tuple[File, list[Row]]:
    """The file and its live rows in order, all locked: rows first, then the file. Raises NotFound."""
    lock_alone(file_id)
    rows = Row.objects.select_for_update(of=("self",)).filter(file_id=file_id, removed_at__isnull=True)
    locked = sorted(rows.order_by("pk"), key=lambda row: row.position)
    File.objects.select_for_update(of=("self",), no_key=True).filter(pk=file_id).first()
    return permissions.get_file(actor, file_id), locked
