"""The file's revision counter: raised under a lock that is held until the commit.

Lock order everywhere: rows, then the file, then its folders, then the project. Because the file
stays locked from the raise to the commit, revisions become visible in their order, and a reader
who follows them misses nothing.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.utils import timezone

from apps.ldm.models import File
from locanext_project import workspaces

MARKS = ("searchable_revision", "checked_revision")


def raise_revision(file_id: int, *, searchable: bool = False, changed_by: tuple[int | None, str] | None = None) -> int:
    """Raise the counter of a file and return it. Call inside a transaction, after locking the rows.

    `searchable`: the caller also brings the search index and the findings of the checks up to date,
    so that their marks follow where they had no gap.
    """
    connection = connections[workspaces.alias()]
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    assignments: list[str] = ["revision = revision + 1", "changed_at = %s"]
    parameters: list[Any] = [now]
    if searchable:
        # What stands on the right is as it was before.
        assignments += [f"{mark} = {mark} + CASE WHEN {mark} = revision THEN 1 ELSE 0 END" for mark in MARKS]
    if changed_by is not None:
        assignments += ["changed_by_id = %s", "changed_by_name = %s"]
        parameters += changed_by
    # By hand: with every save, and Django took longer to write it than the database to do it, while others wait.
    statement = f"UPDATE {File._meta.db_table} SET {', '.join(assignments)} WHERE id = %s RETURNING revision"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, file_id])
        found = cursor.fetchall()
    if not found:
        raise File.DoesNotExist
    return int(found[0][0])
