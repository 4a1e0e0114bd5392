"""The file's revision counter: raised under a lock that is held until the commit.

Lock order everywhere: rows, then the file, then its folders, then the project. Because the file
stays locked from the raise to the commit, revisions become visible in their order, and a reader
who follows them misses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.utils import timezone

from apps.ldm.models import File
from apps.ldm.services import counters
from locanext_project import workspaces
from locanext_project.prepared import instance

MARKS = ("searchable_revision", "checked_revision")


def raise_revision(file_id: int, *, searchable: bool = False, changed_by: tuple[int | None, str] | None = None) -> int:
    """Raise the counter of a file and return it. Call inside a transaction, after locking the rows.

    `searchable`: the caller also brings the search index and the findings of the checks up to date,
    so that their marks follow where they had no gap.
    """
    return int(_raise(file_id, searchable, changed_by, {}, ("revision",))[0])


@dataclass(frozen=True, slots=True)
class Raised:
    """A file's new revision, and its counters with it."""

    revision: int
    counts: dict[str, Any]


def raise_with_counts(
    file_id: int, delta: counters.Counts, *, flagged: int, changed_by: tuple[int | None, str]
) -> Raised:
    """As `raise_revision` with `searchable`, and as `counters.apply`, in one statement for the file itself.

    `flagged`: rows that got (or, below zero, lost) the mark of a changed source.
    """
    vector = counters.vector_from(delta)
    added = {column: value for column, value in zip(counters.COLUMNS, vector, strict=True) if value}
    if flagged:
        added["rows_flagged"] = flagged
    names = ("id", *counters.COLUMNS)
    revision, *rest = _raise(file_id, True, changed_by, added, ("revision", *counters.PARENT_OF_FILE, *names))
    parent, known = tuple(rest[:3]), rest[3:]
    counters.apply_above(parent, vector)
    return Raised(int(revision), instance(File, names, known).counts())


def _raise(
    file_id: int,
    searchable: bool,
    changed_by: tuple[int | None, str] | None,
    added: Mapping[str, int],
    returning: tuple[str, ...],
) -> tuple[Any, ...]:
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
    assignments += [f"{column} = {column} + %s" for column in added]
    parameters += added.values()
    # By hand: with every save, and Django took longer to write it than the database to do it, while others wait.
    statement = f"UPDATE {File._meta.db_table} SET {', '.join(assignments)} WHERE id = %s"  # noqa: S608 (closed names)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} RETURNING {', '.join(returning)}", [*parameters, file_id])
        found = cursor.fetchall()
    if not found:
        raise File.DoesNotExist
    return tuple(found[0])
