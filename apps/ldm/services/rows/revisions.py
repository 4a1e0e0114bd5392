"""The file's revision counter: raised under a lock that is held until the commit.

Lock order everywhere: rows, then the file, then its folders, then the project. Because the file
stays locked from the raise to the commit, revisions become visible in their order, and a reader
who follows them misses nothing.
"""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, F, When
from django.utils import timezone

from apps.ldm.models import File


def raise_revision(file_id: int, *, searchable: bool = False, changed_by: tuple[int | None, str] | None = None) -> int:
    """Raise the counter of a file and return it. Call inside a transaction, after locking the rows.

    `searchable`: the caller also brings the search index and the findings of the checks up to date,
    so that their marks follow where they had no gap.
    """
    changes: dict[str, object] = {"revision": F("revision") + 1, "changed_at": timezone.now()}
    if searchable:
        for mark in ("searchable_revision", "checked_revision"):
            changes[mark] = Case(
                When(**{mark: F("revision")}, then=F(mark) + 1), default=F(mark), output_field=BigIntegerField()
            )
    if changed_by is not None:
        changes["changed_by_id"], changes["changed_by_name"] = changed_by
    File.objects.filter(pk=file_id).update(**changes)
    return File.objects.values_list("revision", flat=True).get(pk=file_id)
