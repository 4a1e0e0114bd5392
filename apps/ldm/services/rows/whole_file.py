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


def lock_all_rows(actor: User, file_id: int) -> tuple[File, list[Row], list[Row]]:
    """The file, its live rows in order and its removed ones, the last removed first; all locked.

    Rows first, by id as everywhere, then the file. Raises NotFound.
    """
    lock_alone(file_id)
    rows = list(Row.objects.select_for_update(of=("self",)).filter(file_id=file_id).order_by("pk"))
    File.objects.select_for_update(of=("self",), no_key=True).filter(pk=file_id).first()
    live = sorted((row for row in rows if row.removed_at is None), key=lambda row: row.position)
    gone = [(row.removed_at, row) for row in rows if row.removed_at is not None]
    removed = [row for _, row in sorted(gone, key=lambda pair: pair[0], reverse=True)]
    return permissions.get_file(actor, file_id), live, removed
