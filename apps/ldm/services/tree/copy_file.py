"""Copying one file with its rows, inside the database."""

from __future__ import annotations

from django.db import connections

from apps.accounts.models import User
from apps.ldm.models import File, Row, RowText
from apps.ldm.services import counters
from apps.ldm.services.checks import whole_file
from apps.ldm.services.rows import search_index
from apps.ldm.services.tree.create import stamps
from locanext_project import local_ids, workspaces

REVISION = 1
_SET = {"file_id": "%s", "rev": str(REVISION), "text_rev": str(REVISION)}


def copy_file(*, actor: User, file: File, project_id: int, folder_id: int | None, name: str) -> File:
    """A new file with the live rows of another; the original is shared. Runs in the caller's transaction.

    History, removed rows, assignee and due date are not copied. The counters are counted from the
    rows that were written, so that edits made meanwhile do no harm.
    """
    indexed = file.searchable_revision >= file.revision
    twin = File.objects.create(
        project_id=project_id,
        folder_id=folder_id,
        name=name,
        original_id=file.original_id,
        variant=file.variant,
        format=file.format,
        source_language=file.source_language,
        target_language=file.target_language,
        revision=REVISION,
        searchable_revision=REVISION if indexed else 0,
        **stamps(actor),
    )
    rows, texts = Row._meta.db_table, RowText._meta.db_table
    columns = [str(column.column) for column in Row._meta.concrete_fields if not column.primary_key]
    put, taken = list(columns), [_SET.get(column, column) for column in columns]
    if local_ids.is_desktop():
        live = Row.objects.filter(file_id=file.pk, removed_at__isnull=True).count()
        put, taken = ["id", *put], [local_ids.new_ids(live, "position"), *taken]
    with connections[workspaces.alias()].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {rows} ({', '.join(put)})"  # noqa: S608 (names of our own columns)
            f" SELECT {', '.join(taken)} FROM {rows}"
            " WHERE file_id = %s AND removed_at IS NULL ORDER BY position",
            [twin.pk, file.pk],
        )
        if indexed:
            cursor.execute(
                f"INSERT INTO {texts} (row_id, file_id, text)"  # noqa: S608
                f" SELECT twin.id, twin.file_id, t.text FROM {rows} twin"
                f" JOIN {rows} first ON first.file_id = %s AND first.position = twin.position"
                f" AND first.removed_at IS NULL JOIN {texts} t ON t.row_id = first.id WHERE twin.file_id = %s",
                [file.pk, twin.pk],
            )
    counters.apply(twin.pk, counters.counts_of(counters.counted_rows(twin.pk)))
    flagged = Row.objects.filter(file_id=twin.pk, source_changed=True).count()
    if flagged:
        File.objects.filter(pk=twin.pk).update(rows_flagged=flagged)
    if not indexed:
        search_index.submit(actor=actor, file=twin)
    whole_file.submit(actor=actor, file=twin)
    twin.refresh_from_db()
    return twin
